"""An SQLite file of our own: found, looked at before anything is written, and opened."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._texts import mended
from ..errors import JournalError
from . import write_ahead
from .migrations import VERSION, migrate

# In the file's header: whose it is.
APPLICATION_ID = 0x57455259
# Seconds to wait for another process; each of its transactions takes milliseconds.
PATIENCE = 30.0
A_MOMENT = 0.005  # seconds, about a transaction
LONGEST_LOG = 2**17  # bytes, a few times what one call writes
KEEP_IT = (
    "it is left as it is. Move it away together with its -wal and -shm files, and keep them: ids of"
    " paid jobs may be in them"
)
COPY_IT = (
    "where its disk or folder is read-only, copy it together with its -wal file to another folder"
    " and open the copy"
)
# By the kind of an error (sqlite.org/rescode.html): what to do.
WAYS = {
    "BUSY": ["another process holds it: try again when that has ended"],
    "CANTOPEN": [COPY_IT],
    "FULL": ["make room on its disk, and try again"],
    "IOERR": ["its disk is full or fails: make room, or copy it to another disk"],
    "READONLY": [COPY_IT],
}


def resolved(path: str | os.PathLike[str]) -> Path:
    """The one name that a file has behind all links: each of its names has the same log and the
    same claims then. Raises JournalError for a folder, and where a link leads nowhere, because what
    it led to may come back, and OSError, ValueError."""
    given = Path(path).absolute()
    for each in (given, *given.parents):
        if each.is_symlink() and not each.exists():
            raise JournalError(
                f"{given} cannot be used: {each} is a link to what is not there: bring that back,"
                " or give another path"
            )
    found = Path(os.path.realpath(given))
    if found.is_dir():
        raise JournalError(
            f"{given} cannot be used: it is a folder, and a journal is a file in one"
        )
    return found


def beside(path: Path, mark: str) -> Path:
    """What stands beside a journal: `-wal`, `-shm`, `-claims`."""
    return path.with_name(f"{path.name}{mark}")


def opened(path: Path) -> sqlite3.Connection:
    """Open the file, and make or bring up to date its tables. Raises JournalError, OSError,
    sqlite3.Error, and then it is as it was."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_log(path)
    # Only a new file is touched: to close one that is there would drop the locks that another
    # connection of this process has on it (sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if (names := path.stat().st_nlink) > 1:
        raise JournalError(
            f"{path} cannot be used: the file has {names} names (hard links), and each would have a"
            " log of its own: remove the others"
        )
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
        # A page is checked when it is first read: to open a journal looks through no more than its
        # header and its schema. Damage is told by whatever comes upon it, by `check` and a backup.
        db.execute("PRAGMA cell_size_check = ON")
        inspect(db, path)
        _use_log(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")
        version = _number(db, "user_version")  # another process may have been faster
        _require_ours(version, path)
        if version < VERSION:
            migrate(db, version)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.commit()
        # From now on each transaction is in the file itself when it ends: what could become of the
        # log, such as a flipped bit, takes the last one at the most.
        db.execute("PRAGMA wal_autocheckpoint = 1")
        # What opens the journal reads all of its log, which would stay as long as its longest
        # transaction was.
        db.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
    except BaseException:
        db.close()
        raise
    return db


def require_whole(db: sqlite3.Connection) -> None:
    """Look through all of a file, its indexes too. Raises sqlite3.DatabaseError."""
    (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict).splitlines()[-1])


def inspect(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not ours to write to. Raises JournalError, sqlite3.DatabaseError."""
    # In one transaction: another process may be making it.
    db.execute("BEGIN")
    application, version = _number(db, "application_id"), _number(db, "user_version")
    (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    db.execute("COMMIT")
    if application != APPLICATION_ID and (application or version or objects):
        raise JournalError(f"{path} is a database of something else: give another path")
    _require_ours(version, path)


def place(part: Path, target: Path) -> None:
    """Give a whole file its name, once it is on the disk and where no other has it. Raises
    OSError."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names, such as exFAT
        os.close(os.open(target, os.O_CREAT | os.O_EXCL))
        part.replace(target)
    with suppress(OSError):  # Windows and some file systems know no such thing
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def advice(error: sqlite3.Error) -> str:
    """What is wrong with the file, and what to do."""
    if type(error) is not sqlite3.DatabaseError:  # a full disk, a lock, a closed connection
        kind = getattr(error, "sqlite_errorname", "SQLITE_").split("_")[1]
        return ": ".join(["cannot be used", str(error), *WAYS.get(kind, [])])
    return f"is damaged or is no journal ({error}); {KEEP_IT}"


class _Connection(sqlite3.Connection):
    """Stores any text, mended."""

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        storable = [mended(each) if isinstance(each, str) else each for each in parameters]
        return super().execute(sql, storable)


def _text(stored: bytes) -> str:
    """One text with a flipped bit must not keep all the others from being read."""
    return stored.decode(errors="replace")


def _require_log(path: Path) -> None:
    """Refuse a log that SQLite would write over, or drop transactions of. A journal that is being
    made has its first page before it has a log. Raises JournalError."""
    log = beside(path, "-wal")
    if _size(log) and not _size(path):
        raise JournalError(
            f"{path} is gone or empty, and {log.name} beside it is not: put the file back, or move"
            " both away and keep them: ids of paid jobs may be in them"
        )
    if write_ahead.is_damaged(log):
        raise JournalError(
            f"{path} is not opened, because {log.name} beside it is damaged, and what was written"
            " last may be in there alone. Keep a copy of both; then move the -wal and -shm away,"
            " and look whether something is missing"
        )


def _use_log(db: sqlite3.Connection) -> None:
    """Have transactions written to a log. Where two connections ask for it at the same time, SQLite
    refuses one of them at once: each would wait for the other. Raises sqlite3.Error."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
        time.sleep(A_MOMENT)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _require_ours(version: int, path: Path) -> None:
    if version > VERSION:
        raise JournalError(
            f"{path} was written by a newer weryai (its version {version}, ours {VERSION}):"
            " upgrade weryai, or give another path"
        )


def _number(db: sqlite3.Connection, pragma: str) -> int:
    (value,) = db.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)
