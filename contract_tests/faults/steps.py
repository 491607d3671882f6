"""One fault at one step: what is prepared, what is done, and what must hold in the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import define, field, frozen

from contract_tests.faults.outcomes import End, Fault, Row, When
from contract_tests.support.run.turns import EVERY_MODE
from contract_tests.support.servers.simulator_http import raw
from weryai import (
    DownloadError,
    Job,
    MultiImageToVideo,
    SubmissionUnknownError,
    Video,
    WaitTimeoutError,
    WeryAIError,
)
from weryai.testing import ManualClock, Simulator

ALWAYS = math.inf
HTTPS = ("https://example.com/a.jpg", "https://example.com/b.jpg")


@define
class Clock(ManualClock):
    """A clock of tests that tells when somebody sleeps on it."""

    slept: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        self.slept()

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


@define
class Stage:
    """What a step needs: the simulator, a client of it or of what stands before it, and the rest.

    The job is finished, with as many videos as the step has tasks. `video` is one of a finished
    job, and `film` its bytes. `folder` is for downloads, and not there yet.
    """

    simulator: Simulator
    clock: Clock
    request: Callable[..., MultiImageToVideo]
    picture: Path
    folder: Path
    job: Job
    video: Video
    film: bytes
    client: Any = None
    wait: float = 600
    value: Any = None
    error: WeryAIError | None = None
    took: float = 0
    paid_before: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.paid_before = len(self.simulator.ledger)

    @property
    def paid(self) -> int:
        """How many submissions the service has accepted since this was set up."""
        return len(self.simulator.ledger) - self.paid_before

    def open(self, client: Any, origin: str) -> None:
        """Use this client, and fetch the video from this origin."""
        self.client = client
        self.video = Video(origin + urlsplit(self.video.url).path, self.video.name)

    def take_another_picture(self) -> None:
        """One more byte makes a picture another one: the same is not uploaded twice."""
        content = self.picture.read_bytes() + b"."
        self.picture = self.picture.with_name(f"{len(content)}-{self.folder.name}.png")
        self.picture.write_bytes(content)

    def run(self, step: Step) -> None:
        """Do what the step does. Anything but an error of our tree fails the test."""
        self.value = self.error = None
        started = self.clock.now
        try:
            self.value = step.act(self)
        except WeryAIError as error:
            self.error = error
        self.took = self.clock.now - started


@frozen
class Step:
    """One step of a video's way.

    Attributes:
        name: as the table has it.
        path: the pattern of its requests.
        act: what is called.
        check: that what came of it is right.
        tasks: how many tasks the job has that it waits for.
        pays: how many submissions the service accepts where all is well.
    """

    name: str
    path: str
    act: Callable[[Stage], Any]
    check: Callable[[Stage], None]
    tasks: int = 0
    pays: int = 0


def _has_job(stage: Stage) -> None:
    assert stage.value.task_ids == stage.simulator.ledger[-1].task_ids


def _has_upload(stage: Stage) -> None:
    _has_job(stage)
    (address,) = stage.simulator.ledger[-1].payload["images"]
    assert raw(stage.simulator, Authorization="").get(address).content == stage.picture.read_bytes()


def _has_videos(stage: Stage) -> None:
    assert {task.id for task in stage.value.tasks} == set(stage.job.task_ids)
    assert len(stage.value.videos) == len(stage.job.task_ids)


def _has_file(stage: Stage) -> None:
    assert stage.value == list(stage.folder.iterdir()) == [stage.folder / f"{stage.video.name}.mp4"]
    assert stage.value[0].read_bytes() == stage.film


def _submit(stage: Stage) -> Any:
    return stage.client.submit(stage.request(images=HTTPS))


def _wait(stage: Stage) -> Any:
    return stage.client.wait(stage.job, timeout=stage.wait)


def _download(stage: Stage) -> Any:
    return stage.client.download([stage.video], stage.folder)


def _submit_a_picture(stage: Stage) -> Any:
    return stage.client.submit(stage.request(images=[stage.picture]))


UPLOAD = Step("upload", "/upload-file$", _submit_a_picture, _has_upload, pays=1)
SUBMIT = Step("submit", "/multi-image-to-video$", _submit, _has_job, pays=1)
WAIT = Step("wait", "/status$", _wait, _has_videos, tasks=1)
BATCH = Step("batch", "/status$", _wait, _has_videos, tasks=2)
DOWNLOAD = Step("download", "/results/", _download, _has_file)
STEPS = [UPLOAD, SUBMIT, WAIT, BATCH, DOWNLOAD]


def cases(
    faults: Sequence[Fault],
    steps: Sequence[Step],
    *,
    staying: bool = False,
    in_turn: bool = False,
) -> list[Any]:
    """Each of these faults at each of these steps; of those that stay, the ones that pass. What
    pays meets each of them in every mode, or where that is tried elsewhere in one in turn."""
    return [
        pytest.param(
            step,
            fault,
            id=f"{step.name}-{fault.name}",
            marks=[EVERY_MODE] if step is SUBMIT and not in_turn else [],
        )
        for fault in faults
        for step in steps
        if not staying or fault.end(step.name) is End.AGAIN
    ]


def judge_once(stage: Stage, step: Step, fault: Fault, asked: int) -> None:
    """What must hold after a fault that came once."""
    end = fault.end(step.name)
    if end is End.EITHER:
        end = End.UNKNOWN if stage.error else End.AGAIN
    if end in (End.AGAIN, End.WELL):
        assert stage.error is None, stage.error
        step.check(stage)
        assert stage.paid == step.pays
        assert stage.took >= fault.pause
    elif end is End.UNKNOWN:
        assert type(stage.error) is SubmissionUnknownError
        assert stage.paid == fault.accepted
    else:
        wanted = DownloadError if step.name == "download" else fault.error()
        assert type(stage.error) is wanted, stage.error
        assert stage.paid == 0
    reached = 0 if fault.when in (When.REFUSING, When.CONNECTING) else 1
    wanted_again = end is End.AGAIN and not (fault.row is Row.REDIRECTED and asked == 1)
    if step.name != "batch":  # a batch that cannot be read is asked for task by task
        assert asked == reached + wanted_again


def judge_always(stage: Stage, step: Step, fault: Fault) -> None:
    """What must hold after a fault that came again and again and would have passed."""
    assert stage.paid == 0
    match step.name:
        case "wait" | "batch":
            assert type(stage.error) is WaitTimeoutError
            assert stage.error.job == stage.job
            assert isinstance(stage.error.__cause__, WeryAIError)
        case "download":
            assert type(stage.error) is DownloadError
        case _:
            assert type(stage.error) is fault.error()


def judge_after(stage: Stage, step: Step) -> None:
    """Nothing is lost: what did not succeed does when the fault is over, and is paid once."""
    if isinstance(stage.error, SubmissionUnknownError):
        return
    if step.name in ("wait", "batch") and stage.error is not None:
        assert stage.error.job == stage.job
    if stage.error is not None:
        assert not list(stage.folder.glob("[!.]*")), "only a part, which a download goes on with"
        stage.run(step)
    step.check(stage)
    assert stage.paid == step.pays
