"""The turns of one client that keeps no journal: in memory, by the same rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

from attrs import define, evolve, field

from .._journal.entry import Entry
from .._journal.turns import Gate, Turn, delay, may_run, tasks_of
from .._limits import Delay
from ..results import Job, Task


@define
class Places:
    """The jobs of one client that may run, and when its last submissions were let through. Safe
    among threads."""

    base_url: str
    gate: Gate = field(factory=Gate)
    entries: dict[str, Entry] = field(factory=dict)
    lock: Lock = field(factory=Lock)

    def begin(
        self, entry_id: str, payload: Mapping[str, Any], at: datetime, turn: Turn
    ) -> Delay | None:
        """See `Journal.begin`, and `Journal.turn` for one that was begun before."""
        with self.lock:
            now = at.timestamp()
            self.entries = {name: each for name, each in self.entries.items() if may_run(each, now)}
            running = [each for each in self.entries.values() if each.id != entry_id]
            if kept_back := delay(turn, now, self.gate, running, tasks_of(payload)):
                return kept_back
            self.gate = evolve(self.gate, at=now + turn.lead)
            entry = Entry(id=entry_id, base_url=self.base_url, payload=payload, sent_at=at)
            self.entries.setdefault(entry_id, entry)
            return None

    def hold_back(self, at: datetime, seconds: float) -> None:
        """See `Journal.hold_back`."""
        with self.lock:
            if self.gate.closed(at.timestamp()) < seconds:
                self.gate = evolve(self.gate, closed_at=at.timestamp(), closed_for=seconds)

    def accept(self, entry_id: str, job: Job) -> None:
        """See `Journal.accept`."""
        with self.lock:
            if entry := self.entries.get(entry_id):
                self.entries[entry_id] = evolve(entry, job=job)

    def refuse(self, entry_id: str) -> None:
        """See `Journal.refuse`."""
        with self.lock:
            self.entries.pop(entry_id, None)

    def note(self, job: Job, tasks: Sequence[Task]) -> None:
        """What was told of a job, which may be a part of one that was submitted."""
        with self.lock:
            for entry in [each for each in self.entries.values() if _share(each, job, tasks)]:
                self.entries[entry.id] = entry.told(tasks)

    def find(self, job: Job, tasks: Sequence[Task]) -> Entry | None:
        """The entry of a job that was looked at."""
        with self.lock:
            return next((each for each in self.entries.values() if _share(each, job, tasks)), None)

    def running(self) -> list[Entry]:
        """Those whose ids are known."""
        with self.lock:
            return [entry for entry in self.entries.values() if entry.job]


def _share(entry: Entry, job: Job, tasks: Sequence[Task]) -> bool:
    """Whether a job that was looked at is one that was submitted, or a part of it."""
    if entry.job is None:
        return False
    if entry.job.batch_id is not None and entry.job.batch_id == job.batch_id:
        return True
    mine = {*entry.job.task_ids, *(task.id for task in entry.tasks)}
    return not mine.isdisjoint([*job.task_ids, *(task.id for task in tasks)])
