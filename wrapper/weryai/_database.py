"""An SQLite file of our own: opened with care, written in transactions, every failure explained."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from ._migrations import VERSION, migrate
from .errors import JournalError

# In the file's header: whose it is.
APPLICATION_ID = 0x57455259
# Seconds to wait for another process; each of its transactions takes milliseconds.
PATIENCE = 30.0
HALVES = re.compile("[\ud800-\udfff]")
KEEP_IT = (
    "it is left as it is. Move it away together with its -wal and -shm files, and keep them: ids of"
    " paid jobs may be in them"
)


class Database:
    """One connection, for all threads of the process that opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = RLock()
        self._pid = os.getpid()
        with self.explained():
            self._db = _open(path)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds. Raises JournalError."""
        with self.reading() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot: whatever others write meanwhile, all that is read in here is of one moment.
        Raises JournalError."""
        with self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which is on disk at the end. Raises JournalError."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.explained(), self._guard:
            self._require_same_process()
            try:
                self._db.execute(begin)
                yield self._db
                self._db.commit()
            except BaseException:  # Ctrl-C too, at any point of these three
                self._db.rollback()
                raise

    def close(self) -> None:
        with self._guard:
            self._db.close()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn whatever the file or the disk does into a JournalError that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} {_advice(error)}") from error
        except (OSError, UnicodeError, OverflowError) as error:
            raise JournalError(f"{self.path} cannot be used: {error}") from error

    def _require_same_process(self) -> None:
        # SQLite forbids carrying a connection across a fork.
        if os.getpid() != self._pid:
            raise JournalError(f"{self.path} was opened in another process: open it in this one")


def _open(path: Path) -> sqlite3.Connection:
    """Open the file, look at it before anything is written, and make the tables of a new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_its_log(path)
    # Only a new file is touched: to close one that is there would drop the locks that another
    # connection of this process has on it (sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    db = sqlite3.connect(
        path,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        factory=_Connection,
    )
    try:
        db.row_factory = sqlite3.Row
        db.text_factory = _text
        _inspect(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")
        version = _number(db, "user_version")  # another process may have been faster
        _require_ours(version, path)
        if version < VERSION:
            migrate(db, version)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.commit()
    except BaseException:
        db.close()
        raise
    return db


class _Connection(sqlite3.Connection):
    """Stores any text: halves of surrogate pairs, which UTF-8 cannot hold, become U+FFFD."""

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        storable = [mended(each) if isinstance(each, str) else each for each in parameters]
        return super().execute(sql, storable)


def mended(text: str) -> str:
    return HALVES.sub("\ufffd", text)


def _text(stored: bytes) -> str:
    """One text with a flipped bit must not keep all the others from being read."""
    return stored.decode(errors="replace")


def _require_its_log(path: Path) -> None:
    """Refuse a log beside a file that is gone or empty: SQLite would write over it. A journal that
    is being made has its first page before it has a log. Raises JournalError."""
    log = path.with_name(f"{path.name}-wal")
    if _size(log) and not _size(path):
        raise JournalError(
            f"{path} is gone or empty, and {log.name} beside it is not: put the file back, or move"
            " both away and keep them: ids of paid jobs may be in them"
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _inspect(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not ours to write to. Raises JournalError, sqlite3.DatabaseError."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict).splitlines()[-1])
    application, version = _number(db, "application_id"), _number(db, "user_version")
    if application != APPLICATION_ID:
        (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application or version or objects:
            raise JournalError(f"{path} is a database of something else: give another path")
    _require_ours(version, path)


def _require_ours(version: int, path: Path) -> None:
    if version > VERSION:
        raise JournalError(
            f"{path} was written by a newer weryai (its version {version}, ours {VERSION}):"
            " upgrade weryai, or give another path"
        )


def _number(db: sqlite3.Connection, pragma: str) -> int:
    (value,) = db.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)


def _advice(error: sqlite3.Error) -> str:
    """What is wrong with the file, and what to do."""
    if type(error) is not sqlite3.DatabaseError:  # a full disk, a lock, a closed connection
        return f"cannot be used: {error}"
    return f"is damaged or is no journal ({error}); {KEEP_IT}"
