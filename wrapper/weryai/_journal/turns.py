"""Whose turn it is to submit: one rule, whatever the turns are kept in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import frozen

from .._limits import Delay, Limits
from .entry import RUNNING, Entry

# How long one whose fate is not known may be a task that runs.
DOUBTFUL: Final = timedelta(hours=1)
# From when on a submission of unknown fate, which the balance does not show, is taken for one that
# cost nothing.
SURE: Final = timedelta(seconds=60)
# Seconds that are nothing: those since 1970 are no finer as numbers than a ten-thousandth of it.
INSTANT: Final = 0.001
# Seconds between two looks at what no clock tells the end of.
TICK: Final = 0.25
# Seconds after which one that waits, and has not been seen since, is passed over: it may be dead.
PATIENCE: Final = 15.0


@frozen
class Turn:
    """What a submission asks for besides its intent.

    Attributes:
        limits: of the account.
        lead: seconds from now at which it will be sent: what writing it down took the last time.
        gone: entries that the service knows no more, which take no place.
    """

    limits: Limits
    lead: float = 0.0
    gone: Collection[str] = ()


@frozen
class Gate:
    """When submissions to one address were last let through, in seconds since 1970.

    Attributes:
        at: when the last one was to be sent.
        closed_at, closed_for: since when, and for how long, none is let through.
    """

    at: float = 0.0
    closed_at: float = 0.0
    closed_for: float = 0.0

    def closed(self, now: float) -> float:
        """Seconds until one is let through again."""
        # A time that lies ahead was told by a clock that was set back since, and says nothing.
        since = now - self.closed_at
        return max(0.0, self.closed_for - since) if since >= 0 else 0.0


def delay(
    turn: Turn, now: float, gate: Gate, running: Iterable[Entry], wanted: int
) -> Delay | None:
    """What keeps a submission from being sent now, None where nothing does.

    Parameters:
        running: the entries of this address that may have tasks which run; no more of them are
            taken than it needs to know.
        wanted: how many tasks it starts.
    """
    if (closed := gate.closed(now)) > INSTANT:
        return Delay("refused", closed)
    pause = gate.at + turn.limits.interval - (now + turn.lead)
    if INSTANT < pause <= 2 * turn.limits.interval:
        return Delay("interval", pause)
    taken = 0
    for entry in running:
        taken += 0 if entry.id in turn.gone else places(entry)
        # A job that has more tasks than are allowed runs when nothing else does.
        if taken and taken + wanted > turn.limits.running:
            return Delay("running", TICK)
    return None


def places(entry: Entry) -> int:
    """How many tasks of an entry may run now: one for each video that was paid for, or for each id
    of a job without a batch, but for those that have ended."""
    if entry.job is None:
        return tasks_of(entry.payload)
    told = {task.id: task.done for task in entry.tasks}
    known = len({*entry.job.task_ids, *told})
    whole = max(known, entry.job.video_number or 1) if entry.job.batch_id else known
    return max(1, whole - sum(told.values()))


def tasks_of(payload: Mapping[str, Any]) -> int:
    """How many tasks a submission may start."""
    number = payload.get("video_number")
    return number if type(number) is int and number > 0 else 1


def may_run(entry: Entry, now: float) -> bool:
    """Whether an entry takes places at all."""
    if entry.job is None:
        return now - entry.sent_at.timestamp() < DOUBTFUL.total_seconds()
    return entry.state == RUNNING
