"""What is told of a batch: tables for people, documents for programs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ... import _output

if TYPE_CHECKING:
    from weryai.batch import Batch, Row, Status
    from weryai.journal import RowState
    from weryai.report import ReportRow

LONGEST_PROMPT = 24  # which leaves an id and a path their room in 80 columns


def status_document(batch: Batch, status: Status) -> dict[str, Any]:
    """How a batch stands, as plain JSON data."""
    return {
        "batch": batch.name,
        "rows": status.total,
        "counts": dict(status.counts),
        "paused": status.paused,
        "stopped": status.stopped,
        "credits_before": status.credits_before,
        "credits_now": status.credits_now,
        "spent": status.spent,
        "seconds_left": status.seconds_left,
    }


def row_document(row: Row) -> dict[str, Any]:
    """A row, as plain JSON data."""
    return {
        "row": row.id,
        "state": row.state,
        "reason": row.reason,
        "operation": row.operation,
        "payload": dict(row.request),
        "files": [{"path": str(path), "sha256": digest} for path, digest in row.files],
        "entry": row.entry,
        "consent": row.consent,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }


def status_table(batch: Batch, status: Status) -> None:
    """How a batch stands: a line for each state that has rows, and what else is known."""
    rows = [(state, f"{number:,}") for state, number in status.counts.items() if number]
    _output.table(("STATE", "ROWS"), rows)
    _output.say(*facts(batch, status))


def facts(batch: Batch, status: Status) -> Iterator[str]:
    """What is known beside the counts."""
    if status.credits_before is not None and status.credits_now is not None:
        before, now = status.credits_before, status.credits_now
        yield f"credits: {before:,g} before its first row, {now:,g} when last looked at"
    if status.paused:
        yield f"paused: {status.paused}; `weryai batch continue --batch {batch.name}` takes it back"
    if status.stopped:
        yield f"nothing more is submitted by this run: {status.stopped}"
    if status.left and status.seconds_left:
        yield f"{length(status.seconds_left)} left, if the rest is as quick as the last rows were"
    if number := status.counts["unknown"]:
        rows = _output.counted(number, "row")
        yield f"{rows} of unknown fate: look them up, then `weryai batch resolve ROW`"


def live(status: Status) -> Iterator[tuple[str, str]]:
    """What somebody who watches is told beside the counts, each by what it is about."""
    if status.credits_before is not None and status.credits_now is not None:
        words = f"{status.credits_before:,g} before, {status.credits_now:,g} when last looked at"
        yield "credits", words + (f", {status.spent:,g} spent or reserved" if status.spent else "")
    guess = length(status.seconds_left) if status.seconds_left else "nobody knows yet"
    yield "time left", guess if status.left else "none"
    yield "paused", status.paused or "no"


def brief(counts: Mapping[RowState, int]) -> str:
    """The counts in a line: `3 done, 1 failed, 16 waiting`."""
    return ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)


def length(seconds: float) -> str:
    """A time in words: `about 2 h 10 min`."""
    minutes = math.ceil(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"about {hours} h {minutes} min" if hours else f"about {minutes} min"


def rows_table(rows: Iterable[Row]) -> None:
    """A table of rows, each with what it came to."""
    _output.table(("ROW", "STATE", "PROMPT", "RESULT"), map(_cells, rows))


def _cells(row: Row) -> tuple[str, str, str, str]:
    prompt = " ".join(str(row.request.get("prompt", "")).split())
    if len(prompt) > LONGEST_PROMPT:
        prompt = f"{prompt[: LONGEST_PROMPT - 1]}…"
    return row.id, row.state, prompt, row.reason or " ".join(str(path) for path, _ in row.files)


def report_row(row: Row) -> ReportRow:
    """What the page tells of a row."""
    from weryai.report import ReportRow

    from ..jobs.reporting import images_of

    return ReportRow(
        id=row.id,
        state=row.state,
        prompt=str(row.request.get("prompt", "")),
        model=str(row.request.get("model", "")),
        operation=row.operation,
        images=tuple(images_of(row.operation, row.request)),
        videos=tuple(path for path, _ in row.files),
        reason=row.reason,
        submitted_at=row.sent_at,
        ended_at=row.ended_at,
    )
