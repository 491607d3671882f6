"""`weryai batch`: the rows of a manifest, each paid once, whatever crashes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from weryai import Limits

from ... import _output, _setup
from ..._errors import UsageError
from ..._kept import completing
from .. import steps
from ..options import (
    HERE,
    BaseUrl,
    CheckModels,
    DryRun,
    Fit,
    Interval,
    Json,
    KeepMetadata,
    MaxRunning,
    OutOfMany,
)
from . import looking, planning, telling
from .opening import opened
from .options import (
    EPILOG,
    Anew,
    Database,
    KeepGoing,
    MaxCredits,
    MaxRows,
    Name,
    RowCredits,
    with_defaults,
)
from .running import USUAL, Terms, work

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(group, name="batch")

Rows = Annotated[
    list[str] | None,
    typer.Argument(metavar="ROW...", autocompletion=completing.batch_rows, help="Ids of rows."),
]


@group.callback()
def batch() -> None:
    """Render many videos from a table, each row paid once: paid."""


@group.command(epilog=EPILOG)
@with_defaults
def run(
    ctx: typer.Context,
    manifest: Annotated[
        Path,
        typer.Argument(metavar="MANIFEST", help="A table with a row for each request: CSV, JSONL."),
    ],
    defaults: dict[str, Any],
    out: OutOfMany = HERE,
    output: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="TEMPLATE",
            help="How videos are called where a row does not say, such as {id}-{n}.",
        ),
    ] = None,
    name: Name = None,
    dry_run: DryRun = False,
    again: Anew = False,
    check_models: CheckModels = True,
    max_rows: MaxRows = None,
    max_credits: MaxCredits = None,
    row_credits: RowCredits = None,
    keep_going: KeepGoing = False,
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    max_running: MaxRunning = USUAL.running,
    interval: Interval = USUAL.interval,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Render the rows of a manifest: paid. Each is submitted once and saved as it is done. Run
    again, it goes on where it was, and nothing that was paid is paid again."""
    state = steps.begin(ctx, as_json, base_url, database)
    if output is not None:
        defaults["output"] = output
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    read = planning.read(manifest, defaults, base_url, pictures)
    with opened(database, base_url, name or planning.name_of(manifest)) as batch:
        planning.require_models(read, base_url, check_models)
        added = batch.add(read, dry_run=True)
        if dry_run:
            planning.preview(batch, read, added, as_json)
            return
        planning.require_same(batch, added, again)
        place = steps.files(out, None, jobs=2).make_folder()
        batch.add(read)
        if not as_json:
            _output.say(planning.summary(batch, added))
        del read, added  # 7 MB of 10,000 rows, which are in the journal now
        limits = Limits(max_running, interval)
        terms = Terms(base_url, limits, pictures, max_rows, max_credits, row_credits, keep_going)
        work(state, batch, place, terms)


@group.command()
def worker(
    ctx: typer.Context,
    out: OutOfMany = HERE,
    name: Name = None,
    max_rows: MaxRows = None,
    max_credits: MaxCredits = None,
    row_credits: RowCredits = None,
    keep_going: KeepGoing = False,
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    max_running: MaxRunning = USUAL.running,
    interval: Interval = USUAL.interval,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Go on with a batch that was begun: paid. Any number of them may run at once, on machines that
    share a database; images on disk have to be there on each."""
    state = steps.begin(ctx, as_json, base_url, database)
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    with opened(database, base_url, name, exists=True) as batch:
        place = steps.files(out, None, jobs=2).make_folder()
        limits = Limits(max_running, interval)
        terms = Terms(base_url, limits, pictures, max_rows, max_credits, row_credits, keep_going)
        work(state, batch, place, terms)


group.command()(looking.status)
group.command()(looking.rows)


@group.command()
def retry(
    row_ids: Rows = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed.")] = False,
    name: Name = None,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Let the next run pay once more: free. For rows that failed or were skipped."""
    if bool(row_ids) == failed:
        raise UsageError("give the ids of rows, or --failed")
    with opened(database, base_url, name, exists=True) as batch:
        for row_id in batch.retry(*row_ids or ()):
            print(_output.clean(row_id))
        _output.say("nothing was sent: the next `weryai batch run` does")


@group.command()
def resolve(
    row_id: Annotated[
        str,
        typer.Argument(
            metavar="ROW", autocompletion=completing.batch_rows, help="The id of a row."
        ),
    ],
    task_ids: Annotated[
        list[str] | None,
        typer.Option(
            "--task-id", metavar="T", help="A task of it that was found; may be repeated."
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--retry", help="Nothing was found: pay for it once more.")
    ] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Do nothing more about it.")] = False,
    name: Name = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Say what became of an unknown row: free. Or skip one that waits."""
    with opened(database, base_url, name, exists=True) as batch:
        row = batch.resolve(row_id, task_id=task_ids or None, retry=again, skip=skip)
    _tell_row(row, as_json)


@group.command()
def pause(
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; `weryai batch status` tells it.")
    ] = "by hand",
    name: Name = None,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Submit nothing more, in any process: free. What is paid for is fetched."""
    with opened(database, base_url, name, exists=True) as batch:
        batch.pause(reason)
        _output.say("nothing more is submitted until `weryai batch continue`")


@group.command("continue")
def go_on(name: Name = None, base_url: BaseUrl = None, database: Database = None) -> None:
    """Take a pause back: free. Runs that have ended have to be started again."""
    with opened(database, base_url, name, exists=True) as batch:
        batch.resume()
        _output.say("what has ended goes on with `weryai batch run`")


@group.command()
def cancel(
    name: Name = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    database: Database = None,
) -> None:
    """Skip every row that was not sent: free. What is paid for is fetched."""
    with opened(database, base_url, name, exists=True) as batch:
        batch.cancel()
        found = batch.status()
        if as_json:
            _output.document(telling.status_document(batch, found))
        else:
            telling.status_table(batch, found)


group.command()(looking.report)


def _tell_row(row: Any, as_json: bool) -> None:
    if as_json:
        _output.document(telling.row_document(row))
    else:
        telling.rows_table([row])
