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

from .. import _output, _setup
from .._errors import StillRunningError, UsageError
from .._files import Files
from .._invocation import Invocation
from .._operations import listing
from .._progress import Progress

if TYPE_CHECKING:
    from weryai import Video, WeryAI
    from weryai.journal import Entry, Journal

MOST_NAMED = 5


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


def entry_of(journal: Journal, beginning: str) -> Entry:
    """The entry of the journal whose id begins so. Raises UsageError for none and for several."""
    if not beginning:
        raise UsageError("the id of the entry is empty: `weryai jobs` lists them")
    if entry := journal.entry(beginning):
        return entry
    found = [entry for entry in journal.entries() if entry.id.startswith(beginning)]
    if not found:
        raise UsageError(f"{beginning} is no entry of the journal: `weryai jobs` lists them")
    if len(found) > 1:
        ids = ", ".join(entry.id for entry in found[:MOST_NAMED])
        raise UsageError(f"{beginning} is the beginning of several entries: {ids}")
    return found[0]


def files(out: Path, name: str | None, *, videos: int = 1, jobs: int = 1) -> Files:
    """What `--out` and `--name` ask for; see `Files.require`. Raises UsageError."""
    found = Files(out, name)
    found.require(videos=videos, jobs=jobs)
    return found


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
            if len(result.tasks) > 1:
                for task in result.tasks:
                    progress.show(task.id, task.reason if task.failed else task.state)

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


def wait_and_fetch(
    run: Invocation, client: WeryAI, journal: Journal | None, job: Job, timeout: float
) -> TaskFailedError | None:
    """Wait, then fetch what was made, of a job that failed in part too. Returns its failure."""
    with _setup.claimed(client, journal, job):
        failure = wait(run, client, job, timeout)
        fetch(run, client)
    return failure


def fetch(run: Invocation, client: WeryAI) -> None:
    """Download every video that has been made."""
    assert run.files is not None  # noqa: S101 # which is why it is called
    videos = run.result.videos if run.result else ()
    failures: list[DownloadError] = []
    with Progress(run, "downloading") as progress:
        for number, video in enumerate(videos, 1):
            progress.tell(f"downloading video {number} of {len(videos)}")
            try:
                progress.came(download(client, run.files, run.result, video, progress))
            except DownloadError as error:  # which is no reason to give up the others
                failures.append(error)
            progress.end(video.name)
    if failures:
        raise DownloadError.of(failures, len(videos))


def download(
    client: WeryAI, files: Files, result: Result | None, video: Video, progress: Progress
) -> list[Path]:
    """Fetch one video of a job to where it is meant to go."""
    names = files.names(result, video)
    return client.download([video], files.folder, names=names, on_progress=progress.arrives)


def end(run: Invocation, failure: TaskFailedError | None, open_them: bool = False) -> None:
    """Tell how a command about a job has ended, and show its videos. Raises the failure."""
    if failure is not None:
        raise failure
    _output.finish(run)
    for path in run.paths if open_them else ():
        if typer.launch(os.fspath(path)):
            _output.say(f"nothing on this machine shows {path}")


def require_end(result: Result) -> None:
    """Raise StillRunningError or TaskFailedError unless all that was paid for is here."""
    if not result.done:
        raise StillRunningError(f"not all is done yet ({_output.summary(result)})")
    if not result.complete:
        raise TaskFailedError(result)
