"""The two I/O shells, blocking and async. Nothing else in the package knows the difference."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import httpx
from attrs import define, field

from ..errors import ConfigError
from . import bodies, deadlines, hops
from .clock import Clock, SystemClock
from .crew import AsyncCrew, BlockingCrew, Crew, TaskLock, ThreadLock
from .deadlines import BoundedBody
from .home import Home, LoopHome
from .hops import Guard
from .key import Key

T = TypeVar("T")


Call = dict[str, Any]  # keyword arguments of httpx.Client.build_request


class BodySink(Protocol):
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

    def require(self) -> None:
        """Raise ConfigError where nothing can be sent: closed, or not where the client belongs.
        Every other method asks it of the place before it does anything."""
        ...

    async def send(self, call: Call, key: Key, answer: BoundedBody) -> httpx.Response:
        """Send, follow no redirect, and read the answer within its bounds: what has arrived when
        this ends, in whatever way, is in `answer`, and the response itself is not read. Raises what
        httpx raises."""
        ...

    async def save(self, call: Call | httpx.Request, sink: BodySink) -> httpx.Request | None:
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

    async def run_shielded(self, work: Callable[..., T], *args: Any) -> T:
        """`run`, and not to be stopped from outside: what was paid is being written down."""
        ...

    def lock(self, holders: int = 1) -> AbstractAsyncContextManager[object]:
        """A lock among the threads or the tasks that share a client, which so many hold at once."""
        ...

    def crew(self) -> Crew:
        """Those who work side by side."""
        ...


@define
class BlockingIO:
    """I/O that blocks the thread and never suspends; `finish` drives a flow on it."""

    http: httpx.Client
    guard: Guard
    timeout: float
    clock: Clock = field(factory=SystemClock)
    home: Home = field(factory=Home)
    closed: bool = False

    def require(self) -> None:
        _require(self)

    async def send(self, call: Call, key: Key, answer: BoundedBody) -> httpx.Response:
        self.require()
        request = hops.request(call, self.timeout, deadlines.trace)
        key.sign(request)
        self.guard.require_known(request)
        response = hops.ask(self.http, request)
        deadlines.start(self.timeout)
        try:
            answer.begin(response)
            for chunk in bodies.raw(response):
                if answer.ends_with(chunk):
                    break
        finally:
            deadlines.stop()
            response.close()
        answer.end()
        return response

    async def save(self, call: Call | httpx.Request, sink: BodySink) -> httpx.Request | None:
        self.require()
        request = hops.request(call, self.timeout, deadlines.trace)
        self.guard.require(request)
        response = self.http.send(request, **hops.ALONE)
        try:
            if response.next_request is None:
                sink.begin(response)
                deadlines.start(2 * self.timeout)
                for chunk in bodies.raw(response):
                    while sink.add(chunk):
                        sink.write()
                        chunk = b""
                    deadlines.start(2 * self.timeout)
        finally:
            deadlines.stop()
            response.close()
        return response.next_request

    async def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        self.home.require()
        return work(*args)

    async def run_shielded(self, work: Callable[..., T], *args: Any) -> T:
        self.home.require()
        return work(*args)

    def lock(self, holders: int = 1) -> AbstractAsyncContextManager[object]:
        return ThreadLock(holders)

    def crew(self) -> Crew:
        return BlockingCrew(self.sleep)


@define
class AsyncIO:
    """I/O on asyncio or trio; whatever touches the disk runs in a thread."""

    http: httpx.AsyncClient
    guard: Guard
    timeout: float
    clock: Clock = field(factory=SystemClock)
    home: LoopHome = field(factory=LoopHome)
    closed: bool = False

    def require(self) -> None:
        _require(self)

    async def send(self, call: Call, key: Key, answer: BoundedBody) -> httpx.Response:
        self.require()
        request = hops.request(call, self.timeout, deadlines.trace_async)
        request.stream = bodies.Body(request.stream, self.run if "files" in call else None)
        key.sign(request)
        self.guard.require_known(request)
        response = await hops.ask_async(self.http, request)
        deadlines.start(self.timeout)
        try:
            answer.begin(response)
            async for chunk in bodies.raw(response):
                if answer.ends_with(chunk):
                    break
        finally:
            deadlines.stop()
            await response.aclose()
        answer.end()
        return response

    async def save(self, call: Call | httpx.Request, sink: BodySink) -> httpx.Request | None:
        self.require()
        request = hops.request(call, self.timeout, deadlines.trace_async)
        self.guard.require(request)
        response = await self.http.send(request, **hops.ALONE)
        try:
            if response.next_request is None:
                await self.run(sink.begin, response)
                deadlines.start(2 * self.timeout)
                async for chunk in bodies.raw(response):
                    while sink.add(chunk):
                        await self.run(sink.write)
                        chunk = b""
                    deadlines.start(2 * self.timeout)
        finally:
            deadlines.stop()
            await response.aclose()
        return response.next_request

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep_async(seconds)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        from anyio import to_thread

        self.home.require()
        return await to_thread.run_sync(work, *args)

    async def run_shielded(self, work: Callable[..., T], *args: Any) -> T:
        import anyio

        self.home.require()
        once, stopped = _Once(partial(work, *args)), None
        with anyio.CancelScope(shield=True):
            while not once.done:
                try:
                    await anyio.to_thread.run_sync(once.do)
                except anyio.get_cancelled_exc_class() as error:
                    stopped = error  # by asyncio's own `cancel`, which no scope holds off
        if stopped is not None:
            raise stopped
        return once.outcome()

    def lock(self, holders: int = 1) -> AbstractAsyncContextManager[object]:
        return TaskLock(holders)

    def crew(self) -> Crew:
        return AsyncCrew(self.sleep)


def _require(io: BlockingIO | AsyncIO) -> None:
    io.home.require()
    if io.closed or io.http.is_closed:
        raise ConfigError("this client is closed: make a new one")


class _Once(Generic[T]):
    """Work that is done once, however often it is asked for."""

    _result: T

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self.done = False

    def do(self) -> None:
        """Do it, or wait until whoever does it is done."""
        with self._lock:
            if not self.done:
                try:
                    self._result = self._work()
                except BaseException as error:
                    self._failure = error
                self.done = True

    def outcome(self) -> T:
        """What it returned. Raises what it raised."""
        if self._failure is not None:
            raise self._failure
        return self._result


def finish(flow: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a flow on blocking I/O: it never suspends, so one step completes it.

    Parameters:
        flow: makes the coroutine. Python looks for signals as a function is entered: Ctrl-C on the
            way here would leave a coroutine that was handed over, and Python tell that nobody
            awaited it.
    """
    made = flow()
    try:
        made.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        made.close()
    raise RuntimeError("a blocking flow suspended")
