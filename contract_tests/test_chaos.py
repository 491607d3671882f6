"""A crash at any instant pays nothing twice and loses nothing; `make chaos` tries it at length."""

from __future__ import annotations

from pathlib import Path

from contract_tests.chaos.__main__ import run


def test_processes_that_are_killed_pay_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    figures = run(kills=6, seed=7, folder=tmp_path)
    assert not figures.broken, str(figures)
    assert figures.videos >= figures.paid > 0, "something was paid for"
