"""Arguments that no request holds: what is wrong with them is said before anything is paid."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..errors import InvalidRequestError


def seconds(name: str, value: float) -> float:
    """The number of seconds that was given, for ever included. Raises InvalidRequestError."""
    number = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        with suppress(OverflowError):
            number = float(value)
    if not number >= 0:  # NaN is not either
        long = isinstance(value, int) and value.bit_length() > 64
        shown = "a number that long" if long else f"{value!r:.40}"
        raise InvalidRequestError([f"{name} must be a number of seconds, not {shown}"])
    return number


def listener(name: str, value: Callable[..., Any] | None, told: str) -> None:
    """Refuse what cannot be told of a wait: it would fail when the job is paid. An async function
    would be called and never run. Raises InvalidRequestError."""
    if value is None:
        return
    if not callable(value):
        raise InvalidRequestError([f"{name} must be a function, not {value!r:.40}"])
    if any(map(inspect.iscoroutinefunction, (value, type(value).__call__))):
        raise InvalidRequestError([f"{name} must be a plain function, not an async one"])
    try:
        inspect.signature(value).bind(None)
    except TypeError as error:
        raise InvalidRequestError([f"{name} must take one {told} ({error})"]) from None
    except ValueError:
        return  # one of C's, that does not say what it takes
