"""`weryai jobs`: what was paid for, and what became of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import evolve

from weryai import Job
from weryai.journal import OPEN_STATES, Entry, Journal
from weryai.requests import endpoint_of

from .. import _output, _setup
from .._errors import UsageError
from .._explain import HISTORY
from .._invocation import Invocation, tasks
from .._kept import completing
from .._operations import USUAL
from . import journal_file, reporting, steps
from .options import BaseUrl, Batch, JournalFile, Json
from .resuming import TO_DO

LONGEST_PROMPT = 18  # which leaves an id its room in 80 columns
LATEST = 20

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(rich_markup_mode=None)
app.add_typer(group, name="jobs")


@group.callback(invoke_without_command=True)
def jobs(
    ctx: typer.Context,
    only_open: Annotated[
        bool, typer.Option("--open", help="Only those with something left to do.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help=f"Not only the last {LATEST} of those that are done.")
    ] = False,
    as_json: Json = False,
    journal: JournalFile = None,
) -> None:
    """List what was paid for, and what became of it: free."""
    run: Invocation = ctx.obj
    if ctx.invoked_subcommand is not None:
        return
    run.json = as_json
    with _setup.required(journal) as kept:
        if as_json:
            found = kept.open_entries() if only_open else kept.entries()
            _output.listing("jobs", map(document, found))
            return
        entries = [*kept.open_entries()] if only_open else listed(kept, every)
        done = number_done(kept)
    _output.table(("ENTRY", "SENT (UTC)", "STATE", "PROMPT", "RESULT"), map(row, entries))
    older = done - sum(not entry.open for entry in entries)
    if older > 0 and not only_open:
        _output.say(f"and {_output.counted(older, 'older job')} that are done: `weryai jobs --all`")
    advise(entries)


def listed(journal: Journal, every: bool) -> list[Entry]:
    """All, or all but those that were done long ago, which may be many."""
    if every:
        return [*journal.entries()]
    latest: dict[str, Entry] = {}
    done = 0
    for entry in journal.entries(newest_first=True):
        latest[entry.id] = entry
        done += not entry.open
        if done == LATEST:
            break
    older = [entry for entry in journal.open_entries() if entry.id not in latest]
    return [*older, *reversed(latest.values())]


def number_done(journal: Journal) -> int:
    """How many have nothing left to do."""
    return sum(n for state, n in journal.counts().items() if state not in OPEN_STATES)


def beyond_resume(entries: Iterable[Entry], base_url: str) -> list[Entry]:
    """What `weryai resume` at this address can do nothing about."""
    return [entry for entry in entries if entry.state == "unknown" or entry.base_url != base_url]


@group.command()
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
    run: Invocation = ctx.obj
    run.json = as_json
    if not entry_id:
        raise UsageError("the id of the entry is empty: `weryai jobs` lists them")
    job = steps.job_of(task_ids, batch) if task_ids or batch is not None else None
    with _setup.required(journal) as kept:
        _settle(kept, entry_id, job, base_url)
        entry = kept.entry(entry_id)
    if as_json:
        _output.document({"jobs": [document(entry)] if entry else []})
    elif job is not None:
        _output.say("its tasks are written down; to wait for and fetch them:", "  weryai resume")
    else:
        _output.say("settled: nothing more is done about it")


@group.command()
def forget(
    ctx: typer.Context,
    older_than: Annotated[
        int,
        typer.Option(metavar="DAYS", min=0, max=36500, help="Only those that were sent before."),
    ] = 90,
    as_json: Json = False,
    journal: JournalFile = None,
) -> None:
    """Remove old jobs that are done from the journal; their videos stay."""
    run: Invocation = ctx.obj
    run.json = as_json
    before = datetime.fromtimestamp(_setup.make_clock().time(), UTC) - timedelta(days=older_than)
    with _setup.required(journal) as kept:
        done = number_done(kept)
        past = takewhile(lambda entry: entry.sent_at <= before, kept.entries())
        old = [entry.id for entry in past if not (entry.open or entry.held)]
        kept.forget(old)
    if as_json:
        _output.document({"forgotten": old})
    else:
        _output.say(f"{_output.counted(len(old), 'job')} of {done} that are done: forgotten")


for kept in (reporting.report, journal_file.backup, journal_file.check):
    group.command()(kept)


def _settle(journal: Journal, entry_id: str, job: Job | None, base_url: str | None) -> None:
    if journal.entry(entry_id) is None:
        raise UsageError(f"{entry_id} is no entry of the journal: `weryai jobs` lists them")
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


def row(entry: Entry) -> Sequence[str]:
    """A line of the table."""
    prompt = str(entry.payload.get("prompt", ""))
    if (endpoint := endpoint_of(entry.operation)) != USUAL:
        prompt = f"{endpoint.removesuffix('-to-video').removesuffix('-image')}: {prompt}"
    short = prompt if len(prompt) <= LONGEST_PROMPT else f"{prompt[: LONGEST_PROMPT - 1]}…"
    return entry.id, f"{entry.sent_at:%b %d %H:%M}", entry.state, short, result(entry)


def result(entry: Entry) -> str:
    """What became of it, in a few words."""
    if entry.result and entry.state == "incomplete":
        made, expected = len(entry.result.videos), entry.result.expected
        return ": ".join(filter(None, (f"{made} of {expected} videos", _came_of(entry))))
    return _came_of(entry)


def _came_of(entry: Entry) -> str:
    if entry.files:
        return " ".join(_from_here(path) for path in entry.files.values())
    if entry.result and entry.result.failed:
        return "; ".join(task.reason for task in entry.result.failed)
    if entry.job:
        number, batch = len(entry.job.task_ids), entry.job.batch_id
        return f"{number} tasks, batch {batch}" if batch and number > 1 else entry.job.name
    caller = entry.payload.get("caller_id")
    return "" if caller is None else f"caller_id {caller}"


def _from_here(path: Path) -> str:
    """The path as short as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def advise(entries: Collection[Entry]) -> None:
    """What to do about those that are not done."""
    states = Counter(entry.state for entry in entries)
    if unknown := states["unknown"]:
        _output.say(
            f"{_output.counted(unknown, 'submission')} may have been paid, and nobody knows:"
            f" look on {HISTORY}, then say what you found:",
            "  weryai jobs settle ENTRY [TASK_ID...]",
        )
    if short := states["incomplete"]:
        _output.say(
            f"{_output.counted(short, 'job')} ended with fewer videos than were paid for; `weryai"
            " resume` looks again each time, and to give one up:",
            "  weryai jobs settle ENTRY",
        )
    if left := {entry.base_url: "" for entry in entries if entry.state in TO_DO}:
        _output.say("to wait for and fetch the rest:", *map(_resume, left))


def _resume(base_url: str) -> str:
    """The command for the jobs of one service."""
    usual = (os.environ.get("WERYAI_BASE_URL") or "https://api.weryai.com").rstrip("/")
    return "  weryai resume" + (f" --base-url {base_url}" if base_url != usual else "")


def document(entry: Entry) -> dict[str, Any]:
    """Plain JSON data of an entry."""
    return {
        "entry": entry.id,
        "operation": entry.operation,
        "state": entry.state,
        "held": entry.held,
        "base_url": entry.base_url,
        "sent_at": entry.sent_at.isoformat(),
        "payload": dict(entry.payload),
        "job": entry.job.to_dict() if entry.job else None,
        "tasks": tasks(entry.result) if entry.result else [],
        "files": {name: str(path) for name, path in entry.files.items()},
        "reason": entry.reason,
    }
