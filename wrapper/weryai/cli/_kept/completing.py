"""How a line goes on when Tab is pressed: from what is on this disk, and without a word of its own.

Whatever goes wrong here is silent: the shell draws the line while this runs.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import places

if TYPE_CHECKING:
    from weryai.journal import Entry, RowState, SQLiteJournal

MOST = 100  # of the latest
LONGEST = 60  # characters of what is said of each

# Of rows that are not done, in the order in which they are told.
ROW_STATES: tuple[RowState, ...] = ("unknown", "failed", "waiting", "skipped", "sending", "running")

Choice = tuple[str, str]  # what is typed, and what is said of it
Choices = Callable[[typer.Context, str], list[Choice]]


def _quiet(found: Callable[[typer.Context], Iterator[Choice]]) -> Choices:
    """What begins as the word does, and nothing where that cannot be known."""

    @functools.wraps(found)
    def complete(ctx: typer.Context, incomplete: str) -> list[Choice]:
        try:
            return [each for each in found(ctx) if each[0].startswith(incomplete)]
        except Exception:
            return []

    del complete.__wrapped__  # typer reads its parameters
    complete.__annotations__ = {"ctx": typer.Context, "incomplete": str}
    return complete


@_quiet
def models(ctx: typer.Context) -> Iterator[Choice]:
    """Keys of models, of whichever registry told them."""
    known = json.loads(places.models_path().read_text())
    models = [model for told in known.values() for model in told["rows"]["models"]]
    yield from sorted({model["key"]: model.get("title") or "" for model in models}.items())


@_quiet
def tasks(ctx: typer.Context) -> Iterator[Choice]:
    """Ids of tasks, the latest first."""
    for entry in _entries(ctx):
        for task_id in entry.job.task_ids if entry.job else ():
            yield task_id, _told(entry)


@_quiet
def entries(ctx: typer.Context) -> Iterator[Choice]:
    """Ids of entries, the latest first."""
    for entry in _entries(ctx):
        yield entry.id, _told(entry)


@_quiet
def open_entries(ctx: typer.Context) -> Iterator[Choice]:
    """Ids of entries with something left to do, the latest first."""
    for entry in _entries(ctx):
        if entry.open:
            yield entry.id, _told(entry)


@_quiet
def batches(ctx: typer.Context) -> Iterator[Choice]:
    """Names of batches."""
    for journal in _journal(ctx):
        for name in journal.batches():
            counts = journal.batch(name).counts()
            told = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
            yield name, told


@_quiet
def batch_rows(ctx: typer.Context) -> Iterator[Choice]:
    """Ids of the rows of a batch that are not done, first those that somebody has to look at."""
    for journal in _journal(ctx):
        name = ctx.params.get("name") or journal.batches()[0]
        rows = journal.batch(name)
        for state in ROW_STATES:
            for row in islice(rows.rows([state]), MOST):
                yield row.id, f"{row.state}: {row.request.get('prompt', '')}"[:LONGEST]


def _entries(ctx: typer.Context) -> Iterator[Entry]:
    for journal in _journal(ctx):
        yield from islice(journal.entries(newest_first=True), MOST)


def _journal(ctx: typer.Context) -> Iterator[SQLiteJournal]:
    """The journal, where it is a file: a database elsewhere may take its time."""
    from weryai.journal import SQLiteJournal

    given = ctx.params.get("journal") or ctx.params.get("database")
    path = Path(given or places.journal_path(ctx.params.get("base_url")))
    if path.is_file():
        journal = SQLiteJournal(path)
        try:
            yield journal
        finally:
            journal.close()


def _told(entry: Entry) -> str:
    return f"{entry.state}: {entry.payload.get('prompt', '')}"[:LONGEST]
