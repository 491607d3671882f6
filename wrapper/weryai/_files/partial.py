"""What is here of a video so far: a part beside the file that it will become.

A part is two hidden files: `.task_1.mp4.part` has the bytes, `.task_1.mp4.part.json` says of what.
The second is locked by whoever fetches, for as long as that process lives, so that nobody else
writes to the first; meanwhile another download of the same file takes a part of its own.

A part counts as far as it was put on the disk: what a power cut may have spoiled starts anew. It
stays only where a later download can go on with it, in this process or in another: the same
address, the same folder, and a server that tells whether the file is still the same. Anything else
starts it anew, so a file has one part at the most. A part whose video nobody asks for again stays
until it is deleted, which is always safe; so does the part of its own that a process leaves when it
is killed while another one fetches the same file.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import NoReturn

import httpx

from .._network import codings, failures
from .._network.codings import Unpacking
from ..errors import TransportError, UnexpectedResponseError
from . import partial_state, placing, video_format
from .partial_state import Checked, State

# Bytes that are written at a time: each write of an async download is a trip to a thread, which for
# the 64 KiB that arrive at once costs more than the writing.
CHUNK = 1024 * 1024

# Bytes after which they are put on the disk for good: what a power cut or a SIGKILL takes at most.
SYNC_EVERY = 8 * 1024 * 1024

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
        self._path, self._target, self._lock = path, target, state
        self._state = State(state, address)
        self._data = partial_state.open_own(path)
        self._guard = Lock()
        self._buffer = bytearray()
        self._unpacking: Unpacking | None = None
        self._since, self._recent = 0.0, 0
        self._total: int | None = None
        self._ended = True
        self._validator: str | None = None
        self._recall()
        # Perhaps by a process that was killed while it gave the file its name.
        self._left_whole = self.whole

    @property
    def size(self) -> int:
        """The bytes that are here."""
        return self._written.size

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
                self._start_anew(response)
            elif response.status_code not in (206, 416) or not self._resumable:
                failures.raise_for_download(response)
            elif response.status_code == 416 or not self._goes_on(response.headers):
                self._forget()
                raise TransportError("the server has another file now; it starts anew", sent=True)
            self._since, self._recent = time.monotonic(), 0

    def add(self, chunk: bytes) -> bool:
        """Take what arrived. Returns whether it should be written, and then nothing be added to
        it, for there may be more; raises where it drips."""
        self._unpack(chunk)
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
                self._written.add(self._buffer[:written])
                del self._buffer[:written]
            if self.size - self._synced >= SYNC_EVERY:
                self._sync()

    def finish(self) -> Path:
        """Check what is here and give it its name. Returns the path. Raises TransportError where
        it is not whole, UnexpectedResponseError where it is no video."""
        with self._guard:
            if self._total not in (None, self.size):
                raise TransportError(f"{self.size} of {self._total} bytes arrived", sent=True)
            if self._unpacking is not None and not self._unpacking.ended:
                self._refuse("the compressed answer ends early")
            self._data.seek(0)
            head = self._data.read(8)
            if not video_format.is_video(head):
                self._forget()
                raise UnexpectedResponseError("what the address holds is not a video", raw=head)
            if fault := video_format.fault(self._data, self.size, ended=self._ended):
                self._refuse(fault)
            self._sync()
            self._data.close()  # Windows renames no open file
            path = placing.place(self._path, self._target, self._left_whole)
            self._written, self._total = Checked(), None
            return path

    def release(self) -> None:
        """Let others have it; remove it where nobody could go on with it."""
        with self._guard:
            try:
                try:
                    if self.size > self._synced and self._is_wanted:
                        self._sync()
                finally:
                    self._data.close()
            except OSError:  # a network disk may say only now that bytes were lost
                self._total, self._validator = None, None
            kept = self._is_wanted
            if not kept:
                partial_state.remove(self._path)
            if self._lock is not None:
                # Removed while it is locked: once it is free it may be somebody else's. Windows
                # removes no open file, and there nobody else's either.
                if not kept and os.name != "nt":
                    partial_state.remove(partial_state.state_of(self._path))
                self._lock.close()
                if not kept and os.name == "nt":
                    partial_state.remove(partial_state.state_of(self._path))

    @property
    def _resumable(self) -> bool:
        return self._validator is not None and 0 < self.size < (self._total or 0)

    @property
    def _is_wanted(self) -> bool:
        """Whether a later download could go on with it."""
        return self._lock is not None and (self.whole or self._resumable)

    def _recall(self) -> None:
        """Find out what the bytes that are here are a part of; forget those of which nobody knows,
        or that may never have reached the disk."""
        known, self._written = self._state.recall(self._data)
        self._total, self._validator = known.get("total"), known.get("validator")
        self._synced = self.size
        if not (self.whole or self._resumable):
            self._forget()
        self._data.truncate(self.size)
        self._data.seek(self.size)

    def _start_anew(self, response: httpx.Response) -> None:
        self._forget()
        headers = response.headers
        length = headers.get("Content-Length", "")
        self._unpacking = codings.unpacking(response)
        # With none of these a lost connection looks like the end.
        told = length or "Transfer-Encoding" in headers or self._unpacking
        self._ended = bool(told)
        if not _is_coded(headers) and re.fullmatch("[0-9]{1,18}", length):
            self._total, self._validator = int(length), _validator(headers)
        self._state.begin(self._total, self._validator)

    def _unpack(self, chunk: bytes) -> None:
        if self._unpacking is None:
            self._buffer += chunk
            return
        try:
            self._buffer += self._unpacking.feed(chunk, CHUNK - len(self._buffer))
        except zlib.error as error:
            raise TransportError(f"the compressed answer is damaged ({error})", sent=True) from None

    def _sync(self) -> None:
        """Put on the disk what was written, and only then write down that it is there."""
        try:
            os.fsync(self._data.fileno())
        except OSError:
            self._forget()  # nobody knows any more what is on the disk
            raise
        self._synced = self.size
        self._state.add(self._written)

    def _refuse(self, why: str) -> NoReturn:
        """What is here is not whole, and nothing can be added to it."""
        self._forget()
        raise TransportError(why, sent=True)

    def _goes_on(self, headers: httpx.Headers) -> bool:
        """Whether a 206 brings what was asked for. Some servers ignore If-Range, and one that does
        not name the version may have joined two."""
        fits = re.fullmatch(
            rf"bytes {self.size}-[0-9]+/{self._total}", headers.get("Content-Range", "")
        )
        name = "ETag" if str(self._validator).startswith('"') else "Last-Modified"
        same = headers.get(name) == self._validator
        return bool(fits) and same and not _is_coded(headers)

    def _forget(self) -> None:
        """Throw the bytes away."""
        self._buffer.clear()
        self._data.seek(0)
        self._data.truncate()
        self._written, self._synced = Checked(), 0
        self._total, self._validator = None, None


def claim(target: Path, address: str) -> Part:
    """The part of `target`, where a video from `address` goes; another one while it is taken."""
    path = target.with_name(f".{target.name}.part")
    state = partial_state.locked(partial_state.state_of(path))
    if state is None:
        path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        return Part(path, target, address, state)
    except BaseException:
        if state is not None:
            partial_state.remove(partial_state.state_of(path))
            state.close()
        raise


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
