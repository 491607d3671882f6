"""What a journal holds, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, get_args

from attrs import evolve, field, frozen

from .._plain import CARRIED, Plain
from ..errors import WeryAIError
from ..results import Job, Result, Task, Video
from .told import merged

MULTI_IMAGE = "submit_multi_image_to_video"

# What is known of a submission, in one word; `Entry.state` says which is what.
State = Literal[
    "sending", "unknown", "running", "ready", "incomplete", "fetched", "failed", "settled"
]
STATES: tuple[State, ...] = get_args(State)

SENDING: Final = "sending"
UNKNOWN: Final = "unknown"
RUNNING: Final = "running"
READY: Final = "ready"
INCOMPLETE: Final = "incomplete"
FETCHED: Final = "fetched"
FAILED: Final = "failed"
SETTLED: Final = "settled"

# By how much the time of the last look moves on at the least: a look that tells nothing new is not
# written down each time.
STEP: Final = timedelta(minutes=1)

# Whose videos are to come: a repeat of one of these would pay twice for the same.
TO_COME: Final[tuple[State, ...]] = (SENDING, UNKNOWN, RUNNING, READY)
# What waiting and fetching bring on.
TO_DO: Final[tuple[State, ...]] = (RUNNING, READY, INCOMPLETE)
# Where something is left to do.
OPEN_STATES: Final[tuple[State, ...]] = (*TO_COME, INCOMPLETE)


@frozen(kw_only=True)
class Entry(Plain):
    """One paid submission, as the journal knows it.

    Attributes:
        id: its id in the journal.
        base_url: the address of the API that it was sent to.
        operation: the operationId of what was asked for, such as `submit_multi_image_to_video`.
        payload: the JSON that was sent.
        sent_at: when, in UTC.
        job: its ids; None as long as no answer has told them.
        tasks: their states as last told, with their videos.
        files: where videos were downloaded to, by the video's name.
        reason: why its fate is not known, where that was noticed and not cut off by a crash.
        held: whether a living process is sending or fetching it.
        settled: whether somebody decided that nothing more is to be done.
        final: whether a wait saw the job stay as it is for a minute after its end.
        idempotency_key: as it was given to `submit`.
        fingerprint: the same for two requests that ask for the same, by the content of their local
            images.
        told_at: when its tasks were last told, in UTC and to the minute; None where they never
            were.
    """

    id: str
    base_url: str
    payload: Mapping[str, Any]
    sent_at: datetime
    job: Job | None = None
    tasks: tuple[Task, ...] = ()
    files: Mapping[str, Path] = field(factory=dict)
    reason: str | None = None
    held: bool = False
    settled: bool = False
    final: bool = False
    operation: str = MULTI_IMAGE
    idempotency_key: str | None = None
    fingerprint: str | None = None
    told_at: datetime | None = None

    @property
    def result(self) -> Result | None:
        """The job with its tasks as last told; None as long as no answer has told its ids."""
        return Result(self.job, self.tasks) if self.job else None

    @property
    def unfetched(self) -> tuple[Video, ...]:
        """The videos that were made and are in no file yet."""
        made = self.result.videos if self.result else ()
        return tuple(video for video in made if video.name not in self.files)

    @property
    def state(self) -> State:
        """What is known of it, in one word.

        `sending`; `unknown`: it may have been paid, so look it up, then settle it; `running`;
        `ready`: ended, with all the videos that were paid for, and some are to be fetched;
        `fetched`: all of them; `incomplete`: ended with fewer, or with none, and nobody knows why;
        `failed`: every task failed, and a minute later still had; `settled`.
        """
        if self.settled:
            return SETTLED
        if self.result is None:
            return SENDING if self.held else UNKNOWN
        if not self.result.done:
            return RUNNING
        if self.result.complete:
            return READY if self.unfetched else FETCHED
        if self.result.videos or any(task.state != FAILED for task in self.tasks):
            return INCOMPLETE
        return FAILED if self.final else INCOMPLETE

    def told(
        self, tasks: Sequence[Task], *, final: bool = False, at: datetime | None = None
    ) -> Entry:
        """The entry once this was told of its tasks: what `Journal.note` writes down, for whoever
        writes a journal. An equal one where it says nothing new.

        Nothing leaves: tasks and videos that are not told again stay, and what has ended does not
        run again. A video is known by its address without query and fragment; several of one
        address in one call are several. It keeps the name that it was first told with, and gets
        another where a video of the entry has that name; its address is the latest one. A text
        that cannot be encoded is mended.

        Parameters:
            tasks: under the ids that the service gave them there.
            final: the job was seen to stay as it is for a minute after its end; kept for good.
            at: when; a later time alone says something new once it is a minute later.
        """
        first = self.job.task_ids if self.job else ()
        known = merged(self.tasks, tasks, first)
        after = evolve(self, tasks=known, final=self.final or final)
        if at is None:
            return after
        moves = self.told_at is None or abs(at - self.told_at) >= STEP or after != self
        return evolve(after, told_at=at) if moves else after

    @property
    def open(self) -> bool:
        """Whether something is left to do: to wait, to fetch, or to look it up."""
        return self.state in OPEN_STATES


@frozen
class Resumed(Plain):
    """What became of an open entry: see `WeryAI.resume`.

    Attributes:
        entry: as it is now, with the files of its videos.
        paths: the files that were fetched now.
        error: what `wait` or `download` would have raised; None where all that was paid for is
            here.
    """

    entry: Entry
    paths: tuple[Path, ...] = ()
    error: WeryAIError | None = None


CARRIED.update(entry=Entry | str | None)
