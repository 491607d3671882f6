"""What every command starts with: a client, and the journal of what was paid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from . import _output
from ._errors import UsageError, missing
from ._kept import places

if TYPE_CHECKING:
    from weryai import AsyncWeryAI, Clock, Job, Pictures, WeryAI
    from weryai.journal import Journal, PostgresJournal, SQLiteJournal

# Seconds: somebody sits in front of a question that is free; a paid request may take its time.
PATIENCE = 20.0
NOWHERE = "none"


def make_client(base_url: str | None, **options: Any) -> WeryAI:
    """The client of every command."""
    from weryai import (
        WeryAI,  # with all of the network: whoever is told of a wrong option needs none
    )

    from ._clock import TellingClock

    return WeryAI(base_url=base_url, clock=TellingClock(), **options)


def make_async_client(base_url: str | None, **options: Any) -> AsyncWeryAI:
    """The same for a command that has an event loop of its own."""
    from weryai import AsyncWeryAI

    return AsyncWeryAI(base_url=base_url, **options)


def pictures(*, fit: bool, keep_metadata: bool) -> Pictures | None:
    """How local pictures are made ready: as they are where the extra is not installed, unless that
    is asked for. Raises MissingExtraError."""
    from weryai import Pictures

    if package := Pictures.missing():
        if not fit:
            return None
        raise missing(package, "images")
    return Pictures(fit, keep_metadata)


def make_clock() -> Clock:
    """The time of `weryai resume` and `weryai batch`."""
    from ._clock import TellingClock

    return TellingClock()


@contextmanager
def opened(
    given: str | None, base_url: str | None = None
) -> Iterator[SQLiteJournal | PostgresJournal | None]:
    """The journal, None where none is wanted. Raises JournalError.

    Parameters:
        given: with `--journal`.
        base_url: as given; each address has its own.
    """
    if given == NOWHERE:
        yield None
        return
    from weryai.journal import open_journal

    journal = open_journal(given or places.journal_path(base_url))
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def required(
    given: str | None, base_url: str | None = None
) -> Iterator[SQLiteJournal | PostgresJournal]:
    """The journal, for a command that is about nothing else. Raises JournalError, UsageError."""
    with opened(given, base_url) as journal:
        if journal is None:
            raise UsageError(f"--journal {NOWHERE}: this command reads a journal")
        yield journal


@contextmanager
def in_a_file(given: str | None, base_url: str | None = None) -> Iterator[SQLiteJournal]:
    """The same, for a command about its file."""
    from weryai.journal import SQLiteJournal

    with required(given, base_url) as journal:
        if not isinstance(journal, SQLiteJournal):
            raise UsageError(
                "this is for a journal in a file: a database has tools of its own, such as pg_dump"
                " and pg_amcheck"
            )
        yield journal


@contextmanager
def claimed(client: WeryAI, journal: Journal | None, job: Job) -> Iterator[None]:
    """Keep `weryai resume` elsewhere from fetching what this run is about to fetch."""
    entry = journal.find(client.base_url, job) if journal else None
    if journal is None or entry is None or not journal.claim(entry.id):
        yield
        return
    try:
        yield
    finally:
        journal.release(entry.id)


def known(client: WeryAI, journal: Journal | None, job: Job) -> Job:
    """The job as it was submitted, where the journal has it: its age, its batch and how many videos
    were paid for. Of a part of it only the age is taken."""
    entry = journal.find(client.base_url, job) if journal else None
    if entry is None or entry.job is None:
        return job
    same_batch = job.batch_id in (None, entry.job.batch_id)
    if same_batch and set(job.task_ids) in (set(), set(entry.job.task_ids)):
        return entry.job
    if set(job.task_ids) < set(entry.job.task_ids):
        _output.say("this is a part of a job: `weryai resume` waits for and fetches all of it")
    from attrs import evolve

    return evolve(job, submitted_at=entry.job.submitted_at)
