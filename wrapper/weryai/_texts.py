"""Texts: ids of the service, what cannot be encoded, and values as an error may show them."""

from __future__ import annotations

import re

LONGEST = 128  # characters

# One path segment that no server takes for another path; the ids that have been seen are
# `task_` with hexadecimal digits, and whole numbers for batches.
_ID = re.compile(r"\.*[A-Za-z0-9_:=+~-][A-Za-z0-9_:=+~.-]*")


def is_id(value: object) -> bool:
    """Whether the service could be asked for it."""
    return isinstance(value, str) and len(value) <= LONGEST and bool(_ID.fullmatch(value))


# Half of a character beyond U+FFFF. JSON can spell one, and no file, terminal or database takes it.
SURROGATE = re.compile("[\ud800-\udfff]")


def mended(text: str) -> str:
    """The text with U+FFFD in the place of what cannot be encoded."""
    return text if text.isascii() else SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def encoding_fault(text: str) -> str | None:
    """Why a text cannot be encoded, None if it can be."""
    half = not text.isascii() and SURROGATE.search(text)
    return "holds half of a surrogate pair, which cannot be sent" if half else None


def shown(value: object) -> str:
    """A value in an error: short, even if it is an image's bytes or a number of 5,000 digits."""
    try:
        text = repr(value)
    except ValueError:
        return "a number that long"
    except Exception:  # whatever the class of somebody else raises
        return type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
