"""Work that goes on side by side, so much of it at once: a crew, on blocking I/O one pair of hands.

It is left with nothing in flight. What leaves it early gives slow work a moment, and then stops it.
Beside it the locks of those who share a client.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Protocol, Self

Pause = Callable[[float], Awaitable[None]]
Work = Callable[..., Awaitable[None]]

A_MOMENT = 1.0  # seconds of real time


class Crew(Protocol):
    """Work side by side, none of which may raise an Exception. Left within an `async with`."""

    @property
    def busy(self) -> int:
        """How much of it goes on."""
        ...

    async def start(self, work: Work, *args: Any) -> None:
        """Begin some; on blocking I/O it is done when this returns."""
        ...

    async def pause(self, seconds: float) -> None:
        """Sleep; while some work goes on, until any of it is done, and a moment at the most."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> bool | None: ...


class BlockingCrew:
    """A crew of one, which does what it is given at once."""

    busy = 0

    def __init__(self, sleep: Pause) -> None:
        self._sleep = sleep

    async def start(self, work: Work, *args: Any) -> None:
        await work(*args)

    async def pause(self, seconds: float) -> None:
        await self._sleep(seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


class AsyncCrew:
    """A crew of tasks, of asyncio or trio."""

    def __init__(self, sleep: Pause) -> None:
        import anyio

        self.busy = 0
        self._sleep = sleep
        self._group = anyio.create_task_group()
        self._done = anyio.Event()

    async def start(self, work: Work, *args: Any) -> None:
        self.busy += 1
        self._group.start_soon(self._do, work, args)

    async def _do(self, work: Work, args: tuple[Any, ...]) -> None:
        try:
            await work(*args)
        finally:
            self.busy -= 1
            self._done.set()

    async def pause(self, seconds: float) -> None:
        # The clock may be one that tests turn, and no time passes on it while a reply is awaited.
        if self.busy:
            await self._any_done(min(seconds, A_MOMENT))
        else:
            await self._sleep(seconds)

    async def _any_done(self, seconds: float) -> None:
        import anyio

        self._done = anyio.Event()
        with anyio.move_on_after(seconds):
            await self._done.wait()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        import anyio

        if error is None and self.busy:
            with anyio.move_on_after(A_MOMENT):
                while self.busy:
                    self._done = anyio.Event()
                    await self._done.wait()
        if self.busy:
            self._group.cancel_scope.cancel()
        return await self._group.__aexit__(kind, error, traceback)


class TaskLock:
    """A lock of tasks, which takes no turn of the event loop where it is free."""

    def __init__(self, holders: int) -> None:
        import anyio

        self._lock, self._taken = anyio.Semaphore(holders), anyio.WouldBlock

    async def __aenter__(self) -> None:
        try:
            self._lock.acquire_nowait()
        except self._taken:
            await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class ThreadLock:
    """A lock of threads in the clothes that flows wear."""

    def __init__(self, holders: int) -> None:
        self._lock = threading.Semaphore(holders)

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()
