"""How far everything is, on stderr, and only where somebody looks at it."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from . import _output
from ._invocation import Invocation

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from weryai import Video

log = logging.getLogger("weryai")


# When the pause that is being made ends, on the monotonic clock; the clock of the commands tells.
due: float | None = None


class Progress:
    """One phase of a run. On a terminal it is a live area: a line for the phase, and one for each
    of the things that are under way. Elsewhere nothing is told, and with -v a line for each change.

    Parameters:
        hears: whether it shows what the library tells, such as why it tries again.
    """

    def __init__(self, run: Invocation, doing: str, *, hears: bool = True) -> None:
        self.run = run
        self.doing = doing
        self.rows: dict[str, str] = {}
        # FORCE_COLOR makes rich take a pipe for a terminal.
        on_terminal = sys.stderr.isatty() and not run.json
        self.plain = run.verbose and not on_terminal
        self.live: Live | None = None
        self.heard = _Heard(self) if hears else None
        if on_terminal:
            self.live = self._area()

    def _area(self) -> Live:
        from rich.console import Console
        from rich.live import Live

        # stdout is not of this area: what is printed there goes to whoever reads it.
        console = Console(stderr=True)
        return Live(self, console=console, transient=True, redirect_stdout=False)

    def tell(self, doing: str) -> None:
        """Tell what is going on."""
        if self.plain and doing != self.doing:
            _output.say(doing)
        self.doing = doing

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Room for what is written above the area."""
        if self.live is not None:
            self.live.stop()
        try:
            yield
        finally:
            if self.live is not None:
                self.live = self._area()  # a used one would go up over what is written
                self.live.start(refresh=True)

    def show(self, row: str, words: str) -> None:
        """Tell how far one of several things is."""
        if self.plain and self.rows.get(row) != words:
            _output.say(f"{row}  {words}")
        self.rows[row] = words

    def arrives(self, video: Video, here: int, total: int | None) -> None:
        """Tell how much of a video is here, where somebody looks."""
        if self.live is not None:
            of = "" if total is None else f" of {total / 1e6:.1f}"
            self.rows[video.name] = f"{here / 1e6:.1f}{of} MB"

    def end(self, row: str) -> None:
        """Tell no more of it."""
        self.rows.pop(row, None)

    def came(self, paths: Sequence[Path]) -> None:
        """Write down files that are here, and tell them at once, above the area."""
        self.run.paths += paths
        if not self.run.json:
            with self.aside():
                _output.paths(paths)

    def __rich__(self) -> Text:
        from rich.text import Text

        now = time.monotonic()
        seconds = int(now - self.run.started)
        behind = f"  {seconds // 60}:{seconds % 60:02}"
        if due is not None:
            behind += f", next look in {max(0, round(due - now))} s"
        width = shutil.get_terminal_size().columns
        lines = [_cut(self.doing, width - len(behind)) + behind]
        lines += [_cut(f"  {row}  {words}", width) for row, words in [*self.rows.items()]]
        return Text("\n".join(lines), no_wrap=True)

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


def _cut(line: str, width: int) -> str:
    from rich.text import Text

    text = Text(_output.clean(line), no_wrap=True)
    text.truncate(width, overflow="ellipsis")
    return text.plain


class _Heard(logging.Handler):
    """Shows what the library tells in the meantime, such as why it tries again."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.tell(record.getMessage())
