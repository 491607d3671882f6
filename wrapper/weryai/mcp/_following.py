"""The tools that follow what was paid for: free, all of them, and none submits anything."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from weryai import DownloadError, TaskFailedError, WaitTimeoutError, WeryAIError
from weryai.journal import Entry

from ._desk import At, Desk, desk, worded
from ._told import told

USUAL_WAIT, LONGEST_WAIT = 8.0, 20.0  # seconds; many clients give a call no more than 30 or 60
SLICE = 4.0  # seconds
USUAL_NUMBER, MOST = 20, 100
AT_ONCE = 10  # jobs that one call of `resume` looks at
TO_DO = ("running", "ready", "incomplete")

JobName = Annotated[
    str, Field(description="`job` of an answer; your idempotency_key or a task id will do too.")
]
After = Annotated[
    str | None, Field(description="Go on behind this job: `after` of the last answer.")
]


@worded
def status(job: JobName, at: At) -> dict[str, Any]:
    """The state of a job, asked for once: free."""
    return _followed(job, 0.0, at)


async def wait(
    job: JobName,
    at: At,
    seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = USUAL_WAIT,
) -> dict[str, Any]:
    """Wait some seconds for the end of a job, and tell its state: free. It goes on meanwhile and
    afterwards: while it is `running`, call this again."""
    # In slices, between which it ends where nobody waits any more: the process must not stay.
    left, look = seconds, worded(_followed)
    while True:
        told = await anyio.to_thread.run_sync(look, job, min(left, SLICE), at)
        left -= SLICE
        if told["state"] != "running" or left <= 0:
            return told


@worded
def download(job: JobName, at: At) -> dict[str, Any]:
    """Fetch the videos of a job that are made and not on this disk yet: free. They go to the folder
    that the server was started with; `file` is the path of each."""
    here = desk(at)
    entry, _ = _looked(here, here.entry(job), 0.0)
    with here.claimed(entry) as ours:
        if not ours:
            raise ToolError("another process is at it: call `status` in some seconds")
        _fetch(here, entry)
    return told(here.entry(entry.id))


@worded
def resume(at: At, after: After = None) -> dict[str, Any]:
    """Fetch whatever was paid for and is not here yet, of all jobs and whoever started them: free.
    It looks at some jobs a call; while the answer has `after`, call it again with that."""
    here = desk(at)
    found = here.journal.entries(after=after) if after else here.journal.open_entries()
    ours = (
        entry
        for entry in found
        if entry.base_url == here.client.base_url and entry.state in TO_DO and not entry.held
    )
    entries = [*islice(ours, AT_ONCE)]
    answer: dict[str, Any] = {"jobs": [_resumed(here, entry) for entry in entries]}
    if next(ours, None) is not None:
        answer["after"] = entries[-1].id
    return answer


@worded
def jobs(
    at: At,
    only_open: Annotated[bool, Field(description="Those with something left to do.")] = False,
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL_NUMBER,
    after: After = None,
) -> dict[str, Any]:
    """List what was paid for, the latest first, as last told; nobody is asked: free."""
    here = desk(at)
    found = (
        entry
        for entry in here.journal.entries(after=after, newest_first=True)
        if entry.base_url == here.client.base_url and (entry.open or not only_open)
    )
    entries = [*islice(found, limit)]
    answer: dict[str, Any] = {"jobs": [told(entry) for entry in entries]}
    if next(found, None) is not None:
        answer["after"] = entries[-1].id
    return answer


def _followed(name: str, seconds: float, at: At) -> dict[str, Any]:
    here = desk(at)
    entry, trouble = _looked(here, here.entry(name), seconds)
    return told(entry) | ({"last_look_failed": trouble} if trouble else {})


def _looked(here: Desk, entry: Entry, seconds: float) -> tuple[Entry, str | None]:
    """An entry once its job was waited for, and why nothing was told of it, if that is so. What is
    done, or has no ids, is as the journal knows it."""
    if entry.job is None or not entry.open:
        return entry, None
    trouble = None
    try:
        here.client.wait(entry.job, timeout=seconds)
    except WaitTimeoutError as error:
        trouble = str(error.__cause__) if error.__cause__ else None
    except TaskFailedError:
        pass  # the journal knows it now
    return here.entry(entry.id), trouble


def _fetch(here: Desk, entry: Entry) -> None:
    """Download what is in no file. Raises DownloadError."""
    made = entry.result.videos if entry.result else ()
    gone = [each for each in made if not _is_here(entry, each.name)]
    if gone:
        here.client.download(gone, here.folder)


def _is_here(entry: Entry, name: str) -> bool:
    return name in entry.files and entry.files[name].exists()


def _resumed(here: Desk, entry: Entry) -> dict[str, Any]:
    """One job of several: what cannot be fetched stops no other."""
    failure = None
    with here.claimed(entry) as ours:
        try:
            if ours:
                entry, failure = _looked(here, entry, 0.0)
                _fetch(here, entry)
        except (DownloadError, WeryAIError) as error:
            failure = str(error)
    return told(here.entry(entry.id)) | ({"failure": failure} if failure else {})
