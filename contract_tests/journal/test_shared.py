"""The journal's file, shared by threads and processes, of which some are killed."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from contract_tests.journal.test_file import NOW, PAYLOAD, URL, run, write
from contract_tests.support.journals import opened_beside_another
from weryai import Job
from weryai._journal import sqlite_file
from weryai.journal import SQLiteJournal


def test_a_journal_that_another_one_makes_before_any_statement_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "PATIENCE", 0)
    told = opened_beside_another(
        monkeypatch,
        sqlite_file,
        "_Connection",
        lambda step: SQLiteJournal(tmp_path / f"{step}.journal").close(),
    )
    assert all("locked" in each for each in told)


def test_a_journal_that_another_one_is_making_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.journal"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("time.sleep", lambda _: other.rollback())
        SQLiteJournal(path).close()
    other.close()


def test_processes_share_a_journal_that_they_all_make(tmp_path: Path) -> None:
    script = """
journal = SQLiteJournal(sys.argv[1])
for number in range(15):
    name = f"{os.getpid()}-{number}"
    journal.begin(name, "https://e.com", {}, datetime.now(UTC))
    journal.accept(name, Job([name]))
"""
    path, done = tmp_path / "a.journal", list[Any]()
    running = [threading.Thread(target=lambda: done.append(run(script, path))) for _ in range(3)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert [each.stderr for each in done] == [""] * 3
    journal = SQLiteJournal(path)
    assert [entry.state for entry in journal.entries()] == ["running"] * 45
    journal.close()


def test_a_claim_is_one_processs_alone_and_ends_with_it(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a")
    script = "print(SQLiteJournal(sys.argv[1]).claim('a'), flush=True); os.kill(os.getpid(), 9)"
    assert journal.claim("a")
    assert not journal.claim("a")
    assert run(script, journal.path).stdout == "False\n"
    journal.release("a")
    assert run(script, journal.path).stdout == "True\n"
    assert journal.claim("a"), "its holder was killed"
    journal.close()
    assert run(script, journal.path).stdout == "True\n"


def test_a_process_killed_while_it_sends_leaves_an_unknown_entry(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    script = """
SQLiteJournal(sys.argv[1]).begin("a", "https://e.com", {}, datetime.now(UTC))
os.kill(os.getpid(), 9)
"""
    run(script, journal.path)
    (entry,) = journal.entries()
    assert (entry.state, entry.reason, entry.held) == ("unknown", None, False)
    journal.close()


def test_ids_that_are_written_between_two_looks_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, other = (SQLiteJournal(tmp_path / "a.journal") for _ in range(2))
    other.begin("a", URL, PAYLOAD, NOW)
    taken, writes = journal._claims.taken, [other.accept]

    def late(entry_id: str) -> bool:
        while writes:
            writes.pop()("a", Job(["task_a"], submitted_at=NOW))
        return taken(entry_id)

    monkeypatch.setattr(journal._claims, "taken", late)
    assert [entry.state for entry in journal.entries()] == ["running"]
    journal.close()
    other.close()


def test_what_is_read_beside_a_forget_of_another_process_is_of_one_moment(tmp_path: Path) -> None:
    journal, other = (SQLiteJournal(tmp_path / "a.journal") for _ in range(2))
    write(journal, "a", "b")
    before = [*journal.entries()]
    to_forget = ["a"]

    def beside(statement: str) -> None:
        if statement.startswith("SELECT * FROM tasks") and to_forget:
            other.forget([to_forget.pop()])

    journal._db._db.set_trace_callback(beside)
    assert [*journal.entries()] == before
    assert [entry.id for entry in journal.entries()] == ["b"]
    assert not to_forget
    journal.close()
    other.close()


def test_a_journal_that_is_opened_twice_in_a_process_keeps_what_both_write(tmp_path: Path) -> None:
    # The first look of another process at a file whose locks were dropped would throw its log away.
    path = tmp_path / "a.journal"
    first, second = SQLiteJournal(path), SQLiteJournal(path)
    look = "print(len([*SQLiteJournal(sys.argv[1]).entries()]))"
    write(first, "a")
    assert run(look, path).stdout == "1\n"
    write(first, "b")
    write(second, "c")
    assert run(look, path).stdout == "3\n"
    first.close()
    second.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_journal_is_not_carried_into_another_process(tmp_path: Path) -> None:
    script = """
journal = SQLiteJournal(sys.argv[1])
if os.fork():
    os.wait()
else:
    try:
        next(journal.entries())
    except JournalError as error:
        print(error)
"""
    assert "open it in this one" in run(script, tmp_path / "a.journal").stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_that_closes_a_journal_takes_nothing_from_its_parent(tmp_path: Path) -> None:
    script = """
journal = SQLiteJournal(sys.argv[1])
journal.begin("a", "https://e.com", {}, datetime.now(UTC))
if os.fork():
    os.wait()
    other = SQLiteJournal(sys.argv[1])
    journal.begin("b", "https://e.com", {}, datetime.now(UTC))
    print([entry.state for entry in other.entries()])
else:
    journal.release("a")
    journal.close()
"""
    assert run(script, tmp_path / "a.journal").stdout == "['sending', 'sending']\n"
