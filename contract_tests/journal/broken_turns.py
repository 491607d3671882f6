"""What methods of a journal do that break a promise about turns; see `broken`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from contract_tests.journal.broken import How
from contract_tests.support.memory_journal import MemoryJournal
from weryai import Limits
from weryai.journal import Turn


def with_room_for_all(real: How, _: MemoryJournal, *args: Any, turn: Turn, **options: Any) -> Any:
    limits = Limits(100, turn.limits.interval)
    return real(*args, turn=evolve(turn, limits=limits), **options)


def of_one_video(
    real: How,
    _: MemoryJournal,
    entry_id: str,
    url: str,
    payload: Mapping[str, Any],
    *args: Any,
    **options: Any,
) -> Any:
    return real(entry_id, url, {**payload, "video_number": 1}, *args, **options)


def without_unknown_ones(
    real: How, journal: MemoryJournal, *args: Any, turn: Turn, **options: Any
) -> Any:
    gone = [entry.id for entry in journal.entries() if entry.state == "unknown"]
    return real(*args, turn=evolve(turn, gone=gone), **options)


def with_those_that_are_gone(
    real: How, _: MemoryJournal, *args: Any, turn: Turn, **options: Any
) -> Any:
    return real(*args, turn=evolve(turn, gone=()), **options)


def without_interval(real: How, _: MemoryJournal, *args: Any, turn: Turn, **options: Any) -> Any:
    limits = Limits(turn.limits.running, 0)
    return real(*args, turn=evolve(turn, limits=limits), **options)


def whoever_comes(real: How, journal: MemoryJournal, *args: Any, **options: Any) -> Any:
    journal._storage.queue.clear()
    return real(*args, **options)


def for_ever(real: How, journal: MemoryJournal, *args: Any, **options: Any) -> Any:
    delay, queue = real(*args, **options), journal._storage.queue
    queue.update({entry_id: (url, float("inf")) for entry_id, (url, _) in queue.items()})
    return delay


def keeping_its_place(real: How, journal: MemoryJournal, entry_id: str) -> None:
    queue = dict(journal._storage.queue)
    real(entry_id)
    journal._storage.queue.update(queue)


def everywhere(real: How, journal: MemoryJournal, _: str, at: datetime, seconds: float) -> None:
    for url in ("https://api.weryai.com", "https://other.example.com"):
        real(url, at, seconds)
