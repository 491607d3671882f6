"""Texts: addresses, what cannot be encoded, and values as an error may show them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

LONGEST_RETRY_AFTER = 86400.0  # seconds


def is_address(source: str) -> bool:
    """Whether a text is meant as an address, good or bad, and not as a path."""
    return "://" in source or source[:5].lower() == "data:"


def identity(url: str) -> str:
    """What a file is known by: its address without query and fragment, where signatures change."""
    return re.split(r"[?#]", url, maxsplit=1)[0]


# Headers by which services tell what they call a request. Evidence class I (inference): no page of
# this one names any, and its list of calls shows such an id.
REQUEST_IDS = ("x-request-id", "request-id", "x-trace-id", "trace-id", "x-correlation-id")


def request_id(headers: Mapping[str, str]) -> str | None:
    """What a service calls a request, by the headers of its answer; None where none says so."""
    return next((headers[name] for name in REQUEST_IDS if headers.get(name)), None)


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


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, min(seconds, LONGEST_RETRY_AFTER)) if seconds == seconds else None


def _seconds_until(date: str) -> float:
    """Seconds from now to an HTTP date, NaN where it is none."""
    from email.utils import parsedate_to_datetime  # takes 10 ms to load

    try:
        at = parsedate_to_datetime(date)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (aware - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
