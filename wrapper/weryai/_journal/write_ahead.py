"""SQLite's write-ahead log (sqlite.org/fileformat2.html, 4), looked at before SQLite reads it.

From the first frame whose checksum is wrong SQLite drops all that follows, without a word: that is
how it tells what was being written when the power went. A frame that was damaged later looks alike,
but complete transactions stand behind it: each was synced before the next one began.
"""

from __future__ import annotations

import struct
import time
from pathlib import Path

HEADER, FRAME = 32, 24  # bytes
MAGIC = 0x377F0682  # the last bit is set where checksums are of big-endian words
SALTS = slice(8, 16)
A_MOMENT = 0.02  # seconds: more than it takes to write a transaction
LOOKS = 50


def is_damaged(log: Path) -> bool:
    """Whether transactions that were committed would be dropped. Raises OSError."""
    content = _read(log)
    for _ in range(LOOKS):
        if not _drops(content):
            return False
        # Another process may be writing to it. What stays as it is, is damaged.
        time.sleep(A_MOMENT)
        content, before = _read(log), content
        if content == before:
            return True
    return False


def _read(log: Path) -> bytes:
    try:
        return log.read_bytes()
    except FileNotFoundError:
        return b""


def _drops(log: bytes) -> bool:
    head = log[:HEADER]
    if len(log) < HEADER + FRAME or not any(head):
        return False  # it was never synced, and so nothing was committed
    magic, _, page, _, _, _, *told = struct.unpack(">8I", head)
    if magic & ~1 != MAGIC or (sums := _sums(head[:24], magic, (0, 0))) != tuple(told):
        return True
    size = FRAME + page
    frames = [log[at : at + size] for at in range(HEADER, len(log) - size + 1, size)]
    if not _has_transactions(frames, head[16:24]):
        return False  # as usual: the checksums take a millisecond for each dozen pages
    for number, frame in enumerate(frames):
        sums = _sums(frame[:8] + frame[FRAME:], magic, sums)
        if frame[SALTS] != head[16:24] or struct.pack(">2I", *sums) != frame[16:24]:
            return _has_transactions(frames[number:], head[16:24])
    return False


def _has_transactions(frames: list[bytes], salts: bytes) -> bool:
    """Whether a transaction ends among these frames, and another one follows. The salts of frames
    that are left of an earlier round differ."""
    ends = [bool(any(frame[4:8])) for frame in frames if frame[SALTS] == salts]
    return True in ends[:-1]


def _sums(data: bytes, magic: int, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{'>' if magic & 1 else '<'}{len(data) // 4}I", data)
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
