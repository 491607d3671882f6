"""The rows of a journal in SQLite: how they are found, written and read, in the caller's
transaction."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from .._texts import identity, is_id, mended
from ..results import Job, Task, Video
from .entry import TO_COME, Entry

T = TypeVar("T")

# The id of a task decides; a batch's only for an entry that knows no tasks, because a simulator may
# give the same number again.
BY_TASK = """
SELECT id FROM tasks JOIN entries ON id = entry_id WHERE task_id = ? AND base_url = ?
ORDER BY sent_at DESC
"""
BY_BATCH = """
SELECT id FROM entries WHERE batch_id = ? AND base_url = ?
AND NOT EXISTS (SELECT 1 FROM tasks WHERE entry_id = id AND of_job) ORDER BY sent_at DESC
"""
BY_IDENTITY = """
SELECT videos.rowid AS place, url, name FROM videos JOIN entries ON id = entry_id
WHERE identity = ? AND base_url = ?
"""
BY_KEY = "SELECT id FROM entries WHERE base_url = ? AND idempotency_key = ?"
BY_FINGERPRINT = """
SELECT id FROM entries WHERE fingerprint = ? AND sent_at > ? AND base_url = ? ORDER BY sent_at DESC
"""
ALL = (
    "SELECT * FROM entries ORDER BY sent_at, rowid",
    "SELECT * FROM tasks ORDER BY rowid",
    "SELECT * FROM videos ORDER BY rowid",
)
ONE = (
    "SELECT * FROM entries WHERE id = ?",
    "SELECT * FROM tasks WHERE entry_id = ? ORDER BY rowid",
    "SELECT * FROM videos WHERE entry_id = ? ORDER BY rowid",
)
LONG_AGO = datetime.fromtimestamp(0, UTC)


def owner(
    db: sqlite3.Connection, base_url: str, task_ids: Iterable[str], batch_id: str | None
) -> str | None:
    """The entry that a job belongs to."""
    asked = [(BY_TASK, task_id) for task_id in task_ids] + [(BY_BATCH, batch_id)]
    found = (db.execute(query, (value, base_url)).fetchone() for query, value in asked)
    return next((row["id"] for row in found if row is not None), None)


def earlier(
    db: sqlite3.Connection,
    base_url: str,
    key: str | None,
    fingerprint: str | None,
    since: datetime | None,
) -> Entry | None:
    """The entry of a key, or the latest open one that asks for the same and was sent since."""
    if key is not None and (found := db.execute(BY_KEY, (base_url, key)).fetchone()):
        return read(db, found["id"])[0]
    if fingerprint is None or since is None:
        return None
    rows = db.execute(BY_FINGERPRINT, (fingerprint, text_of(since), base_url)).fetchall()
    same = (entry for row in rows for entry in read(db, row["id"]))
    return next((entry for entry in same if entry.state in TO_COME), None)


def write_job(db: sqlite3.Connection, entry_id: str, job: Job) -> None:
    at = text_of(job.submitted_at or datetime.now(UTC))
    told = (job.batch_id, at, entry_id)
    db.execute(
        "UPDATE entries SET batch_id = ?, submitted_at = ?, reason = NULL WHERE id = ?", told
    )
    for task_id in job.task_ids:
        db.execute(
            "INSERT INTO tasks (entry_id, task_id, of_job) VALUES (?, ?, 1)"
            " ON CONFLICT (entry_id, task_id) DO UPDATE SET of_job = 1",
            (entry_id, task_id),
        )


def drop_odd_ids(db: sqlite3.Connection, entry_id: str) -> None:
    """Ids that nothing was ever told of, because the service cannot be asked for them."""
    query = "SELECT task_id FROM tasks WHERE entry_id = ? AND state IS NULL"
    ids = [row["task_id"] for row in db.execute(query, (entry_id,))]
    odd = [(entry_id, each) for each in ids if not is_id(each)]
    db.executemany("DELETE FROM tasks WHERE entry_id = ? AND task_id = ?", odd)


def write_tasks(db: sqlite3.Connection, entry_id: str, tasks: Sequence[Task]) -> None:
    """What one reply told. Nothing leaves: it may name fewer tasks or videos than another did."""
    for task in tasks:
        _write_task(db, entry_id, task)
    made = [(task.id, _storable(video)) for task in tasks for video in task.videos]
    _write_videos(db, entry_id, made)


def _write_task(db: sqlite3.Connection, entry_id: str, task: Task) -> None:
    query = "SELECT state FROM tasks WHERE entry_id = ? AND task_id = ?"
    known = db.execute(query, (entry_id, task.id)).fetchone()
    if known and known["state"] and Task(task.id, known["state"]).done and not task.done:
        return  # told late: what has ended does not run again
    db.execute(
        "INSERT INTO tasks VALUES (?, ?, 0, ?, ?) ON CONFLICT (entry_id, task_id)"
        " DO UPDATE SET state = excluded.state, message = excluded.message",
        (entry_id, task.id, task.raw_state, task.message),
    )


def _write_videos(db: sqlite3.Connection, entry_id: str, made: Sequence[tuple[str, Video]]) -> None:
    """A video that is known keeps its name, and gets the address of the day."""
    query = "SELECT rowid AS place, * FROM videos WHERE entry_id = ? ORDER BY rowid"
    rows = db.execute(query, (entry_id,)).fetchall()
    known = _matched(rows, made)
    taken = {row["name"] for row in rows}
    for number, (task_id, video) in enumerate(made):
        if row := known.get(number):
            db.execute(
                "UPDATE videos SET task_id = ?, url = ?, cover_url = coalesce(?, cover_url)"
                " WHERE rowid = ?",
                (task_id, video.url, video.cover_url, row["place"]),
            )
        else:
            taken.add(name := _free_name(video.name, task_id, taken))
            db.execute(
                "INSERT INTO videos SELECT ?1, ?2, 1 + count(*), ?3, ?4, ?5, ?6, NULL FROM videos"
                " WHERE entry_id = ?1 AND identity = ?2",
                (
                    entry_id,
                    identity(video.url),
                    name,
                    task_id,
                    video.url,
                    video.cover_url,
                ),
            )


def _storable(video: Video) -> Video:
    return Video(mended(video.url), mended(video.name), video.cover_url)


def _matched(
    rows: Sequence[sqlite3.Row], made: Sequence[tuple[str, Video]]
) -> dict[int, sqlite3.Row]:
    """The row of each video that is known, by its place in the reply: the one of the very same
    address, else one that is left of those that differ in the query alone: of the same name, of the
    same task, or the first."""
    found: dict[int, sqlite3.Row] = {}
    left = {row["place"]: (row, _keys(row["task_id"], row["url"], row["name"])) for row in rows}
    for rank in range(4):
        for number, (task_id, video) in enumerate(made):
            key = _keys(task_id, video.url, video.name)[rank]
            same = [row for row, keys in left.values() if keys[rank] == key]
            if same and number not in found:
                found[number] = same[0]
                del left[same[0]["place"]]
    return found


def _keys(task_id: str, url: str, name: str) -> tuple[object, ...]:
    """What two tellings of one video have in common, the surest first."""
    known = identity(url)
    return url, (known, name), (known, task_id), known


def _free_name(name: str, task_id: str, taken: set[str]) -> str:
    stem = task_id if task_id and name.startswith(task_id) else name
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)


def mark_fetched(db: sqlite3.Connection, base_url: str, video: Video, path: Path) -> None:
    """Write down where a video is. Of several that share its address it is the one of the same
    query, then of the same name; where that says nothing, none of them counts as fetched."""
    rows = db.execute(BY_IDENTITY, (identity(video.url), base_url)).fetchall()
    rows = [row for row in rows if row["url"] == video.url] or rows
    if len(rows) > 1:
        rows = [row for row in rows if row["name"] == video.name]
    for row in rows:
        db.execute("UPDATE videos SET path = ? WHERE rowid = ?", (_path(path), row["place"]))


def _path(path: Path) -> str | bytes:
    """The bytes of a path that is no text: it must come back as it was."""
    text = os.fspath(path.absolute())
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text


def read(db: sqlite3.Connection, entry_id: str | None = None) -> list[Entry]:
    """One entry, or all of them, the oldest first. Nobody was asked whether they are held."""
    queries, values = (ALL, ()) if entry_id is None else (ONE, (entry_id,))
    rows, *parts = (db.execute(query, values).fetchall() for query in queries)
    tasks, videos = map(_by_entry, parts)
    return [_entry(row, tasks[row["id"]], videos[row["id"]]) for row in rows]


def _by_entry(rows: Iterable[sqlite3.Row]) -> defaultdict[str, list[sqlite3.Row]]:
    found: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        found[row["entry_id"]].append(row)
    return found


def _entry(row: sqlite3.Row, tasks: Sequence[sqlite3.Row], videos: Sequence[sqlite3.Row]) -> Entry:
    cells = _Cells(row)
    payload = cells.read("payload", _object) or {}
    made: defaultdict[str, list[Video]] = defaultdict(list)
    for each in videos:
        made[each["task_id"]].append(Video(each["url"], each["name"], each["cover_url"]))
    job = None
    if row["submitted_at"] is not None:
        ids = [each["task_id"] for each in tasks if each["of_job"]]
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
            Task(each["task_id"], each["state"], tuple(made[each["task_id"]]), each["message"])
            for each in tasks
            if each["state"] is not None
        ),
        files={
            each["name"]: Path(os.fsdecode(each["path"]))
            for each in videos
            if each["path"] is not None
        },
        settled=bool(row["settled"]),
        final=bool(row["final"]),
        idempotency_key=row["idempotency_key"],
        fingerprint=row["fingerprint"],
        reason=cells.reason(row["reason"]),
    )


class _Cells:
    """A row that may be damaged: what can be read of it counts, its ids above all, and one that
    cannot be read stops no other."""

    def __init__(self, row: sqlite3.Row) -> None:
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


def _video_number(payload: Mapping[str, Any]) -> int | None:
    """How many videos were paid for: the service makes one where a request does not say. None where
    the payload is lost."""
    number = payload.get("video_number", 1) if payload else None
    return number if type(number) is int and number > 0 else None


def text_of(at: datetime) -> str:
    """Times that sort as texts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
