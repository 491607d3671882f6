"""How soon a job is asked about again."""

from __future__ import annotations

import random
from collections.abc import Hashable
from typing import TYPE_CHECKING

from attrs import define, field

from .._calls.turns import Turns

if TYPE_CHECKING:
    from .._journal.entry import Entry

# Seconds: the first pause, by how much each one grows, and the last.
FIRST, GROWTH, LAST = 3.0, 1.3, 15.0

# Where submissions wait for a place, what is seen late keeps one empty: no look before this part of
# the shortest time that a job of this kind took, then one in each of these parts of its age.
EARLIEST, FINE = 0.9, 0.02
ROUGH = 0.05  # where no job of this kind has ended yet
SHORTEST = 1.0  # seconds between two looks

# What the time depends on.
MEANT = ("model", "duration", "resolution", "video_number", "generate_audio")


def kind_of(entry: Entry | None) -> Hashable:
    """What is the same for jobs that take about the same time; None where nothing is known."""
    if entry is None:
        return None
    return (entry.operation, *(str(entry.payload.get(name)) for name in MEANT))


@define
class Pace:
    """The pace of one client.

    Attributes:
        turns: who waits for a place.
        shortest: by kind, the seconds of the job that ended soonest.
    """

    turns: Turns
    shortest: dict[Hashable, float] = field(factory=dict)

    def learn(self, kind: Hashable, seconds: float) -> None:
        """A job of this kind was seen to end so long after it was submitted."""
        if kind is not None:
            self.shortest[kind] = min(seconds, self.shortest.get(kind, seconds))

    def pause(self, rounds: int, kind: Hashable, age: float) -> float:
        """Seconds until the next look, after so many; `age` is that of the job, in seconds."""
        bound = min(LAST, FIRST * GROWTH ** min(rounds - 1, 32))
        usual = bound * (0.8 + 0.2 * random.random())
        shortest = self.shortest.get(kind) if self.turns.limits else None
        if shortest is None:
            return min(usual, max(FIRST, ROUGH * age)) if self.turns.waiting else usual
        near = max(EARLIEST * shortest - age, FINE * age, SHORTEST)
        return near if self.turns.waiting else min(usual, near)
