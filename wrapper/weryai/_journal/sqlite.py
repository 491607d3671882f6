"""The journal in one SQLite file, safe among threads and processes on one machine."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve

from ..errors import AlreadySubmittedError, JournalError
from ..results import Job, Task, Video
from . import rows, sqlite_file
from .claims import Claims
from .database import Database, explained
from .entry import MULTI_IMAGE, UNKNOWN, Entry

REFUSE = """
DELETE FROM entries WHERE id = ? AND submitted_at IS NULL AND reason IS NULL AND NOT settled
"""


class SQLiteJournal:
    """A `Journal` in one file, which every process of this machine may use at the same time.

    A transaction is on disk when a method returns (WAL, synchronous=FULL), and at once in the file
    itself: beside it are a `-wal` that holds the last one, a `-shm`, and a folder `-claims` for
    locks. Where any of these was removed, moved or replaced since, what writes raises JournalError,
    and nothing is submitted. Prompts and addresses are in it, so only its owner may read the file.

    Parameters:
        path: the file, or a link to it; it is made, with its folder, where there is none. A journal
            of an older weryai is brought up to date, which an older one refuses then.

    Raises:
        JournalError: the file or its `-wal` is damaged, is something else, has several names, or
            was written by a newer weryai, or a link leads nowhere; all is left as it is.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        with explained(path):
            self.path = sqlite_file.resolved(path)
        claims = sqlite_file.beside(self.path, "-claims")
        self._db = Database(self.path, locks=claims)
        self._claims = Claims(claims)

    def begin(
        self,
        entry_id: str,
        base_url: str,
        payload: Mapping[str, Any],
        sent_at: datetime,
        *,
        operation: str = MULTI_IMAGE,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        none_since: datetime | None = None,
    ) -> None:
        """See `Journal.begin`."""
        at = rows.text_of(sent_at)
        if not self.claim(entry_id):
            raise JournalError(f"{self.path}: the entry {entry_id} is being sent already")
        try:
            with self._db.writing() as db:
                self._db.require_in_place()  # what is sent now would be in no journal
                earlier = rows.earlier(db, base_url, idempotency_key, fingerprint, none_since)
                if earlier is not None:
                    raise AlreadySubmittedError(self._with_claim(earlier))
                db.execute(
                    "INSERT INTO entries (id, base_url, operation, payload, sent_at,"
                    " idempotency_key, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        entry_id,
                        base_url,
                        operation,
                        json.dumps(payload),
                        at,
                        idempotency_key,
                        fingerprint,
                    ),
                )
        except BaseException:
            self.release(entry_id)
            raise

    def earlier(
        self,
        base_url: str,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        since: datetime | None = None,
    ) -> Entry | None:
        """See `Journal.earlier`."""
        with self._db.reading() as db:
            entry = rows.earlier(db, base_url, idempotency_key, fingerprint, since)
        # With a second look, as everything that is read.
        return self.entry(entry.id) if entry else None

    def accept(self, entry_id: str, job: Job) -> None:
        """See `Journal.accept`."""
        with self._released(entry_id) as db:
            rows.write_job(db, entry_id, job)

    def refuse(self, entry_id: str) -> None:
        """See `Journal.refuse`."""
        with self._released(entry_id) as db:
            db.execute(REFUSE, (entry_id,))

    def doubt(self, entry_id: str, reason: str) -> None:
        """See `Journal.doubt`."""
        with self._released(entry_id) as db:
            db.execute("UPDATE entries SET reason = ? WHERE id = ?", (reason, entry_id))

    def note(self, base_url: str, job: Job, tasks: Sequence[Task], *, final: bool = False) -> None:
        """See `Journal.note`."""
        with self._db.writing() as db:
            task_ids = [*job.task_ids, *(task.id for task in tasks)]
            if owner := rows.owner(db, base_url, task_ids, job.batch_id):
                rows.write_tasks(db, owner, tasks)
                if final:
                    db.execute("UPDATE entries SET final = 1 WHERE id = ?", (owner,))

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """See `Journal.fetched`."""
        with self._db.writing() as db:
            rows.mark_fetched(db, base_url, video, path)

    def find(self, base_url: str, job: Job) -> Entry | None:
        """See `Journal.find`."""
        with self._db.reading() as db:
            owner = rows.owner(db, base_url, job.task_ids, job.batch_id)
        return self.entry(owner) if owner else None

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
                rows.drop_odd_ids(db, entry_id)
                rows.write_job(db, entry_id, job)
            settled = (job is None, entry_id)
            db.execute("UPDATE entries SET settled = ? WHERE id = ?", settled)

    def forget(self, entry_ids: Collection[str]) -> None:
        """See `Journal.forget`. The file keeps its size, and its room is used again."""
        with self._db.writing() as db:
            for each in entry_ids:
                db.execute("DELETE FROM entries WHERE id = ?", (each,))

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
                db.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?)", (*key, address, rows.text_of(at))
                )

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        """See `Journal.address_of`."""
        query = "SELECT address FROM uploads WHERE base_url = ? AND sha256 = ? AND at > ?"
        found = self._db.rows(query, (base_url, sha256, rows.text_of(since)))
        return str(found[0]["address"]) if found else None

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Copy all of it to a new file, which is a journal of its own, while others write.

        Parameters:
            path: in a folder that is there. A file of this name appears when the copy is whole, and
                one that is there stays as it is. A process that is killed may leave a hidden
                `.part` file, which may be deleted.

        Raises:
            JournalError: there is such a file, or it cannot be written.
        """
        self._db.backup(Path(path).absolute())

    def close(self) -> None:
        """See `Journal.close`."""
        if self._db.is_ours:  # a child of this process gives back nothing that is its parent's
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
        """One entry, or all of them, with their claims."""
        with self._db.reading() as db:
            entries = rows.read(db, entry_id)
        return [self._with_claim(entry) for entry in entries]

    def _with_claim(self, entry: Entry) -> Entry:
        with self._db.explained():
            return evolve(entry, held=self._claims.taken(entry.id))
