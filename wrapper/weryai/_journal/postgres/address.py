"""The address of a database: read, completed, and told without its password."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from ...errors import JournalError

# A machine that is gone is noticed in half a minute, by both ends; see `session.SETTINGS`.
USUAL = {
    "application_name": "weryai",
    "connect_timeout": 10,  # seconds, as the next three
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
HOW_TO_SPELL = (
    "write it as postgresql://USER@HOST:PORT/DATABASE, with %40 for an @ in a name or a password,"
    " %2F for a /"
)


def parameters(dsn: str) -> dict[str, Any]:
    """What an address says, as psycopg takes it. Raises JournalError."""
    try:
        given = conninfo_to_dict(dsn)
    except ProgrammingError:  # whose words may hold a part of the password
        raise JournalError(f"the address of the database is none: {HOW_TO_SPELL}") from None
    # Up to the first @ is user and password: what is left of the password would be told as a host.
    if "@" in f"{given.get('host')}{given.get('port')}{given.get('dbname')}":
        raise JournalError(f"the address of the database has an @ too many: {HOW_TO_SPELL}")
    return {**USUAL, **given, "client_encoding": "UTF8"}


def name(given: dict[str, Any]) -> str:
    """What a database is called in an error."""
    host, port = given.get("host") or given.get("hostaddr") or "", given.get("port")
    return f"postgresql://{host}{f':{port}' if port else ''}/{given.get('dbname') or ''}"
