"""`weryai resume`: wait for and fetch everything that was paid for. It never submits."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path

from attrs import define, field

from weryai import (
    AuthenticationError,
    Clock,
    DownloadError,
    JournalError,
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
PAUSE = 5.0
TO_DO = ("running", "ready")


@define
class Resume:
    """One run through a journal. What cannot be fetched stops nothing else."""

    run: Run
    client: WeryAI
    journal: Journal
    out: Path
    clock: Clock
    failures: dict[str, WeryAIError] = field(factory=dict)  # by the entry's id

    def everything(self, timeout: float) -> None:
        """Go round until all is fetched. Raises the first failure, or StillRunningError."""
        deadline = self.clock.monotonic() + timeout
        with Progress(self.run, "looking") as progress:
            left = self.left()
            while left:
                progress.tell(f"{_show.counted(len(left), 'job')} to wait for and to fetch")
                for entry in left:
                    self._go_on(entry)
                left, rest = self.left(), deadline - self.clock.monotonic()
                if rest <= 0:
                    break
                if left:
                    self.clock.sleep(min(PAUSE, rest))
        self._conclude(left)

    def left(self) -> list[Entry]:
        """What is to be done here: all but what failed, and what others are doing."""
        return self._left(held=False)

    def _left(self, *, held: bool) -> list[Entry]:
        return [
            entry
            for entry in self.journal.entries()
            if entry.base_url == self.client.base_url
            and entry.state in TO_DO
            and entry.id not in self.failures
            and entry.held == held
        ]

    def _go_on(self, entry: Entry) -> None:
        if not self.journal.claim(entry.id):
            return
        try:
            # Another process may have done it between the look and the claim.
            again = self.journal.entry(entry.id)
            if again and again.state in TO_DO:
                self._fetch(again)
        finally:
            self.journal.release(entry.id)

    def _fetch(self, entry: Entry) -> None:
        assert entry.job is not None  # noqa: S101 # which is what the states TO_DO mean
        try:
            self.client.wait(entry.job, timeout=0)
        except WaitTimeoutError:
            pass  # it runs; videos of tasks that have ended need not wait for the others
        except (AuthenticationError, JournalError):
            raise
        except WeryAIError as error:
            self.failures[entry.id] = error
        now = self.journal.entry(entry.id)
        for video in now.unfetched if now else ():
            try:
                self.run.paths += self.client.download([video], self.out)
            except DownloadError as error:
                self.failures[entry.id] = error

    def _conclude(self, left: Sized) -> None:
        for entry_id, error in self.failures.items():
            error.add_note(f"this was entry {entry_id} of `weryai jobs`")
        worst = self._worst()
        for error in self.failures.values():
            if error is not worst:
                _show.say(f"weryai: {error}", *error.__notes__)
        if worst:
            raise worst
        if left:  # of the last look: what another process has started since is not ours to wait for
            raise StillRunningError(f"{_show.counted(len(left), 'job')} still running")
        if elsewhere := self._left(held=True):
            _show.say(f"{_show.counted(len(elsewhere), 'job')} in the hands of another process")

    def _worst(self) -> WeryAIError | None:
        """What decides the exit code: what could not be fetched, before what failed at the
        service."""
        lost = [each for each in self.failures.values() if not isinstance(each, TaskFailedError)]
        return next(iter([*lost, *self.failures.values()]), None)
