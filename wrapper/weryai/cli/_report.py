"""How a failure is told: in words or as JSON, with what was achieved before it."""

from __future__ import annotations

import sys
from itertools import takewhile
from typing import Any

from weryai import (
    AlreadySubmittedError,
    DownloadError,
    JournalError,
    SubmissionUnknownError,
    UnexpectedResponseError,
    WeryAIError,
)

from . import _output
from ._errors import UsageError, exit_code, nearest
from ._explain import explain, unknown
from ._invocation import Invocation
from ._process import streams

LONGEST_RAW = 2000  # bytes of an answer, in a document
HOMES = (WeryAIError.__module__, UsageError.__module__)  # of errors that a page has a section for
# Attributes of errors that recovery needs.
KEPT = (
    "faults",
    "code",
    "http_status",
    "retry_after",
    "request_id",
    "operation",
    "payload",
    "sent_at",
    "caller_id",
    "entries",
)


def report(error: BaseException, run: Invocation) -> int:
    """Tell a failure, in words or as JSON, and what was achieved before it. Returns the code."""
    error = _stop(error)
    first, *more = explain(error, run)
    what = [first, *takewhile(lambda line: line.startswith(" "), more)]
    told = [*what, *getattr(error, "__notes__", ()), *more[len(what) - 1 :]]
    lines = [_output.clean(line) for line in told]
    if run.verbose and (page := page_of(type(error))):
        lines.append(f"more about it: {page}")
    if run.json:
        _output.document({"error": details(error, run, "\n".join(lines))})
    if not run.json or streams.fault(sys.stdout):
        _output.say(f"weryai: {lines[0]}", *lines[1:])
    paid = run.request is not None and run.job is not None
    return 1 if paid and exit_code(error) == 2 else exit_code(error)


def told(code: int, state: Invocation) -> int:
    """The exit code where stdout could not be written: nothing about a stream decides what is said
    of a command that pays, waits or fetches; to tell is all that the others are for."""
    fault = streams.fault(sys.stdout)
    if fault is None:
        return code
    if state.acts or not isinstance(fault, BrokenPipeError):  # whoever read it has had enough
        lost = (f"  {path}" for path in state.paths)
        _output.say(f"weryai: stdout could not be written: {fault.strerror or fault}", *lost)
    return code if code or state.acts else 1


def details(error: BaseException, run: Invocation, message: str) -> dict[str, Any]:
    """What a program needs to go on."""
    kind = nearest(error) if isinstance(error, KeyboardInterrupt) else type(error)
    found: dict[str, Any] = {"type": kind.__name__, "message": message}
    if page := page_of(kind):
        found["page"] = page
    found |= run.document()
    if run.uploads:
        found["uploads"] = dict(run.uploads)
    if run.failures:
        found["entries"] = [
            {"entry": entry_id, "type": type(each).__name__, "message": str(each)}
            for entry_id, each in run.failures.items()
        ]
    if isinstance(error, KeyboardInterrupt):
        error = unknown(error) or error
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
        found["raw"] = error.raw[:LONGEST_RAW].decode(errors="replace")
    if isinstance(error, DownloadError):
        found["failures"] = [
            {"name": failure.video.name, "url": failure.video.url, "message": str(failure)}
            for failure in error.failures
        ]
    return found


def page_of(kind: type[BaseException]) -> str | None:
    """Where the documentation says what to do; it does of each error of ours."""
    for each in kind.__mro__:
        if issubclass(each, WeryAIError) and each.__module__ in HOMES:
            return f"docs/errors.md#{each.__name__.lower()}"
    return None


def _stop(error: BaseException) -> BaseException:
    """The signal that came while the ids were written down, with what is told of them; else the
    error as it is."""
    stop = error.__cause__
    if not isinstance(error, JournalError) or not isinstance(stop, KeyboardInterrupt):
        return error
    for note in getattr(error, "__notes__", ()):
        stop.add_note(note)
    return stop
