"""`weryai jobs`: what was paid for, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from weryai.journal import OPEN_STATES, Entry, Journal
from weryai.requests import endpoint_of

from ... import _output, _setup
from ..._explain import HISTORY
from ..._invocation import Invocation, tasks
from ..._kept import places
from ..._operations import USUAL
from ..._process.paths import without_password
from .. import steps
from ..options import BaseUrl, JournalFile, Json
from ..resuming import TO_DO

LONGEST_PROMPT = 18  # which leaves an id its room in 80 columns
LATEST = 20


def jobs(
    ctx: typer.Context,
    only_open: Annotated[
        bool, typer.Option("--open", help="Only those with something left to do.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help=f"Not only the last {LATEST} of those that are done.")
    ] = False,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """List what was paid for, and what became of it: free."""
    if ctx.invoked_subcommand is not None:
        return
    run = steps.begin(ctx, as_json, base_url, journal)
    place = journal or places.journal_path(base_url)
    with _setup.required(str(place), base_url) as kept:
        if as_json:
            found = kept.open_entries() if only_open else kept.entries()
            _output.listing("jobs", map(document, found))
            return
        entries = [*kept.open_entries()] if only_open else listed(kept, every)
        done = number_done(kept)
    _output.rows(("ENTRY", "SENT (UTC)", "STATE", "PROMPT", "RESULT"), map(row, entries))
    _output.say(_where(entries, base_url), f"  {without_password(str(place))}")
    older = done - sum(not entry.open for entry in entries)
    if older > 0 and not only_open:
        every_job = f"`{run.again('jobs')} --all`"
        _output.say(f"and {_output.counted(older, 'older job')} that are done: {every_job}")
    advise(run, entries)


def _where(entries: Collection[Entry], base_url: str | None) -> str:
    """Of which address the jobs are, in front of the place of the journal."""
    found = dict.fromkeys(entry.base_url for entry in entries) or [places.address(base_url)]
    return f"these are the jobs at {' and '.join(found)}, kept in"


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


def row(entry: Entry) -> tuple[Sequence[str], Sequence[str]]:
    """A line of the table, and what is said of it below: a path has a line of its own, to be
    copied."""
    prompt = str(entry.payload.get("prompt", ""))
    if (endpoint := endpoint_of(entry.operation)) != USUAL:
        prompt = f"{endpoint.removesuffix('-to-video').removesuffix('-image')}: {prompt}"
    short = prompt if len(prompt) <= LONGEST_PROMPT else f"{prompt[: LONGEST_PROMPT - 1]}…"
    result, below = _came_of(entry)
    return (entry.id, f"{entry.sent_at:%b %d %H:%M}", entry.state, short, result), below


def _came_of(entry: Entry) -> tuple[str, Sequence[str]]:
    """What became of it, in a few words and in full."""
    result = entry.result
    if result is None:
        caller = entry.payload.get("caller_id")
        return ("" if caller is None else f"caller_id {caller}"), ()
    made = f"{len(result.videos)} of {_output.counted(result.expected, 'video')}"
    below = [_from_here(path) for path in entry.files.values()]
    below += dict.fromkeys(task.reason for task in result.failed)
    return made, below or (result.job.task_ids or (f"batch {result.job.batch_id}",))


def _from_here(path: Path) -> str:
    """The path as short as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def advise(run: Invocation, entries: Collection[Entry]) -> None:
    """What to do about those that are not done."""
    states = Counter(entry.state for entry in entries)
    settle = f"  {run.again('jobs settle')} ENTRY"
    if unknown := states["unknown"]:
        _output.say(
            f"{_output.counted(unknown, 'submission')} may have been paid, and nobody knows:"
            f" look on {HISTORY}, then say what you found:",
            f"{settle} [TASK_ID...]",
        )
    if short := states["incomplete"]:
        _output.say(
            f"{_output.counted(short, 'job')} ended with fewer videos than were paid for; `weryai"
            " resume` looks again each time, and to give one up:",
            settle,
        )
    if left := dict.fromkeys(entry.base_url for entry in entries if entry.state in TO_DO):
        words = f"what is left is told {_as_of(entries)}; to wait for and fetch the rest:"
        _output.say(words, *(f"  {_resume(run, base_url)}" for base_url in left))


def _as_of(entries: Iterable[Entry]) -> str:
    """How old it is what is told of those with something left to do, by when each was asked about
    last; of one that was not since it was submitted."""
    now = datetime.fromtimestamp(_setup.make_clock().time(), UTC)
    left = [entry for entry in entries if entry.state in TO_DO]
    ages = sorted((now - (entry.told_at or entry.sent_at)).total_seconds() for entry in left)
    first, last = _age(ages[0]), _age(ages[-1])
    return f"as of {last} ago" if first == last else f"as of {first} to {last} ago"


def _age(seconds: float) -> str:
    """A time in its largest unit."""
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return "a moment"


def _resume(run: Invocation, base_url: str) -> str:
    """The command for the jobs of one address in this journal, which may not be its own."""
    asked = Invocation()
    asked.journal, asked.base_url, asked.files = run.journal, run.base_url, run.files
    if base_url != places.address(run.base_url):
        asked.base_url = base_url
        if not run.journal and places.journal_path(base_url) != places.journal_path(run.base_url):
            asked.journal = str(places.journal_path(run.base_url))
    return asked.again("resume")


def document(entry: Entry) -> dict[str, Any]:
    """Plain JSON data of an entry."""
    return {
        "entry": entry.id,
        "operation": entry.operation,
        "state": entry.state,
        "held": entry.held,
        "base_url": entry.base_url,
        "sent_at": entry.sent_at.isoformat(),
        "told_at": entry.told_at.isoformat() if entry.told_at else None,
        "payload": dict(entry.payload),
        "job": entry.job.to_dict() if entry.job else None,
        "tasks": tasks(entry.result) if entry.result else [],
        "files": {name: str(path) for name, path in entry.files.items()},
        "reason": entry.reason,
    }
