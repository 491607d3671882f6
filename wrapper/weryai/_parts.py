"""What is here of a video so far: a part beside the file that it will become.

A part is two hidden files: `.task_1.mp4.part` has the bytes, `.task_1.mp4.part.json` says of what.
The second is locked by whoever fetches, for as long as that process lives, so that nobody else
writes to the first; meanwhile another download of the same file takes a part of its own.

A part stays only where a later download can go on with it, in this process or in another: the same
address, the same folder, and a server that tells whether the file is still the same. Anything else
starts it anew, so a file has one part at the most. A part whose video nobody asks for again stays
until it is deleted, which is always safe; so does the part of its own that a process leaves when it
is killed while another one fetches the same file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from . import _failures, _files, _locks
from .errors import TransportError, UnexpectedResponseError

# Bytes that are written at a time: each write of an async download is a trip to a thread, which for
# the 64 KiB that arrive at once costs more than the writing.
CHUNK = 1024 * 1024

# A transfer that brings less than this is as good as lost: a new connection is often quick. Bytes a
# second, and the seconds over which they are counted, which are half the minute that a download may
# make no headway: a second connection gets its chance.
SLOWEST = 1024
SLOW_FOR = 30.0
# Bytes that count as headway.
HEADWAY = int(SLOWEST * SLOW_FOR)


class Part:
    """One video on its way to `target`; `claim` makes it. Raises OSError where the disk does.

    A call that is cancelled leaves its thread behind, so one lock keeps the calls apart.
    """

    def __init__(self, path: Path, target: Path, address: str, state: FileIO | None) -> None:
        self._path, self._target, self._state = path, target, state
        self._address = hashlib.sha256(address.encode(errors="surrogatepass")).hexdigest()
        self._data = _open(path)
        self._guard = Lock()
        self._buffer = bytearray()
        self._since, self._recent = 0.0, 0
        self._total: int | None = None
        self._open_ended = False
        self._validator: str | None = None
        self.size = self._data.seek(0, os.SEEK_END)
        self._recall()

    @property
    def whole(self) -> bool:
        """Whether every byte is here; False where the server did not say how many there are."""
        return 0 < self.size == self._total

    def headers(self) -> dict[str, str]:
        """What to ask for: the rest, if it is a rest of the same file, and else the whole."""
        # The length can only be checked on bytes that were not compressed on their way.
        plain = {"Accept-Encoding": "identity"}
        if not self._resumable:
            return plain
        return plain | {"Range": f"bytes={self.size}-", "If-Range": str(self._validator)}

    def begin(self, response: httpx.Response) -> None:
        """Get ready for the body of an answer. Raises where it is not wanted."""
        with self._guard:
            if response.status_code == 200:
                self._start_anew(response.headers)
            elif response.status_code not in (206, 416) or not self._resumable:
                _failures.raise_for_download(response)
            elif response.status_code == 416 or not self._goes_on(response.headers):
                self._forget()
                raise TransportError("the server has another file now; it starts anew", sent=True)
            self._since, self._recent = time.monotonic(), 0

    def add(self, chunk: bytes) -> bool:
        """Take what arrived. Returns whether it should be written; raises where it drips."""
        self._buffer += chunk
        self._recent += len(chunk)
        now = time.monotonic()  # the network knows no clock of a test
        if now - self._since >= SLOW_FOR:
            if self._recent < SLOWEST * SLOW_FOR:
                raise TransportError(f"only {self._recent} bytes in {SLOW_FOR:g} s", sent=True)
            self._since, self._recent = now, 0
        return len(self._buffer) >= CHUNK

    def write(self) -> None:
        """Write what was taken."""
        with self._guard:
            while self._buffer:
                written = self._data.write(self._buffer)
                del self._buffer[:written]
                self.size += written

    def finish(self) -> Path:
        """Check what is here and give it its name. Returns the path. Raises TransportError where
        it is cut short, UnexpectedResponseError where it is no video."""
        with self._guard:
            if self._total not in (None, self.size):
                raise TransportError(f"{self.size} of {self._total} bytes arrived", sent=True)
            self._data.seek(0)
            head = self._data.read(12)
            if not _files.is_video(head):
                self._forget()
                raise UnexpectedResponseError("what the address holds is not a video", raw=head)
            if self._open_ended and _files.is_cut(self._data, self.size):
                raise TransportError("it ends in the middle of the video", sent=True)
            try:
                os.fsync(self._data.fileno())
            except OSError:
                self._forget()  # nobody knows any more what is on the disk
                raise
            self._data.close()  # Windows renames no open file
            path = _files.place(self._path, self._target, self._left_whole)
            self.size, self._total = 0, None
            return path

    def release(self) -> None:
        """Let others have it; remove it where nobody could go on with it."""
        with self._guard:
            try:
                self._data.close()
            except OSError:  # a network disk may say only now that bytes were lost
                self._total, self._validator = None, None
            kept = self._state is not None and (self.whole or self._resumable)
            if not kept:
                _remove(self._path)
            if self._state is not None:
                # Removed while it is locked: once it is free it may be somebody else's. Windows
                # removes no open file, and there nobody else's either.
                if not kept and os.name != "nt":
                    _remove(_state_of(self._path))
                self._state.close()
                if not kept and os.name == "nt":
                    _remove(_state_of(self._path))

    @property
    def _resumable(self) -> bool:
        return self._validator is not None and 0 < self.size < (self._total or 0)

    def _recall(self) -> None:
        """Find out what the bytes that are here are a part of; forget them if nobody knows."""
        known = _read(self._state)
        if known.get("address") == self._address:
            self._total, self._validator = known.get("total"), known.get("validator")
        if not (self.whole or self._resumable):
            self._forget()
        self._left_whole = self.whole

    def _start_anew(self, headers: httpx.Headers) -> None:
        self._forget()
        length = headers.get("Content-Length", "")
        # With neither of these a lost connection looks like the end.
        self._open_ended = not length and "Transfer-Encoding" not in headers
        if not _is_coded(headers) and re.fullmatch("[0-9]{1,18}", length):
            self._total, self._validator = int(length), _validator(headers)
        if self._state is not None:
            known = {"address": self._address, "total": self._total, "validator": self._validator}
            self._state.seek(0)
            self._state.truncate()
            self._state.write(json.dumps(known).encode())

    def _goes_on(self, headers: httpx.Headers) -> bool:
        """Whether a 206 brings what was asked for. Some servers ignore If-Range."""
        fits = re.fullmatch(
            rf"bytes {self.size}-[0-9]+/{self._total}", headers.get("Content-Range", "")
        )
        told = [headers[name] for name in ("ETag", "Last-Modified") if name in headers]
        same = not told or self._validator in told
        return bool(fits) and same and not _is_coded(headers)

    def _forget(self) -> None:
        """Throw the bytes away. On the disk they are gone before anything else is said of them."""
        self._buffer.clear()
        self._data.seek(0)
        self._data.truncate()
        size, self.size, self._total, self._validator = self.size, 0, None, None
        if size:
            os.fsync(self._data.fileno())


def claim(target: Path, address: str) -> Part:
    """The part of `target`, where a video from `address` goes; another one while it is taken."""
    path = target.with_name(f".{target.name}.part")
    state = _locked(_state_of(path))
    if state is None:
        path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        return Part(path, target, address, state)
    except BaseException:
        if state is not None:
            _remove(_state_of(path))
            state.close()
        raise


def _state_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _locked(path: Path) -> FileIO | None:
    """A file, opened and locked; None if somebody else has the lock, or none is to be had."""
    while True:
        file = _open(path)
        try:
            ours = _locks.lock(file)
        except OSError:
            ours = False  # a file system without locks
        if ours and _locks.is_still(path, file):
            return file
        file.close()
        if not ours:
            return None


def _open(path: Path) -> FileIO:
    """A file of our own, to read and write. A link that lies in its place is removed, and so is a
    second name of some other file: neither is ever written through."""
    with suppress(FileNotFoundError):
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1:
            path.unlink()
    return FileIO(path, "r+", opener=_create)


def _create(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _read(state: FileIO | None) -> dict[str, Any]:
    """What was written down of a part; empty where that is damaged."""
    with suppress(ValueError, TypeError, RecursionError):
        known = json.loads(state.read() if state is not None else b"")
        if isinstance(known["total"], int) and isinstance(known["validator"], str | None):
            return dict(known)
    return {}


def _is_coded(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Encoding", "identity").lower() != "identity"


def _validator(headers: httpx.Headers) -> str | None:
    """What tells, byte for byte, whether a file is still the same (RFC 9110, 8.8.1): a strong ETag,
    else a date of change that no second change can share, being older than the answer."""
    etag = str(headers.get("ETag", ""))
    if re.fullmatch(r'"[\x21\x23-\x7e]*"', etag):
        return etag
    changed = str(headers.get("Last-Modified", ""))
    with suppress(ValueError, TypeError, OverflowError):
        age = parsedate_to_datetime(headers.get("Date", "")) - parsedate_to_datetime(changed)
        if age >= timedelta(seconds=1):
            return changed
    return None
