"""Nothing lost: one entry that cannot be looked at stops no other, and is told with what to do."""

from __future__ import annotations

import pytest

from contract_tests.command_line.invoke import Cli, jobs, submit
from weryai.testing import Answer, Outcome, Simulator, refusal

POLLS = ("get_batch_status", "get_task_status")


@pytest.mark.parametrize(
    "sick",
    [
        Answer(401, {"message": "Invalid API Key"}),
        Answer(403, {"message": "Unauthorized"}),
        refusal(1002, "this task was made with another api key"),
    ],
    ids=["401", "403", "code 1002"],
)
def test_a_key_that_is_refused_for_one_entry_stops_no_other(
    cli: Cli, simulator: Simulator, sick: Answer
) -> None:
    submit(cli)
    (other,) = submit(cli)
    simulator.clock.sleep(60)
    simulator.next(POLLS[0], sick)
    said = cli("resume")
    assert (said.code, said.out) == (3, f"{other}.mp4\n")
    assert f"this was entry {jobs(cli)[0]['entry']} of `weryai jobs`" in said.err
    assert [job["state"] for job in jobs(cli)] == ["running", "fetched"]


def test_a_key_that_is_refused_for_all_is_one_question_an_entry_and_told_once(
    cli: Cli, simulator: Simulator
) -> None:
    for _ in range(7):
        submit(cli)
    simulator.next(POLLS[0], *[Answer(401, {"message": "Invalid API Key"})] * 7)
    said = cli("resume")
    assert said.code == 3
    assert said.err.count("Invalid API Key") == 1
    first = ", ".join(job["entry"] for job in jobs(cli)[:5])
    assert f"these were 7 entries of `weryai jobs`: {first} and 2 more\n" in said.err
    assert sum(request.method == "GET" for request in simulator.received) == 7


def test_a_program_gets_every_entry_that_failed(cli: Cli, simulator: Simulator) -> None:
    simulator.outcomes.extend([Outcome("failed", "flagged"), Outcome("failed", "too dark")])
    for _ in range(3):
        submit(cli)
    simulator.clock.sleep(60)
    flagged, dark, _ = (job["entry"] for job in jobs(cli))
    said = cli("resume", "--json")
    assert said.code == 4
    told = {each["entry"]: (each["type"], each["message"]) for each in said.error["entries"]}
    assert told.keys() == {flagged, dark}
    assert {kind for kind, _ in told.values()} == {"TaskFailedError"}
    assert "flagged" in told[flagged][1]
    assert "too dark" in told[dark][1]
    assert len(said.error["paths"]) == 1


@pytest.mark.parametrize("command", ["resume", "wait"])
def test_what_cannot_be_looked_at_is_told_with_the_reason(
    cli: Cli, simulator: Simulator, command: str
) -> None:
    simulator.outcomes.append(Outcome(seconds=900))
    ids = submit(cli)
    cli("status", *ids)
    for poll in POLLS:
        simulator.next(poll, *[Answer(503, {"message": "down for maintenance"})] * 99)
    said = cli(command, *(ids if command == "wait" else ()), "--timeout", 30)
    assert said.code == 5
    assert said.err.count("the last look failed: down for maintenance (HTTP 503)") == 1
    simulator._account.script.clear()
    said = cli(command, *(ids if command == "wait" else ()), "--timeout", 30)
    assert said.code == 5
    assert "the last look failed" not in said.err, "it runs, and nothing is wrong"


def test_what_cannot_be_found_is_told_with_the_way_to_close_it(
    cli: Cli, simulator: Simulator
) -> None:
    for _ in range(2):
        (gone,) = submit(cli)
        simulator._account.tasks.pop(gone)
    simulator.clock.sleep(120)
    said = cli("resume")
    assert said.code == 3
    lines = said.err.splitlines()
    place = lines.index("each resume looks at it again, until:")
    for job, line in zip(jobs(cli), lines[place + 1 :], strict=False):
        words = line.split()
        assert (words[:3], words[-1]) == (["weryai", "jobs", "settle"], job["entry"])
        assert cli(*words[1:]).code == 0
    assert [job["state"] for job in jobs(cli)] == ["settled"] * 2
    assert cli("resume").code == 0
