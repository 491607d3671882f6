"""Which mode a case runs in. The rules are coroutines that all modes share, so each case of a test
of several runs in one mode, and the modes take turns; what is marked EVERY_MODE runs in all."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

EVERY_MODE = pytest.mark.every_mode
NAMES = ("make_client", "mode")  # of the parameter that is a mode


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: Any) -> Generator[None, Any, Any]:
    """Leave out of the calls of a function those whose turn is another mode's. No public name of
    pytest has them: to leave out the tests that come of them makes them all first."""
    made = yield
    if not metafunc.definition.get_closest_marker("every_mode"):
        metafunc._calls = _in_turn(metafunc._calls)
    return made


def _in_turn(calls: list[Any]) -> list[Any]:
    name = next((name for name in NAMES if calls and name in calls[0].params), None)
    if name is None:
        return calls
    modes = [*dict.fromkeys(call.params[name] for call in calls)]
    cases: dict[tuple[int, ...], int] = {}
    for call in calls:
        cases.setdefault(_case(call, name), len(cases))
    if len(modes) == 1 or len(cases) < len(modes):
        return calls
    turns = {case: modes[_digits(number, len(modes))] for case, number in cases.items()}
    return [
        call
        for call in calls
        if any(mark.name == "every_mode" for mark in call.marks)
        or call.params[name] == turns[_case(call, name)]
    ]


def _case(call: Any, name: str) -> tuple[int, ...]:
    """By its parameters, which are the same objects in every mode."""
    return tuple(id(value) for key, value in call.params.items() if key != name)


def _digits(number: int, base: int) -> int:
    """The sum of its digits, and so a turn: of a table of cases no column is in one mode alone."""
    total = 0
    while number:
        number, digit = divmod(number, base)
        total += digit
    return total % base
