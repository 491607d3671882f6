"""Whether a file is a whole video, told by its own structure, whatever the transport said of it.

A file that was cut on its way to a server, or on the server, arrives with a length that is right,
so only what the file says of itself tells. MP4 and QuickTime (ISO/IEC 14496-12) are boxes one after
the other, WebM (RFC 8794, RFC 9559) is elements; each begins with its length, and the last one ends
where the file ends. What lies behind it is a fault too: it may be how the next one begins.

Two cuts cannot be seen: between two fragments of a film that has no index (`sidx`), and between two
elements of a live WebM, whose segment has no length. There the transport has to tell the end.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from attrs import define, field, frozen

# More than two hours of a film that has a fragment for each of its 60 pictures a second. Every film
# is walked to its end, and a hostile one ends here.
MOST_BOXES = 1_000_000
# Bytes: the index of a day of film has about half as many.
LARGEST_INDEX = 256 * 1024 * 1024
BLOCK = 96 * 1024  # whole numbers, and whole rows of them

EBML, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
# `ftyp`, and what QuickTime films from before there was one begin with (QuickTime File Format).
FIRST = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
# The boxes around the tables of a track, from the outside to the inside, and the tables.
WAY_TO_TABLES = (b"trak", b"mdia", b"minf", b"stbl")
TABLES = frozenset({b"stco", b"co64", b"stsc", b"stsz"})

CUT = "it ends in the middle of the video"
BEHIND = "what lies behind the video is no part of it"
DAMAGED = "it is damaged"
NO_MEDIA = "there is no film in it"
UNKNOWN_END = "nothing tells where the video ends"


class _Fault(Exception):
    """Why a video is not whole."""


def is_video(head: bytes) -> bool:
    """Whether a file that begins with these eight bytes is of a kind that `fault` knows."""
    return head[4:8] in FIRST or head[:4] == EBML.to_bytes(4, "big")


def fault(file: BinaryIO, size: int, *, ended: bool) -> str | None:
    """Why a video is not whole, None where all of it is there.

    Parameters:
        file: one that `is_video`; only some of it is read, in small pieces.
        size: its bytes.
        ended: whether the transport told that this is the end.
    """
    file.seek(0)
    is_webm = file.read(4) == EBML.to_bytes(4, "big")
    walk = _Walk(file, size)
    try:
        knows_its_end = _judge_webm(walk) if is_webm else _judge_mp4(walk)
    except _Fault as found:
        return str(found)
    return None if ended or knows_its_end else UNKNOWN_END


@frozen
class _Box:
    """What it is, where its content begins, and where it ends."""

    kind: bytes
    start: int
    end: int


@define
class _Walk:
    """A file, of which a bounded number of pieces is read."""

    file: BinaryIO
    size: int
    left: int = field(factory=lambda: MOST_BOXES)
    is_open: bool = False  # its last box has no length

    def read(self, place: int, length: int) -> bytes:
        """Bytes of the file, fewer where it ends."""
        self.left -= 1
        if self.left < 0:
            raise _Fault(f"it has more than {MOST_BOXES} parts")
        self.file.seek(place)
        return self.file.read(length)

    def number(self, place: int) -> int:
        """A number of 32 bits."""
        return int.from_bytes(self.read(place, 4), "big")

    def numbers(self, place: int, end: int, width: int) -> Iterator[array[int]]:
        """Those of a table, so many bytes wide each, in blocks."""
        for start in range(place, end, BLOCK):
            raw = self.read(start, min(BLOCK, end - start))
            block = array("I" if width == 4 else "Q", raw[: len(raw) // width * width])
            if sys.byteorder == "little":
                block.byteswap()
            yield block

    def outermost(self) -> Iterator[_Box]:
        """The boxes that the file is made of; raises _Fault unless they fill it."""
        place = 0
        while place < self.size:
            box = self.box(place, self.size)
            if box.kind == b"mdat" and box.end == place:
                self.is_open, box = True, _Box(box.kind, box.start, self.size)
            if box.end < box.start:
                raise _Fault(BEHIND)
            yield box
            place = box.end

    def inside(self, outer: _Box) -> Iterator[_Box]:
        """The boxes in another one. QuickTime may end them with a length of 0, or a few bytes."""
        place = outer.start
        while place + 8 <= outer.end:
            box = self.box(place, outer.end)
            if box.end < box.start:
                return
            yield box
            place = box.end

    def box(self, place: int, limit: int) -> _Box:
        """The box at a place, which must end before a limit."""
        head = self.read(place, 16)
        length, start = int.from_bytes(head[:4], "big"), place + 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), place + 16
        if max(start, place + length) > limit:
            raise _Fault(CUT)
        return _Box(head[4:8], start, place + length)

    def element(self, place: int) -> tuple[int, int, int | None]:
        """The element of EBML at a place: its id, where its content begins, and where that ends;
        None where it does not say."""
        head = self.read(place, 12)
        first = 9 - head[0].bit_length()
        rest = head[first:]
        second = 9 - rest[0].bit_length() if rest else 1
        if first > 4 or second > 8:
            raise _Fault(DAMAGED)
        start, all_ones = place + first + second, (1 << 7 * second) - 1
        length = int.from_bytes(rest[:second], "big") & all_ones
        end = None if length == all_ones else start + length
        if max(start, end or 0) > self.size:
            raise _Fault(CUT)
        return int.from_bytes(head[:first], "big"), start, end


def _judge_mp4(walk: _Walk) -> bool:
    """Raise _Fault unless the film is whole. Returns whether it tells its end itself."""
    media = chunks = 0
    has_index = has_fragments = is_awaited = False
    for box in walk.outermost():
        if box.kind == b"moov":
            chunks += sum(_chunks(walk, tables) for tables in _tables(walk, box))
        elif box.kind == b"moof":
            has_fragments = is_awaited = True
        elif box.kind == b"mdat":
            media += box.end - box.start
            is_awaited = False
        elif box.kind == b"sidx":
            _require_segments(walk, box)
        has_index |= box.kind in (b"sidx", b"mfra")
    if is_awaited:
        raise _Fault(CUT)  # a fragment says what its media are, and they come behind it
    if has_fragments and walk.is_open:
        raise _Fault(UNKNOWN_END)
    if not media or not (chunks or has_fragments):
        raise _Fault(NO_MEDIA)
    return has_index or not has_fragments


def _tables(
    walk: _Walk, outer: _Box, way: Sequence[bytes] = WAY_TO_TABLES
) -> Iterator[dict[bytes, _Box]]:
    """The tables of each track of an index."""
    if outer.end - outer.start > LARGEST_INDEX:
        raise _Fault("its index is larger than any film's")
    if not way:
        yield {box.kind: box for box in walk.inside(outer) if box.kind in TABLES}
        return
    for box in walk.inside(outer):
        if box.kind == way[0]:
            yield from _tables(walk, box, way[1:])


def _chunks(walk: _Walk, tables: Mapping[bytes, _Box]) -> int:
    """How many chunks of media a track has. Raises _Fault where one lies behind the file's end: a
    box of media that reaches up to the end, wherever that is, does not tell (8.7)."""
    kind, width = (b"co64", 8) if b"co64" in tables else (b"stco", 4)
    if kind not in tables:
        return 0
    start = tables[kind].start + 8
    count = min(walk.number(start - 4), (tables[kind].end - start) // width)
    reached = last = 0
    for block in walk.numbers(start, start + count * width, width):
        reached, last = max(reached, max(block)), block[-1]
    if max(reached, last + _last_chunk(walk, tables, count)) > walk.size:
        raise _Fault(CUT)
    return count


def _last_chunk(walk: _Walk, tables: Mapping[bytes, _Box], chunks: int) -> int:
    """The bytes of a track's last chunk, 0 where its tables do not tell."""
    if not chunks or not {b"stsc", b"stsz"} <= tables.keys():
        return 0
    runs, sizes = tables[b"stsc"], tables[b"stsz"]
    place = runs.start + 8 + 12 * (walk.number(runs.start + 4) - 1)
    if not runs.start < place <= runs.end - 12 or walk.number(place) > chunks:
        return 0
    total = walk.number(sizes.start + 8)
    samples = min(walk.number(place + 4), total)
    each = walk.number(sizes.start + 4)
    if each:  # 1 says nothing of bytes in QuickTime: so it counts the samples of packed sound
        return each * samples if each > 1 else 0
    start, end = sizes.start + 12 + 4 * (total - samples), sizes.start + 12 + 4 * total
    return sum(map(sum, walk.numbers(start, min(end, sizes.end), 4)))


def _require_segments(walk: _Walk, index: _Box) -> None:
    """Raise _Fault where a segment that an index names is not there (8.16.3)."""
    head = walk.read(index.start, 32)
    first, rows = (16, 24) if head[:1] == b"\0" else (20, 32)
    place = index.end + int.from_bytes(head[first : rows - 4], "big")
    start, count = index.start + rows, int.from_bytes(head[rows - 2 : rows], "big")
    for block in walk.numbers(start, min(index.end, start + 12 * count), 4):
        place += sum(size & 0x7FFFFFFF for size in block[::3])
    if place > walk.size:
        raise _Fault(CUT)


def _judge_webm(walk: _Walk) -> bool:
    """Raise _Fault unless the film is whole. Returns whether it tells its end itself."""
    place, has_media, tells = 0, False, True
    while place < walk.size:
        kind, start, end = walk.element(place)
        if end is None and kind not in (SEGMENT, CLUSTER):
            raise _Fault(DAMAGED)
        if kind == SEGMENT:
            tells = end is not None
        has_media |= kind == CLUSTER and start < (end or walk.size)
        place = start if kind == SEGMENT or end is None else end
    if not has_media:
        raise _Fault(NO_MEDIA)
    return tells
