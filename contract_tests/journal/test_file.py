"""The journal's file: whole after a crash, refused when damaged, never overwritten."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support import patience
from contract_tests.support.clients import BOTH_CLASSES
from weryai import Job, JournalError, Task, Video
from weryai.journal import SQLiteJournal

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"
PAYLOAD = {"model": "KLING_O1", "prompt": "The sun sets"}


def write(journal: SQLiteJournal, *entry_ids: str) -> None:
    for entry_id in entry_ids:
        journal.begin(entry_id, URL, PAYLOAD, NOW)
        journal.accept(entry_id, Job([f"task_{entry_id}"], submitted_at=NOW))


def run(script: str, *argv: object) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own."""
    head = (
        "import sys, os\nfrom datetime import *\nfrom weryai import *\nfrom weryai.journal import *"
    )
    return subprocess.run(
        [sys.executable, "-c", f"{head}\n{script}", *map(str, argv)],
        capture_output=True,
        text=True,
        check=False,
        timeout=patience.SECONDS,
    )


def test_a_journal_keeps_everything_across_openings(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a", "b")
    videos = tuple(Video(f"https://e.com/{n}", f"task_a-{n}", "https://e.com/c") for n in (1, 2))
    journal.note(URL, Job(["task_a"]), [Task("task_a", "SUCCESS", videos, "well")])
    journal.fetched(URL, videos[1], tmp_path / "v.mp4")
    before = journal.entries()
    journal.close()
    again = SQLiteJournal(tmp_path / "a.journal")
    assert again.entries() == before
    assert [entry.state for entry in before] == ["ready", "running"]
    assert before[0].tasks == (Task("task_a", "SUCCESS", videos, "well"),)
    assert before[0].files == {"task_a-2": tmp_path / "v.mp4"}
    assert again.entry("a") == before[0]
    assert again.entry("c") is None
    again.close()


def test_the_same_name_at_two_services_is_two_videos(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    job, video = Job(["task_1"], submitted_at=NOW), Video("https://e.com/1", "task_1")
    for url in (URL, "https://other.example.com"):
        journal.begin(url[-9:], url, PAYLOAD, NOW)
        journal.accept(url[-9:], job)
        journal.note(url, job, [Task("task_1", "SUCCESS", (video,))])
    journal.fetched(URL, video, tmp_path / "v.mp4")
    assert [entry.state for entry in journal.entries()] == ["fetched", "ready"]
    journal.close()


@pytest.mark.parametrize("known", ["accepted", "unknown", "settled"])
def test_what_anything_is_known_of_can_not_be_refused(tmp_path: Path, known: str) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    journal.begin("a", URL, PAYLOAD, NOW)
    if known == "accepted":
        journal.accept("a", Job(["task_a"]))
    elif known == "unknown":
        journal.doubt("a", "lost")
    else:
        journal.settle("a")
    journal.refuse("a")
    assert [entry.id for entry in journal.entries()] == ["a"]
    journal.close()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    SQLiteJournal(tmp_path / "new" / "a.journal").close()
    assert stat.S_IMODE((tmp_path / "new" / "a.journal").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_transaction_is_synced_to_the_disk(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    (mode,) = journal._db.rows("PRAGMA journal_mode")
    (sync,) = journal._db.rows("PRAGMA synchronous")
    assert (mode[0], sync[0]) == ("wal", 2)
    journal.close()


def spoil(path: Path) -> None:
    """Overwrite the middle of a file, as a bad disk does."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))


def another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE cookies (id)")
    db.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (spoil, "is damaged or is no journal.*Move it away"),
        (
            lambda path: path.write_text("not a database at all" * 100),
            "is damaged or is no journal",
        ),
        (another_program, "is a database of something else: give another path"),
        (newer, "written by a newer weryai.*upgrade"),
    ],
    ids=["spoiled", "text", "another program", "newer"],
)
@BOTH_CLASSES
def test_a_file_that_is_no_journal_of_ours_is_refused_and_left_as_it_is(
    tmp_path: Path, client_class: Any, damage: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    write(journal, *(f"e{number}" for number in range(50)))
    journal.close()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match=words):
        client_class("sk-none-of-all", journal=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 0)])
def test_a_log_whose_journal_is_gone_or_empty_is_not_written_over(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.journal"
    run("SQLiteJournal(sys.argv[1]).begin('a', 'u', {}, datetime.now(UTC)); os._exit(9)", path)
    log = tmp_path / "a.journal-wal"
    kept = log.read_bytes()
    assert kept
    damage(path)
    with pytest.raises(JournalError, match=r"put the file back, or move both away"):
        SQLiteJournal(path)
    assert log.read_bytes() == kept


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("entries", "payload", "{"),
        ("entries", "payload", "[]"),
        ("entries", "payload", "[" * 100_000),
        ("entries", "sent_at", "yesterday"),
        ("entries", "sent_at", "2026-11-24T00:00:00"),
        ("entries", "submitted_at", "x"),
        ("entries", "payload", b"\xff\xfe{"),
        ("tasks", "task_id", ""),
        ("tasks", "state", b"\xff"),
    ],
    ids=lambda value: f"{value[:20]!r}",
)
def test_an_entry_that_is_damaged_stops_no_other_and_keeps_what_can_be_read(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a", "b")
    with journal._db.writing() as db:
        where = "rowid = (SELECT min(rowid) FROM " + table + ")"
        db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {where}", (value,))
    found = {entry.id: entry for entry in journal.entries()}
    assert found["b"].state == "running"
    assert found["a"] == journal.entry("a")
    if table == "entries":
        assert found["a"].job is not None
        assert found["a"].job.task_ids == ("task_a",)
    if (column, value) != ("sent_at", "2026-11-24T00:00:00") and column != "state":
        assert "damaged" in (found["a"].reason or "")
    journal.close()


def test_a_file_that_cannot_be_made_or_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "a.journal", tmp_path):
        with pytest.raises(JournalError, match="cannot be used"):
            SQLiteJournal(path)


def test_a_full_disk_is_told_and_the_journal_lives_on(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a")
    journal._db.rows("PRAGMA max_page_count = 1")
    with pytest.raises(JournalError, match="cannot be used: database or disk is full"):
        journal.begin("b", URL, {"prompt": "x" * 1_000_000}, NOW)
    assert [entry.id for entry in journal.entries()] == ["a"]
    assert journal.claim("b"), "the claim of what was not begun is free"
    journal.close()


def test_ctrl_c_at_any_point_of_a_transaction_ends_it(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    database = journal._db._db

    class Interrupted:
        def __getattr__(self, name: str) -> Any:
            return getattr(database, name)

        def execute(self, statement: str, *values: Any) -> Any:
            done = database.execute(statement, *values)
            if statement == "BEGIN IMMEDIATE":
                raise KeyboardInterrupt
            return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal._db, "_db", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            journal.begin("a", URL, PAYLOAD, NOW)
    write(journal, "b")
    other = SQLiteJournal(journal.path)
    write(other, "c")
    assert [entry.id for entry in other.entries()] == ["b", "c"]
    other.close()
    journal.close()


def test_a_thousand_entries_are_listed_in_a_moment(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    with journal._db.writing() as db:
        for number in range(1000):
            row = (f"e{number}", URL, "{}", NOW.isoformat(), "b", NOW.isoformat())
            db.execute(
                "INSERT INTO entries (id, base_url, payload, sent_at, batch_id, submitted_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
    statements: list[str] = []
    journal._db._db.set_trace_callback(statements.append)
    assert len(journal.entries()) == 1000
    assert len(statements) <= 5, "not a query for each"
    journal.close()
