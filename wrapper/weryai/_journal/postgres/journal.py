"""The journal in a PostgreSQL database, safe among threads, processes and machines."""

from __future__ import annotations

from typing import Literal

from ...errors import JournalError
from ..connection import Holders, Tables
from ..tables import TableJournal


class PostgresJournal(TableJournal[Tables, Holders]):
    """A `Journal` in a PostgreSQL database (14 or newer), which several machines may use at the
    same time. It needs the extra `postgres`.

    A transaction is committed when a method returns, whatever `synchronous_commit` says. Turns go
    by the clock of the server. Claims belong to the connection: they end with this process, however
    that ends, and half a minute after its machine has gone. Where the connection is lost, the call
    that it was lost in raises JournalError and the next one connects anew; claims that were made
    before are lost then. What was being sent meanwhile is `unknown` to everybody, until its ids are
    written down, late as it may be.

    Each journal is one connection, for all threads. No pooler that works by transactions (PgBouncer
    calls it so) may be in between: claims would belong to anybody.

    Parameters:
        dsn: `postgresql://USER@HOST:PORT/DATABASE`, or whatever else libpq takes; what it leaves
            out is taken from PGHOST, PGUSER, PGPASSWORD and such, and the password from ~/.pgpass.
            The tables are made in the first schema of the search path where there are none, and
            brought up to date where they are older, which an older weryai refuses then.
        clock: whose time turns go by: that of the `server`, or of the `caller`, for tests that turn
            a clock of their own.

    Raises:
        JournalError: the server cannot be reached or refuses, its tables are of something else or
            were written by a newer weryai, or psycopg is not installed. It never holds the
            password.
    """

    def __init__(self, dsn: str, *, clock: Literal["server", "caller"] = "server") -> None:
        try:
            from .claims import Claims
            from .session import Database
        except ImportError as error:
            # From a clone: this package is on no index, where somebody else may take its name.
            raise JournalError(
                "psycopg is not installed, or finds no libpq: install weryai with its extra"
                f" `postgres`, in a clone of it: pip install '.[postgres]' ({error})"
            ) from error
        db = Database(dsn, by_server=clock == "server")
        super().__init__(db, Claims(db))

    def __repr__(self) -> str:
        return f"PostgresJournal({self._db.name!r})"
