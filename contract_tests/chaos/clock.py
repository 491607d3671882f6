"""The clock of processes that are killed."""

from __future__ import annotations

import time

from weryai import SystemClock

# Pauses of seconds between polls would be most of the time in which a process can be killed.
HURRY = 50.0


class HastyClock(SystemClock):
    """The real time, with short pauses."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / HURRY)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio  # no command line waits so, and to load it takes longer than much of one

        await asyncio.sleep(seconds / HURRY)
