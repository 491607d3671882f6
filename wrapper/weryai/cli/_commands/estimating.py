"""`weryai estimate`: what a request is known to cost."""

from __future__ import annotations

import typer

from weryai.requests import VideoRequest

from .. import _output, _setup
from .._operations import operation_of
from . import steps
from .asking import EXAMPLE, with_request
from .options import BaseUrl, JournalFile, Json

HINT = (
    "no payment of this kind was measured: `weryai balance` before it and after it does that, and"
    " so does --max-credits of `weryai batch run`"
)

app = typer.Typer(rich_markup_mode=None)


@app.command(epilog=EXAMPLE.format(command="estimate"))
@with_request
def estimate(
    ctx: typer.Context,
    request: VideoRequest,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Tell what is known of the cost of a request: free. No image is looked at, nothing is sent."""
    run = steps.begin(ctx, as_json, base_url, journal)
    with (
        _setup.required(journal, base_url) as kept,
        _setup.make_client(base_url, journal=kept) as client,
    ):
        found = client.estimate(request)
    if run.json:
        _output.document({"operation": operation_of(request), **found.to_dict()})
        return
    print(found)
    if found.credits is None:
        _output.say(HINT)
