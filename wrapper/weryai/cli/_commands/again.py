"""`weryai again`: a past job once more, with a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from weryai import REQUESTS, Limits
from weryai.journal import Entry
from weryai.requests import VideoRequest, endpoint_of

from .. import _setup
from .._errors import UsageError
from .._kept import completing
from . import paying, steps
from .asking import build, with_changes
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
from .request_options import IMAGES, PICTURES, shown, taken

# For how long the journal takes an image that was stored for one that is there.
STORED = timedelta(hours=24)
EXAMPLE = """\b
Such as:
  weryai again 9a25 --prompt "The fox turns into a bear"
"""

app = typer.Typer(rich_markup_mode=None)


@app.command(epilog=EXAMPLE)
@with_changes
def again(
    ctx: typer.Context,
    entry_id: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY",
            autocompletion=completing.entries,
            help="As `weryai jobs` lists it; its beginning will do.",
        ),
    ],
    changes: dict[str, Any],
    out: Out = HERE,
    name: Name = None,
    timeout: Timeout = 1800,
    open_them: OpenThem = False,
    dry_run: DryRun = False,
    repeat: Again = False,
    check_models: CheckModels = True,
    fit: Fit = False,
    keep_metadata: KeepMetadata = False,
    max_running: MaxRunning = paying.USUAL.running,
    interval: Interval = paying.USUAL.interval,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Ask for a past job once more, with what is changed: paid. The rest is as it was sent."""
    run = steps.begin(ctx, as_json, base_url, journal)
    with _setup.required(journal, base_url) as kept:
        entry = steps.entry_of(kept, entry_id)
    now = datetime.fromtimestamp(_setup.make_clock().time(), UTC)
    pictures = _setup.pictures(fit=fit, keep_metadata=keep_metadata)
    limits = Limits(max_running, interval)
    terms = paying.Terms(dry_run, repeat, check_models, limits, pictures)
    paying.make(run, changed(entry, changes, now), terms, out, name, timeout, open_them)


def changed(entry: Entry, changes: Mapping[str, Any], now: datetime) -> VideoRequest:
    """The request of an entry with changes, by option. Raises UsageError, InvalidRequestError."""
    kind = REQUESTS.get(entry.operation)
    if kind is None:
        raise UsageError(f"{entry.id} is of {entry.operation}, which this version does not know")
    endpoint, own = endpoint_of(entry.operation), taken(kind)
    if foreign := [option for option in changes if option not in own]:
        raise UsageError(f"{entry.id} is of {endpoint}, which does not take {shown(foreign)}")
    sent = {name: entry.payload.get(field.name) for name, field in own.items()}
    kept = {name: value for name, value in sent.items() if value is not None}
    pictures = [name for name in kept if own[name].annotation in PICTURES and name not in changes]
    if pictures and now - entry.sent_at > STORED:
        raise UsageError(
            f"{entry.id} is of {entry.sent_at:%Y-%m-%d}: how long the service keeps its images is"
            f" not published, and the journal has no copy; give them again: {shown(pictures)}"
        )
    if isinstance(kept.get(IMAGES), str):  # of an endpoint that takes one
        kept[IMAGES] = [kept[IMAGES]]
    return build({endpoint: kind}, **{**kept, **changes})
