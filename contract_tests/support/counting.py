"""Work, counted: how fast the machine is does not matter."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import weryai

OURS = weryai.__file__.removesuffix("__init__.py")


@contextmanager
def counted_lines() -> Iterator[list[int]]:
    """Count the lines of the wrapper that run in this thread; the only item is how many."""
    counted, before = [0], sys.gettrace()

    def line(frame: FrameType, event: str, arg: object) -> Any:
        counted[0] += 1
        return line

    def call(frame: FrameType, event: str, arg: object) -> Any:
        return line if frame.f_code.co_filename.startswith(OURS) else None

    sys.settrace(call)
    try:
        yield counted
    finally:
        sys.settrace(before)
