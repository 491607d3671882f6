"""What each failure becomes: an exit code, a sentence with the next step, and JSON."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import singledispatch
from itertools import takewhile
from typing import Any

from weryai import (
    AlreadySubmittedError,
    ConfigError,
    DownloadError,
    InvalidRequestError,
    JournalError,
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
from weryai.journal import Entry

from . import _show, _streams
from ._run import Run
from ._signals import HungUp, Terminated

HISTORY = "https://weryai.com/api/history"
# What must not be read beside a submission that may have been paid, whoever says it.
SAYS_AGAIN = re.compile(r"again|retry|later", re.I)
LONGEST_RAW = 2000  # bytes, in a document
LONGEST_SHOWN = 500  # and in a terminal: a real answer to a submission has fewer


class UsageError(WeryAIError):
    """The command line cannot be understood."""


class MissingExtraError(UsageError):
    """Packages are missing that the command needs."""


class StillRunningError(WeryAIError):
    """Videos were asked for, and not everything has ended.

    Attributes:
        entries: the ids of what is left in the journal, where that is known.
    """

    def __init__(self, message: str, entries: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.entries = list(entries) or None


EXIT_CODES: Mapping[type[BaseException], int] = {
    Exception: 1,
    JournalError: 1,
    UsageError: 2,
    ConfigError: 2,
    InvalidRequestError: 2,
    ResponseError: 3,
    DownloadError: 3,
    TransportError: 3,
    TaskFailedError: 4,
    WaitTimeoutError: 5,
    StillRunningError: 5,
    SubmissionUnknownError: 6,
    HungUp: 129,
    KeyboardInterrupt: 130,
    Terminated: 143,
}

# Where the library's own hint speaks to a programmer.
HINTS: Mapping[type[ResponseError], str] = {
    ParameterError: "change the request: `weryai models` lists what each model accepts",
    RateLimitError: "wait a minute, then try again",
    UnexpectedResponseError: "the API may have changed; --json shows the answer",
}

# Attributes of errors that recovery needs.
KEPT = (
    "faults",
    "code",
    "http_status",
    "retry_after",
    "payload",
    "sent_at",
    "caller_id",
    "entries",
)


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn a package that is missing while others are imported into MissingExtraError."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "weryai", "weryai_api"):
            raise
        # From a clone: this package is on no index, where somebody else may take its name.
        raise MissingExtraError(
            f"{package} is not installed: install weryai with its extra `{extra}`,"
            f" in a clone of it: pip install '.[{extra}]'"
        ) from error


def exit_code(error: BaseException) -> int:
    """The exit code of the nearest class in the table."""
    return EXIT_CODES[_nearest(error)]


def _nearest(error: BaseException) -> type[BaseException]:
    return next(kind for kind in type(error).__mro__ if kind in EXIT_CODES)


def report(error: BaseException, run: Run) -> int:
    """Tell a failure, in words or as JSON, and what was achieved before it. Returns the code."""
    error = _stop(error)
    first, *more = explain(error, run)
    what = [first, *takewhile(lambda line: line.startswith(" "), more)]
    told = [*what, *getattr(error, "__notes__", ()), *more[len(what) - 1 :]]
    lines = [_show.clean(line) for line in told]
    if run.json:
        _show.document({"error": details(error, run, "\n".join(lines))})
    else:
        _show.paths(run.paths)
    if not run.json or _streams.fault(sys.stdout):
        _show.say(f"weryai: {lines[0]}", *lines[1:])
    paid = run.request is not None and run.job is not None
    return 1 if paid and exit_code(error) == 2 else exit_code(error)


def details(error: BaseException, run: Run, message: str) -> dict[str, Any]:
    """What a program needs to go on."""
    kind = _nearest(error) if isinstance(error, KeyboardInterrupt) else type(error)
    found: dict[str, Any] = {"type": kind.__name__, "message": message}
    found |= run.document()
    if run.uploads:
        found["uploads"] = dict(run.uploads)
    if isinstance(error, KeyboardInterrupt):
        error = _unknown(error) or error
    found |= {name: value for name in KEPT if (value := getattr(error, name, None)) is not None}
    if "sent_at" in found:
        found["sent_at"] = found["sent_at"].isoformat()
    if isinstance(error, AlreadySubmittedError):
        job = error.entry.job
        found |= {"entry": error.entry.id, "state": error.entry.state}
        found["job"] = job.to_dict() if job else None
    if isinstance(error, SubmissionUnknownError) and error.entry:
        found["entry"] = error.entry
    if isinstance(error, (UnexpectedResponseError, SubmissionUnknownError)):
        found["raw"] = _text(error.raw[:LONGEST_RAW])
    if isinstance(error, DownloadError):
        found["failures"] = [
            {"name": each.video.name, "url": each.video.url, "message": str(each)}
            for each in error.failures
        ]
    return found


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


@singledispatch
def explain(error: BaseException, run: Run) -> list[str]:
    """The lines that tell an error to a person: what happened, then what to do next."""
    return [f"{type(error).__name__}: {error}", "-v shows where", *_paid(run)]


@explain.register
def _(error: WeryAIError, run: Run) -> list[str]:
    return [str(error), *_paid(run)]


@explain.register
def _(error: StillRunningError, run: Run) -> list[str]:
    return [str(error), *_go_on(run)]


@explain.register
def _(error: UsageError, run: Run) -> list[str]:
    if isinstance(error, MissingExtraError):
        return [str(error)]
    return [str(error), f"try: {' '.join(filter(None, ('weryai', run.command)))} --help"]


@explain.register
def _(error: InvalidRequestError, run: Run) -> list[str]:
    if run.request is not None and run.job is not None:
        return [str(error), *_paid(run)]
    if len(error.faults) == 1:
        return [f"{error.faults[0]}; nothing was charged"]
    count = len(error.faults)
    return [f"{count} faults, nothing was charged:", *(f"  {fault}" for fault in error.faults)]


@explain.register
def _(error: AlreadySubmittedError, run: Run) -> list[str]:
    entry = error.entry
    return [
        f"the same was submitted at {entry.sent_at:%Y-%m-%d %H:%M} UTC: entry {entry.id},"
        f" {entry.state}; nothing was sent, nothing was charged",
        *_open(entry, run),
        "to pay for it once more all the same, add --again",
    ]


def _open(entry: Entry, run: Run) -> list[str]:
    """How to go on with an entry."""
    if entry.state == "unknown":
        settle = f"  {run.again('jobs settle')} {entry.id} [TASK_ID...]"
        return [f"look it up on {HISTORY}, then say what you found:", settle]
    return ["to wait for and fetch it:", f"  {run.again('resume')}"]


@explain.register
def _(error: ResponseError, run: Run) -> list[str]:
    said = error.message or "the service gave no reason"
    what = f"HTTP {error.http_status}" if error.code is None else f"code {error.code}"
    hint = HINTS.get(type(error), error.hint)
    return [f"{said} ({what})" + (f"; {hint}" if hint else ""), *_paid(run)]


@explain.register
def _(error: TransportError, run: Run) -> list[str]:
    return [f"{error}; check the network and the address: trying again is safe", *_paid(run)]


@explain.register
def _(error: SubmissionUnknownError, run: Run) -> list[str]:
    lines = str(error).replace("weryai jobs settle", run.again("jobs settle")).splitlines()
    came = _text(error.raw[:LONGEST_SHOWN])
    if came and not run.json and not SAYS_AGAIN.search(came):
        lines.append(f"what arrived of the answer: {came}")
    return lines


@explain.register
def _(error: DownloadError, run: Run) -> list[str]:
    return [*str(error).splitlines(), *_go_on(run, "download")]


@explain.register
def _(error: TaskFailedError, run: Run) -> list[str]:
    result, failed = error.result, error.result.failed
    lines = [f"{len(result.videos)} of {result.expected} videos were made:"]
    if len(result.videos) >= result.expected:  # where nobody knows how many there were to be
        lines = [f"{len(failed)} of {_show.counted(len(result.tasks), 'task')} failed:"]
    lines += [f"  {task.id}: {task.reason}" for task in failed]
    if error.result.videos and not run.paths:
        made = _show.counted(len(error.result.videos), "video")
        lines += [f"{made} can be fetched:", f"  {run.again('download')}"]
    return lines


@explain.register
def _(error: WaitTimeoutError, run: Run) -> list[str]:
    seen = _show.summary(error.result) if error.result else "no state was seen"
    lines = [f"the time is over and not all is done ({seen}); nothing is lost"]
    if error.__cause__:
        lines.append(f"the last look failed: {error.__cause__}")
    return [*lines, *_go_on(run)]


@explain.register
def _(error: KeyboardInterrupt, run: Run) -> list[str]:
    if unknown := _unknown(error):
        return ["stopped while the request was on its way", *explain(unknown, run)]
    if run.request is not None and run.job is None and run.journal != "none":
        return ["stopped", "`weryai jobs` lists what was paid for, if anything was"]
    return ["stopped", *_go_on(run)]


def _stop(error: BaseException) -> BaseException:
    """The signal that came while the ids were written down, with what is told of them; else the
    error as it is."""
    stop = error.__cause__
    if not isinstance(error, JournalError) or not isinstance(stop, KeyboardInterrupt):
        return error
    for note in getattr(error, "__notes__", ()):
        stop.add_note(note)
    return stop


def _unknown(error: BaseException) -> SubmissionUnknownError | None:
    """What was stopped on its way, or was just being told."""
    behind = error.__cause__ or error.__context__
    if behind is None or isinstance(behind, SubmissionUnknownError):
        return behind
    return _unknown(behind)


def _paid(run: Run) -> list[str]:
    """How to go on, where this run has paid for a job."""
    return [] if run.request is None else _go_on(run)


def _go_on(run: Run, command: str = "wait") -> list[str]:
    """How to go on with a job, if there is one, or with all of them."""
    if run.command == "resume":
        return ["go on with:", f"  {run.again('resume')}"]
    if run.job is None:
        return []
    if run.result is not None and run.result.complete:
        command = "download"
    return ["go on with:", f"  {run.again(command)}"]
