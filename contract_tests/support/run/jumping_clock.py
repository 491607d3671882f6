"""A clock for many tasks at once: while all of them sleep, time jumps to the next one to wake."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import anyio
from anyio.lowlevel import checkpoint
from attrs import define, field


@define
class JumpingClock:
    """Time passes only while everybody sleeps. Nothing may run in a thread meanwhile: that looks
    like sleep."""

    now: float = 1_800_000_000.0
    sleepers: list[tuple[float, int, anyio.Event]] = field(factory=list)
    numbers: count[int] = field(factory=count)

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a thread cannot sleep on it")

    async def sleep_async(self, seconds: float) -> None:
        woken = anyio.Event()
        heapq.heappush(self.sleepers, (self.now + seconds, next(self.numbers), woken))
        await woken.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass while this block runs."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._run)
            yield
            group.cancel_scope.cancel()

    async def _run(self) -> None:
        while True:
            await anyio.wait_all_tasks_blocked()
            if self.sleepers:
                self.now, _, woken = heapq.heappop(self.sleepers)
                woken.set()
            await checkpoint()
