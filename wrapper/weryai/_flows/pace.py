"""How soon a job is asked about again."""

from __future__ import annotations

import logging
import random
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define, field

from .._calls.turns import Turns
from .._journal.purses import prices
from ..errors import JournalError

if TYPE_CHECKING:
    from .._journal.durations import DurationRows
    from .._journal.entry import Entry

# Seconds: the first pause, by how much each one grows, and the last.
FIRST, GROWTH, LAST = 3.0, 1.3, 15.0

# Where submissions wait for a place, what is seen late keeps one empty: no look before this part of
# the shortest time that a job of this kind took, then one in each of these parts of its age.
EARLIEST, FINE = 0.9, 0.02
ROUGH = 0.05  # where no job of this kind has ended yet
SHORTEST = 1.0  # seconds between two looks

log = logging.getLogger("weryai")


def kind_of(entry: Entry | None) -> str | None:
    """What is the same for jobs that take about the same time; None where nothing is known."""
    return None if entry is None else prices.kind_of(entry.operation, entry.payload)


@define
class Pace:
    """The pace of one client.

    Attributes:
        turns: who waits for a place.
        shortest: by kind, the seconds of the job that was done soonest.
    """

    turns: Turns
    shortest: dict[str, float | None] = field(factory=dict)

    async def recall(self, kind: str | None) -> None:
        """Look up what the journal knows of a kind, before the first pause that goes by it."""
        if kind is not None and self.turns.limits and kind not in self.shortest:
            self.shortest[kind] = await self._do("shortest", kind)

    async def learn(self, kind: str | None, seconds: float, late: float) -> None:
        """A job of this kind is done, so long after it was submitted, and may have been for so long
        (seconds)."""
        if kind is None or not self.turns.limits:
            return
        known = self.shortest.get(kind)
        # One that nobody looked at for hours says nothing of how soon the next one will be done.
        if late <= 2 * LAST if known is None else seconds < known:
            self.shortest[kind] = seconds
            await self._do("learn", kind, seconds)

    def pause(self, rounds: int, kind: str | None, age: float) -> float:
        """Seconds until the next look, after so many; `age` is that of the job, in seconds."""
        bound = min(LAST, FIRST * GROWTH ** min(rounds - 1, 32))
        usual = bound * (0.8 + 0.2 * random.random())
        shortest = self.shortest.get(kind) if kind is not None else None
        if shortest is None:
            return min(usual, max(FIRST, ROUGH * age)) if self.turns.waiting else usual
        near = max(EARLIEST * shortest - age, FINE * age, SHORTEST)
        return near if self.turns.waiting else min(usual, near)

    async def _do(self, method: str, kind: str, *args: float) -> Any:
        """What a journal does that knows durations: it is a help, and failing stops nothing."""
        books, now = self.turns.books, self.turns.calls.now()
        journal: Any = books.journal
        if not hasattr(journal, "durations"):
            return None
        rows: DurationRows = journal.durations(books.base_url)
        try:
            return await books.step(partial(getattr(rows, method), kind, *args, now))
        except JournalError as error:
            log.info("%s", error)
            return None
