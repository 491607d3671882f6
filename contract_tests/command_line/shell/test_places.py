"""Each address has a journal of its own, entries are named by their beginning, paths are copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.command_line.invoke import FIVE, HTTPS, REQUEST, Cli, jobs, submit
from weryai.cli import _output
from weryai.cli._process import streams
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

HERE = "http://localhost"  # the address of the simulator of these tests


def test_jobs_of_a_simulator_are_not_among_those_that_were_paid_for(cli: Cli, file: Path) -> None:
    submit(cli)
    submit(cli, "--base-url", "http://127.0.0.1:8765")
    submit(cli, "--base-url", "http://127.0.0.1:8765/")
    assert len(jobs(cli)) == 1
    said = cli("jobs", "--base-url", "http://127.0.0.1:8765")
    assert len(said.out.splitlines()) == 3
    [own] = file.parent.glob("jobs-127.0.0.1-8765-*.journal")
    assert f"kept in\n  {own}\n" in said.err
    assert f"kept in\n  {file}\n" in cli("jobs").err


def test_what_an_older_journal_holds_of_an_address_is_found_until_it_is_done(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [task_id] = submit(cli)  # in the journal of the vendor's address, as all was once
    monkeypatch.setenv("WERYAI_BASE_URL", HERE)
    assert cli("submit", HTTPS, *REQUEST, *FIVE).code == 2, "the same is not paid for again"
    assert cli("resume").out == f"{task_id}.mp4\n"
    submit(cli)
    assert len(jobs(cli)) == 1
    assert len(list(file.parent.glob("*.journal"))) == 2


def test_the_way_to_what_another_address_made_names_its_journal(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(cli)
    assert f"\n  weryai resume --base-url {HERE}\n" in cli("jobs").err
    submit(cli, "--base-url", f"{HERE}:8")
    submit(cli, "--base-url", HERE, "--journal", file.parent / "own")
    assert (
        f" resume --base-url {HERE} --journal {file.parent / 'own'}\n"
        in cli("jobs", "--journal", file.parent / "own").err
    )


def test_an_entry_is_named_by_the_beginning_of_its_id(cli: Cli, file: Path) -> None:
    for _ in range(17):
        submit(cli)
    entries = [job["entry"] for job in jobs(cli)]
    firsts = [entry[0] for entry in entries]
    twice = next(first for first in firsts if firsts.count(first) > 1)
    said = cli("jobs", "settle", twice)
    assert said.code == 2
    assert f"{twice} is the beginning of several entries: " in said.err
    assert cli("jobs", "settle", entries[3][:8]).code == 0
    assert [job["state"] for job in jobs(cli)].index("settled") == 3
    assert cli("jobs", "settle", "").code == cli("jobs", "settle", "zz").code == 2


def test_on_a_terminal_a_path_has_a_line_of_its_own(
    cli: Cli, simulator: Simulator, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [done], two = submit(cli), submit(cli, "--video-number", 2)
    folder = "a folder/whose name is longer than half of a terminal of eighty columns is wide"
    cli("wait", done, "--out", folder)
    journal = SQLiteJournal(file)
    task = journal.entry(jobs(cli)[0]["entry"]).result.tasks[0]  # type: ignore[union-attr]
    journal.close()
    monkeypatch.setattr(streams.Stream, "isatty", lambda _: True)
    lines = cli("jobs").out.splitlines()
    assert lines[1].endswith("1 of 1 video")
    assert lines[2] == f"  {folder}/{task.id}.mp4"
    assert lines[3].endswith("0 of 2 videos")
    assert lines[4:] == [f"  {task_id}" for task_id in two]
    assert _output.ONE_LINE > len(lines[2]) > 80
