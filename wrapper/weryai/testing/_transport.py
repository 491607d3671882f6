"""The simulator in process: httpx transports that need no socket, blocking and async."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from ._app import LostAnswer


class AsyncTransport(httpx.AsyncBaseTransport):
    """Hands each request to an ASGI application."""

    def __init__(self, app: Any) -> None:
        self._asgi = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._asgi.handle_async_request(request)
        except LostAnswer:
            raise httpx.ReadTimeout("no answer", request=request) from None


class BlockingTransport(httpx.BaseTransport):
    """The same for a blocking client: the application runs on a thread of its own."""

    def __init__(self, app: Any) -> None:
        self._async = AsyncTransport(app)
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._portal is None:
            self._portal = self._stack.enter_context(start_blocking_portal())
        return self._portal.call(self._send, request, request.read())

    async def _send(self, request: httpx.Request, content: bytes) -> httpx.Response:
        # The stream of a blocking request cannot be read here, so its bytes go over.
        again = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        response = await self._async.handle_async_request(again)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def close(self) -> None:
        self._portal = None
        self._stack.close()
