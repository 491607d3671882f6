"""The tables of a journal, version after version: a script each, applied once, never edited."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from . import rows

FIRST = """
CREATE TABLE entries (
    id TEXT PRIMARY KEY, base_url TEXT NOT NULL, payload TEXT NOT NULL, sent_at TEXT NOT NULL,
    batch_id TEXT, submitted_at TEXT, reason TEXT, settled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE tasks (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, task_id TEXT NOT NULL,
    of_job INTEGER NOT NULL, state TEXT, message TEXT, PRIMARY KEY (entry_id, task_id)
);
CREATE INDEX tasks_by_id ON tasks (task_id);
CREATE TABLE videos (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, name TEXT NOT NULL,
    task_id TEXT NOT NULL, url TEXT NOT NULL, cover_url TEXT, path TEXT,
    PRIMARY KEY (entry_id, name)
);
CREATE INDEX videos_by_name ON videos (name);
CREATE TABLE uploads (
    base_url TEXT NOT NULL, sha256 TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (base_url, sha256)
);
"""

# What was asked for, and a video is known by its address: `name` was its key, and may change hands
# when videos change places.
SECOND = """
ALTER TABLE entries ADD COLUMN operation TEXT NOT NULL DEFAULT 'submit_multi_image_to_video';
ALTER TABLE entries ADD COLUMN idempotency_key TEXT;
ALTER TABLE entries ADD COLUMN fingerprint TEXT;
ALTER TABLE entries ADD COLUMN final INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX entries_by_key ON entries (base_url, idempotency_key);
CREATE INDEX entries_by_fingerprint ON entries (fingerprint, sent_at);
CREATE INDEX entries_by_batch ON entries (batch_id);
CREATE TABLE videos_2 (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, identity TEXT NOT NULL,
    occurrence INTEGER NOT NULL, name TEXT NOT NULL, task_id TEXT NOT NULL, url TEXT NOT NULL,
    cover_url TEXT, path, PRIMARY KEY (entry_id, identity, occurrence), UNIQUE (entry_id, name)
);
WITH plain AS (
    SELECT *, rowid AS place, substr(url, 1, instr(url || '?', '?') - 1) AS whole FROM videos
), known AS (
    SELECT *, substr(whole, 1, instr(whole || '#', '#') - 1) AS identity FROM plain
)
INSERT INTO videos_2
    SELECT entry_id, identity,
        row_number() OVER (PARTITION BY entry_id, identity ORDER BY place),
        name, task_id, url, cover_url, path
    FROM known ORDER BY place;
DROP TABLE videos;
ALTER TABLE videos_2 RENAME TO videos;
CREATE INDEX videos_by_identity ON videos (identity);
"""

# The state of each entry is kept, so that what is open and how many there are of each is known
# without reading all. One that is not known to be closed is open, whatever it says; '' is derived
# anew at the end, which is what a script asks for that comes with other rules for `Entry.state`. No
# index begins with `base_url`, which most entries have in common: SQLite would look through all.
THIRD = """
ALTER TABLE entries ADD COLUMN state TEXT NOT NULL DEFAULT '';
DROP INDEX entries_by_key;
CREATE UNIQUE INDEX entries_by_key ON entries (idempotency_key, base_url);
DROP INDEX entries_by_fingerprint;
CREATE INDEX entries_to_come ON entries (fingerprint, sent_at)
    WHERE state NOT IN ('incomplete', 'fetched', 'failed', 'settled');
CREATE INDEX entries_by_time ON entries (sent_at);
CREATE INDEX entries_open ON entries (sent_at) WHERE state NOT IN ('fetched', 'failed', 'settled');
CREATE INDEX entries_by_state ON entries (state, sent_at);
DROP INDEX videos_by_identity;
CREATE INDEX videos_by_identity ON videos (identity, name);
CREATE INDEX videos_by_url ON videos (url, name);
"""

# How many entries there are in each state: the number of what is done grows for ever, and counting
# them would take as long.
FOURTH = """
CREATE TABLE counts (state TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counts SELECT state, count(*) FROM entries GROUP BY state;
CREATE TRIGGER counts_begun AFTER INSERT ON entries BEGIN
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER counts_changed AFTER UPDATE OF state ON entries BEGIN
    UPDATE counts SET number = number - 1 WHERE state = old.state;
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER counts_forgotten AFTER DELETE ON entries BEGIN
    UPDATE counts SET number = number - 1 WHERE state = old.state;
END;
"""

# Whose turn it is to submit: when one was let through last, and who waits.
FIFTH = """
CREATE TABLE gates (
    base_url TEXT PRIMARY KEY, at REAL NOT NULL DEFAULT 0, closed_at REAL NOT NULL DEFAULT 0,
    closed_for REAL NOT NULL DEFAULT 0
);
CREATE TABLE queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT, entry_id TEXT UNIQUE NOT NULL,
    base_url TEXT NOT NULL, seen REAL NOT NULL
);
CREATE INDEX queue_by_time ON queue (seen);
"""

# Batches and their rows: what is to be asked for. What became of a row is told by the entry of its
# key, until it has ended. A key that was retired starts nothing any more.
SIXTH = """
CREATE TABLE batches (
    name TEXT PRIMARY KEY, base_url TEXT, paused TEXT, credits_before REAL, credits_now REAL
);
CREATE TABLE batch_rows (
    batch TEXT NOT NULL REFERENCES batches ON DELETE CASCADE, id TEXT NOT NULL,
    place INTEGER NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL,
    output TEXT, key TEXT NOT NULL UNIQUE, consent INTEGER NOT NULL, ended TEXT, ended_at TEXT,
    reason TEXT, files TEXT, PRIMARY KEY (batch, id)
);
CREATE INDEX batch_rows_by_place ON batch_rows (batch, place, id);
CREATE INDEX batch_rows_open ON batch_rows (batch, place, id) WHERE ended IS NULL;
CREATE INDEX batch_rows_by_end ON batch_rows (batch, ended_at) WHERE ended IN ('done', 'failed');
CREATE TABLE retired_keys (key TEXT PRIMARY KEY, reason TEXT NOT NULL);
"""

# What may be spent: each entry has what was reserved for it or what it has cost, nothing where that
# is being learned from the balance before it; `rate` is the price of a second.
SEVENTH = """
ALTER TABLE entries ADD COLUMN purse TEXT;
ALTER TABLE entries ADD COLUMN kind TEXT;
ALTER TABLE entries ADD COLUMN credits REAL;
ALTER TABLE entries ADD COLUMN balance REAL;
CREATE INDEX entries_by_purse ON entries (purse, base_url, credits) WHERE purse IS NOT NULL;
CREATE TABLE purses (
    name TEXT NOT NULL, base_url TEXT NOT NULL, forgotten REAL NOT NULL,
    PRIMARY KEY (name, base_url)
);
CREATE TABLE prices (
    purse TEXT NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL, credits REAL NOT NULL,
    rate REAL NOT NULL, at TEXT NOT NULL, PRIMARY KEY (purse, base_url, kind)
);
"""

# What submissions have cost: how many payments tell it, and the last balance that somebody asked
# for, with the number of the latest entry and of the jobs that had failed by then.
EIGHTH = """
ALTER TABLE prices ADD COLUMN payments INTEGER NOT NULL DEFAULT 1;
ALTER TABLE prices ADD COLUMN least REAL NOT NULL DEFAULT 0;
ALTER TABLE prices ADD COLUMN most REAL NOT NULL DEFAULT 0;
UPDATE prices SET least = credits, most = credits;
CREATE TABLE readings (
    base_url TEXT PRIMARY KEY, credits REAL NOT NULL, last INTEGER NOT NULL,
    failed INTEGER NOT NULL, at TEXT NOT NULL
);
"""

# When a row comes due again that somebody has in hand, in seconds since 1970, unless it is put off.
NINTH = """
ALTER TABLE batch_rows ADD COLUMN look_at REAL;
"""

# When an entry was last told of.
TENTH = """
ALTER TABLE entries ADD COLUMN told_at TEXT;
"""

# The shortest time in which one of a kind was done.
ELEVENTH = """
CREATE TABLE durations (
    base_url TEXT NOT NULL, kind TEXT NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (base_url, kind)
);
"""

SCRIPTS = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH)
VERSION = len(SCRIPTS)


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the tables from a version, 0 for a new file, to ours, in the caller's transaction."""
    for statement in _from(version) if version else _at_once():
        db.execute(statement)
    rows.derive_all(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


@functools.cache
def _at_once() -> tuple[str, ...]:
    """What makes the tables of a new file as all scripts leave them, in a third of the time: each
    ALTER TABLE reads the whole schema again."""
    with closing(sqlite3.connect(":memory:")) as db:
        for statement in _from(0):
            db.execute(statement)
        made = db.execute(
            "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid"
        )
        return tuple(sql for (sql,) in made)


def _from(version: int) -> Iterator[str]:
    """What brings the tables from a version to ours, one after the other."""
    for script in SCRIPTS[version:]:
        yield from _statements(script)


def _statements(script: str) -> Iterator[str]:
    """One after the other: `executescript` would end the transaction first. The body of a trigger
    has statements of its own."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
