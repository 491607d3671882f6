"""What methods of a journal do that break a promise: each is given the real method, the journal and
the arguments."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve

from contract_tests.support.memory_journal import MemoryJournal
from weryai import AlreadySubmittedError, Job, JournalError, Task, Video

How = Callable[..., Any]


def _change(journal: MemoryJournal, entry_id: str, **changes: Any) -> None:
    if entry := journal._entries.get(entry_id):
        journal._entries[entry_id] = evolve(entry, **changes)


def without_operation(real: How, _: MemoryJournal, *args: Any, **options: Any) -> None:
    real(*args, **{**options, "operation": "submit_multi_image_to_video"})


def written_over(
    real: How, journal: MemoryJournal, entry_id: str, *args: Any, **options: Any
) -> None:
    journal._entries.pop(entry_id, None)
    journal._storage.holders.pop(entry_id, None)
    real(entry_id, *args, **options)


def looked_at_first(
    real: How, journal: MemoryJournal, entry_id: str, url: str, *args: Any, **options: Any
) -> None:
    asked = {name: options.pop(name, None) for name in ("idempotency_key", "fingerprint")}
    if earlier := journal.earlier(url, **asked, since=options.pop("none_since", None)):
        raise AlreadySubmittedError(earlier)
    time.sleep(0.05)  # time for another submission to look up the same: the race
    real(entry_id, url, *args, **options)
    _change(journal, entry_id, **asked)


def without_settled(real: How, _: MemoryJournal, *args: Any, **options: Any) -> Any:
    entry = real(*args, **options)
    return None if entry and entry.settled else entry


def of_any_service(real: How, journal: MemoryJournal, _: str, **options: Any) -> Any:
    found = (real(entry.base_url, **options) for entry in journal.entries())
    return next((entry for entry in found if entry), None)


def without_ready(real: How, _: MemoryJournal, *args: Any, **options: Any) -> Any:
    entry = real(*args, **options)
    return None if entry and entry.state == "ready" else entry


def closed_ones_too(
    real: How,
    journal: MemoryJournal,
    url: str,
    *,
    since: datetime | None = None,
    fingerprint: str | None = None,
    **_: Any,
) -> Any:
    same = (
        each
        for each in journal.entries()
        if (each.base_url, each.fingerprint) == (url, fingerprint)
    )
    return next((each for each in same if since and each.sent_at > since), None)


def the_oldest(real: How, journal: MemoryJournal, *args: Any, **options: Any) -> Any:
    same = (entry for entry in journal.entries() if entry.fingerprint == options.get("fingerprint"))
    return next(same, None) if real(*args, **options) else None


def without_batch(real: How, _: MemoryJournal, entry_id: str, job: Job) -> None:
    real(entry_id, evolve(job, batch_id=None) if job.task_ids else job)


def nothing_done(real: How, journal: MemoryJournal, *_: Any) -> None:
    return None


def released_alone(_: How, journal: MemoryJournal, entry_id: str) -> None:
    journal.release(entry_id)


def removed_always(_: How, journal: MemoryJournal, entry_id: str) -> None:
    journal._entries.pop(entry_id, None)
    journal.release(entry_id)


def without_reason(real: How, _: MemoryJournal, entry_id: str, __: str) -> None:
    real(entry_id, "")


def settled_for_good(real: How, journal: MemoryJournal, entry_id: str, *job: Job) -> None:
    before = journal._entries[entry_id].settled
    real(entry_id, *job)
    _change(journal, entry_id, settled=before or not job)


def all_ids(real: How, journal: MemoryJournal, entry_id: str, *job: Job) -> None:
    known = journal._entries[entry_id].job
    real(entry_id, *job)
    told = journal._entries[entry_id].job
    if known and told and job:
        ids = [*known.task_ids, *told.task_ids]
        _change(journal, entry_id, job=evolve(told, task_ids=ids))


def the_first_alone(real: How, _: MemoryJournal, entry_ids: Sequence[str]) -> None:
    real(entry_ids[:1])


def without_messages(
    real: How, _: MemoryJournal, entry_id: str, tasks: Any, **options: Any
) -> None:
    real(entry_id, [evolve(task, message=None) for task in tasks], **options)


def _with(tasks: Sequence[Task], change: Callable[[Video], Video]) -> list[Task]:
    return [evolve(task, videos=tuple(map(change, task.videos))) for task in tasks]


def anew_each_time(real: How, _: MemoryJournal, entry_id: str, tasks: Any, **options: Any) -> None:
    mark = next(MARKS)
    real(entry_id, _with(tasks, lambda each: evolve(each, url=f"{each.url}/{mark}")), **options)


MARKS = itertools.count()


def replaced(
    _: How, journal: MemoryJournal, entry_id: str, tasks: Any, *, final: bool = False
) -> None:
    known = journal._entries.get(entry_id)
    _change(journal, entry_id, tasks=tuple(tasks), final=final or bool(known and known.final))


def running_again(
    real: How, journal: MemoryJournal, entry_id: str, tasks: Any, **options: Any
) -> None:
    real(entry_id, tasks, **options)
    states = {task.id: task.raw_state for task in tasks}
    known = journal._entries[entry_id].tasks
    now = [evolve(task, raw_state=states.get(task.id, task.raw_state)) for task in known]
    _change(journal, entry_id, tasks=tuple(now))


def at_no_time(real: How, _: MemoryJournal, *args: Any, at: object = None, **options: Any) -> None:
    real(*args, **options)


def final_for_once(
    real: How, journal: MemoryJournal, entry_id: str, tasks: Any, *, final: bool = False
) -> None:
    real(entry_id, tasks, final=final)
    _change(journal, entry_id, final=final)


def named_by_place(
    real: How, journal: MemoryJournal, entry_id: str, tasks: Any, **options: Any
) -> None:
    real(entry_id, tasks, **options)
    names = {video.url: video.name for task in tasks for video in task.videos}
    known = journal._entries[entry_id].tasks
    now = _with(known, lambda each: evolve(each, name=names.get(each.url, each.name)))
    _change(journal, entry_id, tasks=tuple(now))


def without_queries(real: How, _: MemoryJournal, entry_id: str, tasks: Any, **options: Any) -> None:
    plain = _with(tasks, lambda each: evolve(each, url=each.url.partition("?")[0]))
    real(entry_id, plain, **options)


def by_name_alone(_: How, journal: MemoryJournal, __: str, video: Video, path: Path) -> None:
    for entry in journal.entries():
        if any(each.name == video.name for each in entry.unfetched):
            _change(journal, entry.id, files={**entry.files, video.name: path})


def all_of_an_address(real: How, journal: MemoryJournal, _: str, video: Video, path: Path) -> None:
    for entry in journal.entries():
        for each in entry.unfetched:
            if each.url.partition("?")[0] == video.url.partition("?")[0]:
                _change(journal, entry.id, files={**entry.files, each.name: path})


def at_any_service(real: How, journal: MemoryJournal, _: str, video: Video, path: Path) -> None:
    for url in {entry.base_url for entry in journal.entries()}:
        real(url, video, path)


def without_folder(real: How, journal: MemoryJournal, url: str, video: Video, path: Path) -> None:
    real(url, video, path)
    for entry in journal.entries():
        _change(journal, entry.id, files={each: Path(p.name) for each, p in entry.files.items()})


def by_the_first_id_alone(real: How, _: MemoryJournal, url: str, job: Job) -> Any:
    return real(url, evolve(job, task_ids=job.task_ids[:1]))


def refusing_strangers(
    real: How, journal: MemoryJournal, entry_id: str, *args: Any, **options: Any
) -> None:
    if entry_id not in journal._entries:
        raise JournalError("it is no entry")
    real(entry_id, *args, **options)


def encoded(real: How, _: MemoryJournal, entry_id: str, reason: str) -> None:
    real(entry_id, reason.encode().decode())


def closed_with_uploads(real: How, journal: MemoryJournal) -> None:
    real()
    journal._storage.uploads.clear()
