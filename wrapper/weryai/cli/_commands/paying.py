"""Commands that pay: submit, and all in one."""

from __future__ import annotations

import typer

from weryai import Limits
from weryai.requests import VideoRequest

from .. import _output, _setup
from .._kept import places
from . import steps
from .asking import EXAMPLE, with_request
from .dry_run import preview
from .options import (
    HERE,
    Again,
    BaseUrl,
    CheckModels,
    DryRun,
    Fit,
    Interval,
    JournalFile,
    Json,
    KeepMetadata,
    MaxRunning,
    Out,
    Timeout,
)

USUAL = Limits()

app = typer.Typer(rich_markup_mode=None)


@app.command(epilog=EXAMPLE.format(command="generate"))
@with_request
def generate(
    ctx: typer.Context,
    request: VideoRequest,
    out: Out = HERE,
    timeout: Timeout = 1800,
    dry_run: DryRun = False,
    again: Again = False,
    check_models: CheckModels = True,
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    max_running: MaxRunning = USUAL.running,
    interval: Interval = USUAL.interval,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Submit, wait and download, all in one: paid."""
    run = steps.begin(ctx, as_json, base_url, journal)
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    images = request.check(base_url=base_url, pictures=pictures)
    if dry_run:
        preview(run, request, images, check_models)
        return
    limits = Limits(max_running, interval)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(
            base_url,
            journal=kept,
            limits=limits,
            check_models=check_models,
            pictures=pictures,
            models_file=places.models_path(),
        ) as client,
    ):
        run.out = steps.folder(out)
        job = steps.submit(run, client, request, kept is not None and not again)
        _output.say("if this is interrupted:", f"  {run.again('wait')}")
        with _setup.claimed(client, kept, job):
            failure = steps.wait(run, client, job, timeout)
            steps.fetch(run, client, run.out)
    if failure is not None:
        raise failure
    _output.finish(run)


@app.command(epilog=EXAMPLE.format(command="submit"))
@with_request
def submit(
    ctx: typer.Context,
    request: VideoRequest,
    dry_run: DryRun = False,
    again: Again = False,
    check_models: CheckModels = True,
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    max_running: MaxRunning = USUAL.running,
    interval: Interval = USUAL.interval,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Submit, and print the ids: paid."""
    run = steps.begin(ctx, as_json, base_url, journal)
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    images = request.check(base_url=base_url, pictures=pictures)
    if dry_run:
        preview(run, request, images, check_models)
        return
    limits = Limits(max_running, interval)
    with (
        _setup.opened(journal) as kept,
        _setup.make_client(
            base_url,
            journal=kept,
            limits=limits,
            check_models=check_models,
            pictures=pictures,
            models_file=places.models_path(),
        ) as client,
    ):
        job = steps.submit(run, client, request, kept is not None and not again)
    _output.say("go on with:", f"  {run.again('wait')}")
    if run.json:
        _output.document(run.document())
    else:  # `weryai wait $(weryai submit ...)` works either way
        for line in job.task_ids or [f"--batch {job.batch_id}"]:
            print(_output.clean(line))
