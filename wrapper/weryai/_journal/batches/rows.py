"""The rows of a batch in the tables of a journal: the queue, beside the entries that tell what
became of each. A row is paid under a key of its own, and so once for each consent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from ..._plain import Plain
from ...errors import ConfigError, JournalError
from ..connection import Connection, Holders, Tables
from ..rows import text_of
from . import statements
from .row import OF_ENTRY, ROW_STATES, End, PlannedRow, Row, RowState, key_of, row_of

PAGE = 100
# Seconds after which a row comes due again that somebody has in hand and does not put off.
LEASE = 30.0


@frozen
class BatchState(Plain):
    """What holds for a batch as a whole.

    Attributes:
        base_url: the address of the API that it is for; None before it was first run.
        paused: why nothing is submitted, None where it is.
        credits_before: the balance before its first row, where that was read.
        credits_now: the balance as it was last read.
    """

    base_url: str | None = None
    paused: str | None = None
    credits_before: float | None = None
    credits_now: float | None = None


@frozen
class BatchRows:
    """The rows of one batch in a journal. What was read is of one moment; every method may raise
    JournalError."""

    batch: str
    _db: Tables
    _claims: Holders

    def add(self, rows: Sequence[PlannedRow], *, dry_run: bool = False) -> Mapping[str, list[str]]:
        """Take the rows of a manifest in, in one step. What is there and the same stays as it is; a
        changed one is paid anew.

        Returns:
            the ids of those that are `new`, `known` and `changed`.
        """
        told: dict[str, list[str]] = {"new": [], "known": [], "changed": []}

        def take_in(db: Connection) -> None:
            for ids in told.values():
                ids.clear()
            there = {row["id"]: row for row in db.execute(statements.KNOWN, (self.batch,))}
            for row in rows:
                known = there.get(row.id)
                what = _what(row, known)
                told[what].append(row.id)
                if not dry_run:
                    self._put(db, row, what, known["consent"] if known else 0)

        def write(db: Connection) -> None:
            db.execute(statements.MAKE, (self.batch,))
            take_in(db)

        self._db.read(take_in) if dry_run else self._db.write(write)
        return told

    def rows(
        self, states: Collection[RowState] = ROW_STATES, after: int | None = None
    ) -> Iterator[Row]:
        """In the order of the manifest, those in one of these states, behind a place. They are read
        while they are taken, a page at a time."""
        place = (-1, "") if after is None else (after, "\U0010ffff")
        while True:
            found = self._read(statements.ROWS, (self.batch, *place, PAGE))
            yield from (row for row in found if row.state in states)
            if len(found) < PAGE:
                return
            place = found[-1].place, found[-1].id

    def row(self, row_id: str) -> Row | None:
        """One row, None where there is none of this id."""
        return next(iter(self._read(statements.ROW, (self.batch, row_id))), None)

    def waiting(self, most: int) -> list[Row]:
        """The first rows that were not sent."""
        return self._read(statements.WAITING, (self.batch, most))

    def begun(self) -> list[Row]:
        """The rows that were sent and have not ended."""
        return self._read(statements.BEGUN, (self.batch,))

    def counts(self) -> Mapping[RowState, int]:
        """How many rows are in each of `ROW_STATES`."""
        told: Counter[RowState] = Counter()
        for row in self._db.rows(statements.COUNTS, (self.batch,)):
            if row["ended"] or row["state"] != "unknown":
                told[row["ended"] or OF_ENTRY.get(row["state"], "running")] += row["number"]
        told.update(row.state for row in self._read(statements.UNSURE, (self.batch,)))
        return {state: told[state] for state in ROW_STATES}

    def end(
        self,
        row: Row,
        state: End,
        at: datetime,
        reason: str | None = None,
        files: Sequence[tuple[Path, str]] = (),
    ) -> None:
        """Write down how a row ended, where it has not ended yet and is as it was looked at: it may
        be asked for anew meanwhile, or be sent by another who took it over."""
        told = json.dumps([[str(path), digest] for path, digest in files])
        ended = (state, reason, told, text_of(at), self.batch, row.id, row.consent)

        def write(db: Connection) -> None:
            now = db.execute(statements.ROW, (self.batch, row.id)).fetchone()
            if now is not None and now["entry"] == row.entry:
                db.execute(statements.END, ended)

        self._db.write(write)

    def put_off(self, row_ids: Collection[str], at: datetime) -> None:
        """Let rows that one has in hand not come due yet. Whoever stands still does not say so, and
        then they are `overdue`."""

        def write(db: Connection) -> None:
            due = self._db.now(db, at).timestamp() + LEASE
            for row_id in row_ids:
                db.execute(statements.PUT_OFF, (due, self.batch, row_id))

        self._db.write(write)

    def overdue(self, rows: Sequence[Row], at: datetime, most: int) -> list[Row]:
        """Which of the rows that others have in hand were not put off in time, the first of them:
        they are the caller's from now on, and whoever had them may come back. Those of which nobody
        has said when they come due do so a while from now."""

        def look(db: Connection) -> tuple[float, list[tuple[Row, bool]]]:
            now, found = self._db.now(db, at).timestamp(), []
            for row in rows:
                told = db.execute(statements.LOOK_AT, (self.batch, row.id, row.consent)).fetchone()
                if told and told["look_at"] is None:
                    found.append((row, False))
                # One that lies too far ahead was told by a clock that was set back since.
                elif told and not now <= told["look_at"] <= now + LEASE:
                    found.append((row, True))
            return now + LEASE, found

        def take(db: Connection) -> list[Row]:
            due, found = look(db)
            taken = [row for row, is_overdue in found if is_overdue][:most]
            for row in [*taken, *(row for row, is_overdue in found if not is_overdue)]:
                db.execute(statements.PUT_OFF, (due, self.batch, row.id))
            return taken

        return self._db.write(take) if self._db.read(look)[1] else []

    def note(self, row: Row, reason: str | None) -> None:
        """Write down why a row is not sent or fetched yet."""
        if reason != row.reason:
            self._set(statements.NOTE, reason, self.batch, row.id, row.consent)

    def retry(self, rows: Sequence[Row]) -> None:
        """Let each be paid once more, where nobody has done so since it was looked at."""

        def anew(db: Connection) -> None:
            for row in rows:
                self._anew(db, row.id, row.consent)

        self._db.write(anew)

    def cancel(self, at: datetime, reason: str) -> None:
        """End each row that was not sent."""
        self._set(statements.CANCEL, reason, text_of(at), self.batch, self.batch)

    @property
    def state(self) -> BatchState:
        """What holds for all of it."""
        found = self._db.rows(statements.STATE, (self.batch,))
        return BatchState(*(found[0][name] for name in found[0].keys())) if found else BatchState()  # noqa: SIM118

    def pause(self, reason: str | None) -> None:
        """Let nothing be submitted any more, or, with None, let it go on."""
        self._set("UPDATE batches SET paused = ? WHERE name = ?", reason, self.batch)

    def begin(self, base_url: str, credits: float | None) -> None:
        """Write down which service it is for, once, and what its balance is. Raises ConfigError
        where it is for another, or there is no such batch."""

        def write(db: Connection) -> Any:
            found = db.execute(statements.STATE, (self.batch,)).fetchone()
            if found is not None and found["base_url"] in (None, base_url):
                db.execute(statements.BEGIN, (base_url, credits, credits, self.batch))
            return found

        found = self._db.write(write)
        if found is None:
            raise ConfigError(f"there is no batch {self.batch!r}: add a manifest first")
        if found["base_url"] not in (None, base_url):
            raise ConfigError(
                f"the batch {self.batch!r} is for {found['base_url']}, not for {base_url}:"
                " give another name or journal"
            )

    def last_ends(self, most: int) -> list[datetime]:
        """When the last rows ended, the last one first."""
        found = self._db.rows(statements.LAST_ENDS, (self.batch, most))
        return [datetime.fromisoformat(row["ended_at"]) for row in found]

    def _set(self, statement: str, *values: object) -> None:
        """One statement, in a transaction of its own."""
        self._db.write(lambda db: db.execute(statement, values))

    def _put(self, db: Connection, row: PlannedRow, what: str, consent: int) -> None:
        where, asked = (self.batch, row.id), (row.operation, json.dumps(row.request), row.digest)
        if what == "new":
            key = key_of(self.batch, row.id, 1)
            db.execute(statements.INSERT, (*where, row.place, *asked, row.output, key))
        elif what == "known":
            db.execute(statements.MOVE, (row.place, row.output, *where))
        else:
            db.execute(statements.CHANGE, (row.place, row.output, *asked, *where))
            self._anew(db, row.id, consent)

    def _anew(self, db: Connection, row_id: str, consent: int) -> None:
        """Another consent, and the key of the last one starts nothing any more."""
        key = key_of(self.batch, row_id, consent + 1)
        db.execute(statements.ANEW, (key, self.batch, row_id, consent))
        retired = (key_of(self.batch, row_id, consent), "its row is asked for anew")
        db.execute(statements.RETIRE, retired)

    def _read(self, query: str, values: Sequence[object]) -> list[Row]:
        """Rows, with whether somebody sends them. What looks unknown is looked at once more, since
        its ids may have been written down between the looks at its entry and at its claim."""
        rows = [row_of(cells) for cells in self._db.rows(query, values)]
        unsure = [row.entry for row in rows if row.state == "unknown" and row.entry]
        if not unsure:
            return rows
        with self._db.explained():
            held = self._claims.held(unsure)
        found = []
        for row in rows:
            if row.state == "unknown" and row.entry not in held:
                found += [
                    row_of(each) for each in self._db.rows(statements.ROW, (self.batch, row.id))
                ]
            else:
                found.append(evolve(row, state="sending") if row.entry in held else row)
        return found


def _what(row: PlannedRow, known: Any) -> str:
    """What a row of a manifest is to those that are there."""
    if known is None:
        return "new"
    return "known" if known["digest"] == row.digest else "changed"


def require_wanted(db: Connection, key: str | None) -> None:
    """Refuse a submission whose key is that of a row which is not to be sent. Raises
    JournalError."""
    found = db.execute(statements.UNWANTED, (key, key)).fetchall() if key is not None else ()
    for row in found:
        if row["reason"] is not None:
            raise JournalError(f"{key!r} is not to be sent: {row['reason']}")


def forget(db: Connection, entry_id: str) -> None:
    """Let the row of an entry that is to be forgotten be skipped: else it would be paid again."""
    db.execute(statements.FORGOTTEN, (entry_id,))
