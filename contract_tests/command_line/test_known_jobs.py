"""A job that is named by its ids is the one that the journal knows: as old, and as many videos."""

from __future__ import annotations

import pytest

from contract_tests.command_line.invoke import FIVE, HTTPS, REQUEST, SUBMIT, Cli, jobs, submit
from weryai.testing import Answer, Simulator, refusal


def test_a_task_that_is_not_there_yet_is_waited_for(cli: Cli, simulator: Simulator) -> None:
    ids = submit(cli)
    for operation in ("get_batch_status", "get_task_status"):
        simulator.next(operation, refusal(1003))
    said = cli("wait", *ids)
    assert (said.code, said.out.splitlines()[1].split()[:2]) == (0, [*ids, "succeeded"])


@pytest.mark.parametrize("part", [1, 2])
def test_a_job_is_as_old_as_the_journal_says(cli: Cli, simulator: Simulator, part: int) -> None:
    ids = submit(cli, "--video-number", 2)
    simulator.clock.sleep(120)
    for operation in ("get_batch_status", "get_task_status"):
        simulator.next(operation, *[refusal(1003)] * 9)
    before = simulator.clock.monotonic()
    assert cli("wait", *ids[:part]).code == 3
    assert simulator.clock.monotonic() == before


@pytest.mark.parametrize("command", ["download"])
def test_one_id_of_a_batch_of_several_stands_for_all_that_was_paid(
    cli: Cli, simulator: Simulator, command: str
) -> None:
    made = submit(cli, "--video-number", 2)
    batch = simulator.ledger[0].batch_id
    cli("jobs", "settle", jobs(cli)[0]["entry"])
    cli("jobs", "forget", "--older-than", 0)
    body = {"status": 0, "data": {"task_ids": made[:1], "batch_id": batch}}
    simulator.next(SUBMIT, Answer(body=body))
    cli("submit", HTTPS, *REQUEST, *FIVE, "--video-number", 2)
    simulator.clock.sleep(60)
    said = cli(command, *made[:1], "--json")
    assert (said.code, [task["id"] for task in said.json["tasks"]]) == (0, made)


def test_a_part_of_a_job_is_that_part(cli: Cli) -> None:
    first, _ = submit(cli, "--video-number", 2)
    assert [task["id"] for task in cli("wait", first, "--json").json["tasks"]] == [first]
    assert cli("download", first).out.split() == [f"{first}.mp4"]
