"""The rows of a journal in tables: how they are found, written and read, in the caller's
transaction."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from .._ids import is_id
from .._texts import identity
from ..results import Job, Task, Video
from .connection import Connection, Row
from .entry import TO_COME, Entry

T = TypeVar("T")

# The id of a task decides; a batch's only for an entry that knows no tasks, because a simulator may
# give the same number again.
BY_TASK = """
SELECT id FROM tasks JOIN entries ON id = entry_id WHERE task_id = ? AND base_url = ?
ORDER BY sent_at DESC, entries.rowid DESC LIMIT 1
"""
BY_BATCH = """
SELECT id FROM entries WHERE batch_id = ? AND base_url = ?
AND NOT EXISTS (SELECT 1 FROM tasks WHERE entry_id = id AND of_job)
ORDER BY sent_at DESC, rowid DESC LIMIT 1
"""
# Two are enough to know that the name has to decide: at some services all videos have one
# address, but for the query.
KNOWN = """
SELECT videos.rowid AS place, entry_id, path FROM videos JOIN entries ON id = entry_id
WHERE {known} AND base_url = ? LIMIT 2
"""
BY_ADDRESS = tuple(
    (KNOWN.format(known=f"{column} = ?"), KNOWN.format(known=f"{column} = ? AND name = ?"))
    for column in ("url", "identity")
)
BY_KEY = "SELECT id FROM entries WHERE idempotency_key = ? AND base_url = ?"
TO_COME_BY_FINGERPRINT = """
SELECT id FROM entries WHERE fingerprint = ? AND sent_at > ? AND base_url = ?
AND state NOT IN ('incomplete', 'fetched', 'failed', 'settled')
ORDER BY sent_at DESC, rowid DESC
"""
INSERT = """
INSERT INTO entries (
    id, base_url, operation, payload, sent_at, idempotency_key, fingerprint, state
) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
REFUSE = """
DELETE FROM entries WHERE id = ? AND submitted_at IS NULL AND reason IS NULL AND NOT settled
"""
TASK = """
INSERT INTO tasks VALUES (?, ?, false, ?, ?)
ON CONFLICT (entry_id, task_id) DO UPDATE SET state = excluded.state, message = excluded.message
"""
VIDEO = """
INSERT INTO videos SELECT ?, ?, 1 + count(*), ?, ?, ?, ?, NULL FROM videos
WHERE entry_id = ? AND identity = ? ON CONFLICT (entry_id, name) DO UPDATE
SET task_id = excluded.task_id, url = excluded.url, cover_url = excluded.cover_url
"""
TASKS = "SELECT * FROM tasks WHERE entry_id IN (?) ORDER BY of_job DESC, rowid"
VIDEOS = "SELECT * FROM videos WHERE entry_id IN (?) ORDER BY rowid"
PAGE = 16  # entries that are read at once: the first one is there in a millisecond
NOT_DERIVED = "SELECT rowid AS place, * FROM entries WHERE state = '' LIMIT ?"
LONG_AGO = datetime.fromtimestamp(0, UTC)


def owner(
    db: Connection, base_url: str, task_ids: Iterable[str], batch_id: str | None
) -> str | None:
    """The entry that a job belongs to."""
    asked = [(BY_TASK, task_id) for task_id in task_ids] + [(BY_BATCH, batch_id)]
    found = (db.execute(query, (value, base_url)).fetchone() for query, value in asked)
    return next((row["id"] for row in found if row is not None), None)


def earlier(
    db: Connection,
    base_url: str,
    key: str | None,
    fingerprint: str | None,
    since: datetime | None,
) -> Entry | None:
    """The entry of a key, or the latest open one that asks for the same and was sent since."""
    if key is not None and (found := db.execute(BY_KEY, (key, base_url)).fetchone()):
        return read(db, found["id"])
    if fingerprint is None or since is None:
        return None
    told = (fingerprint, text_of(since), base_url)
    same = (read(db, row["id"]) for row in db.execute(TO_COME_BY_FINGERPRINT, told))
    return next((entry for entry in same if entry and entry.state in TO_COME), None)


def write_job(db: Connection, entry_id: str, job: Job) -> None:
    at = text_of(job.submitted_at or datetime.now(UTC))
    told = (job.batch_id, at, entry_id)
    db.execute(
        "UPDATE entries SET batch_id = ?, submitted_at = ?, reason = NULL WHERE id = ?", told
    )
    for task_id in job.task_ids:
        db.execute(
            "INSERT INTO tasks (entry_id, task_id, of_job) VALUES (?, ?, true)"
            " ON CONFLICT (entry_id, task_id) DO UPDATE SET of_job = true",
            (entry_id, task_id),
        )


def drop_odd_ids(db: Connection, entry_id: str) -> None:
    """Ids that nothing was ever told of, because the service cannot be asked for them."""
    query = "SELECT task_id FROM tasks WHERE entry_id = ? AND state IS NULL"
    ids = [row["task_id"] for row in db.execute(query, (entry_id,))]
    for odd in (each for each in ids if not is_id(each)):
        db.execute("DELETE FROM tasks WHERE entry_id = ? AND task_id = ?", (entry_id, odd))


def write_told(db: Connection, before: Entry, after: Entry) -> None:
    """What an entry has gained, or what has changed."""
    known = {task.id: (task.raw_state, task.message) for task in before.tasks}
    for task in after.tasks:
        if known.get(task.id) != (task.raw_state, task.message):
            db.execute(TASK, (after.id, task.id, task.raw_state, task.message))
    kept = _by_name(before)
    for name, (task_id, video) in _by_name(after).items():
        if kept.get(name) != (task_id, video):
            told = (name, task_id, video.url, video.cover_url)
            place = (after.id, identity(video.url))
            db.execute(VIDEO, (*place, *told, *place))
    if after.told_at is not None and after.told_at != before.told_at:
        at = text_of(after.told_at)
        db.execute("UPDATE entries SET told_at = ? WHERE id = ?", (at, after.id))
    if after.final != before.final:
        db.execute("UPDATE entries SET final = ? WHERE id = ?", (after.final, after.id))


def _by_name(entry: Entry) -> dict[str, tuple[str, Video]]:
    return {video.name: (task.id, video) for task in entry.tasks for video in task.videos}


def to_mark(db: Connection, base_url: str, video: Video, path: Path) -> Sequence[Row]:
    """Whose path is another one. Of several videos that share an address it is the one of the same
    query, then of the same name; where that says nothing, none of them counts as fetched."""
    for known, (one, named) in zip((video.url, identity(video.url)), BY_ADDRESS, strict=True):
        rows = db.execute(one, (known, base_url)).fetchall()
        if len(rows) > 1:
            rows = db.execute(named, (known, video.name, base_url)).fetchall()
        elif not rows:
            continue
        return [row for row in rows if row["path"] is None or _path(row["path"]) != path.absolute()]
    return ()


def mark_fetched(db: Connection, row: Row, path: Path) -> None:
    """Write down where a video is."""
    db.execute(
        "UPDATE videos SET path = ? WHERE rowid = ?", (os.fsencode(path.absolute()), row["place"])
    )
    derive(db, row["entry_id"])


def derive(db: Connection, entry_id: str) -> None:
    """Keep what the state of an entry has come to."""
    if entry := read(db, entry_id):
        told = (entry.state, entry_id, entry.state)
        db.execute("UPDATE entries SET state = ? WHERE id = ? AND state != ?", told)


def derive_all(db: Connection) -> None:
    """The same for those whose state nobody has kept yet."""
    while rows := db.execute(NOT_DERIVED, (PAGE,)).fetchall():
        for row, entry in zip(rows, entries_of(db, rows), strict=True):
            told = (entry.state, row["place"])
            db.execute("UPDATE entries SET state = ? WHERE rowid = ?", told)


def read(db: Connection, entry_id: str) -> Entry | None:
    """One entry. Nobody was asked whether it is held."""
    rows = db.execute("SELECT * FROM entries WHERE id = ?", (entry_id,)).fetchall()
    return next(iter(entries_of(db, rows)), None)


def entries_of(db: Connection, rows: Sequence[Row]) -> list[Entry]:
    """The entries of these rows, likewise."""
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    among = f"({', '.join('?' * len(ids))})"
    tasks_of, videos_of = (
        _by_entry(db.execute(query.replace("(?)", among), ids)) for query in (TASKS, VIDEOS)
    )
    return [_entry(row, tasks_of[row["id"]], videos_of[row["id"]]) for row in rows]


def _by_entry(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["entry_id"]].append(row)
    return found


def _entry(row: Row, tasks: Sequence[Row], videos: Sequence[Row]) -> Entry:
    cells = _Cells(row)
    payload = cells.read("payload", _object) or {}
    made: defaultdict[str, list[Video]] = defaultdict(list)
    for each in videos:
        made[each["task_id"]].append(Video(each["url"], each["name"], each["cover_url"]))
    job = None
    if row["submitted_at"] is not None:
        ids = [task["task_id"] for task in tasks if task["of_job"]]
        at = cells.read("submitted_at", _time)
        told = payload.get("caller_id"), _video_number(payload)
        job = cells.read("batch_id", lambda batch: Job(ids, batch, at, *told))
    return Entry(
        id=row["id"],
        base_url=row["base_url"],
        operation=row["operation"],
        payload=payload,
        sent_at=cells.read("sent_at", _time) or LONG_AGO,
        job=job,
        tasks=tuple(
            Task(task["task_id"], task["state"], tuple(made[task["task_id"]]), task["message"])
            for task in tasks
            if task["state"] is not None
        ),
        files={
            video["name"]: _path(video["path"]) for video in videos if video["path"] is not None
        },
        settled=bool(row["settled"]),
        final=bool(row["final"]),
        idempotency_key=row["idempotency_key"],
        fingerprint=row["fingerprint"],
        reason=cells.reason(row["reason"]),
        told_at=None if row["told_at"] is None else cells.read("told_at", _time),
    )


class _Cells:
    """A row that may be damaged: what can be read of it counts, its ids above all, and one that
    cannot be read stops no other."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._faults: list[str] = []

    def read(self, name: str, convert: Callable[[Any], T]) -> T | None:
        """What a cell says, None where it cannot be read."""
        try:
            return convert(self._row[name])
        except (ValueError, TypeError, RecursionError) as error:
            self._faults.append(f"{name} ({type(error).__name__}: {error})")
            return None

    def reason(self, told: str | None) -> str | None:
        """The reason of the entry, and what cannot be read of it."""
        if not self._faults:
            return told
        return f"its row in the journal is damaged: {'; '.join([*self._faults, told or ''])}"


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def _path(stored: bytes | str) -> Path:
    """A path is bytes, which may be no text. It was a text where it could be one."""
    return Path(os.fsdecode(stored))


def _video_number(payload: Mapping[str, Any]) -> int | None:
    """How many videos were paid for: the service makes one where a request does not say. None where
    the payload is lost."""
    number = payload.get("video_number", 1) if payload else None
    return number if type(number) is int and number > 0 else None


def text_of(at: datetime) -> str:
    """Times that sort as texts. One without a zone is meant as UTC."""
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
