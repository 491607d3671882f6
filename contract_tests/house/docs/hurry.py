"""The clock of clients in whatever a page starts: a pause on it is over at once.

By the real one each look at a job comes seconds after the one before, and a job that ended short is
told a minute later. What the pages show is the same.

python -m contract_tests.house.docs.hurry ARGUMENTS...: the command `weryai` on this clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from weryai import SystemClock
from weryai.cli import main


class HurriedClock:
    """The real time, and all that was slept so far."""

    slept = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + HurriedClock.slept

    def time(self) -> float:
        return time.time() + HurriedClock.slept

    def sleep(self, seconds: float) -> None:
        HurriedClock.slept += seconds

    async def sleep_async(self, seconds: float) -> None:
        HurriedClock.slept += seconds


def hurry(put: Callable[[type, str, Any], None]) -> None:
    """Let it stand for the clock of clients: `put` is setattr, or one that is undone."""
    for name in ("monotonic", "time", "sleep", "sleep_async"):
        put(SystemClock, name, getattr(HurriedClock, name))


if __name__ == "__main__":
    hurry(setattr)
    sys.exit(main())
