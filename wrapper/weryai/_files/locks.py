"""Locks of open files, which end with whoever holds them, also by a crash."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

A_MOMENT = 0.001  # seconds: more than a look at a lock takes
LOOKS = 20


def lock(file: IO[Any], *, shared: bool = False) -> bool:
    """Take the lock of an open file, which lasts until the file is closed.

    Parameters:
        file: open to be read and written, which some network disks ask for.
        shared: with others who share it, to see whether anybody has it alone.

    Returns whether nobody else has it: another process, or this one through another `open`.
    """
    if sys.platform == "win32":
        import msvcrt

        # Nothing is shared there, but whoever only looks is gone after a few tries.
        for _ in range(LOOKS if shared else 1):
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(A_MOMENT)
            else:
                return True
        return False
    import fcntl

    try:
        fcntl.flock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlocking(file: IO[Any]) -> Callable[[], object]:
    """What gives the lock of an open file back before it is closed, if it is ours. On POSIX it is
    in C alone: a Ctrl-C comes before it is called or when it is done."""
    if sys.platform == "win32":
        import msvcrt

        def unlock() -> None:
            with suppress(OSError):
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

        return unlock
    import fcntl

    return partial(fcntl.flock, file, fcntl.LOCK_UN)


def is_still(path: Path, file: IO[Any]) -> bool:
    """Whether a name still stands for this open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
