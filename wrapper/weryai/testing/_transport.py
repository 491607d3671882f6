"""The simulator in process: httpx transports that need no socket, blocking and async."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from typing import Any, cast

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from ._asgi import AT_ONCE, LostAnswer


class AsyncTransport(httpx.AsyncBaseTransport):
    """Hands each request to an ASGI application."""

    def __init__(self, app: Any) -> None:
        self._asgi = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._asgi.handle_async_request(request)
        except LostAnswer:
            raise httpx.ReadTimeout("no answer", request=request) from None


class _Stream(httpx.AsyncByteStream):
    """The body of a blocking request, piece by piece: whoever refuses it reads no further."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._stream:
            yield piece


class BlockingTransport(httpx.BaseTransport):
    """The same for a blocking client.

    Parameters:
        at_once: of a request, whether the application answers it without ever waiting: then it
            does so in the caller's thread. For another it runs on a thread of its own.
    """

    def __init__(
        self, app: Any, at_once: Callable[[httpx.Request], bool] = lambda request: False
    ) -> None:
        self._app, self._async = app, AsyncTransport(app)
        self._at_once = at_once
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._at_once(request):
            return _answer(self._app, request)
        if self._portal is None:
            self._portal = self._stack.enter_context(start_blocking_portal())
        return self._portal.call(self._send, request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        stream = _Stream(cast(httpx.SyncByteStream, request.stream))
        again = httpx.Request(request.method, request.url, headers=request.headers, stream=stream)
        response = await self._async.handle_async_request(again)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def close(self) -> None:
        self._portal = None
        self._stack.close()


def _answer(app: Any, request: httpx.Request) -> httpx.Response:
    """The answer in one step: where nothing waits, no event loop is needed. httpx has nothing that
    asks an ASGI application without one."""
    pieces, told = iter(cast(httpx.SyncByteStream, request.stream)), list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    answering = app(_scope(request), receive, send)
    try:
        answering.send(None)
    except StopIteration:
        pass
    except LostAnswer:
        raise httpx.ReadTimeout("no answer", request=request) from None
    else:
        answering.close()
        raise RuntimeError("the application waited, which it never does with such a request")
    start, *parts = told
    body = b"".join(part.get("body", b"") for part in parts)
    content = b"" if request.method == "HEAD" else body
    return httpx.Response(start["status"], headers=start["headers"], content=content)


def _scope(request: httpx.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 123),
        "root_path": "",
        AT_ONCE: True,
    }
