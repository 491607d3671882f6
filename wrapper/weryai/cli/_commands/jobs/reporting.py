"""`weryai jobs report`: the journal as a page to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weryai import REQUESTS
from weryai.journal import Entry

from ... import _output, _setup
from ..._errors import UsageError, needs
from .. import steps
from ..options import BaseUrl, JournalFile, Json, folder
from ..request_options import PICTURES

if TYPE_CHECKING:
    from weryai.report import ReportRow


def report(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", parser=folder, metavar="DIR", help="Where the page goes."),
    ] = Path("report"),
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What stands above the jobs.")
    ] = "Jobs",
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Make a page of all jobs, with their videos, to look at in a browser."""
    steps.begin(ctx, as_json, base_url, journal)
    with needs("report"):
        from weryai.report import write
    with _setup.required(journal, base_url) as kept:
        rows = [_row(entry) for entry in kept.entries(newest_first=True)]
    try:
        page = write(rows, out, title=title)
    except FileExistsError as error:
        raise UsageError(str(error)) from error
    if as_json:
        _output.document({"report": str(page), "jobs": len(rows)})
    else:
        _output.paths([page])


def _row(entry: Entry) -> ReportRow:
    """What the page tells of an entry."""
    from weryai.report import ReportRow

    return ReportRow(
        id=entry.id,
        state=entry.state,
        prompt=str(entry.payload.get("prompt", "")),
        model=str(entry.payload.get("model", "")),
        operation=entry.operation,
        images=tuple(images_of(entry.operation, entry.payload)),
        videos=tuple(entry.files.values()),
        reason=_reason(entry),
        submitted_at=entry.sent_at,
        ended_at=_fetched_at(entry) if entry.state == "fetched" else None,
    )


def images_of(operation: str, payload: Mapping[str, Any]) -> Iterator[str]:
    """The images of a request, whatever its endpoint calls them."""
    kind = REQUESTS.get(operation)
    for parameter in kind.parameters() if kind else ():
        if parameter.annotation in PICTURES:
            value = payload.get(parameter.name)
            yield from map(str, value if isinstance(value, list) else filter(None, [value]))


def _reason(entry: Entry) -> str | None:
    """Why it has not come to all that was paid for, as far as anybody said."""
    found = []
    if entry.result and entry.state == "incomplete":
        found.append(f"{len(entry.result.videos)} of {entry.result.expected} videos")
    if entry.result:
        found += [task.reason for task in entry.result.failed]
    return "; ".join(found) or entry.reason


def _fetched_at(entry: Entry) -> datetime | None:
    """When the last of its videos was on disk: the journal does not keep when a job ended."""
    written = [path.stat().st_mtime for path in entry.files.values() if path.is_file()]
    return datetime.fromtimestamp(max(written), UTC) if written else None
