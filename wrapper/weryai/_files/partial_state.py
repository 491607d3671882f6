"""What is written down of a part, so that a later download can go on with it.

It tells how many bytes were put on the disk for good, and their checksum. After a power cut there
may be zeros in the place of bytes, or of what was written down: then nothing is gone on with.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

from attrs import define

from . import locks

BLOCK = 1024 * 1024


@define
class Checked:
    """The first bytes of a part, with their checksum."""

    size: int = 0
    crc: int = 0

    def add(self, content: bytes | bytearray) -> None:
        """They go on with these."""
        self.size += len(content)
        self.crc = zlib.crc32(content, self.crc)


class State:
    """The file of it, which its holder has locked; None where there are no locks, and nobody ever
    goes on. Raises OSError where the disk does."""

    def __init__(self, file: FileIO | None, address: str) -> None:
        self._file = file
        # An address may be signed, and then it is nobody else's business.
        digest = hashlib.sha256(address.encode(errors="surrogatepass")).hexdigest()
        self._known: dict[str, Any] = {"address": digest}

    def recall(self, data: BinaryIO) -> tuple[dict[str, Any], Checked]:
        """What was begun, and the bytes of it that are sound; empty where nobody knows."""
        known = _read(self._file)
        if known.get("address") != self._known["address"]:
            return {}, Checked()
        sound = Checked()
        data.seek(0)
        while block := data.read(max(0, min(BLOCK, known["synced"] - sound.size))):
            sound.add(block)
        if (sound.size, sound.crc) != (known["synced"], known["crc"]):
            return {}, Checked()
        self._known = known
        return known, sound

    def begin(self, total: int | None, validator: str | None) -> None:
        """Write down of what the bytes to come are a part. On the disk nothing is said any more of
        those that were here before the first of others takes their place."""
        self._known |= {"total": total, "validator": validator}
        if self._file is not None:
            was_empty = not self._file.seek(0, os.SEEK_END)
            self.add(Checked())
            if not was_empty:
                os.fsync(self._file.fileno())

    def add(self, synced: Checked) -> None:
        """Write down that so much is on the disk."""
        self._known |= {"synced": synced.size, "crc": synced.crc}
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps(self._known).encode())


def _read(file: FileIO | None) -> dict[str, Any]:
    """What was written down; empty where that is damaged."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        known = json.loads(file.read() if file is not None else b"")
        numbers = [known[name] for name in ("total", "synced", "crc")]
        texts = isinstance(known["validator"], str | None)
        if texts and all(isinstance(number, int) for number in numbers):
            return dict(known)
    return {}


def state_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def locked(path: Path) -> FileIO | None:
    """A file, opened and locked; None if somebody else has the lock, or none is to be had."""
    while True:
        file = open_own(path)
        try:
            ours = locks.lock(file)
        except OSError:
            ours = False  # a file system without locks
        if ours and locks.is_still(path, file):
            return file
        file.close()
        if not ours:
            return None


def open_own(path: Path) -> FileIO:
    """A file of our own, to read and write. A link that lies in its place is removed, and so is a
    second name of some other file: neither is ever written through."""
    with suppress(FileNotFoundError):
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1:
            path.unlink()
    return FileIO(path, "r+", opener=_create)


def _create(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
