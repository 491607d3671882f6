"""How long an answer may be, and how long it may take: one that drips must not hold a call.

httpx bounds how long one read of a connection takes, and not how many of them there are: a header
that comes a byte a second, word after word that there will be an answer, the length of a chunk that
never ends. So no read gets more time than is left to the call in whose context it is made. That is
not always the call that opened the connection, nor the same thread.

A connection of ours is bounded when it is opened, see `transports`. Those of a proxy, and of a
client or a transport of the user's own, are found through `trace`, an extension of httpx. Its
documentation says that the events may change with the version of httpcore; the tests of slow
servers see it if they do. A transport of the user's own need not have it: then the body is bounded
from chunk to chunk, and how long its headers take is the transport's own affair.
"""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

import httpx

from . import codings
from .codings import Unpacking

# Behind the name of the part of httpcore that tells it, which differs where there is a proxy.
OPENED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")

_until: ContextVar[float] = ContextVar("_until", default=math.inf)


def start(seconds: float) -> None:
    """So long from now, in this context. The network knows no clock of a test."""
    _until.set(time.monotonic() + seconds)


def stop() -> None:
    """For as long as it takes."""
    _until.set(math.inf)


def left() -> float:
    """The seconds that are left. Raises httpx.ReadTimeout where none are."""
    seconds = _until.get() - time.monotonic()
    if seconds <= 0:
        raise httpx.ReadTimeout("too slow: not complete in time")
    return seconds


def trace(seconds: float, event: str, info: dict[str, Any]) -> None:
    """Bound the headers of an answer: so long for silence, and so long again for being slow.

    Each is complete at most 2 x `seconds` after the last byte of the request was sent.
    """
    _, _, what = event.partition(".")
    if what in OPENED:
        stream = info["return_value"]
        stream.read = partial(read, stream.read)
    elif what == "receive_response_headers.started":
        start(2 * seconds)
    elif what.startswith("receive_response_headers."):
        stop()


async def trace_async(seconds: float, event: str, info: dict[str, Any]) -> None:
    """`trace`, as an async client calls it."""
    trace(seconds, event, info)


def read(own: Callable[..., Any], max_bytes: int, timeout: float | None = None) -> Any:
    """A read, blocking or async. What it returns, bytes or a promise of them, is the read's own."""
    bound = min(left(), math.inf if timeout is None else timeout)
    return own(max_bytes, timeout=bound if bound < math.inf else None)


class BoundedBody:
    """The body of an answer as it arrives, within its bounds: one that drips must not hold a call
    for ever, nor one that is long fill the memory. Its repr does not show it."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self._body = bytearray()
        self._unpacking: Unpacking | None = None
        self._packed = 0
        self._coding = ""

    def begin(self, response: httpx.Response) -> None:
        """Get ready for the body of a response. One layer of gzip or deflate is undone; nothing but
        `identity` was asked for, so whatever is more is no answer."""
        coding = codings.name(response)
        if coding in codings.CODINGS:
            self._unpacking = codings.unpacking(response)
        elif coding not in ("", "identity"):
            self._coding = coding

    def ends_with(self, chunk: bytes) -> bool:
        """Take a chunk. Returns whether the rest is not wanted: what is cut cannot be read. Raises
        httpx.DecodingError."""
        self._packed += len(chunk)
        if self._unpacking and chunk:
            try:
                chunk = self._unpacking.feed(chunk, self.longest + 1 - len(self._body))
            except zlib.error as error:
                raise httpx.DecodingError(f"the coding is damaged: {error}") from None
        self._body += chunk
        left()
        return self.is_cut

    @property
    def fault(self) -> str:
        """Why what has arrived is not to be read, empty where it may be."""
        if self.is_cut:
            return f"longer than {self.longest:,} bytes"
        return f"coded as {self._coding!r:.40}, which was not asked for" if self._coding else ""

    @property
    def is_cut(self) -> bool:
        """Whether it is longer than it may be."""
        return len(self._body) > self.longest

    @property
    def body(self) -> bytes:
        """What has arrived."""
        return bytes(self._body[: self.longest])

    def end(self) -> None:
        """Nothing more comes. Raises httpx.DecodingError where its end is missing."""
        if self._unpacking and self._packed and not (self.is_cut or self._unpacking.ended):
            raise httpx.DecodingError("it ends in the middle of its coding")
