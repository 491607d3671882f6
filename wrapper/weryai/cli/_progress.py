"""The line that tells how far a job is, on stderr, and only where somebody looks at it."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from . import _output
from ._invocation import Invocation

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

log = logging.getLogger("weryai")


class Progress:
    """One phase of a run: a live line on a terminal; with -v elsewhere, a line for each change.

    Parameters:
        hears: whether it shows what the library tells, such as why it tries again.
    """

    def __init__(self, run: Invocation, doing: str, *, hears: bool = True) -> None:
        self.doing = doing
        self.started = run.started
        on_terminal = sys.stderr.isatty() and not run.json
        self.plain = run.verbose and not on_terminal
        self.live: Live | None = None
        self.heard = _Heard(self) if hears else None
        if on_terminal:
            from rich.console import Console
            from rich.live import Live

            self.live = Live(self, console=Console(stderr=True), transient=True)

    def tell(self, doing: str) -> None:
        """Tell what is going on."""
        if self.plain and doing != self.doing:
            _output.say(doing)
        self.doing = doing

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Room for what is written above the line."""
        if self.live is not None:
            self.live.stop()
        try:
            yield
        finally:
            if self.live is not None:
                self.live.start(refresh=True)

    def __rich__(self) -> Text:
        from rich.text import Text

        seconds = int(time.monotonic() - self.started)
        elapsed = f"  {seconds // 60}:{seconds % 60:02}"
        doing = Text(_output.clean(self.doing), no_wrap=True)
        doing.truncate(shutil.get_terminal_size().columns - len(elapsed), overflow="ellipsis")
        return doing.append(elapsed)

    def __enter__(self) -> Self:
        if self.plain:
            _output.say(self.doing)
        if self.live is not None:
            if self.heard is not None:
                log.addHandler(self.heard)
            self.live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.live is not None:
            if self.heard is not None:
                log.removeHandler(self.heard)
            self.live.stop()


class _Heard(logging.Handler):
    """Shows what the library tells in the meantime, such as why it tries again."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.tell(record.getMessage())
