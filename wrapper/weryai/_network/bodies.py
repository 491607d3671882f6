"""The bodies of requests and of answers, on both kinds of I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx

# Bytes of a file that are read in a thread at a time: at first, and at most, as each piece is twice
# the one before it. To use a thread costs as much as to send some hundred kB; but an image of that
# size must not be read at once, for what changes while it is sent is noticed when it is read.
PIECE, LARGEST_PIECE = 64 * 1024, 1024 * 1024
# Bytes that are sent at a time, for each of which the time is bounded: what the event loop does for
# a chunk costs as much as to send some 50 kB, and a slow line must get it through in time.
CHUNK = 256 * 1024


def raw(response: httpx.Response) -> Any:
    """The body as it comes, to iterate over in the way of its transport. One that a transport has
    read before is there, and undone."""
    return httpx.ByteStream(response.content) if response.is_stream_consumed else response.stream


class Body(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body that is sent. A file is read in a thread, a piece at a time; httpx would read it on
    the event loop, and send it in chunks of 64 kB.

    It can be read in the blocking way as well, as any body of httpx: a transport of tests may.

    It is no generator, as httpx's is: trio tells of each that a lost connection left in the middle.
    """

    def __init__(self, stream: Any, run: Callable[..., Any] | None) -> None:
        self._stream, self._run = stream, run
        self._chunks = iter(stream)
        self._read: deque[bytes] = deque()
        self._more, self._piece = True, PIECE

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return Body(self._stream, self._run)

    async def __anext__(self) -> bytes:
        if self._run is None:
            chunk = next(self._chunks, b"")
        else:
            if self._more and not self._read:
                await self._run(self._read_on)
            chunk = self._read.popleft() if self._read else b""
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def _read_on(self) -> None:
        left = self._piece
        while left > 0 and (chunk := b"".join(self._some(min(left, CHUNK)))):
            self._read.append(chunk)
            left -= len(chunk)
        self._more = left <= 0
        self._piece = min(2 * self._piece, LARGEST_PIECE)

    def _some(self, least: int) -> Iterator[bytes]:
        """At least so many bytes, less at the end."""
        while least > 0 and (chunk := next(self._chunks, b"")):
            yield chunk
            least -= len(chunk)
