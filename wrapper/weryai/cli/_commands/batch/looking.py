"""What can be seen of a batch: its counts, its rows, a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weryai.batch import Batch, Status
from weryai.journal import ROW_STATES, RowState

from ... import _output, _setup
from ..._errors import UsageError, needs
from ..._invocation import Invocation
from ..._progress import Progress
from .. import steps
from ..options import BaseUrl, Json, folder
from . import telling
from .opening import opened
from .options import Database, Name

LOOK = 2.0  # seconds between two looks of whoever watches
MOST_TOLD = 5  # rows that failed, of those that are watched


def status(
    ctx: typer.Context,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show it as it changes, until nothing is left.")
    ] = False,
    name: Name = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Print how many rows wait, run and are done: free."""
    run = steps.begin(ctx, as_json, base_url, database)
    with opened(database, base_url, name, exists=True) as batch:
        found = _watched(run, batch) if watch else batch.status()
        if as_json:
            _output.document(telling.status_document(batch, found))
        else:
            telling.status_table(batch, found)


def rows(
    states: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="STATE", help=f"Only those that are {', '.join(ROW_STATES)}."
        ),
    ] = None,
    name: Name = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """List the rows, and what each came to: free."""
    with opened(database, base_url, name, exists=True) as batch:
        found = batch.rows(*map(_state, states or ()))
        if as_json:
            _output.listing("rows", map(telling.row_document, found))
        else:
            telling.rows_table(found)


def report(
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=folder, metavar="DIR", help="For the page.")
    ] = Path("report"),
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What stands above the rows.")
    ] = None,
    name: Name = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Make a page of all rows, with their videos: free."""
    with needs("report"):
        from weryai.report import write
    with opened(database, base_url, name, exists=True) as batch:
        found = [telling.report_row(row) for row in batch.rows()]
        title = batch.name if title is None else title
    try:
        page = write(found, out, title=title)
    except FileExistsError as error:
        raise UsageError(str(error)) from error
    if as_json:
        _output.document({"report": str(page), "rows": len(found)})
    else:
        _output.paths([page])


def _watched(run: Invocation, batch: Batch) -> Status:
    """How it stands when nothing is left to do; meanwhile a terminal shows it."""
    clock, failed = _setup.make_clock(), 0
    with Progress(run, batch.name, hears=False) as progress:
        while True:
            status = batch.status()
            progress.tell(f"{batch.name}: {telling.brief(status.counts)}")
            for name, words in telling.live(status):
                progress.show(name, words)
            if status.counts["failed"] != failed:
                failed = status.counts["failed"]
                for row in [*batch.rows("failed")][-MOST_TOLD:]:
                    progress.show(row.id, f"failed: {row.reason}")
            if not status.left:
                return status
            clock.sleep(LOOK)


def _state(given: str) -> RowState:
    for state in ROW_STATES:
        if state == given:
            return state
    raise UsageError(f"--state: {given!r} is none of {', '.join(ROW_STATES)}")
