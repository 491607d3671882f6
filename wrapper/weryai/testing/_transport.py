"""The simulator in process: httpx transports that need no socket, blocking and async."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any, cast

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from ._asgi import LostAnswer


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
    """The same for a blocking client: the application runs on a thread of its own."""

    def __init__(self, app: Any) -> None:
        self._async = AsyncTransport(app)
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
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
