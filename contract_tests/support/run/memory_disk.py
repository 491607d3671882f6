"""Temporary files in memory, where there is room: on a disk each commit of a journal waits for it,
thousands of times in a run, and what the loss of power would do is not tried."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # tmpfs, on Linux
NEEDED = 2 << 30  # bytes free: three times what the tests leave


def use() -> None:
    """From now on, in this process and those that it starts; a TMPDIR that was set stays."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and _fits():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _fits() -> bool:
    """Whether there is room, and programs may run from there: containers often forbid that."""
    allowed = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return allowed and shutil.disk_usage(MEMORY).free >= NEEDED
