"""`weryai resume`: wait for and fetch everything that was paid for. It never submits."""

from __future__ import annotations

import time
from pathlib import Path

from attrs import define, field

from weryai import (
    AuthenticationError,
    DownloadError,
    TaskFailedError,
    WaitTimeoutError,
    WeryAI,
    WeryAIError,
)
from weryai.journal import Entry, Journal

from . import _show
from ._errors import StillRunningError
from ._progress import Progress
from ._run import Run

# Seconds between two rounds, while all that is left still runs.
PAUSE = 10.0
TO_DO = ("running", "ready")


@define
class Resume:
    """One run through a journal. What cannot be fetched stops nothing else."""

    run: Run
    client: WeryAI
    journal: Journal
    out: Path
    failures: dict[str, WeryAIError] = field(factory=dict)  # by the entry's id

    def everything(self, timeout: float) -> None:
        """Go round until all is fetched. Raises the first failure, or StillRunningError."""
        started, paused = time.monotonic(), 0.0
        with Progress(self.run, "looking") as progress:
            while left := self.left():
                progress.tell(f"{_show.counted(len(left), 'job')} to wait for and to fetch")
                rest = timeout - max(paused, time.monotonic() - started)
                for entry in left[:-1]:
                    self._go_on(entry, 0)
                self._go_on(left[-1], max(0.0, min(PAUSE, rest)))
                paused += PAUSE
                if rest <= 0:
                    break
        self._conclude()

    def left(self) -> list[Entry]:
        """What is to be done here: all but what failed, and what others are doing."""
        return [
            entry
            for entry in self.journal.entries()
            if entry.base_url == self.client.base_url
            and entry.state in TO_DO
            and entry.id not in self.failures
            and not entry.held
        ]

    def _go_on(self, entry: Entry, timeout: float) -> None:
        if not self.journal.claim(entry.id):
            return
        try:
            # Another process may have done it between the look and the claim.
            again = self.journal.entry(entry.id)
            if again and again.state in TO_DO:
                self._fetch(again, timeout)
        finally:
            self.journal.release(entry.id)

    def _fetch(self, entry: Entry, timeout: float) -> None:
        assert entry.job is not None  # noqa: S101 # which is what the states TO_DO mean
        try:
            self.client.wait(entry.job, timeout=timeout)
        except WaitTimeoutError:
            pass  # some of its tasks may have ended, and their videos need not wait
        except TaskFailedError as error:
            self.failures[entry.id] = error
        except AuthenticationError:
            raise
        except WeryAIError as error:
            self.failures[entry.id] = error
            return
        now = self.journal.entry(entry.id)
        for video in now.unfetched if now else ():
            try:
                self.run.paths += self.client.download([video], self.out)
            except DownloadError as error:
                self.failures[entry.id] = error

    def _conclude(self) -> None:
        for entry_id, error in self.failures.items():
            error.add_note(f"this was entry {entry_id} of `weryai jobs`")
        worst = self._worst()
        for error in self.failures.values():
            if error is not worst:
                _show.say(f"weryai: {error}", *error.__notes__)
        if worst:
            raise worst
        if left := self.left():
            raise StillRunningError(f"{_show.counted(len(left), 'job')} still running")

    def _worst(self) -> WeryAIError | None:
        """What decides the exit code: what could not be fetched, before what failed at the
        service."""
        lost = [each for each in self.failures.values() if not isinstance(each, TaskFailedError)]
        return next(iter([*lost, *self.failures.values()]), None)
