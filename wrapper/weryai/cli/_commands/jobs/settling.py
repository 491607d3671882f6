"""`weryai jobs settle` and `forget`: what a person knows, and what nobody needs any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Annotated

import typer
from attrs import evolve

from weryai import Job
from weryai.journal import Entry, Journal

from ... import _output, _setup
from ..._errors import UsageError
from ..._kept import completing
from .. import steps
from ..options import BaseUrl, Batch, JournalFile, Json
from . import listing


def settle(
    ctx: typer.Context,
    entry_id: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY",
            autocompletion=completing.open_entries,
            help="As `weryai jobs` lists it.",
        ),
    ],
    task_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TASK_ID...",
            show_default=False,
            help="The tasks that it started; without any, nothing more is done about it.",
        ),
    ] = None,
    batch: Batch = None,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Say what you found out about a submission of unknown fate, or give a job up."""
    run = steps.begin(ctx, as_json, base_url, journal)
    job = steps.job_of(task_ids, batch) if task_ids or batch is not None else None
    with _setup.required(journal, base_url) as kept:
        entry_id = steps.entry_of(kept, entry_id).id
        _settle(kept, entry_id, job, base_url)
        entry = kept.entry(entry_id)
    if as_json:
        _output.document({"jobs": [listing.document(entry)] if entry else []})
    elif job is not None:
        words = "its tasks are written down; to wait for and fetch them:"
        _output.say(words, f"  {run.again('resume')}")
    else:
        _output.say("settled: nothing more is done about it")


def forget(
    ctx: typer.Context,
    older_than: Annotated[
        int,
        typer.Option(metavar="DAYS", min=0, max=36500, help="Only those that were sent before."),
    ] = 90,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Remove old jobs that are done from the journal; their videos stay."""
    steps.begin(ctx, as_json, base_url, journal)
    before = datetime.fromtimestamp(_setup.make_clock().time(), UTC) - timedelta(days=older_than)
    with _setup.required(journal, base_url) as kept:
        done = listing.number_done(kept)
        past = takewhile(lambda entry: entry.sent_at <= before, kept.entries())
        old = [entry.id for entry in past if not (entry.open or entry.held)]
        kept.forget(old)
    if as_json:
        _output.document({"forgotten": old})
    else:
        _output.say(f"{_output.counted(len(old), 'job')} of {done} that are done: forgotten")


def _settle(journal: Journal, entry_id: str, job: Job | None, base_url: str | None) -> None:
    if not journal.claim(entry_id):
        raise UsageError(f"{entry_id} is in the hands of another process: wait for its end")
    try:
        entry = journal.entry(entry_id)
        if job is not None and entry is not None:
            _require_new(entry)
            _require_real(entry, job, base_url)
            job = _with_known(entry, job)
        journal.settle(entry_id, job)
    finally:
        journal.release(entry_id)


def _require_new(entry: Entry) -> None:
    """Ids are added where what is known is not enough: none, those that the service cannot be asked
    for, or those of fewer videos than were paid for."""
    if entry.job is not None and not entry.job.odd_ids and entry.state != "incomplete":
        raise UsageError(f"the tasks of {entry.id} are known already: {entry.job.name}")


def _with_known(entry: Entry, job: Job) -> Job:
    """The ids that were found, and those that the service can be asked for already."""
    if entry.job is None:
        return job
    odd, known = entry.job.odd_ids, entry.job
    ids = [each for each in (*known.task_ids, *job.task_ids) if each not in odd]
    batch = job.batch_id or (known.batch_id if known.batch_id not in odd else None)
    return evolve(known, task_ids=ids, batch_id=batch)


def _require_real(entry: Entry, job: Job, base_url: str | None) -> None:
    """Ask the service for the ids, which is free: a wrong one written down would stay. The key goes
    where the user says, and not where a file does."""
    with _setup.make_client(base_url, retry_budget=_setup.PATIENCE) as client:
        if client.base_url != entry.base_url:
            raise UsageError(
                f"{entry.id} was sent to {entry.base_url}, and not to {client.base_url}: give"
                f" --base-url {entry.base_url} if your key may go there"
            )
        for task_id in job.task_ids:
            client.status(task_id)
        if job.batch_id:
            client.batch_status(job.batch_id)
