"""The command line holds the limits of the account, among all that use its journal."""

from __future__ import annotations

from itertools import pairwise

import pytest

from contract_tests.command_line.invoke import GENERATE, Cli
from weryai.testing import Simulator

OPTIONS = GENERATE[1:]


def gaps(simulator: Simulator) -> list[float]:
    return [after.at - before.at for before, after in pairwise(simulator.ledger)]


@pytest.mark.parametrize("command", ["submit", "generate"])
def test_two_submissions_are_an_interval_apart(
    cli: Cli, simulator: Simulator, command: str
) -> None:
    cli("submit", *OPTIONS)
    said = cli("-v", command, *OPTIONS, "--again")
    assert said.code == 0
    assert gaps(simulator) == [pytest.approx(2.5)]
    assert "waiting for its turn: the last one was a moment ago" in said.err


@pytest.mark.parametrize("command", ["submit", "generate"])
def test_the_interval_and_how_many_tasks_run_can_be_said(
    cli: Cli, simulator: Simulator, command: str
) -> None:
    for _ in range(2):
        cli("submit", *OPTIONS, "--again", "--submit-interval", "0")
    assert gaps(simulator) == [0]
    limits = ["--max-running", "2", "--submit-interval", "7"]
    said = cli("-v", command, *OPTIONS, "--again", *limits)
    assert "waiting for its turn: as many tasks run as the account may have" in said.err
    assert gaps(simulator)[1] >= 30


def test_what_is_no_limit_is_exit_2_and_pays_nothing(cli: Cli, simulator: Simulator) -> None:
    for wrong in (
        ["--max-running", "0"],
        ["--submit-interval", "-1"],
        ["--submit-interval", "inf"],
    ):
        assert cli("submit", *OPTIONS, *wrong).code == 2
    assert simulator.ledger == []
