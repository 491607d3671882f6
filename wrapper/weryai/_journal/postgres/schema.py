"""The tables of a journal in PostgreSQL, version after version: a script each, applied once, never
edited. They are those of SQLite, by the same names."""

from __future__ import annotations

import secrets

import psycopg
from psycopg import errors

from ...errors import JournalError
from .keys import MAKING, lock_key

# `rowid` is the order that rows came in, as SQLite numbers them. Times are texts that sort: by
# their bytes, whatever the language of the database.
FIRST = """
CREATE TABLE entries (
    id TEXT PRIMARY KEY, base_url TEXT NOT NULL, payload TEXT NOT NULL,
    sent_at TEXT COLLATE "C" NOT NULL, batch_id TEXT, submitted_at TEXT, reason TEXT,
    settled BOOLEAN NOT NULL DEFAULT false, operation TEXT NOT NULL, idempotency_key TEXT,
    fingerprint TEXT, final BOOLEAN NOT NULL DEFAULT false, state TEXT NOT NULL,
    rowid BIGINT GENERATED ALWAYS AS IDENTITY
);
CREATE UNIQUE INDEX entries_by_key ON entries (idempotency_key, base_url);
CREATE INDEX entries_to_come ON entries (fingerprint, sent_at)
    WHERE state NOT IN ('incomplete', 'fetched', 'failed', 'settled');
CREATE INDEX entries_by_batch ON entries (batch_id);
CREATE INDEX entries_by_time ON entries (sent_at, rowid);
CREATE INDEX entries_open ON entries (sent_at, rowid)
    WHERE state NOT IN ('fetched', 'failed', 'settled');
CREATE INDEX entries_by_state ON entries (state, sent_at, rowid);
CREATE TABLE tasks (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, task_id TEXT NOT NULL,
    of_job BOOLEAN NOT NULL, state TEXT, message TEXT,
    rowid BIGINT GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (entry_id, task_id)
);
CREATE INDEX tasks_by_id ON tasks (task_id);
CREATE TABLE videos (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, identity TEXT NOT NULL,
    occurrence INTEGER NOT NULL, name TEXT NOT NULL, task_id TEXT NOT NULL, url TEXT NOT NULL,
    cover_url TEXT, path BYTEA, rowid BIGINT GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (entry_id, identity, occurrence), UNIQUE (entry_id, name)
);
CREATE INDEX videos_by_identity ON videos (identity, name);
CREATE INDEX videos_by_url ON videos (url, name);
CREATE INDEX videos_by_number ON videos (rowid);
CREATE TABLE uploads (
    base_url TEXT NOT NULL, sha256 TEXT NOT NULL, address TEXT NOT NULL,
    at TEXT COLLATE "C" NOT NULL, PRIMARY KEY (base_url, sha256)
);
CREATE TABLE counts (state TEXT PRIMARY KEY, number BIGINT NOT NULL);
CREATE FUNCTION weryai_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE counts SET number = number - 1 WHERE state = old.state;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO counts VALUES (new.state, 1)
        ON CONFLICT (state) DO UPDATE SET number = counts.number + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER weryai_count AFTER INSERT OR DELETE OR UPDATE OF state ON entries
    FOR EACH ROW EXECUTE FUNCTION weryai_count();
CREATE TABLE gates (
    base_url TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL DEFAULT 0,
    closed_at DOUBLE PRECISION NOT NULL DEFAULT 0, closed_for DOUBLE PRECISION NOT NULL DEFAULT 0
);
CREATE TABLE queue (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry_id TEXT UNIQUE NOT NULL,
    base_url TEXT NOT NULL, seen DOUBLE PRECISION NOT NULL
);
CREATE INDEX queue_by_time ON queue (seen);
"""

SECOND = """
CREATE TABLE batches (
    name TEXT PRIMARY KEY, base_url TEXT, paused TEXT, credits_before DOUBLE PRECISION,
    credits_now DOUBLE PRECISION
);
CREATE TABLE batch_rows (
    batch TEXT NOT NULL REFERENCES batches ON DELETE CASCADE, id TEXT COLLATE "C" NOT NULL,
    place INTEGER NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL,
    output TEXT, key TEXT NOT NULL UNIQUE, consent INTEGER NOT NULL, ended TEXT,
    ended_at TEXT COLLATE "C", reason TEXT, files TEXT, PRIMARY KEY (batch, id)
);
CREATE INDEX batch_rows_by_place ON batch_rows (batch, place, id);
CREATE INDEX batch_rows_open ON batch_rows (batch, place, id) WHERE ended IS NULL;
CREATE INDEX batch_rows_by_end ON batch_rows (batch, ended_at) WHERE ended IN ('done', 'failed');
CREATE TABLE retired_keys (key TEXT PRIMARY KEY, reason TEXT NOT NULL);
"""

THIRD = """
ALTER TABLE entries ADD COLUMN purse TEXT;
ALTER TABLE entries ADD COLUMN kind TEXT;
ALTER TABLE entries ADD COLUMN credits DOUBLE PRECISION;
ALTER TABLE entries ADD COLUMN balance DOUBLE PRECISION;
CREATE INDEX entries_by_purse ON entries (purse, base_url, credits) WHERE purse IS NOT NULL;
CREATE TABLE purses (
    name TEXT NOT NULL, base_url TEXT NOT NULL, forgotten DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name, base_url)
);
CREATE TABLE prices (
    purse TEXT NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL,
    credits DOUBLE PRECISION NOT NULL, rate DOUBLE PRECISION NOT NULL,
    at TEXT COLLATE "C" NOT NULL, PRIMARY KEY (purse, base_url, kind)
);
"""

FOURTH = """
ALTER TABLE prices ADD COLUMN payments BIGINT NOT NULL DEFAULT 1;
ALTER TABLE prices ADD COLUMN least DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE prices ADD COLUMN most DOUBLE PRECISION NOT NULL DEFAULT 0;
UPDATE prices SET least = credits, most = credits;
CREATE INDEX entries_by_number ON entries (rowid);
CREATE TABLE readings (
    base_url TEXT PRIMARY KEY, credits DOUBLE PRECISION NOT NULL, last BIGINT NOT NULL,
    failed BIGINT NOT NULL, at TEXT COLLATE "C" NOT NULL
);
"""

FIFTH = """
ALTER TABLE batch_rows ADD COLUMN look_at DOUBLE PRECISION;
"""

SIXTH = """
ALTER TABLE entries ADD COLUMN told_at TEXT;
"""

SEVENTH = """
CREATE TABLE durations (
    base_url TEXT NOT NULL, kind TEXT NOT NULL, seconds DOUBLE PRECISION NOT NULL,
    at TEXT COLLATE "C" NOT NULL, PRIMARY KEY (base_url, kind)
);
"""

SCRIPTS = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH)
VERSION = len(SCRIPTS)
OLDEST_SERVER = 14  # the oldest one that is kept up

# `to_regclass` would say what it said before the lock was waited for: what it has looked up and
# not found once is cached until a table is opened.
THERE = """
SELECT EXISTS (
    SELECT FROM pg_tables
    WHERE tablename = 'weryai_journal' AND schemaname = ANY(current_schemas(false))
) AS there
"""


def prepared(db: psycopg.Connection[dict[str, object]], name: str) -> str:
    """Make or bring up to date the tables. Returns the id of the journal.

    Raises:
        JournalError: they are of a newer weryai, or the server or its database will not do.
        psycopg.Error: this user may not read or make them.
    """
    _require_fit(db, name)
    version, journal = _told(db)
    if version > VERSION:
        raise JournalError(
            f"{name} was written by a newer weryai (its version {version}, ours {VERSION}):"
            " upgrade weryai, or give another database"
        )
    if version == VERSION:
        return journal
    try:
        return _made(db)
    except (errors.DuplicateTable, errors.DuplicateObject, errors.DuplicateFunction) as error:
        raise JournalError(
            f"{name} has tables of something else ({error.diag.message_primary}): give a database"
            " of its own, or a schema: ?options=-csearch_path%3DSCHEMA"
        ) from error


def _made(db: psycopg.Connection[dict[str, object]]) -> str:
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(MAKING),))
        version, journal = _told(db)  # another process may have been faster
        for script in SCRIPTS[version:]:
            db.execute(script.encode())
        if not journal:
            journal = secrets.token_hex(16)
            db.execute("CREATE TABLE weryai_journal (version INTEGER NOT NULL, id TEXT NOT NULL)")
            db.execute("INSERT INTO weryai_journal VALUES (%s, %s)", (VERSION, journal))
        db.execute("UPDATE weryai_journal SET version = %s", (VERSION,))
    return journal


def _told(db: psycopg.Connection[dict[str, object]]) -> tuple[int, str]:
    """The version of the tables and the id of the journal; 0 where there are none."""
    there = db.execute(THERE).fetchone()
    if not there or not there["there"]:
        return 0, ""
    found = db.execute("SELECT version, id FROM weryai_journal").fetchone()
    return (int(str(found["version"])), str(found["id"])) if found else (0, "")


def _require_fit(db: psycopg.Connection[dict[str, object]], name: str) -> None:
    if db.info.server_version < OLDEST_SERVER * 10_000:
        raise JournalError(f"{name} is no PostgreSQL {OLDEST_SERVER} or newer: upgrade it")
    encoding = db.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise JournalError(f"{name} keeps texts as {encoding}: give a database of encoding UTF8")
