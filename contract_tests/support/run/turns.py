"""Which mode a case runs in. The rules are coroutines that all modes share, so each case of a test
of several runs in one mode, and the modes take turns; what is marked EVERY_MODE runs in all."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

EVERY_MODE = pytest.mark.every_mode
NAMES = ("make_client", "mode")  # of the parameter that is a mode


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Leave out of what a function has become the cases whose turn is another mode's."""
    made = yield
    return _in_turn(made) if isinstance(made, list) else made


def _in_turn(items: list[Any]) -> list[Any]:
    name = next((name for name in NAMES if items and name in _params(items[0])), None)
    if name is None:
        return items
    modes = [*dict.fromkeys(_params(item)[name] for item in items)]
    cases: dict[tuple[int, ...], int] = {}
    for item in items:
        cases.setdefault(_case(item, name), len(cases))
    if len(modes) == 1 or len(cases) < len(modes):
        return items
    turns = {case: modes[_digits(number, len(modes))] for case, number in cases.items()}
    return [
        item
        for item in items
        if item.get_closest_marker("every_mode") or _params(item)[name] == turns[_case(item, name)]
    ]


def _params(item: Any) -> dict[str, Any]:
    spec = getattr(item, "callspec", None)
    return spec.params if spec else {}


def _case(item: Any, name: str) -> tuple[int, ...]:
    """By its parameters, which are the same objects in every mode."""
    return tuple(id(value) for key, value in _params(item).items() if key != name)


def _digits(number: int, base: int) -> int:
    """The sum of its digits, and so a turn: of a table of cases no column is in one mode alone."""
    total = 0
    while number:
        number, digit = divmod(number, base)
        total += digit
    return total % base
