"""The steps that commands are made of. Each one writes what it achieves into the run at once."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from weryai import (
    AuthenticationError,
    Delay,
    DownloadError,
    Job,
    JournalError,
    Result,
    Task,
    TaskFailedError,
    UnlistedModelWarning,
    WeryAIError,
)
from weryai.requests import VideoRequest

from .. import _output
from .._errors import StillRunningError, UsageError
from .._invocation import Invocation
from .._operations import listing
from .._progress import Progress

if TYPE_CHECKING:
    from weryai import WeryAI


def begin(
    ctx: typer.Context, as_json: bool, base_url: str | None, journal: str | None = None
) -> Invocation:
    """The run of a command, with the options that most of them have."""
    run: Invocation = ctx.obj
    run.json, run.base_url, run.journal = as_json, base_url, journal
    return run


def job_of(task_ids: Sequence[str] | None, batch_id: str | None) -> Job:
    """The job that ids on the command line stand for. Raises UsageError if there are none."""
    if not task_ids and batch_id is None:
        raise UsageError("give the id of a task, or --batch with the id of a batch")
    for each in task_ids or ():
        if not each:
            raise UsageError("an id of a task is empty")
    if batch_id == "":
        raise UsageError("--batch is empty")
    job = Job(task_ids or (), batch_id)
    if odd := job.odd_ids:
        raise UsageError(f"{odd[0]!r:.140} is not an id that the service could have given")
    return job


def folder(out: Path) -> Path:
    """Make the folder for videos, before anything is paid for. Raises UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out: {error}") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise UsageError(f"--out: {out} may not be written")
    return out


def submit(run: Invocation, client: WeryAI, request: VideoRequest, refuse_repeats: bool) -> Job:
    """Submit, and tell the ids before anything else can go wrong."""
    run.request = request
    with Progress(run, "submitting") as progress:

        def tell(delay: Delay) -> None:
            progress.tell(f"waiting for its turn: {delay}")

        try:
            with _telling(request):
                run.job = client.submit(request, refuse_repeats=refuse_repeats, on_wait=tell)
        except JournalError as error:
            run.job = error.job  # which the journal may have had no room for
            raise
    batch = f" (batch {run.job.batch_id})" if run.job.batch_id else ""
    _output.say(f"submitted: {' '.join(run.job.task_ids) or 'no task ids'}{batch}")
    return run.job


def doubt(request: VideoRequest, words: str) -> None:
    """Tell what may be wrong with a request."""
    _output.say(f"weryai: {words}", f"`{listing(request)}` lists all")


@contextmanager
def _telling(request: VideoRequest) -> Iterator[None]:
    """Tell the library's warnings as all else is told, whatever Python was told of warnings."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        doubt(request, str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", UnlistedModelWarning)
        warnings.showwarning = show
        yield


def wait(run: Invocation, client: WeryAI, job: Job, timeout: float) -> TaskFailedError | None:
    """Wait for the end. Returns the failure of a task instead of raising it."""
    with Progress(run, "waiting") as progress:

        def update(result: Result) -> None:
            run.result = result
            progress.tell(_output.summary(result))

        try:
            client.wait(job, timeout=timeout, on_update=update)
        except TaskFailedError as error:
            return error
    return None


def look(run: Invocation, client: WeryAI, job: Job) -> tuple[Result, WeryAIError | None]:
    """Ask for the state of a job, once. Returns what is known, and why the rest is not."""
    tasks: dict[str, Task] = {}
    failures: list[WeryAIError] = []
    with Progress(run, "asking"):
        try:
            if job.batch_id:
                tasks = {task.id: task for task in client.batch_status(job.batch_id)}
        except AuthenticationError:
            raise
        except WeryAIError as error:  # which is no reason to give up its tasks
            failures += [] if job.task_ids else [error]
        for task_id in job.task_ids:
            try:
                tasks[task_id] = tasks.get(task_id) or client.status(task_id)
            except AuthenticationError:
                raise
            except WeryAIError as error:
                error.add_note(f"the question was about {task_id}")
                failures.append(error)
    run.result = Result(job, tuple(tasks.values()))
    return run.result, next(iter(failures), None)


def fetch(run: Invocation, client: WeryAI, out: Path) -> None:
    """Download every video that has been made."""
    videos = run.result.videos if run.result else ()
    failures: list[DownloadError] = []
    with Progress(run, "downloading") as progress:
        for number, video in enumerate(videos, 1):
            progress.tell(f"downloading video {number} of {len(videos)}")
            try:
                run.paths += client.download([video], out)
            except DownloadError as error:  # which is no reason to give up the others
                failures.append(error)
    if failures:
        raise DownloadError.of(failures, len(videos))


def require_end(result: Result) -> None:
    """Raise StillRunningError or TaskFailedError unless all that was paid for is here."""
    if not result.done:
        raise StillRunningError(f"not all is done yet ({_output.summary(result)})")
    if not result.complete:
        raise TaskFailedError(result)
