"""What a journal tells of its entries: one, a page after the other, and how many in which state."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve, frozen

from ..errors import JournalError
from . import rows
from .claims import Claims
from .database import Database
from .entry import SENDING, STATES, UNKNOWN, Entry, State

# Exactly as the index says it. A state that is none of these, because a bit was flipped, is open.
OPEN = "state NOT IN ('fetched', 'failed', 'settled')"
STATE = "SELECT state FROM entries WHERE id = ?"
PLACE = "CAST(sent_at AS BLOB) AS at, rowid AS number"

# Where a page begins, by the time and the number of what is before it: as bytes, because a text
# that is damaged would come back as another one.
Place = tuple[bytes, int]
LAST_NUMBER = 2**63 - 1
FIRST: Place = (b"", 0)
LAST: Place = (b"\xff" * 8, LAST_NUMBER)  # behind every text


@frozen
class Listing:
    """What is read of a journal, each entry as it is at one moment and with its claim."""

    db: Database
    claims: Claims

    def entry(self, entry_id: str) -> Entry | None:
        """See `Journal.entry`."""
        entry = self._look(entry_id)
        # The ids of one that looks unknown may have been written between the look at its row and
        # the look at its claim. Now that the claim is free, they are there or never will be.
        return self._look(entry_id) if entry and entry.state == UNKNOWN else entry

    def open_entries(self) -> Iterator[Entry]:
        """See `Journal.open_entries`."""
        return (entry for entry in self._walk(OPEN, (), FIRST) if entry.open)

    def entries(
        self, state: State | None, after: datetime | str | None, newest_first: bool
    ) -> Iterator[Entry]:
        """See `Journal.entries`."""
        place = self._place(after, newest_first)
        if state is None:
            return self._walk("true", (), place, newest_first)
        if state not in STATES:
            raise JournalError(f"{state!r} is no state; those are {', '.join(STATES)}")
        kept = UNKNOWN if state == SENDING else state  # which is a matter of claims
        found = self._walk("state = ?", (kept,), place, newest_first)
        return (entry for entry in found if entry.state == state)

    def counts(self) -> dict[State, int]:
        """See `Journal.counts`."""
        with self.db.reading() as db:
            told = db.execute("SELECT state, number FROM counts").fetchall()
            unsure = db.execute("SELECT id FROM entries WHERE state = ?", (UNKNOWN,)).fetchall()
        found = Counter(dict(map(tuple, told)))
        found[UNKNOWN] = 0
        found.update(state for row in unsure for state in self._state(row["id"]))
        return {state: found[state] for state in STATES}

    def with_claim(self, entry: Entry) -> Entry:
        """The entry, with whether anybody holds it now."""
        with self.db.explained():
            return evolve(entry, held=self.claims.taken(entry.id))

    def _state(self, entry_id: str) -> Sequence[str]:
        """What one that looked unknown is, nothing where it is gone."""
        with self.db.explained():
            if self.claims.taken(entry_id):
                return (SENDING,)
        return [row["state"] for row in self.db.rows(STATE, (entry_id,))]  # see `entry`

    def _look(self, entry_id: str) -> Entry | None:
        with self.db.reading() as db:
            entry = rows.read(db, entry_id)
        return self.with_claim(entry) if entry else None

    def _walk(
        self, which: str, values: Sequence[str], place: Place, newest_first: bool = False
    ) -> Iterator[Entry]:
        query = _page(which, newest_first)
        while True:
            with self.db.reading() as db:
                found = db.execute(query, (*values, *place)).fetchall()
                entries = rows.entries_of(db, found)
            # At once, and not when each is taken: who holds it is of the same moment.
            claimed = [self.with_claim(each) for each in entries]
            now = (self.entry(each.id) if each.state == UNKNOWN else each for each in claimed)
            yield from [entry for entry in now if entry]
            if len(found) < rows.PAGE:
                return
            place = _place_of(found[-1])

    def _place(self, after: datetime | str | None, newest_first: bool) -> Place:
        if after is None:
            return LAST if newest_first else FIRST
        if isinstance(after, datetime):
            return rows.text_of(after).encode(), (0 if newest_first else LAST_NUMBER)
        found = self.db.rows(f"SELECT {PLACE} FROM entries WHERE id = ?", (after,))  # noqa: S608
        if not found:
            raise JournalError(f"{after!r} is no entry, it may have been forgotten: give a time")
        return _place_of(found[0])


def _page(which: str, newest_first: bool) -> str:
    """The query for what follows a place in this order."""
    than, order = ("<", "DESC") if newest_first else (">", "ASC")
    return (
        f"SELECT *, {PLACE} FROM entries WHERE {which}"  # noqa: S608 # conditions, no values
        f" AND (sent_at, rowid) {than} (CAST(? AS TEXT), ?)"
        f" ORDER BY sent_at {order}, rowid {order} LIMIT {rows.PAGE}"
    )


def _place_of(row: sqlite3.Row) -> Place:
    return row["at"], row["number"]
