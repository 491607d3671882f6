"""Nothing lost: `weryai resume` fetches what was paid for, once, and submits nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import GENERATE, HTTPS, Cli, jobs, submit
from weryai import WeryAI
from weryai.journal import Entry, SQLiteJournal
from weryai.testing import Outcome, Simulator, refusal


def test_resume_waits_for_and_fetches_everything_that_was_not_fetched(
    cli: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    cli(*GENERATE)
    simulator.outcomes.extend([Outcome(seconds=900), Outcome(), Outcome(seconds=60)])
    ids = [*submit(cli), *submit(cli, "--video-number", 2)]
    said = cli("resume", "--out", "videos")
    assert (said.code, said.err) == (0, "")
    assert sorted(said.out.split()) == sorted(f"videos/{task_id}.mp4" for task_id in ids)
    assert all((tmp_path / path).stat().st_size > 100 for path in said.out.split())
    assert [job["state"] for job in jobs(cli)] == ["fetched"] * 3
    before = len(simulator.received)
    assert cli("resume", "--json").json == {"paths": []}
    assert len(simulator.received) == before, "there was nothing to ask"
    assert len(simulator.ledger) == 3, "nothing was sent again"


def test_resume_fetches_what_was_waited_for_and_not_fetched(cli: Cli) -> None:
    (task_id,) = submit(cli)
    cli("wait", task_id)
    assert [job["state"] for job in jobs(cli)] == ["ready"]
    assert cli("resume").out.split() == [f"{task_id}.mp4"]


def test_what_can_be_fetched_is_fetched_whatever_becomes_of_the_rest(
    cli: Cli, simulator: Simulator
) -> None:
    outcomes = [
        Outcome("failed", message="flagged"),
        Outcome(),
        Outcome("Stuck", ends=False),
        Outcome(),
    ]
    simulator.outcomes.extend(outcomes)
    (gone,) = submit(cli)
    mixed = submit(cli, "--video-number", 3)
    simulator._account.tasks.pop(gone)
    simulator.clock.sleep(120)
    said = cli("resume", "--timeout", 60)
    assert said.code == 3
    assert sorted(said.out.split()) == sorted(f"{task_id}.mp4" for task_id in (mixed[0], mixed[2]))
    assert "this was entry" in said.err
    assert cli("resume", "--timeout", 60).code == 3


def test_a_job_that_failed_is_exit_4_and_what_still_runs_exit_5(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed", message="flagged"))
    submit(cli)
    said = cli("resume")
    assert (said.code, said.out) == (4, "")
    assert "flagged" in said.err
    assert (cli("resume").code, jobs(cli)[0]["state"]) == (0, "failed")
    simulator.outcomes.append(Outcome(seconds=1000))
    submit(cli)
    said = cli("resume", "--timeout", 30)
    assert said.code == 5
    assert said.err.endswith("go on with:\n  weryai resume --out .\n")


def test_resume_leaves_alone_what_another_process_holds_or_another_service_made(
    cli: Cli, simulator: Simulator, file: Path
) -> None:
    for _ in range(2):
        submit(cli)
    with sqlite3.connect(file) as db:
        db.execute("UPDATE entries SET base_url = 'https://other.example.com' WHERE rowid = 1")
    db.close()
    elsewhere, held = jobs(cli)
    other = SQLiteJournal(file)
    assert other.claim(held["entry"])
    said = cli("resume")
    assert (said.code, said.out) == (5, "")
    assert "  weryai resume --base-url https://other.example.com\n" in cli("jobs").err
    assert cli("jobs", "settle", held["entry"]).code == 2
    other.close()
    assert cli("resume").out.split() == [f"{held['job']['task_ids'][0]}.mp4"]
    assert jobs(cli)[0] == elsewhere


def test_generate_holds_its_job_so_that_resume_does_not_fetch_it_too(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait, held = WeryAI.wait, list[bool]()

    def watched(client: WeryAI, *args: Any, **options: Any) -> Any:
        other = SQLiteJournal(file)
        held.extend(entry.held for entry in other.entries())
        other.close()
        return wait(client, *args, **options)

    monkeypatch.setattr(WeryAI, "wait", watched)
    cli(*GENERATE)
    assert held == [True]
    other = SQLiteJournal(file)
    assert [entry.held for entry in other.entries()] == [False]
    other.close()


def test_a_task_that_is_gone_does_not_cost_the_video_of_its_sibling(
    cli: Cli, simulator: Simulator
) -> None:
    gone, made = submit(cli, "--video-number", 2)
    simulator._account.tasks.pop(gone)
    simulator.next("get_batch_status", refusal(1003))
    simulator.clock.sleep(120)
    said = cli("resume")
    assert (said.code, said.out) == (3, f"{made}.mp4\n")
    said = cli("download", gone, made, "--out", "again")
    assert (said.code, said.out) == (3, f"again/{made}.mp4\n")
    assert f"the question was about {gone}" in said.err


@pytest.mark.parametrize("command", ["download", "resume"])
def test_a_video_that_cannot_be_fetched_does_not_cost_the_next_one(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    ids = submit(cli, "--video-number", 2)
    simulator.clock.sleep(60)
    account = type(simulator._account)
    video = account.video

    def without_the_first(self: Any, task_id: str, *rest: Any) -> Path | None:
        return None if task_id == ids[0] else video(self, task_id, *rest)

    monkeypatch.setattr(account, "video", without_the_first)
    said = cli(command, *(ids if command == "download" else []))
    assert (said.code, said.out) == (3, f"{ids[1]}.mp4\n")


@pytest.mark.parametrize("command", ["download", "resume"])
def test_every_video_that_cannot_be_fetched_is_told(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    ids = submit(cli, "--video-number", 3)
    simulator.clock.sleep(60)
    account = type(simulator._account)
    video = account.video

    def without_two(self: Any, task_id: str, *rest: Any) -> Path | None:
        return None if task_id in ids[:2] else video(self, task_id, *rest)

    monkeypatch.setattr(account, "video", without_two)
    asked = [command, *(ids if command == "download" else [])]
    said = cli(*asked)
    assert (said.code, said.out) == (3, f"{ids[2]}.mp4\n")
    lines = said.err.splitlines()
    first = next(place for place, line in enumerate(lines) if "2 of 3 videos" in line)
    assert [line.split(":")[0].strip() for line in lines[first + 1 : first + 3]] == ids[:2]
    assert "API may have changed" not in said.err
    (told,) = (cli(*asked, "--json").error["failures"],)
    assert [each["name"] for each in told] == ids[:2]
    assert all("HTTP 404" in each["message"] for each in told)


def test_resume_pauses_between_its_rounds(cli: Cli, simulator: Simulator) -> None:
    simulator.outcomes.extend([Outcome(seconds=600), Outcome(seconds=5)])
    submit(cli)
    submit(cli)
    before = len(simulator.received)
    assert cli("resume").code == 0
    assert len(simulator.received) - before < 200


@pytest.mark.parametrize("moment", [1, 2])
def test_a_job_that_another_process_starts_at_the_last_moment_is_its_own(
    cli: Cli, simulator: Simulator, file: Path, ask: Any, moment: int
) -> None:
    submit(cli)
    simulator.clock.sleep(60)
    look, empty = SQLiteJournal.open_entries, [0]

    def watched(journal: SQLiteJournal) -> Iterator[Entry]:
        found = [*look(journal)]
        if not found:
            empty[0] += 1
            if empty[0] == moment:
                with simulator.client(journal=file) as elsewhere:
                    elsewhere.submit(ask(images=[HTTPS]))
        return iter(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteJournal, "open_entries", watched)
        assert cli("resume").code == 0
    assert [job["state"] for job in jobs(cli)] == ["fetched", "running"]


@pytest.mark.parametrize("fetches", [True, False])
def test_a_job_that_another_process_takes_after_the_look_is_fetched_once(
    cli: Cli, simulator: Simulator, file: Path, fetches: bool
) -> None:
    submit(cli)
    simulator.clock.sleep(60)
    look, other = SQLiteJournal.open_entries, SQLiteJournal(file)

    def take(entry: Entry) -> None:
        assert entry.job is not None
        if fetches:
            with simulator.client(journal=other) as elsewhere:
                elsewhere.download(elsewhere.wait(entry.job), "elsewhere")
        else:
            assert other.claim(entry.id)
        asked.append(len(simulator.received))

    takes, asked = [take], list[int]()

    def late(journal: SQLiteJournal) -> Iterator[Entry]:
        found = [*look(journal)]
        while takes:
            takes.pop()(found[0])
        return iter(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteJournal, "open_entries", late)
        said = cli("resume")
    assert (said.code, said.out) == (0 if fetches else 5, "")
    assert [len(simulator.received)] == asked, "not even a question was sent"
    assert [job["state"] for job in jobs(cli)] == ["fetched" if fetches else "running"]
    other.close()
