"""The turns of a journal in tables, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .._limits import Delay
from . import rows
from .connection import Connection
from .entry import Entry
from .turns import DOUBTFUL, PATIENCE, TICK, Gate, Turn, delay, tasks_of

GATE = "SELECT at, closed_at, closed_for FROM gates WHERE base_url = ?"
LET_THROUGH = """
INSERT INTO gates (base_url, at) VALUES (?, ?) ON CONFLICT (base_url) DO UPDATE SET at = excluded.at
"""
CLOSE = """
INSERT INTO gates (base_url, closed_at, closed_for) VALUES (?, ?, ?) ON CONFLICT (base_url)
DO UPDATE SET closed_at = excluded.closed_at, closed_for = excluded.closed_for
"""
# By a number that grows, and not by the time: a clock may be set back.
FIRST = """
SELECT entry_id FROM queue WHERE base_url = ? AND seen BETWEEN ? AND ? ORDER BY number LIMIT 1
"""
SEEN = "SELECT seen FROM queue WHERE entry_id = ?"
STAND = """
INSERT INTO queue (entry_id, base_url, seen) VALUES (?, ?, ?)
ON CONFLICT (entry_id) DO UPDATE SET seen = excluded.seen
"""
LEAVE = "DELETE FROM queue WHERE entry_id = ?"
LEFT = "DELETE FROM queue WHERE seen < ?"
MAY_RUN = """
SELECT * FROM entries WHERE base_url = ? AND id != ?
AND (state = 'running' OR (state = 'unknown' AND sent_at > ?)) LIMIT ?
"""


def look(
    db: Connection,
    base_url: str,
    entry_id: str,
    payload: Mapping[str, Any],
    now: datetime,
    turn: Turn,
) -> Delay | None:
    """What keeps an entry from being sent now."""
    first = db.execute(FIRST, (base_url, *_patience(now))).fetchone()
    if first is not None and first["entry_id"] != entry_id:
        return Delay("queue", TICK)
    running = _may_run(db, base_url, entry_id, now, turn)
    return delay(turn, now.timestamp(), gate(db, base_url), running, tasks_of(payload))


def stands(db: Connection, entry_id: str, now: datetime) -> bool:
    """Whether an entry stands in the queue, and nobody will pass it over soon."""
    told = db.execute(SEEN, (entry_id,)).fetchone()
    return told is not None and 0 <= now.timestamp() - told["seen"] < PATIENCE / 3


def take(
    db: Connection,
    base_url: str,
    entry_id: str,
    payload: Mapping[str, Any],
    now: datetime,
    turn: Turn,
) -> Delay | None:
    """Give an entry its turn; or its place in the queue, where something keeps it back."""
    if delay := look(db, base_url, entry_id, payload, now, turn):
        db.execute(STAND, (entry_id, base_url, now.timestamp()))
        return delay
    leave(db, entry_id)
    db.execute(LEFT, _patience(now)[:1])  # those who died
    db.execute(LET_THROUGH, (base_url, now.timestamp() + turn.lead))
    return None


def leave(db: Connection, entry_id: str) -> None:
    """Give its place in the queue up."""
    db.execute(LEAVE, (entry_id,))


def close(db: Connection, base_url: str, now: datetime, seconds: float) -> None:
    """Let nothing through for so long, or as long as is known already."""
    if gate(db, base_url).closed(now.timestamp()) < seconds:
        db.execute(CLOSE, (base_url, now.timestamp(), seconds))


def gate(db: Connection, base_url: str) -> Gate:
    """What is known of the last turns."""
    told = db.execute(GATE, (base_url,)).fetchone()
    return Gate(**told) if told else Gate()


def _may_run(
    db: Connection, base_url: str, entry_id: str, now: datetime, turn: Turn
) -> Iterator[Entry]:
    """Entries that take places, the entry itself left out: as many as tell whether one is free."""
    since = rows.text_of(now - DOUBTFUL)
    enough = turn.limits.running + len(turn.gone)
    found = db.execute(MAY_RUN, (base_url, entry_id, since, enough)).fetchall()
    yield from rows.entries_of(db, found)


def _patience(now: datetime) -> tuple[float, float]:
    """Between which times one that waits was seen. One later than now was seen by a clock that was
    set back since."""
    return now.timestamp() - PATIENCE, now.timestamp() + PATIENCE
