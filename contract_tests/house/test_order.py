"""Files of long tests are spread over a run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests.conftest import pytest_collection_modifyitems as put_in_order


def ordered(files: Sequence[tuple[str, int, bool]]) -> list[tuple[str, int]]:
    """The files of a run, each with its tests in their order.

    Parameters:
        files: a name, a number of tests, and whether these are long.
    """
    items: list[Any] = [
        SimpleNamespace(path=Path(name), number=number, get_closest_marker={"long": long}.get)
        for name, tests, long in files
        for number in range(tests)
    ]
    put_in_order(items)
    found = [(name, [each.number for each in told]) for name, told in groupby(items, by_name)]
    assert all(numbers == [*range(len(numbers))] for _, numbers in found)
    return [(name, len(numbers)) for name, numbers in found]


def by_name(item: Any) -> str:
    return str(item.path)


def test_long_ones_come_one_at_a_time_evenly_among_the_others() -> None:
    files = [("a", 1, True), ("b", 1, True), *((f"f{each}", 2, False) for each in range(6))]
    files.append(("z", 1, True))
    told = [name for name, _ in ordered(files)]
    assert told == ["a", "f0", "f1", "b", "f2", "f3", "z", "f4", "f5"]


@pytest.mark.parametrize("long", [True, False])
def test_all_of_a_kind_stay_as_they_are(long: bool) -> None:
    assert ordered([("b", 2, long), ("a", 1, long)]) == [("b", 2), ("a", 1)]
    assert ordered([]) == []


def test_no_test_is_left_out_and_no_file_is_torn_apart() -> None:
    chance = random.Random(1)
    for _ in range(100):
        files = [
            (f"{name}", chance.randint(1, 9), chance.random() < 0.3)
            for name in range(chance.randint(1, 30))
        ]
        assert sorted(ordered(files)) == sorted((name, tests) for name, tests, _ in files)
