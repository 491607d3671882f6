"""One SQLite file among threads and processes: transactions, and every failure explained."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import TypeVar

from ..errors import JournalError
from . import sqlite_file
from .claims import Turns
from .sqlite_file import PATIENCE, beside

T = TypeVar("T")

CUT = "close the journal, and put a backup in its place"


class Database:
    """One connection, for all threads of the process that opened it.

    Parameters:
        path: the file, without any link in it.
        locks: a folder for locks, which is made.
    """

    def __init__(self, path: Path, locks: Path) -> None:
        self.path = path
        self._guard = RLock()
        self._pid = os.getpid()
        with self.explained(), ExitStack() as stack:
            self._db = stack.enter_context(closing(sqlite_file.opened(path)))
            locks.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._turns = stack.enter_context(closing(Turns(locks / ".writing")))
            # A connection that has written has its log open.
            names = (path, beside(path, "-wal"), beside(path, "-shm"), locks)
            self._places = {name: name.stat() for name in names}
            self._size = path.stat().st_size  # bytes; it never shrinks
            stack.pop_all()

    time_sent = "CAST(sent_at AS BLOB)"  # a text that is damaged would come back as another one

    @property
    def name(self) -> str:
        return str(self.path)

    def now(self, _: object, told: datetime) -> datetime:
        """All processes of a machine have one clock."""
        return told

    def as_time_sent(self, text: str) -> bytes:
        """See `Tables`."""
        return text.encode(errors="surrogateescape")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds. Raises JournalError."""
        return self.read(lambda db: db.execute(query, values).fetchall())

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One snapshot: whatever others write meanwhile, all that this work reads is of one moment.
        Raises JournalError."""
        with self.explained(), self._guard:
            self._require_same_process()
            return self._transaction("BEGIN", work)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction, which is on disk, under the file's name, at the end. Raises
        JournalError."""
        with self.explained(), self._guard:
            self._require_same_process()
            # SQLite locks its writers itself. Up to 3.51.2 it may lose transactions where one
            # process brings the log into the file while two others write
            # (sqlite.org/wal.html, "The WAL-Reset Bug"), and here each one does so each time.
            try:
                self._turns.take(PATIENCE)
                found = self._transaction("BEGIN IMMEDIATE", work)
            finally:
                self._turns.give()
            self.require_in_place()
            return found

    def require_in_place(self) -> None:
        """Refuse a file that was removed, moved, replaced or cut while it was open: what is written
        into it will not be found. Raises JournalError."""
        for name, opened in self._places.items():
            try:
                there = os.path.samestat(name.stat(), opened)
            except FileNotFoundError:
                there = False
            if not there:
                raise JournalError(
                    f"{name} was removed, moved or replaced while the journal was open: put it"
                    " back, or close the journal and open it anew"
                )
        # SQLite would write on, into what cannot be opened again.
        seen, self._size = self._size, self.path.stat().st_size
        if self._size < seen:
            self._size = seen
            raise JournalError(f"{self.path} was cut short while the journal was open: {CUT}")

    def check(self) -> None:
        """Look through all of the file. Raises JournalError."""
        self.read(sqlite_file.require_whole)

    def backup(self, target: Path) -> None:
        """Copy what is there now to a new file, which has its name when it is whole. Raises
        JournalError."""
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        with self.explained(), self._guard:
            self._require_same_process()
            if os.path.lexists(target):
                raise JournalError(f"{target} is there already: give another name")
            try:
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                    self._db.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log
                    sqlite_file.require_whole(copy)
                sqlite_file.place(part, target)
            except (OSError, sqlite3.OperationalError) as error:
                raise JournalError(f"{target} cannot be written: {error}") from error
            finally:
                part.unlink(missing_ok=True)

    @property
    def is_ours(self) -> bool:
        """Whether this process opened it. SQLite forbids carrying a connection across a fork."""
        return os.getpid() == self._pid

    def close(self) -> None:
        with self._guard:
            self._db.close()
            self._turns.close()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """See `explained`."""
        with explained(self.path):
            yield

    def _transaction(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        # It commits or rolls back in C, where no Ctrl-C comes between.
        with self._db:
            self._db.execute(begin)
            found = work(self._db)
        return found  # noqa: RET504 # of the block only what has to be in it

    def _require_same_process(self) -> None:
        if not self.is_ours:
            raise JournalError(f"{self.path} was opened in another process: open it in this one")


@contextmanager
def explained(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn whatever the file or the disk does into a JournalError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(f"{os.fspath(path)} {sqlite_file.advice(error)}") from error
    except (OSError, ValueError, OverflowError, IndexError) as error:  # IndexError: no such column
        raise JournalError(f"{os.fspath(path)} cannot be used: {error}") from error
