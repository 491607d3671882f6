"""What every command starts with: a client, and the journal of what was paid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from weryai import Clock, SystemClock, WeryAI
from weryai.journal import Entry, Journal, SQLiteJournal

from ._errors import UsageError
from ._run import Run

# Seconds: somebody sits in front of a question that is free; a paid request may take its time.
PATIENCE = 20.0
NOWHERE = "none"


def make_client(base_url: str | None, **options: Any) -> WeryAI:
    """The client of every command."""
    return WeryAI(base_url=base_url, **options)


def make_clock() -> Clock:
    """The time between the rounds of `weryai resume`."""
    return SystemClock()


def journal_path() -> Path:
    """Where the journal of this user is, unless told otherwise."""
    from platformdirs import user_state_path

    return user_state_path("weryai", appauthor=False) / "jobs.journal"


@contextmanager
def opened(given: str | None) -> Iterator[SQLiteJournal | None]:
    """The journal, None where none is wanted. Raises JournalError."""
    if given == NOWHERE:
        yield None
        return
    journal = SQLiteJournal(given or journal_path())
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def required(given: str | None) -> Iterator[SQLiteJournal]:
    """The journal, for a command that is about nothing else. Raises JournalError, UsageError."""
    with opened(given) as journal:
        if journal is None:
            raise UsageError(f"--journal {NOWHERE}: this command reads a journal")
        yield journal


@contextmanager
def claimed(run: Run, journal: Journal | None) -> Iterator[None]:
    """Keep `weryai resume` elsewhere from fetching what this run is about to fetch."""
    entry = entry_of(run, journal) if journal else None
    if journal is None or entry is None or not journal.claim(entry.id):
        yield
        return
    try:
        yield
    finally:
        journal.release(entry.id)


def entry_of(run: Run, journal: Journal) -> Entry | None:
    """The entry of this run's job."""
    return next((entry for entry in journal.entries() if entry.job == run.job), None)
