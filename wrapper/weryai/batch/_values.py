"""What a batch tells of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from weryai import REQUESTS, Plain
from weryai.journal import PlannedRow, PostgresJournal, RowState, SQLiteJournal

from ._faults import Fault
from .manifest import ManifestRow

OPERATIONS = {kind: operation for operation, kind in REQUESTS.items()}
# Of so many ends the time that is left is told, and not of fewer than so many.
MOST_ENDS, LEAST_ENDS = 30, 3
LONG = 60.0  # seconds without an end, beside the time that the last ones took


@frozen
class Added(Plain):
    """What became of the rows of a manifest, by their ids.

    Attributes:
        new: those that were not there.
        known: those that were there and ask for the same; nothing changes for them.
        changed: those that ask for something else than before, and will be paid anew. What they
            were before stays in the journal.
        faults: why nothing was added, where the manifest has faults.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@frozen
class Status(Plain):
    """A batch as a whole.

    Attributes:
        counts: how many rows are in each state; `Row` says which is what.
        paused: why nothing is submitted, None where it is.
        base_url: the address of the API that it is for; None before it was first run.
        credits_before: the balance before its first row, where that was read.
        credits_now: the balance as it was last read.
        spent: credits that were spent or are reserved under `max_credits`; 0 where it never was.
        stopped: why a run has submitted no more of what waits, where nothing is paused.
        seconds_left: until the last row ends, if all goes on as the last ones did; None where that
            is anybody's guess.
    """

    counts: Mapping[RowState, int]
    paused: str | None = None
    base_url: str | None = None
    credits_before: float | None = None
    credits_now: float | None = None
    spent: float = 0.0
    stopped: str | None = None
    seconds_left: float | None = None

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many rows have not ended, and will if it is run. What is unknown waits for a
        person."""
        return sum(self.counts[state] for state in ("waiting", "sending", "running"))


def purse_of(batch: str) -> str:
    """The name of the purse that a batch pays from."""
    return f"batch {batch}"


def status_of(journal: SQLiteJournal | PostgresJournal, batch: str, now: float) -> Status:
    """How a batch stands, at a time in seconds since 1970. Raises JournalError."""
    rows = journal.batch(batch)
    counts, state = rows.counts(), rows.state
    spent = journal.purse(purse_of(batch), state.base_url or "").spent()
    credits = (state.credits_before, state.credits_now, spent)
    status = Status(counts, state.paused, state.base_url, *credits)
    left = status.left - (counts["waiting"] if state.paused else 0)
    return evolve(status, seconds_left=_seconds_left(left, rows.last_ends(MOST_ENDS), now))


def _seconds_left(left: int, ends: Sequence[datetime], now: float) -> float | None:
    """By the pace of the last ends; None where there were too few, or there was none for long."""
    times = sorted(end.timestamp() for end in ends)
    if not left:
        return 0.0
    if len(times) < LEAST_ENDS or now - times[-1] > times[-1] - times[0] + LONG:
        return None
    return left * max(now - times[0], 0.0) / len(times)


def planned(row: ManifestRow) -> PlannedRow:
    """A row of a manifest, as a journal keeps it."""
    return PlannedRow(
        id=row.id,
        place=row.place,
        operation=OPERATIONS[type(row.request)],
        request=row.request.payload(),
        digest=row.digest,
        output=row.output,
    )
