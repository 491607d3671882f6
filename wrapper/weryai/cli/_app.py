"""The commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from attrs import asdict

import weryai
from weryai import MultiImageToVideo

from . import _dry_run, _jobs, _options, _setup, _show, _steps
from ._options import (
    Again,
    BaseUrl,
    Batch,
    DryRun,
    JournalFile,
    Json,
    Out,
    TaskIds,
    Timeout,
    UploadJournal,
)
from ._progress import Progress
from ._resume import Resume
from ._run import Run

HERE = Path()
EPILOG = """\b
The key is read from the environment variable WERYAI_API_KEY, and from
nowhere else. WERYAI_BASE_URL is another address of the API,
WERYAI_JOURNAL another file for what was paid.

\b
Exit codes:
  0    done
  1    something else went wrong: a bug, a full disk, the journal, stdout
  2    refused here, nothing was charged: usage, key, request, images
  3    the service said no, or gave no answer
  4    a task failed; the videos that were made can be downloaded
  5    it still runs: wait for it again
  6    it may have been paid, and that is not known: look it up
  129  stopped as the terminal was closed (SIGHUP)
  130  stopped with Ctrl-C
  143  stopped with SIGTERM
"""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables
    rich_markup_mode=None,
    epilog=EPILOG,
)

app.add_typer(_jobs.app, name="jobs")


@app.callback(invoke_without_command=True)
def top(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on stderr what is going on.")
    ] = False,
) -> None:
    """Turn 1 to 3 images into video with WeryAI."""
    run: Run = ctx.obj
    run.command = ctx.invoked_subcommand or ""
    run.verbose = verbose
    _show.listen(verbose)
    if version:
        print(f"weryai {weryai.__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command(epilog=_options.EXAMPLE.format(command="generate"))
@_options.with_request
def generate(
    ctx: typer.Context,
    request: MultiImageToVideo,
    out: Out = HERE,
    timeout: Timeout = 1800,
    dry_run: DryRun = False,
    again: Again = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Submit, wait and download, all in one: paid."""
    run = _begin(ctx, as_json, base_url, journal)
    images = request.check(base_url=base_url)
    if dry_run:
        _dry_run.dry_run(run, request, images)
        return
    with _setup.opened(journal) as kept, _setup.make_client(base_url, journal=kept) as client:
        run.out = _steps.folder(out)
        job = _steps.submit(run, client, request, kept is not None and not again)
        _show.say("if this is interrupted:", f"  {run.again('wait')}")
        with _setup.claimed(client, kept, job):
            failure = _steps.wait(run, client, job, timeout)
            _steps.fetch(run, client, run.out)
    if failure is not None:
        raise failure
    _show.finish(run)


@app.command(epilog=_options.EXAMPLE.format(command="submit"))
@_options.with_request
def submit(
    ctx: typer.Context,
    request: MultiImageToVideo,
    dry_run: DryRun = False,
    again: Again = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Submit, and print the ids: paid."""
    run = _begin(ctx, as_json, base_url, journal)
    images = request.check(base_url=base_url)
    if dry_run:
        _dry_run.dry_run(run, request, images)
        return
    with _setup.opened(journal) as kept, _setup.make_client(base_url, journal=kept) as client:
        job = _steps.submit(run, client, request, kept is not None and not again)
    _show.say("go on with:", f"  {run.again('wait')}")
    if run.json:
        _show.document(run.document())
    else:  # `weryai wait $(weryai submit ...)` works either way
        for line in job.task_ids or [f"--batch {job.batch_id}"]:
            print(_show.clean(line))


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
    run = _begin(ctx, as_json, base_url, journal)
    run.job = _steps.job_of(task_ids, batch)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.job = _setup.known(client, kept, run.job)
        _, failure = _steps.look(run, client, run.job)
    if failure is not None:
        raise failure
    _show.finish(run)


@app.command()
def wait(
    ctx: typer.Context,
    task_ids: TaskIds = None,
    batch: Batch = None,
    timeout: Timeout = 1800,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Wait until jobs are complete: free. The ids of a job in the journal stand for all of it, with
    its batch and as many videos as were paid for; a part of them stands for itself."""
    run = _begin(ctx, as_json, base_url, journal)
    run.job = _steps.job_of(task_ids, batch)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.job = _setup.known(client, kept, run.job)
        failure = _steps.wait(run, client, run.job, timeout)
    if failure is not None:
        raise failure
    _show.finish(run)


@app.command()
def download(
    ctx: typer.Context,
    task_ids: TaskIds = None,
    batch: Batch = None,
    out: Out = HERE,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Download the videos that are finished: free."""
    run = _begin(ctx, as_json, base_url, journal)
    run.job = _steps.job_of(task_ids, batch)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.out = _steps.folder(out)
        run.job = _setup.known(client, kept, run.job)
        result, failure = _steps.look(run, client, run.job)
        _steps.fetch(run, client, run.out)
    if failure is not None:
        raise failure
    _steps.require_end(result)
    _show.finish(run)


@app.command()
def resume(
    ctx: typer.Context,
    out: Out = HERE,
    timeout: Timeout = 1800,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Wait for and download all that was paid for and not fetched: free."""
    run = _begin(ctx, as_json, base_url, journal)
    with (
        _setup.required(journal) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        run.out = _steps.folder(out)
        Resume(run, client, kept, run.out, _setup.make_clock()).everything(timeout)
        _jobs.advise(_jobs.beyond_resume(kept.entries(), client.base_url))
    _show.finish(run)


@app.command()
def upload(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(parser=_options.path, metavar="FILES...", help="Local images."),
    ],
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: UploadJournal = None,
) -> None:
    """Store images, each content once in 24 hours, and print their addresses: free."""
    run = _begin(ctx, as_json, base_url, journal)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept) as client,
    ):
        for file in files:
            with Progress(run, f"uploading {file}"):
                run.uploads[file] = client.upload(file)
            if not run.json:
                print(_show.clean(run.uploads[file]), flush=True)
    if run.json:
        _show.document({"uploads": run.uploads})


@app.command()
def balance(ctx: typer.Context, as_json: Json = False, base_url: BaseUrl = None) -> None:
    """Print the credits that are left: free."""
    run = _begin(ctx, as_json, base_url)
    with (
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE) as client,
        Progress(run, "asking"),
    ):
        credits = client.balance()
    if run.json:
        _show.document({"balance": credits})
    else:
        print(f"{credits:.12g} credits")


@app.command()
def models(ctx: typer.Context, as_json: Json = False, base_url: BaseUrl = None) -> None:
    """List the models, and what each accepts: free."""
    run = _begin(ctx, as_json, base_url)
    with (
        _setup.make_client(base_url, retry_budget=_setup.PATIENCE) as client,
        Progress(run, "asking"),
    ):
        found = client.models()
    if run.json:
        _show.document({"models": [asdict(model) for model in found]})
    else:
        _show.models(found)


@app.command()
def simulate(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes a free one.")
    ] = 8765,
    speed: Annotated[float, typer.Option(metavar="FACTOR", help="10 is ten times faster.")] = 1,
    credits: Annotated[
        float, typer.Option(metavar="N", help="What the account holds; inf: no end.")
    ] = 1000,
    task_seconds: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long a task takes.")
    ] = 30,
    variant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="How replies are spelled; may be repeated."),
    ] = None,
) -> None:
    """Serve a simulated WeryAI on this machine, to try things out."""
    from .simulate import run_simulator

    run_simulator(port, task_seconds, speed, credits, variant or ())


def _begin(
    ctx: typer.Context, as_json: bool, base_url: str | None, journal: str | None = None
) -> Run:
    run: Run = ctx.obj
    run.json, run.base_url, run.journal = as_json, base_url, journal
    return run
