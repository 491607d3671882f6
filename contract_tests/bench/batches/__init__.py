"""Batches of 100 to 10,000 rows, each answered at once: what a row costs whoever runs them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests.bench import measuring

ROWS = (100, 1_000, 10_000)


def figures(rows: tuple[int, ...] = ROWS) -> dict[str, dict[str, float]]:
    """By the number of rows: `cpu` of one in milliseconds and `memory` in MB, of the process that
    runs them alone; milliseconds to `open` the batch and for its `status` once all have ended."""
    found = {}
    with served() as url:
        for number in rows:
            with tempfile.TemporaryDirectory() as folder:
                told = measuring.in_a_process(f"{__name__}.run", url, folder, str(number))
                found[str(number)] = told
    return found


@contextmanager
def served() -> Iterator[str]:
    """A simulator in a process of its own, whose tasks end at once. Yields its address."""
    argv = [sys.executable, "-m", f"{__name__}.service"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def lines(told: dict[str, dict[str, float]]) -> list[tuple[str, str, str]]:
    """What was measured, beside what it is meant to be, of the most rows."""
    if not told:
        return []
    number = max(told, key=int)
    each, what = told[number], f"batch of {int(number):,} rows, answered at once, "
    slowest = max(each["open"], each["status"])
    return [
        (f"{what}CPU a row", f"{each['cpu']:.1f} ms", "25 ms"),
        (f"{what}of that at {min(told, key=int)}", f"{_ratio(told):.2f}", "1"),
        (f"{what}memory", f"{each['memory']:.0f} MB", "60 MB"),
        (f"{what}to open it, or for its status", f"{slowest:.0f} ms", "100 ms"),
    ]


def _ratio(told: dict[str, dict[str, float]]) -> float:
    few, many = min(told, key=int), max(told, key=int)
    return told[many]["cpu"] / told[few]["cpu"]
