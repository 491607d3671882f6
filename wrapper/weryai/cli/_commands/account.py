"""Commands about no job: free."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer
from attrs import asdict

from weryai import JournalError

from .. import _output, _setup
from .._kept import places
from .._operations import KINDS, USUAL
from .._progress import Progress
from . import options, steps
from .options import BaseUrl, Fit, JournalFile, Json, KeepMetadata, UploadJournal
from .request_options import endpoints, option_of_endpoint

app = typer.Typer(rich_markup_mode=None)

Endpoint = Annotated[str | None, option_of_endpoint(KINDS, "instead of the first")]


@app.command()
def upload(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(parser=options.path, metavar="FILES...", help="Local images."),
    ],
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: UploadJournal = None,
) -> None:
    """Store images, and print their addresses: free. Each content is stored once in 24 hours."""
    run = steps.begin(ctx, as_json, base_url, journal)
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    with (
        _setup.opened(journal, base_url) as kept,
        _setup.make_client(
            base_url, retry_budget=_setup.PATIENCE, journal=kept, pictures=pictures
        ) as client,
    ):
        for file in files:
            with Progress(run, f"uploading {file}"):
                run.uploads[file] = client.upload(file)
            if not run.json:
                print(_output.clean(run.uploads[file]), flush=True)
    if run.json:
        _output.document({"uploads": run.uploads})


@app.command()
def balance(
    ctx: typer.Context,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Print the credits that are left: free. Before and after a payment it teaches `estimate`."""
    run = steps.begin(ctx, as_json, base_url, journal)
    with ExitStack() as stack:
        try:
            kept = stack.enter_context(_setup.opened(journal, base_url))
        except JournalError as error:  # which is no reason not to tell them
            kept = None
            _output.say(f"weryai: {error}", "this balance teaches `weryai estimate` nothing")
        client = stack.enter_context(
            _setup.make_client(base_url, retry_budget=_setup.PATIENCE, journal=kept)
        )
        with Progress(run, "asking"):
            credits = client.balance()
    if run.json:
        _output.document({"balance": credits})
    else:
        print(f"{credits:.12g} credits")


@app.command(epilog=endpoints(KINDS))
def models(
    ctx: typer.Context,
    endpoint: Endpoint = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
) -> None:
    """List the models, and what each accepts: free."""
    run = steps.begin(ctx, as_json, base_url)
    with (
        _setup.make_client(
            base_url, retry_budget=_setup.PATIENCE, models_file=places.models_path()
        ) as client,
        Progress(run, "asking"),
    ):
        found = client.models(KINDS[endpoint or USUAL])
    if run.json:
        _output.document({"models": [asdict(model) for model in found]})
    else:
        _output.models(found)
