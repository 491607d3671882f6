"""Checks of single JSON values: the generated parsers make none. Each raises TypeError."""

from __future__ import annotations

from math import isfinite
from typing import Any


def string(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.80} is no text")
    return value


def number(value: object) -> float:
    """A finite number; true and false are none."""
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not plain or (isinstance(value, float) and not isfinite(value)):
        raise TypeError(f"{value!r:.80} is no number")
    return value  # type: ignore[return-value]


def whole(value: object) -> int:
    """A whole number; 120.0 is one in JSON."""
    if (given := number(value)) != int(given):
        raise TypeError(f"{value!r:.80} is no whole number")
    return int(given)


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError(f"{value!r:.80} is neither true nor false")
    return value


def id_text(value: object) -> str:
    """An id that is a text or a whole number, as a text."""
    return value if isinstance(value, str) else str(whole(value))


def array(value: object) -> list[Any]:
    """A list; no list of the contract holds a null."""
    if not isinstance(value, list) or None in value:
        raise TypeError(f"{value!r:.80} is no list")
    return value


def listed(value: object) -> list[Any]:
    """A list that is not empty; anything else is a list of one."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise TypeError("an empty list where something was expected")
    return items
