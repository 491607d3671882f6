"""What the service gives back, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen

from ._ids import is_id
from ._plain import CARRIED, Plain
from ._states import FAILED, PROCESSING, SUCCEEDED, WAITING, TaskState, state_of
from ._texts import request_id
from .errors import WeryAIError


def _headers() -> Any:
    """Of an answer, which no value is known by and none is written down with."""
    return field(factory=dict, eq=False, repr=False, kw_only=True, metadata={"plain": False})


@frozen
class Video(Plain):
    """One finished video.

    Attributes:
        url: where it can be fetched; how long is not published, so fetch it soon.
        name: a name of its own, made of the task's id; the stem of the downloaded file.
        cover_url: a still picture, where the service gave one.
    """

    url: str
    name: str
    cover_url: str | None = None

    def _repr_html_(self) -> str:
        """What a notebook shows: the video itself."""
        from . import _notebook

        return _notebook.video(self)


@frozen
class Task(Plain):
    """One task as the service last told it.

    Attributes:
        id: the task's id.
        raw_state: the state as it was spelled; the set is open. A wait makes it `succeed` where one
            that is not known came twice in a row with the videos that were paid for, and `expired`
            where the service does not know the task any more and all videos are there.
        videos: what it has made.
        message: why it failed, where the service said so.
        headers: of the answer that told it, by their names in lower case; nothing where none did.
            Two tasks are equal whatever these are.
    """

    id: str
    raw_state: str
    videos: tuple[Video, ...] = ()
    message: str | None = None
    headers: Mapping[str, str] = _headers()

    @property
    def request_id(self) -> str | None:
        """What the service calls the request that told it, where a header says so."""
        return request_id(self.headers)

    @property
    def state(self) -> TaskState | str:
        """`waiting`, `processing`, `succeeded`, `failed`, or an unknown state in lower case."""
        return state_of(self.raw_state)

    @property
    def known(self) -> bool:
        """Whether the state is one of the four; one that is not counts as still running."""
        return self.state in (WAITING, PROCESSING, SUCCEEDED, FAILED)

    @property
    def done(self) -> bool:
        """Whether the state is an end; a failure may turn out to be a success all the same."""
        return self.state in (SUCCEEDED, FAILED)

    @property
    def failed(self) -> bool:
        """Whether it ended without a video, whatever its state says."""
        return self.done and not (self.state == SUCCEEDED and self.videos)

    @property
    def reason(self) -> str:
        """Why it failed, in words."""
        if self.state == SUCCEEDED:
            return self.message or "the service says it succeeded, and names no video"
        return self.message or f"{self.raw_state}, the service gave no reason"

    def _repr_html_(self) -> str:
        """What a notebook shows: its videos, or its state."""
        from . import _notebook

        return _notebook.tasks([self])


def _texts(values: Any) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError("task_ids must be a list of ids, not one text")
    ids = tuple(values)
    if not all(isinstance(value, str) and value for value in ids):
        raise TypeError("task_ids must be texts that are not empty")
    return tuple(dict.fromkeys(ids))  # an id told twice is one task


def _count(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise TypeError("video_number must be a whole number above 0")
    return value


def _utc(at: datetime | None) -> datetime | None:
    """A time without a zone is meant as UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@frozen
class Job(Plain):
    """What one paid submission started. Keep it, or its ids, until the videos are fetched.

    Attributes:
        task_ids: the ids of its tasks.
        batch_id: the id of all of them together, where the service gave one.
        submitted_at: when it was accepted, in UTC; None where only the ids are known.
        caller_id: as given in the request.
        video_number: how many videos were paid for; None where that is not known, and then at least
            one of each task is expected.
        headers: of the answer that told the ids, as those of a task.
    """

    task_ids: tuple[str, ...] = field(converter=_texts, default=())
    batch_id: str | None = None
    submitted_at: datetime | None = field(converter=_utc, default=None)
    caller_id: int | None = None
    video_number: int | None = field(converter=_count, default=None)
    headers: Mapping[str, str] = _headers()

    def __attrs_post_init__(self) -> None:
        if not self.task_ids and not self.batch_id:
            raise ValueError("a job needs at least one task id or a batch id")

    @property
    def odd_ids(self) -> tuple[str, ...]:
        """Those of its ids that the service cannot be asked for: it could not have given them."""
        ids = self.task_ids if self.batch_id is None else (*self.task_ids, self.batch_id)
        return tuple(each for each in ids if not is_id(each))

    @property
    def request_id(self) -> str | None:
        """What the service calls the submission, where a header says so."""
        return request_id(self.headers)

    @property
    def name(self) -> str:
        """Its ids, for people."""
        return ", ".join(self.task_ids) or f"batch {self.batch_id}"


@frozen
class Result(Plain):
    """The tasks of a job as the service last told them.

    Attributes:
        job: the job.
        tasks: its tasks, with their states.
    """

    job: Job
    tasks: tuple[Task, ...]

    @property
    def videos(self) -> tuple[Video, ...]:
        """Every video that has been made, of failed tasks too, each once."""
        return tuple(dict.fromkeys(video for task in self.tasks for video in task.videos))

    @property
    def failed(self) -> tuple[Task, ...]:
        """The tasks that ended without a video."""
        return tuple(task for task in self.tasks if task.failed)

    @property
    def done(self) -> bool:
        """Whether every task of the job has been told and has ended."""
        told = {task.id for task in self.tasks}
        ended = all(task.done for task in self.tasks)
        return bool(told) and told.issuperset(self.job.task_ids) and ended

    @property
    def expected(self) -> int:
        """How many videos were paid for, as far as that is known: at least one of each task."""
        if self.job.video_number is not None:
            return self.job.video_number
        ids = dict.fromkeys([*self.job.task_ids, *(task.id for task in self.tasks)])
        made = {task.id: len(task.videos) for task in self.tasks}
        return sum(max(1, made.get(each, 0)) for each in ids) or 1

    @property
    def complete(self) -> bool:
        """Whether it is done and every video that was paid for is here."""
        if self.job.video_number is None:
            return self.done and not self.failed
        return self.done and len(self.videos) >= self.job.video_number

    def _repr_html_(self) -> str:
        """What a notebook shows: each video, and each task that has none."""
        from . import _notebook

        return _notebook.tasks(self.tasks)


@frozen
class Ended(Plain):
    """How the wait for one job of several has ended.

    Attributes:
        result: its tasks as last told, with every video that was made, whatever the error is.
        error: what `wait` would have raised; None where all that was paid for is here.
    """

    result: Result
    error: WeryAIError | None = None

    @property
    def job(self) -> Job:
        """The job, as it was given."""
        return self.result.job


@frozen
class Estimate(Plain):
    """What is known of the cost of a request: what those of its kind have cost. No price is
    published, so it is measured by the balances before and after a payment; what else happened on
    the account in between is not known. The kind is the endpoint, model, duration, resolution,
    sound and number of videos.

    Attributes:
        credits: what the last one has cost; None where that is not known.
        payments: how many were measured.
        least: credits, the cheapest of them; None where there is none.
        most: credits, the dearest.
        last_at: when the balance after the last one was read, in UTC.
    """

    credits: float | None = None
    payments: int = 0
    least: float | None = None
    most: float | None = None
    last_at: datetime | None = field(default=None, converter=_utc)

    def __str__(self) -> str:
        if self.credits is None or self.last_at is None:
            return "not known"
        number = f"{self.payments} payment{'s' * (self.payments != 1)}"
        among = f" ({self.least:.12g} to {self.most:.12g})" if self.least != self.most else ""
        return (
            f"{self.credits:.12g} credits{among}: measured by {number} of this kind, the last on"
            f" {self.last_at:%Y-%m-%d %H:%M} UTC"
        )


CARRIED.update(job=Job | None, result=Result | None, video=Video)


@frozen
class Model(Plain):
    """What one model accepts, as the registry tells it; empty or None where it does not say.

    Attributes:
        key: the value for `MultiImageToVideo.model`.
        title: its name for people.
        durations: seconds.
        aspect_ratios: such as `16:9`; some models take none.
        resolutions: such as `720p`; leave `resolution` out where this is empty.
        has_generate_audio: whether `generate_audio` may be sent.
        has_negative_prompt: whether `negative_prompt` may be sent.
        prompt_length_limit: characters.
        support_multiple_images: whether it takes more than one image.
        support_first_last_frame: whether it moves from a first frame to a last one.
        upload_image_limit: how many images.
    """

    key: str
    title: str | None = None
    durations: tuple[int, ...] = ()
    aspect_ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    has_generate_audio: bool | None = None
    has_negative_prompt: bool | None = None
    prompt_length_limit: int | None = None
    support_multiple_images: bool | None = None
    support_first_last_frame: bool | None = None
    upload_image_limit: int | None = None
