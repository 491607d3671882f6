"""A journal that an older weryai wrote is brought up to date, and loses nothing."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract_tests.journal.test_file import run
from weryai import JournalError, Task, Video
from weryai._journal import migrations, rows, sqlite_file
from weryai.journal import STATES as ALL_STATES
from weryai.journal import SQLiteJournal

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "journals"
STATES = {
    "cut-off": "unknown",
    "unknown": "unknown",
    "running": "running",
    "half": "running",
    "ready": "ready",
    "signed": "ready",
    "fetched": "fetched",
    "failed": "failed",
    "batch": "ready",
    "given-up": "settled",
    "settled": "settled",
    "found": "running",
    "elsewhere": "running",
}


def written(number: int, path: Path) -> Path:
    """A journal of a version, as the code of that time wrote it."""
    db = sqlite3.connect(path)
    db.executescript((DATA / f"version_{number}.sql").read_text())
    db.close()
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A journal of version 1."""
    return written(1, tmp_path / "old.journal")


def version(path: Path) -> int:
    db = sqlite3.connect(path)
    (number,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return int(number)


def test_there_is_a_journal_of_every_version() -> None:
    assert {path.name for path in DATA.iterdir()} == {
        f"version_{number}.sql" for number in range(1, migrations.VERSION + 1)
    }


@pytest.mark.parametrize("number", range(1, migrations.VERSION + 1))
def test_a_journal_of_any_version_loses_nothing(tmp_path: Path, number: int) -> None:
    journal = SQLiteJournal(written(number, tmp_path / "old.journal"))
    found = {entry.id: entry for entry in journal.entries()}
    once = {"failed": "incomplete"} if number == 1 else {}  # a failure was final there
    assert {name: entry.state for name, entry in found.items()} == STATES | once
    assert list(found) == list(STATES)
    states = Counter((STATES | once).values())
    assert journal.counts() == dict.fromkeys(ALL_STATES, 0) | states
    assert [*journal.open_entries()] == [entry for entry in found.values() if entry.open]
    for entry in found.values():
        assert entry.payload["prompt"] == f"Prompt of {entry.id}"
        assert entry.operation == "submit_multi_image_to_video"
    assert found["unknown"].reason == "the connection broke: 雪"
    half = found["half"]
    assert half.job is not None
    assert (half.job.task_ids, half.job.batch_id) == (("task_half_1", "task_half_2"), "9001")
    assert [task.state for task in half.tasks] == ["succeeded", "processing"]
    cover = "https://cdn.example.com/task_half_1/0.jpg"
    (video,) = half.tasks[0].videos
    assert video == Video("https://cdn.example.com/task_half_1/0.mp4", "task_half_1", cover)
    assert found["fetched"].files == {"task_fetched": Path("/videos/雪/task_fetched.mp4")}
    assert found["failed"].tasks == (Task("task_failed", "failed", (), "flagged"),)
    assert found["signed"].files.keys() == {"task_signed-2"}
    assert [video.url for video in found["signed"].unfetched] == [
        "https://cdn.example.com/task_signed/0.mp4?sign=1"
    ]
    at = found["cut-off"].sent_at.replace(year=2025)
    assert journal.address_of("https://api.weryai.com", "ab" * 32, at)
    journal.close()


@pytest.mark.parametrize("number", range(2, migrations.VERSION + 1))
def test_what_is_known_besides_since_version_2_is_kept(tmp_path: Path, number: int) -> None:
    journal = SQLiteJournal(written(number, tmp_path / "old.journal"))
    found = [*journal.entries()]
    assert [entry.id for entry in found if entry.final] == ["failed"]
    keys = {entry.id: entry.idempotency_key for entry in found}
    assert keys.pop("elsewhere") == keys["running"] == "key of running"
    assert keys == {name: f"key of {name}" for name in keys}
    assert [int(entry.fingerprint or "", 16) for entry in found] == [*range(1, len(found) + 1)]
    (path,) = (entry.files["task_signed-2"] for entry in found if entry.id == "signed")
    assert os.fsencode(path) == b"/videos/caf\xe9/task_signed-2.mp4"
    journal.close()


@pytest.mark.parametrize("number", range(6, migrations.VERSION + 1))
def test_the_rows_of_batches_since_version_6_are_kept(tmp_path: Path, number: int) -> None:
    journal = SQLiteJournal(written(number, tmp_path / "old.journal"))
    batch = journal.batch("night")
    assert (batch.state.paused, batch.state.credits_before) == ("by hand", 120.5)
    rows = {row.id: row for row in batch.rows()}
    assert {name: row.state for name, row in rows.items()} == {
        "fox": "done",
        "owl": "waiting",
        "snö": "waiting",
    }
    ((path, digest),) = rows["fox"].files
    assert (os.fsencode(path), digest) == (b"/videos/caf\xe9/fox.mp4", "ab" * 32)
    assert (rows["owl"].consent, rows["owl"].output) == (2, "{id}-{n}")
    assert rows["snö"].request["prompt"] == "Prompt of fox"
    with pytest.raises(JournalError, match="asked for anew"):
        journal.begin("new", "https://e.com", {}, NOW, idempotency_key="batch night row owl 1")
    journal.close()


@pytest.mark.parametrize("number", range(7, migrations.VERSION + 1))
def test_what_was_spent_since_version_7_is_kept(tmp_path: Path, number: int) -> None:
    journal = SQLiteJournal(written(number, tmp_path / "old.journal"))
    purse = journal.purse("batch night", "https://api.weryai.com")
    assert purse.spent() == 12.5
    (learning,) = purse.learning()
    assert (learning.entry_id, learning.balance) == ("unknown", 120.5)
    journal.close()


def test_an_old_journal_goes_on_as_a_new_one(old: Path, tmp_path: Path) -> None:
    journal = SQLiteJournal(old)
    new = SQLiteJournal(tmp_path / "new.journal")
    schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert [tuple(row) for row in journal._db.rows(schema)] == [
        tuple(row) for row in new._db.rows(schema)
    ]
    video = Video("https://cdn.example.com/task_ready_2/0.mp4?again", "task_ready_2")
    journal.note("ready", [Task("task_ready_2", "success", (video,))])
    journal.fetched("https://api.weryai.com", video, tmp_path / "v.mp4")
    entry = journal.entry("ready")
    assert entry is not None
    assert (entry.state, entry.files["task_ready_2"]) == ("fetched", tmp_path / "v.mp4")
    assert len(entry.files) == 2
    new.close()
    journal.close()


def test_a_new_journal_is_what_all_scripts_make_of_an_empty_file(tmp_path: Path) -> None:
    SQLiteJournal(tmp_path / "new.journal").close()
    with (
        closing(sqlite3.connect(tmp_path / "new.journal")) as new,
        closing(sqlite3.connect(":memory:")) as empty,
    ):
        for statement in migrations._from(0):
            empty.execute(statement)
        assert [*new.iterdump()] == [*empty.iterdump()]


STOPPED = {
    "at version 2": "migrations.SCRIPTS = (SCRIPTS[0], Text(SCRIPTS[1]), *SCRIPTS[2:])",
    "at the last": "migrations.SCRIPTS = (*SCRIPTS[:-1], Text(SCRIPTS[-1]))",
    "at its states": "migrations.rows.derive_all = lambda _: stop()",
}


@pytest.mark.parametrize("where", STOPPED)
@pytest.mark.parametrize("how", ["fails", "is killed"])
def test_a_migration_that_does_not_end_leaves_the_old_journal(
    old: Path, where: str, how: str
) -> None:
    script = f"""
from weryai._journal import migrations
def stop():
    {"raise MemoryError" if how == "fails" else "os._exit(9)"}
class Text(str):
    def split(self, *by):
        yield from str.split(self, ";")[:-3]
        stop()
SCRIPTS = migrations.SCRIPTS
{STOPPED[where]}
SQLiteJournal(sys.argv[1])
"""
    done = run(script, old)
    assert done.returncode == 9 or "MemoryError" in done.stderr
    assert version(old) == 1
    journal = SQLiteJournal(old)
    assert len([*journal.entries()]) == len(STATES)
    assert version(old) == migrations.VERSION
    journal.close()


def test_the_states_of_a_page_and_more_are_brought_up_to_date(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PAGE", 4)
    journal = SQLiteJournal(old)
    assert sum(journal.counts().values()) == len(STATES)
    journal.close()


def test_processes_that_open_an_old_journal_at_once_bring_it_up_to_date_once(old: Path) -> None:
    script = "print(len([*SQLiteJournal(sys.argv[1]).entries()]))"
    told: list[str] = []
    running = [
        threading.Thread(target=lambda: told.append(run(script, old).stdout)) for _ in range(4)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert told == [f"{len(STATES)}\n"] * 4


def test_a_journal_that_becomes_newer_while_it_is_opened_is_refused(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspect = sqlite_file.inspect

    def late(db: sqlite3.Connection, path: Path) -> None:
        inspect(db, path)
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA user_version = 99")
        other.close()

    monkeypatch.setattr(sqlite_file, "inspect", late)
    with pytest.raises(JournalError, match="newer weryai"):
        SQLiteJournal(old)
    assert version(old) == 99
