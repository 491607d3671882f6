"""Each case is seen by a client in one mode, each mode sees cases, and what pays is seen in all."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from contract_tests.support.clients import MODES
from contract_tests.support.run.turns import EVERY_MODE

EACH = pytest.mark.parametrize("mode", MODES)


@EACH
@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("column", range(3))
def test_of_a_table(mode: str, row: int, column: int) -> None: ...


@EACH
@pytest.mark.parametrize("case", range(2))
def test_of_two_cases(mode: str, case: int) -> None: ...


@EACH
@EVERY_MODE
@pytest.mark.parametrize("case", range(4))
def test_of_what_pays(mode: str, case: int) -> None: ...


def made(request: pytest.FixtureRequest, name: str) -> list[tuple[Any, ...]]:
    """The mode and the parameters of each test that a function of this file has become."""
    module = request.node.getparent(pytest.Module)
    items = [item for item in module.collect() if item.originalname == name]
    return [
        tuple(item.callspec.params[key] for key in sorted(item.callspec.params)) for item in items
    ]


def test_modes_take_turns_at_the_cases_of_a_test(request: pytest.FixtureRequest) -> None:
    seen = made(request, "test_of_a_table")  # column, mode, row
    assert len({(column, row) for column, _, row in seen}) == len(seen) == 12
    assert Counter(mode for _, mode, _ in seen) == dict.fromkeys(MODES, 4)
    for number in range(3):
        assert len({mode for column, mode, _ in seen if column == number}) > 1


def test_a_test_of_fewer_cases_than_modes_runs_in_each(request: pytest.FixtureRequest) -> None:
    assert len(made(request, "test_of_two_cases")) == 2 * len(MODES)


def test_what_pays_runs_in_each_mode(request: pytest.FixtureRequest) -> None:
    assert len(made(request, "test_of_what_pays")) == 4 * len(MODES)
