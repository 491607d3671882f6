"""A transport of httpx that writes down what goes through it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import cast

import harfile
import httpx
from attrs import define

from .cutting import Cutting, path_of

MOST = 16 * 1024 * 1024  # bytes of an answer that is written down; the registry is the longest


class Recorder(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests, and writes them and their answers into a HAR file, for a client of either
    kind. It is the file of whoever looks into what went wrong, in a browser or in a test.

    The key, the addresses of images and videos, what is in them, cookies and any header that may be
    personal are cut before anything is written; prompts and ids are not. The file is whole once the
    client is closed.

    Parameters:
        path: of the file, which must not be there.
        transport: what sends; by default a connection of httpx without a proxy.

    Raises:
        FileExistsError: there is such a file.
        OSError: it cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._transport = transport
        self._cutting = Cutting()
        self._lock = threading.Lock()
        self._file = open(path, "x", encoding="utf-8")  # noqa: SIM115 # until it is closed
        self._har = harfile.HarFile(
            self._file, creator=harfile.Creator(name="weryai", version=version("weryai"))
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._transport is None:
            self._transport = httpx.HTTPTransport()
        call = self._call(request)
        with call.told_of_failures():
            if call.is_text:
                request.read()
            sender = cast(httpx.BaseTransport, self._transport)
            return call.watched(sender.handle_request(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._transport is None:
            self._transport = httpx.AsyncHTTPTransport()
        call = self._call(request)
        with call.told_of_failures():
            if call.is_text:
                await request.aread()
            sender = cast(httpx.AsyncBaseTransport, self._transport)
            return call.watched(await sender.handle_async_request(request))

    def close(self) -> None:
        if isinstance(self._transport, httpx.BaseTransport):
            self._transport.close()
        self._finish()

    async def aclose(self) -> None:
        if isinstance(self._transport, httpx.AsyncBaseTransport):
            await self._transport.aclose()
        self._finish()

    def _finish(self) -> None:
        with self._lock:
            self._har.close()
            self._file.close()

    def _call(self, request: httpx.Request) -> _Call:
        self._cutting.learn(request)
        return _Call(self._write, request, datetime.now(UTC), time.perf_counter())

    def _write(self, call: _Call, response: httpx.Response | None, body: bytes, why: str) -> None:
        took = round(1000 * (time.perf_counter() - call.start), 3)
        with self._lock:
            if self._har.closed:
                return
            self._har.add_entry(
                startedDateTime=call.at,
                time=took,
                request=self._request(call),
                response=self._response(call, response, body, why),
                timings=harfile.Timings(send=0, wait=took, receive=0),
            )
            self._file.flush()

    def _request(self, call: _Call) -> harfile.Request:
        request, cutting = call.request, self._cutting
        kind = request.headers.get("content-type", "").partition(";")[0]
        sent = request.content if call.is_text else b""
        return harfile.Request(
            method=request.method,
            url=cutting.url(request),
            httpVersion="HTTP/1.1",
            headers=self._headers(request.headers),
            postData=harfile.PostData(kind, text=cutting.body(sent)) if kind else None,
        )

    def _response(
        self, call: _Call, response: httpx.Response | None, body: bytes, why: str
    ) -> harfile.Response:
        headers = httpx.Headers() if response is None else response.headers
        return harfile.Response(
            status=0 if response is None else response.status_code,
            statusText="",
            httpVersion="HTTP/1.1",
            headers=self._headers(headers),
            content=harfile.Content(
                size=len(body) if call.is_api else -1,
                mimeType=self._cutting.text(headers.get("content-type", "")),
                text=self._cutting.body(body) if call.is_api else None,
            ),
            comment=why or None,
        )

    def _headers(self, headers: httpx.Headers) -> list[harfile.Record]:
        return [harfile.Record(*each) for each in self._cutting.headers(headers)]


@define(eq=False)
class _Call:
    """One request on its way."""

    write: Callable[[_Call, httpx.Response | None, bytes, str], None]
    request: httpx.Request
    at: datetime
    start: float

    @property
    def is_api(self) -> bool:
        """Whether it asks the API, and not for a file."""
        return path_of(self.request) is not None

    @property
    def is_text(self) -> bool:
        """Whether what it sends may be written down: of an upload nothing is."""
        kind = self.request.headers.get("content-type", "")
        return self.is_api and bool(kind.startswith("application/json"))

    @contextmanager
    def told_of_failures(self) -> Iterator[None]:
        """Write down that no answer came."""
        try:
            yield
        except BaseException as error:  # Ctrl-C too: a paid request may be on its way
            self.write(self, None, b"", type(error).__name__)
            raise

    def watched(self, response: httpx.Response) -> httpx.Response:
        """The response, which is written down when it is closed."""
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Watched(response, self),
            extensions=response.extensions,
        )


class _Watched(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer as it comes. It is no async generator: trio tells of each of those that
    is left in the middle."""

    def __init__(self, response: httpx.Response, call: _Call) -> None:
        self._response, self._call = response, call
        self._seen = bytearray()

    def _note(self, chunk: bytes) -> bytes:
        if self._call.is_api and len(self._seen) < MOST:
            self._seen += chunk
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        return map(self._note, cast(httpx.SyncByteStream, self._response.stream))

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._chunks = aiter(cast(httpx.AsyncByteStream, self._response.stream))
        return self

    async def __anext__(self) -> bytes:
        return self._note(await anext(self._chunks))

    def close(self) -> None:
        cast(httpx.SyncByteStream, self._response.stream).close()
        self._done()

    async def aclose(self) -> None:
        await cast(httpx.AsyncByteStream, self._response.stream).aclose()
        self._done()

    def _done(self) -> None:
        body = _plain(self._response.headers, bytes(self._seen))
        self._call.write(self._call, self._response, body, "")


def _plain(headers: httpx.Headers, body: bytes) -> bytes:
    """The body without its coding, nothing where that is broken."""
    coding = {"content-encoding": headers.get("content-encoding", "identity")}
    try:
        return httpx.Response(200, headers=coding, content=body).content
    except httpx.DecodingError:
        return b""
