"""What the contract's limits say of a value as a whole, whatever kind of field it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from weryai_api.limits import Limits

from .._texts import shown

INT64 = 2**63
# As JSON Schema has them. Lists hold images, and images_faults counts those.
KINDS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
}


def limit_faults(name: str, value: object, limits: Limits) -> Iterator[str]:
    """The fault of a value that not all of its limits allow."""
    if not holds(limits, value):
        yield f"{name} must be {possible(limits)}, not {shown(value)}"


def holds(limits: Limits, value: object) -> bool:
    """Whether a value that is no list and no object keeps all of its limits."""
    if limits.kind in KINDS and not KINDS[limits.kind](value):
        return False
    if limits.enum and not any(_is_same(value, each) for each in limits.enum):
        return False
    if isinstance(value, str) and not (
        is_between(len(value), limits.shortest, limits.longest)
        and (limits.pattern is None or _compiled(limits.pattern).search(value))
    ):
        return False
    if isinstance(value, int | float) and not is_between(value, limits.least, limits.most):
        return False  # of True and False there is neither a least nor a most
    return not limits.any_of or any(holds(each, value) for each in limits.any_of)


def possible(limits: Limits) -> str:
    """What may be given, in words."""
    told = [one_of(limits)] if limits.enum else []
    if limits.pattern is not None:
        told.append(f"a text that matches {limits.pattern}")
    if limits.shortest is not None or limits.longest is not None:
        told.append(f"a text of {between(limits.shortest, limits.longest)} characters")
    if limits.least is not None or limits.most is not None:
        told.append(between(limits.least, limits.most))
    if alternatives := [possible(each) for each in limits.any_of if each.kind != "null"]:
        told.append(" or ".join(alternatives))
    return " and ".join(told) or f"a {limits.kind}"


def is_between(value: float, least: float | None, most: float | None) -> bool:
    """Whether it is possible; all numbers are of 64 bits, whatever else is said."""
    return (-INT64 if least is None else least) <= value <= (INT64 - 1 if most is None else most)


def between(least: float | None, most: float | None) -> str:
    if most is None:
        return "of 64 bits" if least is None else f"at least {least}"
    return f"at most {most}" if least is None else f"{least} to {most}"


def one_of(limits: Limits) -> str:
    values = [each for each in limits.enum if each is not None]  # which leaves the field out
    numbers = [each for each in values if isinstance(each, int)]
    if len(numbers) > 2 and values == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return f"one of {', '.join(map(str, values))}"


def _is_same(value: object, other: object) -> bool:
    """As JSON has it, where true is not 1."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """ECMA 262 knows ASCII digits and letters alone, and its `$` is the end and no line break."""
    ends = pattern.endswith("$") and not pattern.endswith(r"\$")
    return re.compile(rf"{pattern[:-1]}\Z" if ends else pattern, re.ASCII)
