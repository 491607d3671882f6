"""What a batch tells of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from weryai.journal import BatchRows, RowState

from ._faults import Fault

# Of so many ends the time that is left is told, and not of fewer than so many.
MOST_ENDS, LEAST_ENDS = 30, 3
LONG = 60.0  # seconds without an end, beside the time that the last ones took


@frozen
class Added:
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
class Status:
    """A batch as a whole.

    Attributes:
        counts: how many rows are in each state; `Row` says which is what.
        paused: why nothing is submitted, None where it is.
        base_url: the address of the API that it is for; None before it was first run.
        credits_before: the balance before its first row, where that was read.
        credits_now: the balance as it was last read.
        seconds_left: until the last row ends, if all goes on as the last ones did; None where that
            is anybody's guess.
    """

    counts: Mapping[RowState, int]
    paused: str | None = None
    base_url: str | None = None
    credits_before: float | None = None
    credits_now: float | None = None
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


def status_of(rows: BatchRows, now: float) -> Status:
    """How a batch stands, at a time in seconds since 1970. Raises JournalError."""
    counts, state = rows.counts(), rows.state
    status = Status(counts, state.paused, state.base_url, state.credits_before, state.credits_now)
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
