"""Commands that pay: submit, and all in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from attrs import frozen

from weryai import Limits
from weryai.requests import VideoRequest

from .. import _output, _setup
from .._invocation import Invocation
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
    Name,
    OpenThem,
    Out,
    Timeout,
)

if TYPE_CHECKING:
    from weryai import WeryAI
    from weryai.journal import Journal

USUAL = Limits()

app = typer.Typer(rich_markup_mode=None)


@frozen
class Terms:
    """How something is paid for, as its options ask."""

    dry_run: bool
    again: bool
    check_models: bool
    limits: Limits
    pictures: Any

    @contextmanager
    def client(self, run: Invocation) -> Iterator[tuple[WeryAI, Journal | None]]:
        """A client that pays, and its journal."""
        with (
            _setup.opened(run.journal, run.base_url) as kept,
            _setup.make_client(
                run.base_url,
                journal=kept,
                limits=self.limits,
                check_models=self.check_models,
                models_file=places.models_path(),
                pictures=self.pictures,
            ) as client,
        ):
            yield client, kept


def make(
    run: Invocation,
    request: VideoRequest,
    terms: Terms,
    out: Path,
    name: str | None,
    timeout: float,
    open_them: bool,
) -> None:
    """Submit, wait and download."""
    run.files = steps.files(out, name, videos=request.video_number or 1)
    images = request.check(base_url=run.base_url, pictures=terms.pictures)
    if terms.dry_run:
        preview(run, request, images, terms.check_models)
        return
    with terms.client(run) as (client, kept):
        run.files.make_folder()
        job = steps.submit(run, client, request, kept is not None and not terms.again)
        _output.say("if this is interrupted:", f"  {run.again('wait')}")
        failure = steps.wait_and_fetch(run, client, kept, job, timeout)
    steps.end(run, failure, open_them)


@app.command(epilog=EXAMPLE.format(command="generate"))
@with_request
def generate(
    ctx: typer.Context,
    request: VideoRequest,
    out: Out = HERE,
    name: Name = None,
    timeout: Timeout = 1800,
    open_them: OpenThem = False,
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
    terms = Terms(dry_run, again, check_models, Limits(max_running, interval), pictures)
    make(run, request, terms, out, name, timeout, open_them)


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
    terms = Terms(dry_run, again, check_models, Limits(max_running, interval), pictures)
    images = request.check(base_url=run.base_url, pictures=terms.pictures)
    if terms.dry_run:
        preview(run, request, images, terms.check_models)
        return
    with terms.client(run) as (client, kept):
        job = steps.submit(run, client, request, kept is not None and not terms.again)
    _output.say("to wait for and fetch it:", f"  {run.again('wait')}")
    if run.json:
        _output.document(run.document())
    else:  # `weryai wait $(weryai submit ...)` works either way
        for line in job.task_ids or [f"--batch {job.batch_id}"]:
            print(_output.clean(line))
