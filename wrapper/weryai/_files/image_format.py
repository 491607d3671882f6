"""JPEG, PNG and WebP, walked to their end: what a file is, its size in pixels, whether it is whole.

Nothing is decoded. What stands behind the end of an image is not looked at: phones keep a short
film there, or a second picture. A walk moves forward only and holds a piece of the file at a time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from struct import unpack
from typing import BinaryIO

from attrs import define, frozen

PIECE = 64 * 1024
# Segments or chunks. Encoders write one for some kilobytes of a picture; this bounds the work on a
# file of 10 MB that is made of nothing but empty ones (inference).
MOST_PARTS = 100_000

# ITU T.81, table B.1. Any of these begins a frame and tells its size: SOF0 to SOF15.
SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
# A marker that ends what comes before it. FF00 is a byte of the picture, FFFF a filling; TEM and
# RST0 to RST7 stand alone, and the picture goes on behind them. Other bytes are passed over, as
# libjpeg does it.
MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")


class BrokenImageError(ValueError):
    """It begins as an image and is none, or not a whole one."""


@frozen
class Format:
    """What an image is: its media type, its width and height in pixels."""

    media_type: str
    width: int
    height: int


def read(file: BinaryIO) -> Format | None:
    """Walk an image from here to its end. None where it is no jpg, png or webp at all.

    Raises BrokenImageError where it is cut or damaged.
    """
    head = file.read(12)
    file.seek(0)
    for signature, media_type, walk in KINDS:
        if signature.match(head):
            width, height = walk(_Walk(file))
            if not (width and height):
                raise BrokenImageError(f"is damaged: it is {width} x {height} pixels large")
            return Format(media_type, width, height)
    return None


@define
class _Walk:
    """A place in a file."""

    file: BinaryIO
    piece: bytes = b""
    start: int = 0  # where the piece is
    place: int = 0  # in the piece
    parts: int = 0

    @property
    def at(self) -> int:
        return self.start + self.place

    def peek(self, count: int) -> bytes:
        """The next few bytes."""
        while self.place + count > len(self.piece):
            self._more()
        return self.piece[self.place : self.place + count]

    def take(self, count: int) -> bytes:
        """The next few bytes, and go on behind them."""
        taken = self.peek(count)
        self.place += count
        return taken

    def skip(self, count: int) -> None:
        """Go on behind so many bytes, which must be there."""
        self.place += count
        if self.place > len(self.piece):
            self.start, self.piece, self.place = self.at - 1, b"", 0
            self.file.seek(self.start)
            self.take(1)

    def pieces(self, count: int) -> Iterator[bytes]:
        """So many bytes, as they come."""
        while count:
            here = min(count, max(len(self.piece) - self.place, 1))
            yield self.take(here)
            count -= here

    def marker(self) -> int:
        """The code of the next JPEG marker, and go on behind it."""
        self.part()
        while not (found := MARKER.search(self.piece, self.place)):
            self.place = max(self.place, len(self.piece) - 1)  # FF there may be half of one
            self._more()
        self.place = found.end()
        return self.piece[self.place - 1]

    def part(self) -> None:
        """Count a segment or chunk."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise BrokenImageError(f"is no picture: it has over {MOST_PARTS:,} parts")

    def _more(self) -> None:
        more = self.file.read(PIECE)
        if not more:
            raise BrokenImageError("is cut off: the file ends before the image does")
        self.piece, self.start, self.place = self.piece[self.place :] + more, self.at, 0


def _jpeg(walk: _Walk) -> tuple[int, int]:
    """ITU T.81, annex B: segments with their lengths, scans up to the next marker, EOI."""
    walk.take(2)
    size: tuple[int, int] | None = None
    scans = 0
    while (code := walk.marker()) != EOI:
        if code == SOI:  # as libjpeg says
            raise BrokenImageError("is cut off: another image begins before its end")
        (length,) = unpack(">H", walk.take(2))
        if length < 2 or (code in SOF and length < 8):
            raise BrokenImageError("is damaged: a segment has no length")
        if code in SOF and size is None:
            height, width = unpack(">xHH", walk.peek(5))
            size = width, height
        walk.skip(length - 2)
        if code == SOS:
            scans += 1
            if MARKER.match(walk.peek(2)):
                raise BrokenImageError("is damaged: a scan is empty")
    if size is None or not scans:
        raise BrokenImageError("is damaged: there is no picture in it")
    return size


def _png(walk: _Walk) -> tuple[int, int]:
    """W3C PNG, clause 5: IHDR, chunks with their lengths and checksums, some IDAT, IEND."""
    walk.take(8)
    size: tuple[int, int] | None = None
    data = 0
    kind = b""
    while kind != b"IEND":
        walk.part()
        length, kind = unpack(">I4s", walk.take(8))
        if not kind.isalpha() or (size is None) != (kind == b"IHDR" and length == 13):
            raise BrokenImageError("is damaged: its chunks are not those of a png")
        if size is None:
            size = unpack(">II", walk.peek(8))
        data += length if kind == b"IDAT" else 0
        if kind[:1].islower():  # whoever reads it may leave it out
            walk.skip(length + 4)
            continue
        checksum = zlib.crc32(kind)
        for piece in walk.pieces(length):
            checksum = zlib.crc32(piece, checksum)
        if walk.take(4) != checksum.to_bytes(4, "big"):
            raise BrokenImageError(f"is damaged: the checksum of {kind.decode()} is wrong")
    if size is None or not data:
        raise BrokenImageError("is damaged: there is no picture in it")
    return size


def _webp(walk: _Walk) -> tuple[int, int]:
    """RFC 9649: RIFF with its length, VP8X perhaps, and a picture or the frames of a film.

    The chunks inside of a frame are walked as those outside of it.
    """
    (length,) = unpack("<4xI4x", walk.take(12))
    end = 8 + length
    size: tuple[int, int] | None = None
    drawn = False
    while walk.at < end:
        walk.part()
        kind, length = unpack("<4sI", walk.take(8))
        if walk.at + length > end:
            raise BrokenImageError("is damaged: a chunk is longer than the image")
        if size is None and kind not in WEBP_SIZES:
            raise BrokenImageError("is damaged: it does not begin with a picture")
        if kind == b"ANMF":
            walk.skip(min(16, length))
            continue
        if kind in WEBP_SIZES:
            found = WEBP_SIZES[kind](walk.peek(min(10, length)))
            if not all(found):
                return found
            size, drawn = size or found, drawn or kind != b"VP8X"
        walk.skip(min(length + length % 2, end - walk.at))  # a chunk is padded, the last one may be
    if size is None or not drawn:
        raise BrokenImageError("is damaged: there is no picture in it")
    return size


def _vp8(head: bytes) -> tuple[int, int]:
    """RFC 6386, 9.1: a key frame, its start code, 14 bits of width and of height."""
    if len(head) < 10 or head[0] & 1 or head[3:6] != b"\x9d\x01\x2a":
        raise BrokenImageError("is damaged: a picture has no beginning")
    width, height = unpack("<HH", head[6:])
    return width & 0x3FFF, height & 0x3FFF


def _vp8l(head: bytes) -> tuple[int, int]:
    """RFC 9649, 3.4: 2F, then 14 bits of width and of height, each less one, and version 0."""
    if len(head) < 5 or head[0] != 0x2F or head[4] >> 5:
        raise BrokenImageError("is damaged: a picture has no beginning")
    bits = int.from_bytes(head[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _vp8x(head: bytes) -> tuple[int, int]:
    """RFC 9649, 2.7: 24 bits of width and of height, each less one."""
    if len(head) < 10:
        raise BrokenImageError("is damaged: its header is too short")
    return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1


WEBP_SIZES = {b"VP8X": _vp8x, b"VP8 ": _vp8, b"VP8L": _vp8l}
KINDS: tuple[tuple[re.Pattern[bytes], str, Callable[[_Walk], tuple[int, int]]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", _png),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", _webp),
)
