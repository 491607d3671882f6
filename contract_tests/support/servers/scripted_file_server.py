"""A file server that breaks as it is told: a handler for `make_client`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
from attrs import define, field

from contract_tests.support.films import film

URL = "https://files.example.com/v.mp4"
VIDEO = film(bytes(range(256)) * 40)


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body for either client: chunks, and what happens instead of the next one."""

    def __init__(self, *chunks: bytes | BaseException | Callable[[], None]) -> None:
        self._chunks = chunks
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if isinstance(chunk, BaseException):
                raise chunk
            if isinstance(chunk, bytes):
                yield chunk
            else:
                chunk()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@define
class Origin:
    """Serves one file with ranges.

    `breaks` are for the answers to come, one each: None for a whole one, a number of bytes after
    which the connection drops, something to raise there, or an answer of its own.
    """

    content: bytes = VIDEO
    headers: dict[str, str] = field(factory=lambda: {"ETag": '"one"'})
    breaks: list[Any] = field(factory=list)
    seen: list[httpx.Request] = field(factory=list)

    @property
    def asked(self) -> list[str | None]:
        """The ranges that were asked for."""
        return [request.headers.get("Range") for request in self.seen]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        planned = self.breaks.pop(0) if self.breaks else None
        if callable(planned):
            planned = planned()
        if isinstance(planned, httpx.Response):
            return planned
        start = self._start(request)
        body = self.content[start:]
        headers = self.headers | {"Content-Length": str(len(body))}
        if start:
            end, total = len(self.content) - 1, len(self.content)
            headers["Content-Range"] = f"bytes {start}-{end}/{total}"
        if planned is None:
            stream = Stream(body)
        elif isinstance(planned, int):
            stream = Stream(body[:planned], httpx.ReadError("dropped"))
        else:
            stream = Stream(body[: len(body) // 2], planned)
        return httpx.Response(206 if start else 200, headers=headers, stream=stream)

    def _start(self, request: httpx.Request) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        ours = [self.headers.get("ETag"), self.headers.get("Last-Modified")]
        return int(asked[1]) if asked and request.headers["If-Range"] in ours else 0
