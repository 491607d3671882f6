"""What is said of each failure: what happened, then what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import singledispatch
from typing import TYPE_CHECKING

from weryai import (
    AlreadySubmittedError,
    DownloadError,
    InvalidRequestError,
    ParameterError,
    RateLimitError,
    ResponseError,
    SubmissionUnknownError,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    WaitTimeoutError,
    WeryAIError,
)

from . import _output
from ._errors import MissingExtraError, StillRunningError, UsageError
from ._invocation import Invocation

if TYPE_CHECKING:
    from weryai.journal import Entry

HISTORY = "https://weryai.com/api/history"
# What must not be read beside a submission that may have been paid, whoever says it.
SAYS_AGAIN = re.compile(r"again|retry|later", re.I)
LONGEST_SHOWN = 500  # bytes of an answer: a real one to a submission has fewer

# Where the library's own hint speaks to a programmer.
HINTS: Mapping[type[ResponseError], str] = {
    ParameterError: "change the request: `weryai models` lists what each model accepts",
    RateLimitError: "wait a minute, then try again",
    UnexpectedResponseError: "the API may have changed; --json shows the answer",
}


@singledispatch
def explain(error: BaseException, run: Invocation) -> list[str]:
    """The lines that tell an error to a person: what happened, then what to do next."""
    return [f"{type(error).__name__}: {error}", "-v shows where", *_paid(run)]


@explain.register(WeryAIError)
def _(error: WeryAIError, run: Invocation) -> list[str]:
    return [str(error), *_paid(run)]


@explain.register(StillRunningError)
def _(error: StillRunningError, run: Invocation) -> list[str]:
    return [str(error), *_go_on(run)]


@explain.register(UsageError)
def _(error: UsageError, run: Invocation) -> list[str]:
    if isinstance(error, MissingExtraError):
        return [str(error)]
    return [str(error), f"try: {' '.join(filter(None, ('weryai', run.command)))} --help"]


@explain.register(InvalidRequestError)
def _(error: InvalidRequestError, run: Invocation) -> list[str]:
    if run.request is not None and run.job is not None:
        return [str(error), *_paid(run)]
    if len(error.faults) == 1:
        return [f"{error.faults[0]}; nothing was charged"]
    count = len(error.faults)
    return [f"{count} faults, nothing was charged:", *(f"  {fault}" for fault in error.faults)]


@explain.register(AlreadySubmittedError)
def _(error: AlreadySubmittedError, run: Invocation) -> list[str]:
    entry = error.entry
    return [
        f"the same was submitted at {entry.sent_at:%Y-%m-%d %H:%M} UTC: entry {entry.id},"
        f" {entry.state}; nothing was sent, nothing was charged",
        *_open(entry, run),
        "to pay for it once more all the same, add --again",
    ]


def _open(entry: Entry, run: Invocation) -> list[str]:
    """How to go on with an entry."""
    if entry.state == "unknown":
        settle = f"  {run.again('jobs settle')} {entry.id} [TASK_ID...]"
        return [f"look it up on {HISTORY}, then say what you found:", settle]
    command = run.again("wait", entry.job) if entry.job else run.again("resume")
    return ["to wait for and fetch it:", f"  {command}"]


@explain.register(ResponseError)
def _(error: ResponseError, run: Invocation) -> list[str]:
    from ._operations import listing

    said = error.message or "the service gave no reason"
    what = f"HTTP {error.http_status}" if error.code is None else f"code {error.code}"
    hint = HINTS.get(type(error), error.hint).replace("weryai models", listing(run.request))
    return [f"{said} ({what})" + (f"; {hint}" if hint else ""), *_paid(run)]


@explain.register(TransportError)
def _(error: TransportError, run: Invocation) -> list[str]:
    return [f"{error}; check the network and the address: trying again is safe", *_paid(run)]


@explain.register(SubmissionUnknownError)
def _(error: SubmissionUnknownError, run: Invocation) -> list[str]:
    lines = str(error).replace("weryai jobs settle", run.again("jobs settle")).splitlines()
    came = error.raw[:LONGEST_SHOWN].decode(errors="replace")
    if came and not run.json and not SAYS_AGAIN.search(came):
        lines.append(f"what arrived of the answer: {came}")
    return lines


@explain.register(DownloadError)
def _(error: DownloadError, run: Invocation) -> list[str]:
    return [*str(error).splitlines(), *_go_on(run, "download")]


@explain.register(TaskFailedError)
def _(error: TaskFailedError, run: Invocation) -> list[str]:
    result, failed = error.result, error.result.failed
    lines = [f"{len(result.videos)} of {result.expected} videos were made:"]
    if len(result.videos) >= result.expected:  # where nobody knows how many there were to be
        lines = [f"{len(failed)} of {_output.counted(len(result.tasks), 'task')} failed:"]
    lines += [f"  {task.id}: {task.reason}" for task in failed]
    if error.result.videos and not run.paths:
        made = _output.counted(len(error.result.videos), "video")
        lines += [f"{made} can be fetched:", f"  {run.again('download')}"]
    return lines


@explain.register(WaitTimeoutError)
def _(error: WaitTimeoutError, run: Invocation) -> list[str]:
    seen = _output.summary(error.result) if error.result else "no state was seen"
    lines = [f"the time is over and not all is done ({seen}); nothing is lost"]
    if error.__cause__:
        lines.append(f"the last look failed: {error.__cause__}")
    return [*lines, *_go_on(run)]


@explain.register(KeyboardInterrupt)
def _(error: KeyboardInterrupt, run: Invocation) -> list[str]:
    if fate := unknown(error):
        return ["stopped while the request was on its way", *explain(fate, run)]
    if run.request is not None and run.job is None and run.journal != "none":
        return ["stopped", "`weryai jobs` lists what was paid for, if anything was"]
    return ["stopped", *_go_on(run)]


def unknown(error: BaseException) -> SubmissionUnknownError | None:
    """What was stopped on its way, or was just being told."""
    behind = error.__cause__ or error.__context__
    if behind is None or isinstance(behind, SubmissionUnknownError):
        return behind
    return unknown(behind)


def _paid(run: Invocation) -> list[str]:
    """How to go on, where this run has paid for a job."""
    return [] if run.request is None else _go_on(run)


def _go_on(run: Invocation, command: str = "wait") -> list[str]:
    """How to go on with a job, if there is one, or with all of them."""
    if run.line is not None:
        return ["go on with:", f"  {run.line}"]
    if run.command == "resume":
        return ["go on with:", f"  {run.again('resume')}"]
    if run.job is None:
        return []
    if run.result is not None and run.result.complete:
        command = "download"
    return ["go on with:", f"  {run.again(command)}"]
