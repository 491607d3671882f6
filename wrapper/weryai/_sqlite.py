"""The journal in one SQLite file, safe among threads and processes on one machine."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ._database import KEEP_IT, Database
from ._entries import UNKNOWN, Entry
from ._locks import Claims
from .errors import JournalError
from .results import Job, Task, Video

# The id of a task decides; a batch's only for an entry that knows no tasks, because a simulator may
# give the same number again.
BY_TASK = """
SELECT id FROM entries JOIN tasks ON entry_id = id WHERE base_url = ? AND task_id = ?
"""
BY_BATCH = """
SELECT id FROM entries WHERE base_url = ? AND batch_id = ?
AND NOT EXISTS (SELECT 1 FROM tasks WHERE entry_id = id AND of_job) ORDER BY sent_at DESC
"""
FETCHED = """
UPDATE videos SET path = ?
WHERE name = ? AND entry_id IN (SELECT id FROM entries WHERE base_url = ?)
"""
ENTRIES = "SELECT * FROM entries WHERE :id IS NULL OR id = :id ORDER BY sent_at, rowid"
TASKS = "SELECT * FROM tasks WHERE :id IS NULL OR entry_id = :id ORDER BY rowid"
VIDEOS = "SELECT * FROM videos WHERE :id IS NULL OR entry_id = :id ORDER BY rowid"


class SQLiteJournal:
    """A `Journal` in one file, which every process of this machine may use at the same time.

    A transaction is on disk when a method returns (WAL, synchronous=FULL). Prompts and addresses
    are in it, so only its owner may read the file.

    Parameters:
        path: the file; it is made, with its folder, where there is none.

    Raises:
        JournalError: the file is damaged, is something else, or was written by a newer weryai; it
            is left as it is.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._db = Database(self.path)
        self._claims = Claims(self.path.with_name(f"{self.path.name}-claims"))

    def begin(
        self, entry_id: str, base_url: str, payload: Mapping[str, Any], sent_at: datetime
    ) -> None:
        """See `Journal.begin`."""
        row = (entry_id, base_url, json.dumps(payload), _text(sent_at))
        self.claim(entry_id)
        try:
            with self._db.writing() as db:
                db.execute(
                    "INSERT INTO entries (id, base_url, payload, sent_at) VALUES (?, ?, ?, ?)", row
                )
        except BaseException:
            self.release(entry_id)
            raise

    def accept(self, entry_id: str, job: Job) -> None:
        """See `Journal.accept`."""
        with self._released(entry_id) as db:
            _write_job(db, entry_id, job)

    def refuse(self, entry_id: str) -> None:
        """See `Journal.refuse`."""
        with self._released(entry_id) as db:
            db.execute("DELETE FROM entries WHERE id = ? AND submitted_at IS NULL", (entry_id,))

    def doubt(self, entry_id: str, reason: str) -> None:
        """See `Journal.doubt`."""
        with self._released(entry_id) as db:
            db.execute("UPDATE entries SET reason = ? WHERE id = ?", (reason, entry_id))

    def note(self, base_url: str, job: Job, tasks: Sequence[Task]) -> None:
        """See `Journal.note`."""
        with self._db.writing() as db:
            task_ids = [*job.task_ids, *(task.id for task in tasks)]
            if owner := _owner(db, base_url, task_ids, job.batch_id):
                for task in tasks:
                    _write_task(db, owner, task)

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """See `Journal.fetched`."""
        with self._db.writing() as db:
            db.execute(FETCHED, (os.fspath(path.absolute()), video.name, base_url))

    def entries(self) -> list[Entry]:
        """See `Journal.entries`."""
        return self._read(None)

    def entry(self, entry_id: str) -> Entry | None:
        """See `Journal.entry`."""
        return next(iter(self._read(entry_id)), None)

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        """See `Journal.settle`."""
        with self._db.writing() as db:
            if job is not None:
                _write_job(db, entry_id, job)
            settled = (job is None, entry_id)
            db.execute("UPDATE entries SET settled = ? WHERE id = ?", settled)

    def forget(self, entry_ids: Collection[str]) -> None:
        """See `Journal.forget`. The file keeps its size, and its room is used again."""
        with self._db.writing() as db:
            db.executemany("DELETE FROM entries WHERE id = ?", [(each,) for each in entry_ids])

    def claim(self, entry_id: str) -> bool:
        """See `Journal.claim`."""
        with self._db.explained():
            return self._claims.take(entry_id)

    def release(self, entry_id: str) -> None:
        """See `Journal.release`."""
        self._claims.free(entry_id)

    def uploaded(self, base_url: str, sha256: str, address: str | None, at: datetime) -> None:
        """See `Journal.uploaded`."""
        with self._db.writing() as db:
            key = (base_url, sha256)
            db.execute("DELETE FROM uploads WHERE base_url = ? AND sha256 = ?", key)
            if address is not None:
                db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?)", (*key, address, _text(at)))

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        """See `Journal.address_of`."""
        query = "SELECT address FROM uploads WHERE base_url = ? AND sha256 = ? AND at > ?"
        found = self._db.rows(query, (base_url, sha256, _text(since)))
        return str(found[0]["address"]) if found else None

    def close(self) -> None:
        """See `Journal.close`."""
        self._claims.close()
        self._db.close()

    @contextmanager
    def _released(self, entry_id: str) -> Iterator[sqlite3.Connection]:
        """A transaction, and the end of the claim, whatever becomes of the transaction."""
        try:
            with self._db.writing() as db:
                yield db
        finally:
            self.release(entry_id)

    def _read(self, entry_id: str | None) -> list[Entry]:
        # The ids of one that looks unknown may have been written between the look at its row and
        # the look at its claim. Now that the claim is free, they are there or never will be.
        return [
            again
            for entry in self._look(entry_id)
            for again in (self._look(entry.id) if entry.state == UNKNOWN else [entry])
        ]

    def _look(self, entry_id: str | None) -> list[Entry]:
        """One entry, or all of them."""
        only = {"id": entry_id}
        rows = self._db.rows(ENTRIES, only)
        tasks = _by_entry(self._db.rows(TASKS, only))
        videos = _by_entry(self._db.rows(VIDEOS, only))
        with self._db.explained():
            held = {row["id"]: self._claims.taken(row["id"]) for row in rows}
        return [
            self._told(row, tasks[row["id"]], videos[row["id"]], held[row["id"]]) for row in rows
        ]

    def _told(self, row: sqlite3.Row, *parts: Any) -> Entry:
        try:
            return _entry(row, *parts)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            words = f"the entry {row['id']} is damaged ({type(error).__name__}: {error})"
            raise JournalError(f"{self.path}: {words}; {KEEP_IT}") from error


def _owner(
    db: sqlite3.Connection, base_url: str, task_ids: Iterable[str], batch_id: str | None
) -> str | None:
    """The entry that a job belongs to."""
    asked = [(BY_TASK, task_id) for task_id in task_ids] + [(BY_BATCH, batch_id)]
    found = (db.execute(query, (base_url, value)).fetchone() for query, value in asked)
    return next((row["id"] for row in found if row is not None), None)


def _write_job(db: sqlite3.Connection, entry_id: str, job: Job) -> None:
    at = _text(job.submitted_at or datetime.now(UTC))
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
    for video in task.videos:
        db.execute(
            "INSERT INTO videos VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (entry_id, name)"
            " DO UPDATE SET url = excluded.url, cover_url = excluded.cover_url",
            (entry_id, video.name, task.id, video.url, video.cover_url),
        )


def _entry(
    row: sqlite3.Row, tasks: Sequence[sqlite3.Row], videos: Sequence[sqlite3.Row], held: bool
) -> Entry:
    payload = json.loads(row["payload"])
    made: defaultdict[str, list[Video]] = defaultdict(list)
    for each in videos:
        made[each["task_id"]].append(Video(each["url"], each["name"], each["cover_url"]))
    job = None
    if row["submitted_at"] is not None:
        ids = [each["task_id"] for each in tasks if each["of_job"]]
        at = datetime.fromisoformat(row["submitted_at"])
        job = Job(ids, row["batch_id"], at, payload.get("caller_id"))
    return Entry(
        id=row["id"],
        base_url=row["base_url"],
        payload=payload,
        sent_at=datetime.fromisoformat(row["sent_at"]),
        job=job,
        tasks=tuple(
            Task(each["task_id"], each["state"], tuple(made[each["task_id"]]), each["message"])
            for each in tasks
            if each["state"] is not None
        ),
        files={each["name"]: Path(each["path"]) for each in videos if each["path"] is not None},
        reason=row["reason"],
        held=held,
        settled=bool(row["settled"]),
    )


def _by_entry(rows: Iterable[sqlite3.Row]) -> defaultdict[str, list[sqlite3.Row]]:
    found: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        found[row["entry_id"]].append(row)
    return found


def _text(at: datetime) -> str:
    """Times that sort as texts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
