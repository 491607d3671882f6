"""A long manifest takes as much work a row as a short one, and no more memory than its rows."""

from __future__ import annotations

import sys
import tracemalloc
from itertools import count
from typing import Any

import pytest

from contract_tests.batch.reading import Read

FEW, MANY = 40, 400
KEPT = 1_000  # rows


def table(number: int, name: str = "r{}") -> str:
    rows = "".join(
        f"{name.format(each)},Number {each},night.png,{{id}}-{{n}}\n" for each in range(number)
    )
    return f"id,prompt,images,output\n{rows}"


def calls(read: Read, text: str) -> int:
    """How many calls of Python's it takes."""
    taken = count()

    def seen(frame: Any, event: str, arg: Any) -> None:
        if event == "call":
            next(taken)

    sys.setprofile(seen)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return next(taken)


@pytest.mark.parametrize("name", ["r{}", ""])
def test_ten_times_the_rows_take_ten_times_the_work(read: Read, name: str) -> None:
    read(table(1))
    few, many = (calls(read, table(number, name)) for number in (FEW, MANY))
    assert many <= few * MANY / FEW


def test_ten_times_the_faults_take_ten_times_the_work(read: Read) -> None:
    def wrong(number: int) -> str:
        return table(number).replace("night.png", "gone.png")

    read(wrong(1))
    few, many = (calls(read, wrong(number)) for number in (FEW, MANY))
    assert many <= few * MANY / FEW


def test_no_more_is_kept_than_the_rows(read: Read) -> None:
    text = table(KEPT)
    read(text)
    tracemalloc.start()
    manifest = read(text)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(manifest.rows) == KEPT
    assert kept < KEPT * 2_000
    assert most - kept < 500_000
