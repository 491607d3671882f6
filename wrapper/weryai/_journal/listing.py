"""What a journal tells of its entries: one, a page after the other, and how many in which state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from ..errors import JournalError
from . import rows
from .connection import Connection, Holders, Row, Tables
from .entry import SENDING, STATES, UNKNOWN, Entry, State

# Exactly as the index says it. A state that is none of these, because a bit was flipped, is open.
OPEN = "state NOT IN ('fetched', 'failed', 'settled')"
COUNTS = "SELECT state, number FROM counts"
UNSURE = "SELECT id FROM entries WHERE state = ?"
STATE = "SELECT state FROM entries WHERE id = ?"

# Where a page begins, by the time and the number of what is before it.
Place = tuple[str | bytes, int]
LAST_NUMBER = 2**63 - 1
FIRST: tuple[str, int] = ("", 0)
LAST: tuple[str, int] = ("\udcff" * 8, LAST_NUMBER)  # bytes FF: behind every text


@frozen
class Listing:
    """What is read of a journal, each entry as it is at one moment and with its claim."""

    db: Tables
    claims: Holders

    def entry(self, entry_id: str) -> Entry | None:
        """See `Journal.entry`."""
        entry = self._look(entry_id)
        # The ids of one that looks unknown may have been written between the look at its row and
        # the look at its claim. Now that the claim is free, they are there or never will be.
        return self._look(entry_id) if entry and entry.state == UNKNOWN else entry

    def open_entries(self) -> Iterator[Entry]:
        """See `Journal.open_entries`."""
        return (entry for entry in self._walk(OPEN, (), self._place(None, False)) if entry.open)

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
        told, unsure = self.db.read(
            lambda db: (db.execute(COUNTS).fetchall(), db.execute(UNSURE, (UNKNOWN,)).fetchall())
        )
        found = Counter({row["state"]: row["number"] for row in told})
        found[UNKNOWN] = 0
        ids = [row["id"] for row in unsure]
        held = self._held(ids)
        found.update(state for each in ids for state in self._state(each, each in held))
        return {state: found[state] for state in STATES}

    def with_claim(self, entry: Entry) -> Entry:
        """The entry, with whether anybody holds it now."""
        return evolve(entry, held=bool(self._held([entry.id])))

    def _held(self, ids: Sequence[str]) -> set[str]:
        with self.db.explained():
            return self.claims.held(ids)

    def _state(self, entry_id: str, held: bool) -> Sequence[str]:
        """What one that looked unknown is, nothing where it is gone."""
        if held:
            return (SENDING,)
        return [row["state"] for row in self.db.rows(STATE, (entry_id,))]  # see `entry`

    def _look(self, entry_id: str) -> Entry | None:
        entry = self.db.read(lambda db: rows.read(db, entry_id))
        return self.with_claim(entry) if entry else None

    def _walk(
        self, which: str, values: Sequence[str], place: Place, newest_first: bool = False
    ) -> Iterator[Entry]:
        query = _page(which, newest_first, self.db.time_sent)
        while True:
            found, entries = self.db.read(partial(_found, query, (*values, *place)))
            # At once, and not when each is taken: who holds it is of the same moment.
            held = self._held([each.id for each in entries])
            claimed = [evolve(each, held=each.id in held) for each in entries]
            now = (self.entry(each.id) if each.state == UNKNOWN else each for each in claimed)
            yield from [entry for entry in now if entry]
            if len(found) < rows.PAGE:
                return
            place = _place_of(found[-1])

    def _place(self, after: datetime | str | None, newest_first: bool) -> Place:
        if isinstance(after, str):
            query = f"SELECT {_place_in(self.db.time_sent)} FROM entries WHERE id = ?"  # noqa: S608
            found = self.db.rows(query, (after,))
            if not found:
                raise JournalError(
                    f"{after!r} is no entry, it may have been forgotten: give a time"
                )
            return _place_of(found[0])
        at, number = LAST if newest_first else FIRST
        if after is not None:
            at, number = rows.text_of(after), (0 if newest_first else LAST_NUMBER)
        return self.db.as_time_sent(at), number


def _found(
    query: str, values: Sequence[str | bytes | int], db: Connection
) -> tuple[list[Row], list[Entry]]:
    found = db.execute(query, values).fetchall()
    return found, rows.entries_of(db, found)


def _page(which: str, newest_first: bool, time_sent: str) -> str:
    """The query for what follows a place in this order."""
    than, order = ("<", "DESC") if newest_first else (">", "ASC")
    return (
        f"SELECT *, {_place_in(time_sent)} FROM entries WHERE {which}"  # noqa: S608 # no values
        f" AND (sent_at, rowid) {than} (CAST(? AS TEXT), ?)"
        f" ORDER BY sent_at {order}, rowid {order} LIMIT {rows.PAGE}"
    )


def _place_in(time_sent: str) -> str:
    return f"{time_sent} AS at, rowid AS number"


def _place_of(row: Row) -> Place:
    return row["at"], row["number"]
