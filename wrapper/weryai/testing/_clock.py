"""Clocks that can be turned by hand."""

from __future__ import annotations

from attrs import define

from .. import SystemClock


@define
class ManualClock:
    """Time that passes only when somebody sleeps on it or turns it: a wait of minutes takes none.

    Give the same clock to the simulator and to the client.

    Parameters:
        now: seconds since 1970, UTC, at the start.
    """

    now: float = 1_800_000_000.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        self.advance(seconds)


class RunningClock(SystemClock):
    """The real time, which can be turned ahead as well, as `weryai simulate` does when it is told
    to. Whoever sleeps on it sleeps on."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def time(self) -> float:
        return super().time() + self._ahead
