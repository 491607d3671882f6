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
import secrets
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import NoReturn

from ..errors import TransportError, UnexpectedResponseError
from . import partial_state, placing, video_format
from .partial_state import Checked, State

# Bytes that are written at a time: each write of an async download is a trip to a thread, which for
# the 64 KiB that arrive at once costs more than the writing.
CHUNK = 1024 * 1024

# Bytes after which they are put on the disk for good: what a power cut or a SIGKILL takes at most.
SYNC_EVERY = 8 * 1024 * 1024


class PartialFile:
    """One video on its way to `target`; `claim` makes it. Raises OSError where the disk does.

    A call that is cancelled leaves its thread behind, so one lock keeps the calls apart.
    """

    def __init__(self, path: Path, target: Path, address: str, state: FileIO | None) -> None:
        self._path, self._target, self._lock = path, target, state
        self._state = State(state, address)
        self._data = partial_state.open_own(path)
        self._guard = Lock()
        self._buffer = bytearray()
        self._total: int | None = None
        self._validator: str | None = None
        try:
            self._recall()
        except BaseException:
            self._data.close()
            raise
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

    def start(self, total: int | None, validator: str | None) -> None:
        """Throw away what is here, and take other bytes.

        Parameters:
            total: how many there will be, None where nobody told.
            validator: tells, byte for byte, whether the file is still the same; None where nothing
                does.
        """
        with self._guard:
            self._forget()
            self._total, self._validator = total, validator
            self._state.begin(total, validator)

    def forget(self) -> None:
        """Throw away what is here."""
        with self._guard:
            self._forget()

    @property
    def room(self) -> int:
        """The bytes that can be taken before some have to be written."""
        return CHUNK - len(self._buffer)

    def add(self, chunk: bytes) -> None:
        """Take bytes; `write` writes them."""
        self._buffer += chunk

    def write(self) -> None:
        """Write what was taken."""
        with self._guard:
            while self._buffer:
                written = self._data.write(self._buffer)
                self._written.add(self._buffer[:written])
                del self._buffer[:written]
            if self.size - self._synced >= SYNC_EVERY:
                self._sync()

    def finish(self, *, ended: bool) -> Path:
        """Check what is here and give it its name. Returns the path. Raises TransportError where
        it is not whole, UnexpectedResponseError where it is no video.

        Parameters:
            ended: the end of the bytes was told, and is not just where a connection was lost.
        """
        with self._guard:
            if self._total not in (None, self.size):
                raise TransportError(f"{self.size} of {self._total} bytes arrived", sent=True)
            self._data.seek(0)
            head = self._data.read(8)
            if not video_format.is_video(head):
                self._forget()
                raise UnexpectedResponseError("what the address holds is not a video", raw=head)
            if fault := video_format.fault(self._data, self.size, ended=ended):
                self._refuse(fault)
            self._sync()
            self._data.close()  # Windows renames no open file
            path = placing.publish(self._path, self._target, self._left_whole)
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
    def total(self) -> int | None:
        """The bytes of the whole file, None where nobody told."""
        return self._total

    @property
    def validator(self) -> str | None:
        """What tells whether a file is still the same, None where nothing does."""
        return self._validator

    @property
    def resumable(self) -> bool:
        """Whether a rest can be asked for that fits what is here."""
        return self._validator is not None and 0 < self.size < (self._total or 0)

    @property
    def _is_wanted(self) -> bool:
        """Whether a later download could go on with it."""
        return self._lock is not None and (self.whole or self.resumable)

    def _recall(self) -> None:
        """Find out what the bytes that are here are a part of; forget those of which nobody knows,
        or that may never have reached the disk."""
        known, self._written = self._state.recall(self._data)
        self._total, self._validator = known.get("total"), known.get("validator")
        self._synced = self.size
        if not (self.whole or self.resumable):
            self._forget()
        self._data.truncate(self.size)
        self._data.seek(self.size)

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

    def _forget(self) -> None:
        """Throw the bytes away."""
        self._buffer.clear()
        self._data.seek(0)
        self._data.truncate()
        self._written, self._synced = Checked(), 0
        self._total, self._validator = None, None


def claim(target: Path, address: str) -> PartialFile:
    """The part of `target`, where a video from `address` goes; another one while it is taken."""
    path = target.with_name(f".{target.name}.part")
    state = partial_state.locked(partial_state.state_of(path))
    if state is None:
        path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        return PartialFile(path, target, address, state)
    except BaseException:
        if state is not None:
            partial_state.remove(partial_state.state_of(path))
            state.close()
        raise
