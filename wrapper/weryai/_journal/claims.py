"""Who is sending an entry, and whose turn it is to write: locks that end with their holder."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO

from .._files.locks import A_MOMENT, is_still, lock, unlocking


class Claims:
    """Exclusive claims on names: a file in a folder for each that is held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = os.getpid()
        self._mine: dict[str, IO[bytes]] = {}
        self._guard = Lock()

    def take(self, name: str) -> bool:
        """Claim a name until it is freed or the process ends. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / name
        while True:
            file = path.open("a+b")
            if lock(file):
                if is_still(path, file):
                    with self._guard:
                        self._mine[name] = file
                    return True
                file.close()  # its holder removed it between our `open` and our lock
                continue
            is_looked_at = lock(file, shared=True)
            file.close()  # before the pause: others who want it would take this for a look in turn
            if not is_looked_at:
                return False
            time.sleep(A_MOMENT)

    def free(self, name: str) -> None:
        """Give a claim back, if it is ours and not that of the process that forked us."""
        if os.getpid() != self._pid:
            return
        with self._guard:
            file = self._mine.pop(name, None)
        if file is not None:
            # Windows removes no open file; it stays behind there, and stands for nothing.
            with suppress(OSError):
                (self._folder / name).unlink()
            file.close()

    def taken(self, name: str) -> bool:
        """Whether anybody, this object included, holds a name now. Raises OSError."""
        try:
            file = (self._folder / name).open("r+b")
        except FileNotFoundError:
            return False
        with file:
            return not lock(file, shared=True)

    def held(self, names: Collection[str]) -> set[str]:
        """Which of them are `taken`. Raises OSError."""
        return {name for name in names if self.taken(name)}

    def require(self, name: str) -> None:
        """A lock of a file stays as long as its file is open."""

    def close(self) -> None:
        """Give everything back."""
        for name in list(self._mine):
            self.free(name)


class Turns:
    """A lock that is waited for, of everybody who opens the same file."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b")
        self.give = unlocking(self._file)  # a turn back, where there is one

    def take(self, patience: float) -> None:
        """Raises TimeoutError after `patience` seconds."""
        deadline = time.monotonic() + patience
        while not lock(self._file):
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process has been writing for {patience:.0f} s")
            time.sleep(A_MOMENT)

    def close(self) -> None:
        """Give it back."""
        self._file.close()
