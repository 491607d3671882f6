"""A table of values in one case: to start one takes pytest longer than such a row takes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each(rows: Iterable[Any], test: Callable[..., None]) -> None:
    """Run a test with each row: a tuple is its arguments. All are tried, and a failure names those
    that failed."""
    failed: list[tuple[str, BaseException]] = []
    for row in rows:
        try:
            test(*(row if isinstance(row, tuple) else (row,)))
        except (Exception, pytest.fail.Exception) as error:
            failed.append((f"{row}"[:80], error))
    if failed:
        names = ", ".join(name for name, _ in failed)
        first = failed[0][1]
        raise AssertionError(f"{len(failed)} rows: {names}; the first: {first}") from first


def in_one(rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """The same for a test that needs nothing else."""
    table = list(rows)

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        @functools.wraps(test)
        def run() -> None:
            each(table, test)

        del run.__wrapped__  # its arguments are no fixtures
        return run

    return decorate
