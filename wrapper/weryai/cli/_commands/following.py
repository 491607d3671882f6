"""Commands about jobs that were submitted: free."""

from __future__ import annotations

import typer

from .. import _output, _setup
from . import steps
from .jobs import listing
from .options import (
    HERE,
    BaseUrl,
    Batch,
    JournalFile,
    Json,
    Name,
    OpenThem,
    Out,
    OutIfAny,
    OutOfMany,
    TaskIds,
    Timeout,
)
from .resuming import Resume

app = typer.Typer(rich_markup_mode=None)


@app.command()
def status(
    ctx: typer.Context,
    task_ids: TaskIds = None,
    batch: Batch = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Print the state of tasks: free."""
    run = steps.begin(ctx, as_json, base_url, journal)
    run.job = steps.job_of(task_ids, batch)
    with (
        _setup.opened(journal, base_url) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.job = _setup.known(client, kept, run.job)
        _, failure = steps.look(run, client, run.job)
    if failure is not None:
        raise failure
    _output.finish(run)


@app.command()
def wait(
    ctx: typer.Context,
    task_ids: TaskIds = None,
    batch: Batch = None,
    out: OutIfAny = None,
    name: Name = None,
    timeout: Timeout = 1800,
    open_them: OpenThem = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Wait until jobs are complete: free. The ids of a job in the journal stand for all of it, with
    its batch and as many videos as were paid for; a part of them stands for itself."""
    run = steps.begin(ctx, as_json, base_url, journal)
    run.job = steps.job_of(task_ids, batch)
    if out is not None or name is not None:
        run.files = steps.files(out or HERE, name)
    with (
        _setup.opened(journal, base_url) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.job = _setup.known(client, kept, run.job)
        if run.files is None:
            failure = steps.wait(run, client, run.job, timeout)
        else:
            run.files.make_folder()
            failure = steps.wait_and_fetch(run, client, kept, run.job, timeout)
    steps.end(run, failure, open_them)


@app.command()
def download(
    ctx: typer.Context,
    task_ids: TaskIds = None,
    batch: Batch = None,
    out: Out = HERE,
    name: Name = None,
    open_them: OpenThem = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Download the videos that are finished: free."""
    run = steps.begin(ctx, as_json, base_url, journal)
    run.job = steps.job_of(task_ids, batch)
    run.files = steps.files(out, name)
    with (
        _setup.opened(journal, base_url) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.files.make_folder()
        run.job = _setup.known(client, kept, run.job)
        result, failure = steps.look(run, client, run.job)
        steps.fetch(run, client)
    if failure is not None:
        raise failure
    steps.require_end(result)
    steps.end(run, None, open_them)


@app.command()
def resume(
    ctx: typer.Context,
    out: OutOfMany = HERE,
    name: Name = None,
    timeout: Timeout = 1800,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Fetch all that was paid for and is not here yet: free."""
    run = steps.begin(ctx, as_json, base_url, journal)
    run.files = steps.files(out, name, jobs=2)
    with (
        _setup.required(journal, base_url) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.files.make_folder()
        Resume(run, client, kept, run.files, _setup.make_clock()).everything(timeout)
        listing.advise(run, listing.beyond_resume(kept.open_entries(), client.base_url))
    _output.finish(run)
