"""The coding of an answer's body (RFC 9110, 8.4.1), undone so that its end is known and its size
bound: a few bytes of gzip can stand for gigabytes, and one that is cut still gives something."""

from __future__ import annotations

import zlib
from typing import Any

import httpx

# What zlib is told of each coding: a header of gzip, or one of its own, or none at all.
GZIP, ZLIB, BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
CODINGS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}


class Unpacking:
    """One stream of gzip or deflate."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._stream: Any = None
        self._left = b""

    @property
    def ended(self) -> bool:
        """Whether the stream came to its own end, with its checksum, and to no more."""
        return self._stream is not None and self._stream.eof and not self._left

    def feed(self, chunk: bytes, most: int) -> bytes:
        """What a chunk stands for, at the most so many bytes; feed nothing for those that are left.
        Raises zlib.error where it is no such stream."""
        self._left += chunk
        found = bytearray()
        while len(found) < most:
            if self._stream is None or (self._stream.eof and self._left):
                if not self._left:
                    break
                self._stream = zlib.decompressobj(self._header())
            found += self._stream.decompress(self._left, most - len(found))
            self._left = self._stream.unconsumed_tail or self._stream.unused_data
            if not self._left:
                break
        return bytes(found)

    def _header(self) -> int:
        """Some servers leave out the header of deflate, whose first byte ends in an 8."""
        bare = self._wbits == ZLIB and self._left[0] & 0x0F != 8
        return BARE if bare else self._wbits


def unpacking(response: httpx.Response) -> Unpacking | None:
    """What undoes the coding of a body, None where there is nothing to undo: an unknown coding is
    often just a word, and a transport of a test may give bodies that httpx has undone."""
    wbits = CODINGS.get(name(response))
    return None if wbits is None or response.is_stream_consumed else Unpacking(wbits)


def name(response: httpx.Response) -> str:
    """What a body is coded as, empty where nothing is said of it."""
    coding: str = response.headers.get("Content-Encoding", "")
    return coding.strip().lower()
