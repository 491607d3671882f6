"""How times, numbers and foreign texts are written on the page."""

from __future__ import annotations

import re
from datetime import datetime

# No HTML or XML can hold them: control characters, halves of surrogate pairs (which is how Python
# has the bytes of a file name that are no UTF-8), and the two that are no characters.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MISSING = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """A text that a page can hold, with a sign in the place of what it cannot."""
    return UNWRITABLE.sub(MISSING, text)


def short(text: str, most: int) -> str:
    """A text of so many characters at the most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def moment(at: datetime) -> str:
    """A time in UTC, as the page shows it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def duration(seconds: float) -> str:
    """`42 s`, `2 min 05 s`, `1 h 02 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def number(value: float) -> str:
    """`12`, `12.5`."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
