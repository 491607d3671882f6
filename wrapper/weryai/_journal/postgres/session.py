"""One PostgreSQL session for the threads of a process: transactions, and every failure explained.

It is the session that claims belong to: where it ends, they end, and so does what was being
written. What comes next is done in a new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from ..._texts import mended
from ...errors import JournalError
from ..connection import Connection, Cursor, Row, UnsureError
from . import address, schema
from .keys import WRITING, lock_key

# A transaction whose process stands still holds up all that write, and a session whose machine is
# gone keeps its claims: the server ends both.
SETTINGS = {
    "idle_in_transaction_session_timeout": "5s",
    "idle_session_timeout": "0",
    "lock_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
}
SET = "SELECT set_config(key, value, false) FROM json_each_text(%s)"
# What is written down before it is paid for has to survive a crash of the server too.
DURABLE = """
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off'
"""
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Each statement sees what was written before it, also while it waited for the lock.
WRITES = "BEGIN ISOLATION LEVEL READ COMMITTED"

T = TypeVar("T")
Session = psycopg.Connection[dict[str, Any]]


class Database:
    """A `Tables` in PostgreSQL.

    Attributes:
        guard: keeps the session, and its number, as it is.
        number: of the session; another one where the connection was lost and made anew.
        journal: its id, which tells its locks from those of other journals of the database.
    """

    time_sent = "sent_at"

    def __init__(self, dsn: str, *, by_server: bool = True) -> None:
        given = address.parameters(dsn)
        self.name, self._address = address.name(given), make_conninfo(**given)
        self._by_server = by_server
        self.number, self.journal = 0, ""
        self.guard = RLock()
        self._pid = os.getpid()
        self._session: Session | None = None
        self._inside = False
        with self.explained():
            self._connect()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """See `Tables`. It may have been done twice, where the connection was lost."""
        with self.explained(), self.guard:
            self._require_same_process()
            if self._inside:
                return list(_Adapted(self._open).execute(query, values))
            return list(self._first(query, values))

    def read(self, work: Callable[[Connection], T]) -> T:
        """See `Tables`."""
        return self._transaction(READING, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `Tables`."""

        def alone(db: Connection) -> T:
            # One writes at a time, as in a file: so every rule has to be right for one alone.
            db.execute("SELECT pg_advisory_xact_lock(?)", (lock_key(self.journal, WRITING),))
            return work(db)

        return self._transaction(WRITES, alone)

    def require_in_place(self) -> None:
        """What a server has committed is found; see `_connect` for one that is another."""

    def now(self, db: Connection, told: datetime, /) -> datetime:
        """By the clock of the server: those of several machines differ."""
        if self._by_server:
            told = db.execute("SELECT clock_timestamp() AS at").fetchone()["at"]
        return told

    def as_time_sent(self, text: str) -> str:
        """See `Tables`."""
        return text

    @property
    def is_ours(self) -> bool:
        """Whether this process opened it: two that speak through one connection lose both."""
        return os.getpid() == self._pid

    def close(self) -> None:
        with self.guard:
            if self._session is not None:
                self._session.close()
                self._session = None

    @contextmanager
    def explained(self) -> Iterator[None]:
        """See `Tables`."""
        try:
            yield
        except psycopg.Error as error:
            raise self._told(error) from error

    def _transaction(self, begin: str, work: Callable[[Connection], T]) -> T:
        with self.explained(), self.guard:
            self._require_same_process()
            if self._inside:
                raise JournalError(f"{self.name}: a transaction in a transaction")
            try:
                self._first(begin)
                self._inside = True
                found = work(_Adapted(self._open))
                self._commit()
            except BaseException:  # Ctrl-C too, at any point of these
                self._roll_back()
                raise
            finally:
                self._inside = False
            return found

    def _commit(self) -> None:
        try:
            self._open.execute("COMMIT")
        except psycopg.OperationalError as error:
            raise UnsureError(str(self._told(error))) from error

    def _roll_back(self) -> None:
        """Where that fails the connection is of no use any more."""
        try:
            self._open.execute("ROLLBACK")
        except psycopg.Error:
            self._open.close()

    def _first(self, sql: str, values: Sequence[object] = ()) -> Cursor:
        """The first statement of something: on a new connection where the old one is gone, because
        nothing was done yet."""
        if not self._open.closed:
            try:
                return _Adapted(self._open).execute(sql, values)
            except psycopg.OperationalError:
                if not self._open.closed:
                    raise
        self._connect()
        return _Adapted(self._open).execute(sql, values)

    @property
    def _open(self) -> Session:
        if self._session is None:
            raise JournalError(f"{self.name} was closed")
        return self._session

    def _connect(self) -> None:
        session = Session.connect(self._address, autocommit=True, row_factory=dict_row)
        try:
            session.execute(SET, (json.dumps(SETTINGS),))
            session.execute(DURABLE)
            journal = schema.prepared(session, self.name)
            if self.journal not in ("", journal):
                raise JournalError(
                    f"{self.name} is another journal than it was when it was opened: bring that"
                    " back, or close the journal and open it anew"
                )
        except BaseException:
            session.close()
            raise
        self._session, self.journal = session, journal
        self.number += 1

    def _require_same_process(self) -> None:
        if not self.is_ours:
            raise JournalError(f"{self.name} was opened in another process: open it in this one")

    def _told(self, error: psycopg.Error) -> JournalError:
        """What happened, in one line; libpq tells no password."""
        words = " ".join((str(error).strip() or type(error).__name__).split())
        return JournalError(f"{self.name} cannot be used: {words}")


class _Adapted:
    """A session that takes what SQLite takes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        """No text of theirs holds a NUL."""
        values = [
            mended(each).replace("\0", "\N{REPLACEMENT CHARACTER}")
            if isinstance(each, str)
            else each
            for each in parameters
        ]
        return self._session.execute(sql.replace("?", "%s").encode(), values)
