"""`weryai resume`: wait for and fetch everything that was paid for. It never submits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from weryai import DownloadError, NotFoundError, TaskFailedError, WaitTimeoutError
from weryai.journal import Entry, Journal

from .. import _output
from .._errors import StillRunningError
from .._files import Files
from .._invocation import Invocation
from .._progress import Progress
from . import steps

if TYPE_CHECKING:
    from weryai import Clock, WeryAI

# Seconds between two rounds, while something is left.
PAUSE = 5.0
# Seconds to look on while others have all that is left in hand: they may be about to end. One that
# is stopped never does.
PATIENCE = 30.0
TO_DO = ("running", "ready", "incomplete")
MOST_NAMED = 5


@frozen
class Left:
    """What is left to do: here, and in the hands of other processes."""

    here: Sequence[Entry]
    elsewhere: Sequence[Entry]


@define
class Resume:
    """One run through a journal. What cannot be fetched stops nothing else."""

    run: Invocation
    client: WeryAI
    journal: Journal
    files: Files
    clock: Clock
    # By the entry's id: why the last look at it failed, and its state.
    troubles: dict[str, str] = field(factory=dict)
    states: dict[str, str] = field(factory=dict)

    def everything(self, timeout: float) -> None:
        """Go round until all is fetched. Raises the first failure, or StillRunningError."""
        deadline, others_since = self.clock.monotonic() + timeout, self.clock.monotonic()
        with Progress(self.run, "looking") as progress:
            left = self._look()
            while left.here or left.elsewhere:
                progress.tell(_doing(left))
                progress.rows = {each.id: _row(each) for each in (*left.here, *left.elsewhere)}
                for entry in left.here:
                    self._go_on(entry, progress)
                left, now = self._look(), self.clock.monotonic()
                others_since = now if left.here else others_since
                end = deadline if left.here else min(deadline, others_since + PATIENCE)
                if now >= end:
                    break
                if left.here or left.elsewhere:
                    self.clock.sleep(min(PAUSE, end - now))
        self._conclude(left)

    def _look(self) -> Left:
        """All but what failed here."""
        entries = [*self.journal.open_entries()]
        self.states = {entry.id: entry.state for entry in entries}
        found = [
            entry
            for entry in entries
            if entry.base_url == self.client.base_url and entry.id not in self.run.failures
        ]
        return Left(
            [entry for entry in found if entry.state in TO_DO and not entry.held],
            [entry for entry in found if entry.state in (*TO_DO, "sending") and entry.held],
        )

    def _go_on(self, entry: Entry, progress: Progress) -> None:
        try:
            if not self.journal.claim(entry.id):
                return
            try:
                # Another process may have done it between the look and the claim.
                again = self.journal.entry(entry.id)
                if again and again.state in TO_DO:
                    self._fetch(again, progress)
            finally:
                self.journal.release(entry.id)
        except Exception as error:  # whatever it is, the other entries are none of its business
            self.run.failures[entry.id] = error

    def _fetch(self, entry: Entry, progress: Progress) -> None:
        assert entry.job is not None  # noqa: S101 # which is what the states TO_DO mean
        self.troubles.pop(entry.id, None)
        try:
            self.client.wait(entry.job, timeout=0)
        except WaitTimeoutError as error:
            # It runs; videos of tasks that have ended need not wait for the others.
            if error.__cause__:
                self.troubles[entry.id] = str(error.__cause__)
        except Exception as error:
            self.run.failures[entry.id] = error
        now = self.journal.entry(entry.id)
        if now:
            progress.show(entry.id, _row(now))
        videos = now.unfetched if now else ()
        failures: list[DownloadError] = []
        for video in videos:
            try:
                result = now.result if now else None
                progress.came(steps.download(self.client, self.files, result, video, progress))
            except DownloadError as error:
                failures.append(error)
            except Exception as error:
                self.run.failures[entry.id] = error
            progress.end(video.name)
        if failures:
            self.run.failures[entry.id] = DownloadError.of(failures, len(videos))

    def _conclude(self, left: Left) -> None:
        worst = self._worst()
        for first, *others in self._alike():
            error = self.run.failures[first]
            error.add_note(self._whose([first, *others]))
            if closing := [each for each in (first, *others) if self._needs_a_person(each)]:
                error.add_note("each resume looks at it again, until:")
                settle = f"  {self.run.again('jobs settle')}"
                for each in closing[:MOST_NAMED]:
                    error.add_note(f"{settle} {each}")
            if error is not worst:
                _output.say(f"weryai: {error}", *error.__notes__)
        # Of the last look: what another process has started since is not ours to wait for.
        still = _still(left, self.troubles)
        if worst:
            if still:
                _output.say(f"weryai: {still}", *getattr(still, "__notes__", ()))
            raise worst
        if still:
            raise still

    def _alike(self) -> list[list[str]]:
        """The entries that failed, those together of which the same is to be said."""
        alike: dict[tuple[type, str], list[str]] = {}
        for entry_id, error in self.run.failures.items():
            alike.setdefault((type(error), str(error)), []).append(entry_id)
        return list(alike.values())

    def _whose(self, entries: Sequence[str]) -> str:
        if len(entries) == 1:
            return f"this was entry {entries[0]} of `weryai jobs`"
        return f"these were {len(entries)} entries of `weryai jobs`: {_named(entries)}"

    def _needs_a_person(self, entry_id: str) -> bool:
        """Whether it stays open, and to look again may not help."""
        is_known = isinstance(self.run.failures[entry_id], (TaskFailedError, NotFoundError))
        return is_known and self.states.get(entry_id) in ("running", "incomplete")

    def _worst(self) -> Exception | None:
        """What decides the exit code: what could not be fetched, before what failed at the
        service."""
        lost = [
            failure
            for failure in self.run.failures.values()
            if not isinstance(failure, TaskFailedError)
        ]
        return next(iter([*lost, *self.run.failures.values()]), None)


def _row(entry: Entry) -> str:
    """How far an entry is, as it was told last."""
    made = ""
    if entry.result:
        made = f"{len(entry.result.videos)} of {_output.counted(entry.result.expected, 'video')}"
    return f"{entry.state:<10}  {made}  {entry.payload.get('prompt', '')}"


def _doing(left: Left) -> str:
    if not left.here:
        return f"{_output.counted(len(left.elsewhere), 'job')} in the hands of another process"
    return f"{_output.counted(len(left.here), 'job')} to wait for and to fetch"


def _still(left: Left, troubles: Mapping[str, str]) -> StillRunningError | None:
    """What is left, in words, and why nothing was told of it; None if nothing is."""
    words = []
    if left.here:
        words.append(f"{_output.counted(len(left.here), 'job')} still running")
    if left.elsewhere:
        jobs = _output.counted(len(left.elsewhere), "job")
        held = "in the hands of another process, which may be stopped"
        ids = [entry.id for entry in left.elsewhere]
        words.append(f"{jobs} {held}: {_named(ids)}")
    entries = [entry.id for entry in (*left.here, *left.elsewhere)]
    if not words:
        return None
    error = StillRunningError("; ".join(words), entries)
    reasons = dict.fromkeys(troubles[each.id] for each in left.here if each.id in troubles)
    for reason in list(reasons)[:MOST_NAMED]:
        error.add_note(f"the last look failed: {reason}")
    return error


def _named(entries: Sequence[str]) -> str:
    more = len(entries) - MOST_NAMED
    ids = ", ".join(entries[:MOST_NAMED])
    return ids if more <= 0 else f"{ids} and {more} more"
