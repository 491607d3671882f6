"""The direct way to a server: that of httpx, but that every connection is bounded from its first
byte, where httpx would have to be asked to tell of each one as it goes, at a tenth of a call."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Iterator
from inspect import isawaitable
from typing import Any, TypeVar, cast

import httpcore
import httpx

from . import deadlines

T = TypeVar("T")

# As httpx has them: connections at once, those that are kept, and for how long, in seconds.
POOL: dict[str, Any] = {
    "max_connections": 100,
    "max_keepalive_connections": 20,
    "keepalive_expiry": 5.0,
}
# What httpcore raises has the name of what httpx makes of it.
FAULTS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class Transport(httpx.BaseTransport):
    """For a blocking client."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(trust, network_backend=_Backend(), **POOL)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._pool.handle_request(_of_core(request))
        except FAULTS as error:
            raise _of_httpx(error) from error
        return _response(answer, _Body(answer.stream))

    def close(self) -> None:
        self._pool.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """For asyncio and trio."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(trust, network_backend=_AsyncBackend(), **POOL)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = await self._pool.handle_async_request(_of_core(request))
        except FAULTS as error:
            raise _of_httpx(error) from error
        return _response(answer, _AsyncBody(answer.stream))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Backend(httpcore.NetworkBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _bound(httpcore.SyncBackend().connect_tcp(*args, **options))


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    own: Any = httpcore.AnyIOBackend()  # of asyncio and trio; httpcore has a stand-in without anyio

    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        stream: httpcore.AsyncNetworkStream = await self.own.connect_tcp(*args, **options)
        return _bound(stream)


class _Bounds:
    """How a connection is read that speaks HTTP/1.1: what comes after something was sent are the
    headers of an answer, and complete at most twice the timeout of a read after its last byte."""

    def __init__(self, stream: Any) -> None:
        self._read, self._write, self._start_tls = stream.read, stream.write, stream.start_tls
        self._sent = False

    # What these return, or promise, is the connection's own.

    def write(self, buffer: bytes, timeout: float | None = None) -> Any:
        self._sent = True
        return self._write(buffer, timeout=timeout)

    def read(self, max_bytes: int, timeout: float) -> Any:
        if self._sent:
            self._sent = False
            deadlines.start(2 * timeout)
        return deadlines.read(self._read, max_bytes, timeout)

    def start_tls(self, *args: Any, **options: Any) -> Any:
        made = self._start_tls(*args, **options)
        return _bound_later(made) if isawaitable(made) else _bound(made)


def _bound(stream: T) -> T:
    """The stream, blocking or async, whose reads are bounded, and those of what TLS makes of it."""
    bounds, own = _Bounds(stream), cast("Any", stream)
    own.read, own.write, own.start_tls = bounds.read, bounds.write, bounds.start_tls
    return stream


async def _bound_later(made: Awaitable[Any]) -> Any:
    return _bound(await made)


class _Body(httpx.SyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except FAULTS as error:
            raise _of_httpx(error) from error

    def close(self) -> None:
        self._stream.close()


class _AsyncBody(httpx.AsyncByteStream):
    """The same; no generator, for trio tells of each that is left in the middle."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._chunks = stream, aiter(stream)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk: bytes = await anext(self._chunks)
        except FAULTS as error:
            raise _of_httpx(error) from error
        return chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def _of_core(request: httpx.Request) -> httpcore.Request:
    """A request, without `trace`: that is for connections of others."""
    url = request.url
    made = httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        content=request.stream,
        extensions={"timeout": request.extensions.get("timeout", {})},
    )
    made.headers = request.headers.raw  # bytes already, which it would look at one by one
    return made


def _response(answer: httpcore.Response, body: Any) -> httpx.Response:
    return httpx.Response(
        answer.status, headers=answer.headers, stream=body, extensions=answer.extensions
    )


def _of_httpx(error: Exception) -> httpx.RequestError:
    """What httpx calls this error of httpcore."""
    found: httpx.RequestError = getattr(httpx, type(error).__name__)(str(error))
    return found
