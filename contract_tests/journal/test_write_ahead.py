"""A bad disk takes the last rows at the most, or it is told."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from contract_tests.journal.test_file import run, write
from weryai import JournalError
from weryai._journal import write_ahead
from weryai.journal import SQLiteJournal

ROWS = 12
KILLED = """
journal = SQLiteJournal(sys.argv[1])
if sys.argv[2] == "long":  # as an older weryai left it
    journal._db._db.execute("PRAGMA wal_autocheckpoint = 0")
for number in range(int(sys.argv[3])):
    journal.begin(f"e{number:03}", "https://e.com", {}, datetime.now(UTC))
os._exit(9)
"""


Killed = Callable[[str], Path]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    """The folder that a process left when it was killed: one a kind of log."""

    @functools.cache
    def leave(log: str) -> Path:
        folder = tmp_path_factory.mktemp(log)
        assert run(KILLED, folder / "a.journal", log, ROWS).returncode == 9
        return folder

    return leave


@pytest.fixture
def killed(left: Killed, tmp_path: Path) -> Killed:
    """A journal whose process was killed, and its own for each test."""

    def copied(log: str) -> Path:
        shutil.copytree(left(log), tmp_path, dirs_exist_ok=True)
        return tmp_path / "a.journal"

    return copied


def wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def entries(path: Path) -> int:
    journal = SQLiteJournal(path)
    found = len([*journal.entries()])
    journal.close()
    return found


def flipped(path: Path, place: int, folder: Path) -> Path:
    """A copy of a journal with one bit of its log flipped."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for each in (path, wal(path)):
        shutil.copy(each, folder)
    content = bytearray(wal(path).read_bytes())
    content[place] ^= 1
    wal(folder / path.name).write_bytes(content)
    return folder / path.name


def test_each_transaction_is_in_the_file_itself_when_it_ends(killed: Killed) -> None:
    path = killed("short")
    wal(path).unlink()
    assert entries(path) == ROWS


def test_a_flipped_bit_of_the_log_takes_the_last_row_at_the_most(
    tmp_path: Path, killed: Killed
) -> None:
    path = killed("short")
    size = wal(path).stat().st_size
    assert size < 150_000
    for place in [0, 8, 20, *range(32, size, size // 12)]:
        copy = flipped(path, place, tmp_path / "copy")
        with suppress(JournalError):
            assert entries(copy) >= ROWS - 1


@pytest.mark.parametrize("where", [0.0, 0.1, 0.5, 0.9])
def test_a_damaged_log_is_told_and_left_as_it_is(
    tmp_path: Path, killed: Killed, where: float
) -> None:
    path = killed("long")
    content = wal(path).read_bytes()
    for place in (*range(0, 24, 3), 23):  # each part of a frame's header, and its page
        frames = (len(content) - 32) // 4120
        at = 0 if where == 0 else 32 + int(frames * where) * 4120
        copy = flipped(path, at + place * (1 if place < 23 else 60), tmp_path / "copy")
        if where == 0 and 4 <= place < 8:
            continue  # the WAL's format version, which SQLite does not check
        before = copy.read_bytes(), wal(copy).read_bytes()
        with pytest.raises(JournalError, match=r"journal-wal beside it is damaged.*Keep a copy"):
            SQLiteJournal(copy)
        assert (copy.read_bytes(), wal(copy).read_bytes()) == before


@pytest.mark.parametrize("cut", [1, 24, 100, 4096, 4120])
def test_what_was_being_written_when_the_power_went_is_no_damage(
    tmp_path: Path, killed: Killed, cut: int
) -> None:
    path = killed("long")
    content = wal(path).read_bytes()
    for end in (content[:-cut], content[:-cut] + b"\0" * cut):
        copy = flipped(path, 0, tmp_path / "copy")
        wal(copy).write_bytes(end)
        assert entries(copy) == ROWS - 1


def test_frames_of_an_earlier_round_of_the_log_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    script = """
journal = SQLiteJournal(sys.argv[1])
db = journal._db._db
db.execute("PRAGMA wal_autocheckpoint = 0")
for number in range(5):
    journal.begin(f"e{number}", "https://e.com", {}, datetime.now(UTC))
db.execute("PRAGMA wal_checkpoint(PASSIVE)")  # the next one begins at the start again
journal.begin("last", "https://e.com", {}, datetime.now(UTC))
os._exit(9)
"""
    run(script, path)
    copy = flipped(path, 32 + 24 + 100, tmp_path / "copy")  # as if it had been cut off
    assert entries(copy) == 5
    assert entries(path) == 6


@pytest.mark.parametrize("content", [b"", b"\0" * 31, b"\0" * 8272], ids=len)
def test_a_log_that_nothing_was_committed_to_is_no_damage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    write(journal, "a")
    journal.close()
    wal(path).write_bytes(content)
    assert entries(path) == 1


def test_a_log_that_is_whole_is_read_whole(killed: Killed) -> None:
    path = killed("long")
    assert wal(path).stat().st_size > 30 * 4120
    assert entries(path) == ROWS


def test_a_log_that_changes_between_two_looks_is_no_damage(
    tmp_path: Path, killed: Killed, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed("long")
    whole = wal(path).read_bytes()
    half, other = (wal(flipped(path, at, tmp_path / "copy")).read_bytes() for at in (100, 200))
    for looks, damaged in (
        ([half, whole], False),
        ([half, other, whole], False),
        ([half] * 2, True),
    ):
        left = list(looks)
        with monkeypatch.context() as patch:
            patch.setattr(write_ahead, "_read", lambda _, left=left: left.pop(0))
            assert write_ahead.is_damaged(path) is damaged
        assert left == []


def test_a_log_that_others_write_to_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal = SQLiteJournal(path)
    journal._db.rows("PRAGMA wal_autocheckpoint = 7")
    over = threading.Event()

    def busy() -> None:
        for number in range(100_000):
            write(journal, f"e{number}")
            if over.is_set():
                return

    thread = threading.Thread(target=busy)
    thread.start()
    for _ in range(8):
        SQLiteJournal(path).close()
    over.set()
    thread.join()
    journal.close()


def test_a_big_endian_log_is_read_too(tmp_path: Path, killed: Killed) -> None:
    path = killed("long")
    assert not write_ahead.is_damaged(wal(path))
    assert not write_ahead.is_damaged(tmp_path / "nothing")
    swapped = bytearray(wal(path).read_bytes())
    swapped[3] ^= 1
    (tmp_path / "swapped-wal").write_bytes(swapped)
    assert write_ahead.is_damaged(tmp_path / "swapped-wal"), "its checksums are of the other order"
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM entries").fetchone() == (ROWS,)
    db.close()
