"""Where the time comes from: the real one, or one that tests turn."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where a client takes the time from; `weryai.testing.ManualClock` is one that tests turn."""

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        ...

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Pause a thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Pause a task."""
        ...


class SystemClock:
    """The real time, which clients use and `Simulator(clock=SystemClock())` can be given."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)
