"""What resume cannot do now is named, and stops nothing else: in other hands, sick, of odd ids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import (
    GENERATE,
    SUBMIT,
    Cli,
    environment,
    jobs,
    process,
    submit,
)
from contract_tests.support.run import forked
from weryai import WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, ManualClock, Outcome, Simulator


def test_a_holder_that_is_stopped_is_told_and_its_job_is_fetched_once_it_has_ended(
    address: str, tmp_path: Path, cli: Cli
) -> None:
    argv = [sys.executable, "-m", "weryai.cli", *GENERATE]
    settings = environment(address)
    holder = forked.Popen(argv, cwd=tmp_path, env=settings, stderr=subprocess.PIPE)
    assert holder.stderr is not None
    try:
        while "weryai wait" not in holder.stderr.readline():
            pass  # it holds the entry from soon after that on
        while not jobs_held(cli):
            pass
        holder.send_signal(signal.SIGSTOP)
        (entry,) = jobs(cli)
        argv = ["resume", "--timeout", "1"]
        ended = process(*argv, start=forked.Popen, cwd=tmp_path, env=settings)
        assert (ended.returncode, ended.stdout) == (5, "")
        words = "1 job in the hands of another process, which may be stopped: "
        assert f"weryai: {words}{entry['entry']}\n" in ended.stderr
    finally:
        holder.kill()
        holder.communicate()
    ended = process("resume", start=forked.Popen, cwd=tmp_path, env=settings)
    assert (ended.returncode, ended.stdout.split()) == (0, [f"{entry['job']['task_ids'][0]}.mp4"])


def jobs_held(cli: Cli) -> bool:
    path = Path(os.environ["XDG_STATE_HOME"], "weryai", "jobs.journal")
    journal = SQLiteJournal(path)
    try:
        return any(entry.held and entry.job for entry in journal.entries())
    finally:
        journal.close()


def test_what_others_hold_is_waited_for_half_a_minute_and_no_longer(
    cli: Cli, simulator: Simulator, file: Path
) -> None:
    for _ in range(7):
        submit(cli)
    *held, own = jobs(cli)
    other = SQLiteJournal(file)
    assert all(other.claim(entry["entry"]) for entry in held)
    assert "weryai: 1 job still running; 6 jobs in" in cli("resume", "--timeout", 3).err
    simulator.clock.sleep(60)
    before = simulator.clock.monotonic()
    said = cli("resume")
    assert said.code == 5
    assert said.out.split() == [f"{own['job']['task_ids'][0]}.mp4"], "its own is fetched first"
    assert 30 <= simulator.clock.monotonic() - before < 40
    names = ", ".join(entry["entry"] for entry in held[:5])
    assert (
        f"6 jobs in the hands of another process, which may be stopped: {names} and 1 more"
        in said.err
    )
    assert cli("resume", "--json").error["entries"] == [entry["entry"] for entry in held]
    before = simulator.clock.monotonic()
    assert cli("resume", "--timeout", 3).code == 5
    assert simulator.clock.monotonic() - before == 3
    other.close()


def test_what_others_hold_is_taken_as_soon_as_they_have_ended(
    cli: Cli, simulator: Simulator, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (task_id,) = submit(cli)
    simulator.clock.sleep(60)
    other, sleep = SQLiteJournal(file), ManualClock.sleep
    assert other.claim(jobs(cli)[0]["entry"])

    def ends(clock: ManualClock, seconds: float) -> None:
        other.close()
        sleep(clock, seconds)

    monkeypatch.setattr(ManualClock, "sleep", ends)
    said = cli("resume")
    assert (said.code, said.out.split()) == (0, [f"{task_id}.mp4"])


def test_a_submission_that_is_on_its_way_elsewhere_is_something_left_to_do(
    cli: Cli, file: Path
) -> None:
    submit(cli)
    cli("resume")
    other = SQLiteJournal(file)
    (entry,) = other.entries()
    other.begin("abc", entry.base_url, entry.payload, entry.sent_at)
    said = cli("resume", "--timeout", 1)
    assert (said.code, ": abc\n" in said.err) == (5, True)
    other.close()
    assert cli("resume").code == 0, "now its fate is unknown, and resume can do nothing about it"


@pytest.mark.parametrize("step", ["claim", "entry", "wait", "download", "release"])
@pytest.mark.parametrize("error", [UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "x"), KeyError("x")])
def test_a_sick_entry_stops_no_other(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception
) -> None:
    ids = [*submit(cli), *submit(cli), *submit(cli)]
    simulator.clock.sleep(60)
    sick = jobs(cli)[1]["entry"]
    kind: Any = WeryAI if step in ("wait", "download") else SQLiteJournal
    real = getattr(kind, step)

    def fails(self: Any, thing: Any, *args: Any, **options: Any) -> Any:
        if sick == thing or ids[1] in str(thing):
            raise error
        return real(self, thing, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(kind, step, fails)
        said = cli("resume")
    assert said.code == 1
    assert {f"{ids[0]}.mp4", f"{ids[2]}.mp4"} <= set(said.out.split())
    assert f"this was entry {sick} of `weryai jobs`" in said.err


@pytest.mark.parametrize("known", [["not/an/id"], ["not/an/id", "task_none"]])
def test_ids_that_cannot_be_asked_for_give_way_to_the_right_ones(
    cli: Cli, simulator: Simulator, known: list[str]
) -> None:
    cli("submit", *GENERATE[1:])
    (right,) = simulator.ledger[0].task_ids
    cli("jobs", "settle", jobs(cli)[0]["entry"])
    cli("jobs", "forget", "--older-than", 0)
    simulator.next(SUBMIT, Answer(body={"status": 0, "data": {"task_ids": known}}))
    assert cli(*GENERATE).code == 1
    (entry,) = jobs(cli)
    assert entry["job"]["task_ids"] == known
    said = cli("jobs", "settle", entry["entry"], "a/b")
    assert (said.code, jobs(cli)) == (2, [entry])
    said = cli("jobs", "settle", entry["entry"], right, "--json")
    assert said.code == 0
    assert said.json["jobs"][0]["job"]["task_ids"] == [*known[1:], right]
    assert f"{right}.mp4" in cli("resume").out.split()


def test_a_task_that_was_left_out_is_added_to_what_is_known_and_nothing_leaves(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome("failed"), Outcome(), Outcome()])
    known = submit(cli, "--video-number", 2)
    (left_out,) = submit(cli, "--caller-id", 7)
    cli("jobs", "settle", jobs(cli)[1]["entry"])
    cli("jobs", "forget", "--older-than", 0)
    assert cli("resume").code == 4
    (entry,) = jobs(cli)
    assert entry["state"] == "incomplete"
    settled = cli("jobs", "settle", entry["entry"], left_out, "--json").json["jobs"][0]
    assert (settled["job"]["task_ids"], settled["state"]) == ([*known, left_out], "running")
    assert settled["job"]["batch_id"] == entry["job"]["batch_id"]
    assert f"{left_out}.mp4" in cli("resume").out.split()
    assert cli("jobs", "settle", entry["entry"], left_out).code == 2, "nothing is missing any more"
