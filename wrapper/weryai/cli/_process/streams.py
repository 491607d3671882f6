"""stdout and stderr that may fail: what cannot be written is dropped, and the command goes on."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, TextIO


class _Raw(io.RawIOBase):
    """The unbuffered end of a stream, where every error of writing comes up: after the first one
    nothing more is written. None stands for a stream that was closed when the process started."""

    def __init__(self, below: IO[bytes] | None) -> None:
        self.below = below
        self.fault = None if below else OSError(errno.EBADF, os.strerror(errno.EBADF))

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self.below is not None and self.below.isatty()

    def fileno(self) -> int:
        return self.below.fileno() if self.below else super().fileno()

    def write(self, data: Any, /) -> int:
        if self.below is not None and self.fault is None:
            try:
                # None: whoever started the process made the descriptor non-blocking.
                while (written := self.below.write(data)) is None:
                    select.select([], [self.below], [])
            except (OSError, ValueError) as error:
                self.fault = error if isinstance(error, OSError) else OSError(str(error))
            else:
                return int(written)
        return len(data)


class Stream(io.TextIOWrapper):
    """A text stream on a `_Raw`; each line is written at once."""

    def __init__(self, stream: TextIO | None) -> None:
        below = stream.buffer if stream else None
        # Past the buffer of the interpreter, which would be flushed once more at the end.
        self.end = _Raw(getattr(below, "raw", below))
        super().__init__(
            io.BufferedWriter(self.end),
            encoding=stream.encoding if stream else "utf-8",
            errors="backslashreplace",
            newline=None if stream else "",
            line_buffering=True,
        )


def fault(stream: TextIO) -> OSError | None:
    """Why not all could be written to a stream; None where all was."""
    return stream.end.fault if isinstance(stream, Stream) else None


@contextmanager
def guarded() -> Iterator[None]:
    """Put such streams in the place of sys.stdout and sys.stderr, once. A stream that has no bytes
    below it, as tests and notebooks use, stays what it is."""
    _occupy()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_guard, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _guard(stream: TextIO | None) -> TextIO:
    fits = isinstance(stream, Stream) or (stream is not None and not hasattr(stream, "buffer"))
    return stream if stream is not None and fits else Stream(stream)


def _occupy() -> None:
    """Open the null device where a standard descriptor is closed: the next file that is opened
    would get its number, and then all that is said."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
