"""Waiting for many jobs at once: each poll when it is due, and each end when it comes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from heapq import heappop, heappush
from typing import Self

from attrs import define, field

from .._network.crew import A_MOMENT, Crew
from .._network.io import IO
from ..errors import ConfigError, InvalidRequestError, WeryAIError
from ..results import Ended, Job
from .polling import MOST, Ask, Polls, Round
from .waiting import Waiting, job_of

# Seconds without an answer after which one more poll goes out beside those in flight, while what is
# due is hardly late, and once it is later than that. Where answers come faster, few connections do
# the work of twenty, for two thirds of their CPU: httpcore looks through all that are open.
PATIENT, HASTY, LATE = 0.1, 0.01, 1.0

Begin = Callable[[Job], Awaitable[Waiting]]
Look = Callable[[Waiting, Ask], Awaitable[float | None]]


def jobs_of(given: object) -> list[Job]:
    """The jobs that are meant, each once. Raises InvalidRequestError."""
    if isinstance(given, (str, bytes, Job)) or not isinstance(given, Iterable):
        raise InvalidRequestError([f"{given!r:.80} is no list of jobs: give Jobs, or ids of tasks"])
    found: dict[object, Job] = {}
    for job in map(job_of, given):
        found.setdefault((job.task_ids, job.batch_id), job)
    return [*found.values()]


@define
class Group:
    """Jobs that one poll tells of: those of one batch, or a job alone.

    Attributes:
        jobs: those that have not been looked at yet.
    """

    jobs: list[Job]
    waitings: list[Waiting] = field(factory=list)


@define
class Waits:
    """The waits for several jobs, as they end; an async iterator of them too.

    Nothing is in flight between two calls of `next`, so whoever leaves them leaves nothing behind.

    Attributes:
        begin, look: how a wait begins, and one round of it.
        due: when which group is to be looked at next, a heap; the number is for what is due at the
            same time.
        turns: how many groups were looked at.
        hands: how many polls what is due takes at once, as far as was seen.
        fault: what stops them all, and is no end of a job.
    """

    io: IO
    polls: Polls
    begin: Begin
    look: Look
    due: list[tuple[float, int, Group]] = field(factory=list)
    number: int = 0
    turns: int = 0
    hands: int = 1
    ended: deque[Ended] = field(factory=deque)
    fault: Exception | None = None

    def add(self, jobs: Iterable[Job]) -> None:
        """Look at these, as soon as can be."""
        groups: dict[object, Group] = {}
        for job in jobs:
            groups.setdefault(job.batch_id or job.task_ids, Group([])).jobs.append(job)
        for group in groups.values():
            self._put(group, self.io.clock.monotonic())

    async def next(self) -> Ended | None:
        """The next end of a job, None where none is left."""
        self.io.require()
        if not self.ended:
            async with self.io.crew() as crew:
                while not self._is_told and (self.due or crew.busy):
                    await self._go_on(crew)
        if fault := self.fault:
            self.fault = None
            raise fault
        return self.ended.popleft() if self.ended else None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Ended:
        if (ended := await self.next()) is None:
            raise StopAsyncIteration
        return ended

    async def _go_on(self, crew: Crew) -> None:
        """Let the crew do what is due, with one more where those at work are slow; or pause."""
        left = self._until_due()
        if left > 0:
            self.hands = crew.busy
            await crew.pause(max(left, PATIENT) if crew.busy else left)
        elif crew.busy == MOST:
            await crew.pause(A_MOMENT)
        elif crew.busy < max(self.hands, 1):
            await crew.start(self._work, crew, self._take())
        else:
            turns = self.turns
            await crew.pause(HASTY if left < -LATE else PATIENT)
            if turns == self.turns:
                self.hands = min(crew.busy + 1, MOST)

    @property
    def _is_told(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.ended or self.fault)

    def _until_due(self) -> float:
        """Seconds until something is due."""
        return self.due[0][0] - self.io.clock.monotonic() if self.due else A_MOMENT

    def _take(self) -> Group:
        return heappop(self.due)[2]

    def _put(self, group: Group, at: float) -> None:
        self.number += 1
        heappush(self.due, (at, self.number, group))

    async def _work(self, crew: Crew, group: Group) -> None:
        """Look at a group, and at others as long as any is due; whoever is alone waits until one
        is, which takes less than to begin again for each."""
        await self._turn(group)
        while not self._is_told and self.due:
            if (left := self._until_due()) <= 0:
                await self._turn(self._take())
            elif crew.busy > 1:
                break
            else:
                await self.io.sleep(left)

    async def _turn(self, group: Group) -> None:
        """Look at a group, and say when that is to be done again. Raises nothing but what stops it
        from outside."""
        ask = Round(self.polls).ask if len(group.jobs) + len(group.waitings) > 1 else self.polls.ask
        pauses = [0.0]  # until the next look; at once where this one is stopped
        try:
            while group.jobs:
                group.waitings.append(await self.begin(group.jobs[-1]))
                group.jobs.pop()
            pauses = [await self._seconds(group, each, ask) for each in list(group.waitings)]
        except Exception as error:
            self.fault = error
        finally:
            self.turns += 1
            if group.jobs or group.waitings:
                self._put(group, self.io.clock.monotonic() + min(pauses))

    async def _seconds(self, group: Group, waiting: Waiting, ask: Ask) -> float:
        """Look at a job. Returns the seconds until that is to be done again."""
        error = None
        try:
            if (pause := await self.look(waiting, ask)) is not None:
                return pause
        except WeryAIError as ended:
            if isinstance(ended, ConfigError):
                raise
            error = ended
        except Exception:
            group.waitings.remove(waiting)
            raise
        group.waitings.remove(waiting)
        self.ended.append(Ended(waiting.result, error))
        return math.inf
