"""The journal in one SQLite file, safe among threads and processes on one machine."""

from __future__ import annotations

import os
from pathlib import Path

from . import sqlite_file
from .claims import Claims
from .database import Database, explained
from .tables import TableJournal


class SQLiteJournal(TableJournal[Database, Claims]):
    """A `Journal` in one file, which every process of this machine may use at the same time.

    A transaction is on disk when a method returns (WAL, synchronous=FULL), and at once in the file
    itself: beside it are a `-wal` that holds the last one, a `-shm`, and a folder `-claims` for
    locks. Where any of these was removed, moved or replaced since, what writes raises JournalError,
    and nothing is submitted. Prompts and addresses are in it, so only its owner may read the file.

    Parameters:
        path: the file, or a link to it; it is made, with its folder, where there is none. A journal
            of an older weryai is brought up to date, which an older one refuses then.

    Raises:
        JournalError: the file or its `-wal` is damaged, is something else, has several names, or
            was written by a newer weryai, or a link leads nowhere; all is left as it is.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        with explained(path):
            self.path = sqlite_file.resolved(path)
        claims = sqlite_file.beside(self.path, "-claims")
        super().__init__(Database(self.path, locks=claims), Claims(claims))

    def check(self) -> None:
        """Look through all of the file, which no other method does: some seconds for 100,000 jobs.

        Raises:
            JournalError: it is damaged somewhere.
        """
        self._db.check()

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Copy all of it to a new file, which is a journal of its own, while others write.

        Parameters:
            path: in a folder that is there. A file of this name appears when the copy is whole, and
                one that is there stays as it is. A process that is killed may leave a hidden
                `.part` file, which may be deleted.

        Raises:
            JournalError: there is such a file, or it cannot be written.
        """
        self._db.backup(Path(path).absolute())
