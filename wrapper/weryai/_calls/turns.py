"""Submissions take turns, so that the limits of an account hold instead of being met.

A turn is asked for in the journal, of which all processes that use it know, and in memory where
there is none. It comes with the intent, in one step, and holds for a moment: what was held up for
longer asks for another one, or two submissions would arrive at once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from attrs import define, field

from .._journal.turns import Turn
from .._limits import Delay, Limits
from ..errors import ResponseError, WeryAIError
from .bookkeeping import Asked, Bookkeeping
from .sending import Calls
from .terms import OnWait

Ask = Callable[[Turn], Awaitable[Delay | None]]

MOMENT = 0.1  # seconds that a turn holds for
LOOK = 3.0  # seconds between two looks at what takes a place

log = logging.getLogger("weryai")


async def _nothing() -> None:
    """Look at nothing."""


@define
class Turns:
    """The turns of one client's submissions.

    Attributes:
        limits: None lets everything through at once.
        look: asks the service about one of the jobs that take places: whoever waited for it may
            wait no more.
        see: sees what a submission has cost, for which another one waits.
        gone: entries that the service knows no more.
        lead: seconds that writing down a turn takes, where that is more than a moment.
        waiting: the entries whose submissions wait for their turn.
    """

    calls: Calls
    books: Bookkeeping
    limits: Limits | None = None
    look: Callable[[], Awaitable[None]] = _nothing
    see: Callable[[], Awaitable[None]] = _nothing
    gone: set[str] = field(factory=set)
    lead: float = 0.0
    waiting: set[str] = field(factory=set)
    queue: AbstractAsyncContextManager[object] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.queue = self.calls.io.lock()


@define
class Ticket:
    """One submission that waits for its turn, and for another one each time it is refused for now.

    Attributes:
        entry: its id in the journal.
        payload: what will be sent.
        on_wait: told what it waits for, before each pause.
        due: when its turn is, on the monotonic clock; None where it has none.
        stands: whether it has a place in the queue.
    """

    turns: Turns
    entry: str
    payload: Mapping[str, Any]
    on_wait: OnWait | None = None
    due: float | None = None
    stands: bool = False

    async def begin(self, asked: Asked) -> None:
        """Wait for the turn, and write down the intent in the same step. Raises
        AlreadySubmittedError, JournalError; then nothing is written."""
        books, calls = self.turns.books, self.turns.calls
        if self.turns.limits is None:
            await books.begin(self.entry, self.payload, calls.now(), asked)
            return
        try:
            await self._wait(
                self.turns.limits,
                lambda turn: books.begin(self.entry, self.payload, calls.now(), asked, turn),
            )
        except BaseException:
            if self.stands:  # others would wait behind it
                await books.refuse(self.entry)
            raise

    async def keep(self) -> None:
        """Pause until the turn, of an intent that is written down. Raises JournalError."""
        limits, clock = self.turns.limits, self.turns.calls.io.clock
        if limits is None:
            return
        while self.due is None or clock.monotonic() - self.due > MOMENT:
            if self.due is not None:
                late = clock.monotonic() - self.due
                log.debug("a turn came %.2f s too late", late)
                self.turns.lead = min(self.turns.lead + 2 * late, limits.interval)
            await self._wait(limits, self._again)
        self.turns.lead *= 0.9
        if (pause := self.due - clock.monotonic()) > 0:
            await self.turns.calls.io.sleep(pause)
        self.due = None

    async def hold_back(self, error: WeryAIError, pause: float) -> bool:
        """Let nobody through for a pause (seconds), where the service has refused this one for now.
        Returns whether that is so: it is no failure then. Raises JournalError."""
        if self.turns.limits is None or not isinstance(error, ResponseError):
            return False
        await self.turns.books.hold_back(self.turns.calls.now(), pause)
        return True

    async def _again(self, turn: Turn) -> Delay | None:
        now = self.turns.calls.now()
        return await self.turns.books.turn(self.entry, self.payload, now, turn)

    async def _wait(self, limits: Limits, ask: Ask) -> None:
        """Until it has a turn, as long as it takes."""
        self.turns.waiting.add(self.entry)
        try:
            async with self.turns.queue:
                await self._first(limits, ask)
        finally:
            self.turns.waiting.discard(self.entry)

    async def _first(self, limits: Limits, ask: Ask) -> None:
        """The same, for the first one in the queue of this client."""
        io, turns = self.turns.calls.io, self.turns
        looked = io.clock.monotonic()
        while True:
            self.due = io.clock.monotonic() + turns.lead
            delay = await ask(Turn(limits, turns.lead, frozenset(turns.gone)))
            self.stands = delay is not None
            if delay is None:
                return
            if self.on_wait:
                self.on_wait(delay)
            if delay.reason in ("running", "price") and io.clock.monotonic() - looked > LOOK:
                await (turns.look() if delay.reason == "running" else turns.see())
                looked = io.clock.monotonic()
            else:
                await io.sleep(delay.seconds)
