"""The two I/O shells, blocking and asyncio. Nothing else in the package knows the difference."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
from attrs import define, field

T = TypeVar("T")

Call = dict[str, Any]  # keyword arguments of httpx.Client.build_request


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


class IO(Protocol):
    """All that a flow may do to the world."""

    clock: Clock

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        ...

    async def send(self, call: Call) -> httpx.Response:
        """Send, follow no redirect, and read the whole answer. Raises what httpx raises."""
        ...

    async def save(self, call: Call, path: Path) -> httpx.Response:
        """Send, follow redirects, and stream the body of a 200 to `path`."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pause."""
        ...

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do blocking work, such as reading a file, where it blocks nobody else."""
        ...


@define
class BlockingIO:
    """I/O that blocks the thread and never suspends; `finish` drives a flow on it."""

    http: httpx.Client
    clock: Clock = field(factory=SystemClock)

    @property
    def closed(self) -> bool:
        return self.http.is_closed

    async def send(self, call: Call) -> httpx.Response:
        return self.http.send(self.http.build_request(**call))

    async def save(self, call: Call, path: Path) -> httpx.Response:
        request = self.http.build_request(**call)
        response = self.http.send(request, stream=True, follow_redirects=True)
        try:
            if response.status_code == 200:
                with path.open("wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
        finally:
            response.close()
        return response

    async def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        return work(*args)


@define
class AsyncIO:
    """I/O on asyncio; whatever touches the disk runs in a thread."""

    http: httpx.AsyncClient
    clock: Clock = field(factory=SystemClock)

    @property
    def closed(self) -> bool:
        return self.http.is_closed

    async def send(self, call: Call) -> httpx.Response:
        request = self.http.build_request(**call)
        if "files" in call:
            request.stream = _Threaded(request.stream, self.run)
        return await self.http.send(request)

    async def save(self, call: Call, path: Path) -> httpx.Response:
        request = self.http.build_request(**call)
        response = await self.http.send(request, stream=True, follow_redirects=True)
        try:
            if response.status_code == 200:
                file = await self.run(path.open, "wb")
                try:
                    async for chunk in response.aiter_bytes():
                        await self.run(file.write, chunk)
                finally:
                    await self.run(file.close)
        finally:
            await response.aclose()
        return response

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep_async(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        from anyio import to_thread

        return await to_thread.run_sync(work, *args)


class _Threaded(httpx.AsyncByteStream):
    """A multipart body whose file is read in a thread; httpx would read it on the event loop."""

    def __init__(self, stream: Any, run: Callable[..., Any]) -> None:
        self._stream, self._run = stream, run

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self._stream)
        while chunk := await self._run(next, chunks, b""):
            yield chunk


def finish(flow: Coroutine[Any, Any, T]) -> T:
    """Run a flow on blocking I/O: it never suspends, so one step completes it."""
    try:
        flow.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        flow.close()
    raise RuntimeError("a blocking flow suspended")
