"""One run of a batch from the command line: the work is the library's, this tells of it."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import typer
from attrs import define, field, frozen

from weryai import REQUESTS, Limits, Pictures
from weryai.batch import Batch, Row, Status

from ... import _output, _setup
from ..._errors import UsageError
from ..._files import Files
from ..._invocation import Invocation
from ..._kept import places
from ..._process.paths import quoted
from ..._progress import Progress
from . import telling

USUAL = Limits()
LOOK = 1.0  # seconds between two looks at the counts
UNKNOWN, LEFT, FAILED = 6, 5, 4  # exit codes, the worst first


@frozen
class Terms:
    """How a batch is to be run; see `Batch.run`."""

    base_url: str | None
    limits: Limits
    pictures: Pictures | None
    max_rows: int | None
    max_credits: float | None
    row_credits: float | None
    keep_going: bool

    def __attrs_post_init__(self) -> None:
        if self.row_credits is not None and self.max_credits is None:
            raise UsageError("--row-credits is for --max-credits: give both")


def work(run: Invocation, batch: Batch, out: Path, terms: Terms) -> None:
    """Run it, tell each end, and end with the exit code of the worst of them."""
    run.files = Files(out)
    run.line = _line(run, batch, out, terms)
    if terms.max_credits is not None and terms.row_credits is None:
        _tell_unknown_price(batch, terms)
    with Progress(run, telling.brief(batch.status().counts), hears=False) as progress:
        watch = _Watch(run, batch, progress)
        status = batch.run(
            out,
            client=partial(
                _setup.make_async_client,
                terms.base_url,
                models_file=places.models_path(),
                pictures=terms.pictures,
            ),
            limits=terms.limits,
            max_rows=terms.max_rows,
            max_credits=terms.max_credits,
            row_credits=terms.row_credits,
            keep_going=terms.keep_going,
            on_row=watch.row,
            clock=_setup.make_clock(),
        )
    if run.json:
        _output.document(telling.status_document(batch, status))
    else:
        _output.say(f"{batch.name}: {telling.brief(status.counts)}", *telling.facts(batch, status))
        _advise(run, status)
    if code := _code(status):
        raise typer.Exit(code)


@define
class _Watch:
    """What is told while it runs: the paths of a row as it ends, why one failed, the counts."""

    run: Invocation
    batch: Batch
    progress: Progress
    looked: float = field(default=-LOOK)

    def row(self, row: Row) -> None:
        """A row has changed."""
        if not self.run.json and row.state in ("done", "failed", "unknown"):
            with self.progress.aside():
                _output.paths(path for path, _ in row.files)
                if row.state != "done":
                    _output.say(f"{row.id}: {row.state}: {row.reason}")
        if time.monotonic() - self.looked >= LOOK:
            status = self.batch.status()
            left = f"; {telling.length(status.seconds_left)} left" if status.seconds_left else ""
            self.progress.tell(f"{telling.brief(status.counts)}{left}")
            self.looked = time.monotonic()


def _tell_unknown_price(batch: Batch, terms: Terms) -> None:
    """Say that the first row may pass the cap, where nothing is known of what it costs."""
    first = next(batch.rows("waiting"), None)
    if first is None or batch.status().spent:
        return
    request = REQUESTS[first.operation](**first.request)
    with _setup.make_client(terms.base_url, journal=batch.journal) as client:
        known = client.estimate(request).credits is not None
    if not known:
        _output.say(
            f"no row like {first.id} was paid for yet, and no price is published: it goes alone, to"
            f" show what one costs, and may cost more than the {terms.max_credits:,g} credits of"
            " --max-credits; --row-credits N says what it may cost at the most"
        )


def _advise(run: Invocation, status: Status) -> None:
    if status.counts["failed"]:
        _output.say("`weryai batch retry --failed` lets the next run pay for those once more")
    if status.left:
        _output.say("go on with:", f"  {run.line}")


def _code(status: Status) -> int:
    if status.counts["unknown"]:
        return UNKNOWN
    if status.left:
        return LEFT
    return FAILED if status.counts["failed"] else 0


def _line(run: Invocation, batch: Batch, out: Path, terms: Terms) -> str:
    """The command line that goes on with it: its rows and their defaults are in the batch."""
    words = [run.again("batch worker"), "--out", quoted(str(out)), "--batch", batch.name]
    for option, value, usual in (
        ("--max-running", terms.limits.running, USUAL.running),
        ("--submit-interval", terms.limits.interval, USUAL.interval),
        ("--max-rows", terms.max_rows, None),
        ("--max-credits", terms.max_credits, None),
        ("--row-credits", terms.row_credits, None),
    ):
        if value != usual:
            words += [option, f"{value:g}"]
    treatment = terms.pictures
    words += ["--fit"] if treatment and treatment.fit else []
    words += ["--keep-metadata"] if treatment and treatment.keep_metadata else []
    return " ".join([*words, "--keep-going"] if terms.keep_going else words)
