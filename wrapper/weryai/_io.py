"""The two I/O shells, blocking and asyncio. Nothing else in the package knows the difference."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Protocol, TypeVar

import httpx
from attrs import define, field

from . import _bounds
from ._bounds import Answer
from ._config import Config
from .errors import InvalidRequestError

T = TypeVar("T")

Call = dict[str, Any]  # keyword arguments of httpx.Client.build_request

# A proxy of the environment cannot reach this machine's own simulator.
DIRECT: dict[str, None] = dict.fromkeys(["all://localhost", "all://127.0.0.1", "all://[::1]"])


def guard(config: Config, request: httpx.Request) -> None:
    """No request leaves for an address that must not be used, not along a redirect either."""
    if fault := config.fault(str(request.url)):
        raise InvalidRequestError([f"an address {fault}"])


async def guard_async(config: Config, request: httpx.Request) -> None:
    """`guard`, as an async client calls it."""
    guard(config, request)


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


class Sink(Protocol):
    """Where the body of an answer goes."""

    def begin(self, response: httpx.Response) -> None:
        """Get ready, or raise where it is not wanted. It may block."""
        ...

    def add(self, chunk: bytes) -> bool:
        """Take a chunk. Returns whether it is time to write."""
        ...

    def write(self) -> None:
        """Write what was taken. It blocks."""
        ...


class IO(Protocol):
    """All that a flow may do to the world."""

    clock: Clock

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        ...

    async def send(self, call: Call, auth: httpx.Auth, answer: Answer) -> httpx.Response:
        """Send, follow no redirect, and read the answer within its bounds: what has arrived when
        this ends, in whatever way, is in `answer`. Raises what httpx raises."""
        ...

    async def save(self, call: Call | httpx.Request, sink: Sink) -> httpx.Request | None:
        """Send, and stream the body of the answer into `sink`, however long it is. Returns where
        the answer redirects to, unread, None where it does not. Raises what httpx raises, and what
        the sink does."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pause."""
        ...

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do blocking work, such as reading a file, where it blocks nobody else."""
        ...

    async def keep(self, work: Callable[..., T], *args: Any) -> T:
        """`run`, and not to be stopped from outside: what was paid is being written down."""
        ...

    def lock(self) -> AbstractAsyncContextManager[object]:
        """A lock among the threads or the tasks that share a client."""
        ...


@define
class BlockingIO:
    """I/O that blocks the thread and never suspends; `finish` drives a flow on it."""

    http: httpx.Client
    timeout: float
    clock: Clock = field(factory=SystemClock)

    @property
    def closed(self) -> bool:
        return self.http.is_closed

    async def send(self, call: Call, auth: httpx.Auth, answer: Answer) -> httpx.Response:
        request = self.http.build_request(**call)
        request.extensions["trace"] = partial(_bounds.trace, self.timeout)
        response = self.http.send(request, auth=auth, stream=True)
        _bounds.start(self.timeout)
        try:
            for chunk in response.iter_bytes():
                if answer.ends_with(chunk):
                    break
        finally:
            _bounds.stop()
            response.close()
        return answer.of(response)

    async def save(self, call: Call | httpx.Request, sink: Sink) -> httpx.Request | None:
        request = self.http.build_request(**call) if isinstance(call, dict) else call
        request.extensions["trace"] = partial(_bounds.trace, self.timeout)
        response = self.http.send(request, stream=True)
        try:
            if response.next_request is None:
                sink.begin(response)
                _bounds.start(2 * self.timeout)
                read = response.is_stream_consumed  # by httpx, as in a test that has no sockets
                body = response.iter_bytes if read else response.iter_raw
                for chunk in body():
                    while sink.add(chunk):
                        sink.write()
                        chunk = b""
                    _bounds.start(2 * self.timeout)
        finally:
            _bounds.stop()
            response.close()
        return response.next_request

    async def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        return work(*args)

    async def keep(self, work: Callable[..., T], *args: Any) -> T:
        return work(*args)

    def lock(self) -> AbstractAsyncContextManager[object]:
        return _ThreadLock()


@define
class AsyncIO:
    """I/O on asyncio; whatever touches the disk runs in a thread."""

    http: httpx.AsyncClient
    timeout: float
    clock: Clock = field(factory=SystemClock)

    @property
    def closed(self) -> bool:
        return self.http.is_closed

    async def send(self, call: Call, auth: httpx.Auth, answer: Answer) -> httpx.Response:
        request = self.http.build_request(**call)
        request.extensions["trace"] = partial(_bounds.trace_async, self.timeout)
        if "files" in call:
            request.stream = _Threaded(request.stream, self.run)
        response = await self.http.send(request, auth=auth, stream=True)
        _bounds.start(self.timeout)
        try:
            async for chunk in response.aiter_bytes():
                if answer.ends_with(chunk):
                    break
        finally:
            _bounds.stop()
            await response.aclose()
        return answer.of(response)

    async def save(self, call: Call | httpx.Request, sink: Sink) -> httpx.Request | None:
        request = self.http.build_request(**call) if isinstance(call, dict) else call
        request.extensions["trace"] = partial(_bounds.trace_async, self.timeout)
        response = await self.http.send(request, stream=True)
        try:
            if response.next_request is None:
                await self.run(sink.begin, response)
                _bounds.start(2 * self.timeout)
                read = response.is_stream_consumed
                body = response.aiter_bytes if read else response.aiter_raw
                async for chunk in body():
                    while sink.add(chunk):
                        await self.run(sink.write)
                        chunk = b""
                    _bounds.start(2 * self.timeout)
        finally:
            _bounds.stop()
            await response.aclose()
        return response.next_request

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep_async(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        from anyio import to_thread

        return await to_thread.run_sync(work, *args)

    async def keep(self, work: Callable[..., T], *args: Any) -> T:
        import asyncio

        from anyio import CancelScope

        # The scope holds off cancellations of anyio, the shield those of asyncio.
        with CancelScope(shield=True):
            working = asyncio.get_running_loop().run_in_executor(None, partial(work, *args))
            try:
                return await asyncio.shield(working)
            except asyncio.CancelledError:
                await asyncio.wait([working])
                working.exception()  # asked for, so that nobody warns of it
                raise
        raise AssertionError("unreachable")  # pragma: no cover

    def lock(self) -> AbstractAsyncContextManager[object]:
        import anyio

        return anyio.Lock()


class _ThreadLock:
    """A lock of threads in the clothes that flows wear."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


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
