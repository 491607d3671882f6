"""What a journal holds, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ..results import Job, Result, Task, Video

MULTI_IMAGE = "submit_multi_image_to_video"

SENDING = "sending"
UNKNOWN = "unknown"
RUNNING = "running"
READY = "ready"
INCOMPLETE = "incomplete"
FETCHED = "fetched"
FAILED = "failed"
SETTLED = "settled"

# Whose videos are to come: a repeat of one of these would pay twice for the same.
TO_COME = (SENDING, UNKNOWN, RUNNING, READY)


@frozen(kw_only=True)
class Entry:
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
    def state(self) -> str:
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

    @property
    def open(self) -> bool:
        """Whether something is left to do: to wait, to fetch, or to look it up."""
        return self.state in (*TO_COME, INCOMPLETE)
