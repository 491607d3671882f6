"""A journal in tables, whatever database they are in."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from .._limits import Delay
from ..errors import AlreadySubmittedError, JournalError
from ..results import Job, Task, Video
from . import rows, turn_rows
from .batches import rows as batch_rows
from .batches.rows import BatchRows
from .connection import Connection, Holders, Tables, UnsureError
from .durations import DurationRows
from .entry import MULTI_IMAGE, UNKNOWN, Entry, State
from .listing import Listing
from .purses import rows as purse_rows
from .purses.costs import CostRows
from .purses.rows import PurseRows
from .turns import Turn

T = TypeVar("T", bound=Tables)
H = TypeVar("H", bound=Holders)


class TableJournal(Generic[T, H]):
    """A `Journal` on a database and on what holds its claims."""

    def __init__(self, db: T, claims: H) -> None:
        self._db, self._claims = db, claims
        self._listing = Listing(db, claims)

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
        turn: Turn | None = None,
    ) -> Delay | None:
        """See `Journal.begin`."""
        at, same = rows.text_of(sent_at), (base_url, idempotency_key, fingerprint, none_since)
        if turn is not None:

            def look(db: Connection) -> Delay | None:
                self._refuse_repeat(db, *same)
                return self._still(db, entry_id, base_url, payload, sent_at, turn)

            if delay := self._db.read(look):
                return delay
        if not self.claim(entry_id):
            raise JournalError(f"{self._db.name}: the entry {entry_id} is being sent already")

        def insert(db: Connection) -> Delay | None:
            self._db.require_in_place()  # what is sent now would be in no journal
            self._claims.require(entry_id)
            self._refuse_repeat(db, *same)
            now = self._db.now(db, sent_at) if turn else sent_at
            price = (db, base_url, turn.limits.purse if turn else None, operation, payload, now)
            if delay := purse_rows.keep_back(self._claims, *price):
                return delay
            if turn and (delay := turn_rows.take(db, base_url, entry_id, payload, now, turn)):
                return delay
            asked = (operation, json.dumps(payload), at, idempotency_key, fingerprint)
            db.execute(rows.INSERT, (entry_id, base_url, *asked, UNKNOWN))
            purse_rows.reserve(entry_id, *price)
            return None

        try:
            delay = self._db.write(insert)
        except BaseException as error:
            if isinstance(error, UnsureError):  # nothing is sent, nor may it look so
                with suppress(JournalError):
                    self.refuse(entry_id)
            self.release(entry_id)
            raise
        if delay:
            self.release(entry_id)
        return delay

    def turn(self, entry_id: str, at: datetime, turn: Turn) -> Delay | None:
        """See `Journal.turn`."""

        def look(db: Connection) -> Delay | None:
            entry = rows.read(db, entry_id)
            if entry is None:
                return None
            batch_rows.require_wanted(db, entry.idempotency_key)
            return self._still(db, entry_id, entry.base_url, entry.payload, at, turn)

        def take(db: Connection) -> Delay | None:
            entry = rows.read(db, entry_id)
            if entry is None:
                raise JournalError(f"{self._db.name}: the entry {entry_id} is gone")
            batch_rows.require_wanted(db, entry.idempotency_key)
            self._claims.require(entry_id)
            now = self._db.now(db, at)
            return turn_rows.take(db, entry.base_url, entry_id, entry.payload, now, turn)

        return self._db.read(look) or self._db.write(take)

    def hold_back(self, base_url: str, at: datetime, seconds: float) -> None:
        """See `Journal.hold_back`."""
        self._db.write(lambda db: turn_rows.close(db, base_url, self._db.now(db, at), seconds))

    def earlier(
        self,
        base_url: str,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        since: datetime | None = None,
    ) -> Entry | None:
        """See `Journal.earlier`."""
        asked = (base_url, idempotency_key, fingerprint, since)
        entry = self._db.read(lambda db: rows.earlier(db, *asked))
        # With a second look, as everything that is read.
        return self.entry(entry.id) if entry else None

    def accept(self, entry_id: str, job: Job) -> None:
        """See `Journal.accept`."""
        self._end(entry_id, lambda db: rows.write_job(db, entry_id, job))

    def refuse(self, entry_id: str) -> None:
        """See `Journal.refuse`."""

        def leave(db: Connection) -> None:
            db.execute(rows.REFUSE, (entry_id,))
            turn_rows.leave(db, entry_id)

        self._end(entry_id, leave)

    def doubt(self, entry_id: str, reason: str) -> None:
        """See `Journal.doubt`."""
        doubt = "UPDATE entries SET reason = ? WHERE id = ?"
        self._end(entry_id, lambda db: db.execute(doubt, (reason, entry_id)))

    def note(
        self,
        entry_id: str,
        tasks: Sequence[Task],
        *,
        final: bool = False,
        at: datetime | None = None,
    ) -> None:
        """See `Journal.note`."""

        def tell(db: Connection) -> None:
            if entry := rows.read(db, entry_id):  # as it is now
                rows.write_told(db, entry, entry.told(tasks, final=final, at=at))

        entry = self._db.read(lambda db: rows.read(db, entry_id))
        if entry is not None and entry.told(tasks, final=final, at=at) != entry:
            self._change(entry_id, tell)

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """See `Journal.fetched`."""

        def mark(db: Connection) -> None:
            for row in rows.to_mark(db, base_url, video, path):  # as they are now
                rows.mark_fetched(db, row, path)

        if self._db.read(lambda db: rows.to_mark(db, base_url, video, path)):
            self._db.write(mark)

    def find(self, base_url: str, job: Job) -> Entry | None:
        """See `Journal.find`."""
        owner = self._db.read(lambda db: rows.owner(db, base_url, job.task_ids, job.batch_id))
        return self.entry(owner) if owner else None

    def entries(
        self,
        *,
        state: State | None = None,
        after: datetime | str | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """See `Journal.entries`. Twenty are read at a time."""
        return self._listing.entries(state, after, newest_first)

    def open_entries(self) -> Iterator[Entry]:
        """See `Journal.open_entries`."""
        return self._listing.open_entries()

    def counts(self) -> dict[State, int]:
        """See `Journal.counts`."""
        return self._listing.counts()

    def entry(self, entry_id: str) -> Entry | None:
        """See `Journal.entry`."""
        return self._listing.entry(entry_id)

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        """See `Journal.settle`."""

        def settle(db: Connection) -> None:
            if job is not None:
                rows.drop_odd_ids(db, entry_id)
                rows.write_job(db, entry_id, job)
            settled = (job is None, entry_id)
            db.execute("UPDATE entries SET settled = ? WHERE id = ?", settled)

        self._change(entry_id, settle)

    def forget(self, entry_ids: Collection[str]) -> None:
        """See `Journal.forget`."""

        def forget(db: Connection) -> None:
            for entry_id in entry_ids:
                batch_rows.forget(db, entry_id)
                purse_rows.forget(db, entry_id)
                db.execute("DELETE FROM entries WHERE id = ?", (entry_id,))

        self._db.write(forget)

    def claim(self, entry_id: str) -> bool:
        """See `Journal.claim`."""
        with self._db.explained():
            return self._claims.take(entry_id)

    def release(self, entry_id: str) -> None:
        """See `Journal.release`."""
        self._claims.free(entry_id)

    def uploaded(self, base_url: str, sha256: str, address: str | None, at: datetime) -> None:
        """See `Journal.uploaded`."""

        def remember(db: Connection) -> None:
            key = (base_url, sha256)
            db.execute("DELETE FROM uploads WHERE base_url = ? AND sha256 = ?", key)
            if address is not None:
                db.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?)", (*key, address, rows.text_of(at))
                )

        self._db.write(remember)

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        """See `Journal.address_of`."""
        query = "SELECT address FROM uploads WHERE base_url = ? AND sha256 = ? AND at > ?"
        found = self._db.rows(query, (base_url, sha256, rows.text_of(since)))
        return str(found[0]["address"]) if found else None

    def batch(self, name: str) -> BatchRows:
        """The rows of a batch, which need not be there yet: what `weryai.batch.Batch` goes by."""
        return BatchRows(name, self._db, self._claims)

    def batches(self) -> list[str]:
        """The names of the batches that are in it."""
        found = self._db.rows("SELECT name FROM batches ORDER BY name", ())
        return [str(row["name"]) for row in found]

    def purse(self, name: str, base_url: str) -> PurseRows:
        """A purse for one service, which need not be there yet; see `Purse`."""
        return PurseRows(name, base_url, self._db, self._claims)

    def costs(self, base_url: str) -> CostRows:
        """What submissions to one service have cost; see `WeryAI.estimate`."""
        return CostRows(base_url, self._db, self._claims)

    def durations(self, base_url: str) -> DurationRows:
        """How soon submissions to one service were done."""
        return DurationRows(base_url, self._db)

    def close(self) -> None:
        """See `Journal.close`."""
        if self._db.is_ours:  # a child of this process gives back nothing that is its parent's
            self._claims.close()
            self._db.close()

    def _still(
        self,
        db: Connection,
        entry_id: str,
        base_url: str,
        payload: Mapping[str, Any],
        at: datetime,
        turn: Turn,
    ) -> Delay | None:
        """What still keeps one back that stands in the queue already: most looks write nothing."""
        now = self._db.now(db, at)
        if not turn_rows.stands(db, entry_id, now):
            return None
        return turn_rows.look(db, base_url, entry_id, payload, now, turn)

    def _refuse_repeat(
        self,
        db: Connection,
        base_url: str,
        key: str | None,
        fingerprint: str | None,
        since: datetime | None,
    ) -> None:
        if earlier := rows.earlier(db, base_url, key, fingerprint, since):
            raise AlreadySubmittedError(self._listing.with_claim(earlier))
        batch_rows.require_wanted(db, key)

    def _end(self, entry_id: str, work: Callable[[Connection], object]) -> None:
        """A transaction, and the end of the claim, whatever becomes of the transaction."""
        try:
            self._change(entry_id, work)
        finally:
            self.release(entry_id)

    def _change(self, entry_id: str, work: Callable[[Connection], object]) -> None:
        """A transaction, at the end of which the state of the entry is kept."""

        def change(db: Connection) -> None:
            work(db)
            rows.derive(db, entry_id)

        self._db.write(change)
