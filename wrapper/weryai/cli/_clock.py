"""The clock of the commands: while it pauses, the progress can tell for how long."""

from __future__ import annotations

from weryai import SystemClock

from . import _progress


class TellingClock(SystemClock):
    """The real time."""

    def sleep(self, seconds: float) -> None:
        _progress.due = self.monotonic() + seconds
        try:
            super().sleep(seconds)
        finally:
            _progress.due = None
