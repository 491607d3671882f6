"""The journal's file: whole after a crash, refused when damaged, never overwritten."""

from __future__ import annotations

import contextlib
import dis
import gc
import inspect
import itertools
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from contract_tests.command_line.invoke import process
from contract_tests.support.clients import BOTH_CLASSES, MakeClient
from contract_tests.support.run import forked
from weryai import Job, JournalError
from weryai._journal import database, rows, sqlite_file
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"
PAYLOAD = {"model": "KLING_O1", "prompt": "The sun sets"}
HEAD = """
import sys, os
from datetime import *
from weryai import Job, JournalError
from weryai.journal import *
"""


def write(journal: SQLiteJournal, *entry_ids: str) -> None:
    for entry_id in entry_ids:
        journal.begin(entry_id, URL, PAYLOAD, NOW)
        journal.accept(entry_id, Job([f"task_{entry_id}"], submitted_at=NOW))


def run(script: str, *argv: object, load: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """A script in a fork of what has loaded all that it needs."""
    start = partial(forked.Popen, load=load)
    return process(*map(str, argv), script=f"{HEAD}\n{script}", start=start)


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
        (
            lambda path: path.write_text("not a database at all" * 100),
            "is damaged or is no journal",
        ),
        (another_program, "is a database of something else: give another path"),
        (newer, "written by a newer weryai.*upgrade"),
    ],
    ids=["text", "another program", "newer"],
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
        ("entries", "sent_at", b"\xff"),
        ("entries", "submitted_at", "x"),
        ("entries", "state", "sunning"),
        ("entries", "payload", b"\xff\xfe{"),
        ("tasks", "task_id", ""),
        ("tasks", "state", b"\xff"),
    ],
    ids=lambda value: f"{value[:20]!r}",
)
def test_an_entry_that_is_damaged_stops_no_other_and_keeps_what_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, column: str, value: object
) -> None:
    monkeypatch.setattr(rows, "PAGE", 1)  # a page a row: each row is where the next page begins
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a", "b")
    where = "rowid = (SELECT min(rowid) FROM " + table + ")"
    damage = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {where}"
    journal._db.write(lambda db: db.execute(damage, (value,)))
    told = [*journal.entries()]
    assert sorted(entry.id for entry in told) == ["a", "b"]
    assert [*journal.open_entries()] == told
    assert [*journal.entries(newest_first=True)] == told[::-1]
    found = {entry.id: entry for entry in told}
    assert found["b"].state == "running"
    assert found["a"] == journal.entry("a")
    if table == "entries":
        assert found["a"].job is not None
        assert found["a"].job.task_ids == ("task_a",)
    if value != "2026-11-24T00:00:00" and column != "state":
        assert "damaged" in (found["a"].reason or "")
    journal.close()


def test_damage_is_told_by_what_comes_upon_it_and_nothing_is_sent(
    make_client: MakeClient, simulator: Simulator, ask: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    write(journal, *(f"e{number}" for number in range(50)))
    journal.close()
    spoil(path)
    with pytest.raises(JournalError, match=r"is damaged or is no journal.*Move it away"):
        make_client(simulator, journal=path).submit(ask(images=["https://example.com/a.jpg"]))
    assert simulator.received == []


def test_damage_that_nothing_came_upon_is_told_by_a_check_and_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    told = "INSERT INTO uploads VALUES ('', ?, '', '')"
    many = [(f"{number:0200}",) for number in range(1000)]
    journal._db.write(lambda db: db.executemany(told, many))
    journal.check()
    journal.close()
    with path.open("r+b") as file:  # in pages that no statement reads
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(8192))
    journal = SQLiteJournal(path)
    write(journal, "a")
    for look in (journal.check, lambda: journal.backup(tmp_path / "b")):
        with pytest.raises(JournalError, match="is damaged or is no journal"):
            look()
    assert [each.name for each in tmp_path.glob("b*")] == []
    journal.close()


def test_a_check_sees_an_index_that_leads_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    write(journal, "a", "b")
    (page,) = journal._db.rows("SELECT rootpage FROM sqlite_master WHERE name = 'tasks_by_id'")[0]
    journal.close()
    with path.open("r+b") as file:  # as one flipped bit does
        file.seek(4096 * (page - 1))
        content = file.read(4096)
        file.seek(4096 * (page - 1))
        file.write(content.replace(b"task_b", b"task_c"))
    journal = SQLiteJournal(path)
    with pytest.raises(JournalError, match="is damaged or is no journal"):
        journal.check()
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


class Stop:
    """Ctrl-C at one of the points where CPython looks for signals: when a function begins, a call
    is done or a loop goes on. They are counted in the journal and in `with`."""

    LOOKS = ("CALL", "CALL_FUNCTION_EX", "CALL_KW", "JUMP_BACKWARD")
    FILES = (str(Path(database.__file__).parent), contextlib.__file__)

    def __init__(self, left: int) -> None:
        self.left = left
        self._last = dict[FrameType, str]()

    def __call__(self, frame: FrameType, event: str, _: object) -> Any:
        code = frame.f_code
        # A generator may be entered to end it, and of what is raised then nobody hears.
        if not code.co_filename.startswith(self.FILES) or code.co_flags & inspect.CO_GENERATOR:
            return None
        frame.f_trace_opcodes = True
        self.left -= event == "call" or (event == "opcode" and self._last.get(frame) in self.LOOKS)
        if self.left == 0:
            self.left = -1
            raise KeyboardInterrupt
        if event == "opcode":
            self._last[frame] = dis.opname[code.co_code[frame.f_lasti]]
        return self


def test_ctrl_c_at_any_point_of_a_transaction_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0)
    journal, other = (SQLiteJournal(tmp_path / "a.journal") for _ in range(2))
    traced = sys.gettrace()
    # Else a collection may fall on the point, and what it ends there swallows the interruption.
    gc.disable()
    request.addfinalizer(gc.enable)
    gc.freeze()  # what other tests left: hundreds of collections would look through it
    for point in itertools.count(1):
        gc.collect()
        stop = Stop(point)
        try:
            sys.settrace(stop)
            journal.address_of(URL, "a", NOW)
            journal.uploaded(URL, f"{point}", "https://e.com/a", NOW)
            sys.settrace(traced)
            break
        except KeyboardInterrupt as stopped:
            sys.settrace(traced)
            # While its traceback keeps alive whatever was begun, as in a notebook.
            other.uploaded(URL, "other", f"https://e.com/{point}", NOW)
            journal.uploaded(URL, "own", f"https://e.com/{point}", NOW)
            del stopped
    assert point > 40
    journal.close()
    other.close()


def test_a_file_that_another_process_holds_is_told_with_what_to_do(
    journal_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "PATIENCE", 0)
    SQLiteJournal(journal_file).close()  # with a log by now
    with contextlib.closing(sqlite3.connect(journal_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalError, match="locked: another process holds it: try again"):
            SQLiteJournal(journal_file)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_CANTOPEN", "read-only, copy it together with its -wal file"),
        ("SQLITE_READONLY_DIRECTORY", "read-only, copy it together with its -wal file"),
        ("SQLITE_FULL", "make room on its disk"),
        ("SQLITE_IOERR_WRITE", "its disk is full or fails"),
        ("SQLITE_BUSY_SNAPSHOT", "try again when that has ended"),
        ("SQLITE_MISUSE", "cannot be used: it is so"),
    ],
)
def test_what_a_disk_does_is_told_with_what_to_do(name: str, words: str) -> None:
    error = sqlite3.OperationalError("it is so")
    error.sqlite_errorname = name
    told = sqlite_file.advice(error)
    assert told.startswith("cannot be used: it is so")
    assert words in told


def test_a_journal_on_a_disk_without_room_says_to_make_some(journal: SQLiteJournal) -> None:
    journal._db._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(JournalError, match="is full: make room on its disk"):
        journal.begin("large", URL, {"prompt": "x" * 100_000}, NOW)
