"""What a comparison finds: one difference, where it is, and what it means for users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

DOCS, COMPATIBLE, UNKNOWN, BREAKING = "docs only", "compatible", "unknown", "breaking"
LEVELS = (DOCS, COMPATIBLE, UNKNOWN, BREAKING)


class Change(NamedTuple):
    """One difference inside a subject."""

    level: str
    place: str
    what: str


class Finding(NamedTuple):
    """One difference. The subject is an operation, `components`, `contract` or a Python package."""

    level: str
    subject: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


def findings(subject: str, changes: Iterable[Change]) -> list[Finding]:
    """Without repeats: several forms of one value may share a difference."""
    return list(dict.fromkeys(Finding(change.level, subject, *change[1:]) for change in changes))


def worst(levels: Iterable[str], default: str = COMPATIBLE) -> str:
    return max(levels, key=LEVELS.index, default=default)
