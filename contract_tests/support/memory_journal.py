"""A journal in memory: what the protocol asks for at the least, in the fewest lines. It survives
nothing, but for the end of one of its openings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from attrs import define, evolve, field

from weryai import AlreadySubmittedError, Delay, Job, JournalError, Task, Video
from weryai.journal import STATES, Entry, State, Turn

TO_COME = ("sending", "unknown", "running", "ready")
# What the service could be asked for, as far as the suite goes.
ODD = set("/ \ud83d")


@define
class Storage:
    """What is there for every opening."""

    entries: dict[str, Entry] = field(factory=dict)
    uploads: dict[tuple[str, str], tuple[str, datetime]] = field(factory=dict)
    holders: dict[str, object] = field(factory=dict)
    gates: dict[str, tuple[float, float]] = field(factory=dict)  # the last turn, and closed until
    queue: dict[str, tuple[str, float]] = field(factory=dict)  # who waits where, and was seen when
    guard: RLock = field(factory=RLock)


class MemoryJournal:
    """One opening of a storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._entries = storage.entries

    def begin(
        self,
        entry_id: str,
        base_url: str,
        payload: Mapping[str, Any],
        sent_at: datetime,
        *,
        operation: str = "submit_multi_image_to_video",
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        none_since: datetime | None = None,
        turn: Turn | None = None,
    ) -> Delay | None:
        with self._storage.guard:
            same = {"idempotency_key": idempotency_key, "fingerprint": fingerprint}
            if earlier := self.earlier(base_url, **same, since=none_since):
                raise AlreadySubmittedError(earlier)
            if turn and (delay := self._take(entry_id, base_url, payload, sent_at, turn)):
                return delay
            if entry_id in self._entries or not self.claim(entry_id):
                raise JournalError(f"the entry {entry_id} is there, or begun by another")
            self._entries[entry_id] = Entry(
                id=entry_id,
                base_url=base_url,
                payload=json.loads(json.dumps(payload)),
                sent_at=sent_at.astimezone(UTC),
                operation=operation,
                idempotency_key=idempotency_key,
                fingerprint=fingerprint,
            )
            return None

    def turn(self, entry_id: str, at: datetime, turn: Turn) -> Delay | None:
        with self._storage.guard:
            entry = self._entries[entry_id]
            return self._take(entry_id, entry.base_url, entry.payload, at, turn)

    def hold_back(self, base_url: str, at: datetime, seconds: float) -> None:
        with self._storage.guard:
            last, closed = self._storage.gates.get(base_url, (0.0, 0.0))
            self._storage.gates[base_url] = last, max(closed, at.timestamp() + seconds)

    def _take(
        self, entry_id: str, base_url: str, payload: Mapping[str, Any], at: datetime, turn: Turn
    ) -> Delay | None:
        now, queue = at.timestamp(), self._storage.queue
        last, closed = self._storage.gates.get(base_url, (0.0, 0.0))
        waiting = (
            name for name, (url, seen) in queue.items() if url == base_url and now - seen < 15
        )
        mine = sum(
            _tasks(entry, now)
            for entry in self._entries.values()
            if entry.base_url == base_url and entry.id not in (entry_id, *turn.gone)
        )
        free = not mine or mine + payload.get("video_number", 1) <= turn.limits.running
        pause = last + turn.limits.interval - now - turn.lead
        if next(waiting, entry_id) != entry_id:
            delay = Delay("queue", 0.25)
        elif closed > now:
            delay = Delay("refused", closed - now)
        elif pause > 0:
            delay = Delay("interval", pause)
        elif not free:
            delay = Delay("running", 0.25)
        else:
            queue.pop(entry_id, None)
            self._storage.gates[base_url] = now + turn.lead, closed
            return None
        queue[entry_id] = base_url, now
        return delay

    def earlier(
        self,
        base_url: str,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        since: datetime | None = None,
    ) -> Entry | None:
        here = [entry for entry in self.entries(newest_first=True) if entry.base_url == base_url]
        for entry in here:
            if idempotency_key is not None and entry.idempotency_key == idempotency_key:
                return entry
        if fingerprint is None or since is None:
            return None
        same = (each for each in here if each.fingerprint == fingerprint and each.sent_at > since)
        return next((entry for entry in same if entry.state in TO_COME), None)

    def accept(self, entry_id: str, job: Job) -> None:
        self._change(entry_id, lambda entry: _started(entry, job))
        self.release(entry_id)

    def refuse(self, entry_id: str) -> None:
        with self._storage.guard:
            entry = self._entries.get(entry_id)
            if entry and not (entry.job or entry.reason or entry.settled):
                del self._entries[entry_id]
            self._storage.queue.pop(entry_id, None)
        self.release(entry_id)

    def doubt(self, entry_id: str, reason: str) -> None:
        self._change(entry_id, lambda entry: evolve(entry, reason=_mended(reason)))
        self.release(entry_id)

    def note(self, entry_id: str, tasks: Sequence[Task], **how: Any) -> None:
        self._change(entry_id, lambda entry: entry.told(tasks, **how))

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        with self._storage.guard:
            known = [
                (entry, each)
                for entry in self._entries.values()
                for task in entry.tasks
                for each in task.videos
                if entry.base_url == base_url and _known_by(each) == _known_by(video)
            ]
            known = [made for made in known if made[1].url == _mended(video.url)] or known
            if len(known) > 1:
                known = [made for made in known if made[1].name == video.name]
            for entry, each in known:
                files = {**entry.files, each.name: path.absolute()}
                self._entries[entry.id] = evolve(entry, files=files)

    def find(self, base_url: str, job: Job) -> Entry | None:
        here = [entry for entry in self.entries(newest_first=True) if entry.base_url == base_url]
        for task_id in job.task_ids:
            for entry in here:
                ids = entry.job.task_ids if entry.job else ()
                if task_id in (*ids, *(task.id for task in entry.tasks)):
                    return entry
        for entry in here:
            if entry.job and not entry.job.task_ids and entry.job.batch_id == job.batch_id:
                return entry
        return None

    def entry(self, entry_id: str) -> Entry | None:
        with self._storage.guard:
            entry = self._entries.get(entry_id)
            return evolve(entry, held=entry_id in self._storage.holders) if entry else None

    def entries(
        self,
        *,
        state: State | None = None,
        after: datetime | str | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        if state not in (None, *STATES):
            raise JournalError(f"there is no state {state}")
        if isinstance(after, str) and after not in self._entries:
            raise JournalError(f"there is no entry {after}")
        with self._storage.guard:
            found = sorted(self._entries.values(), key=lambda entry: entry.sent_at)
            found = found[::-1] if newest_first else found
            if isinstance(after, str):
                ids = [entry.id for entry in found]
                found = found[ids.index(after) + 1 :]
        if isinstance(after, datetime):
            found = [each for each in found if _follows(each, after, newest_first)]
        now = (self.entry(entry.id) for entry in found)
        return (entry for entry in now if entry and state in (None, entry.state))

    def open_entries(self) -> Iterator[Entry]:
        return (entry for entry in self.entries() if entry.open)

    def counts(self) -> Mapping[State, int]:
        found = Counter(entry.state for entry in self.entries())
        return {state: found[state] for state in STATES}

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        if job is None:
            self._change(entry_id, lambda entry: evolve(entry, settled=True))
        else:
            self._change(entry_id, lambda entry: _started(entry, job))

    def forget(self, entry_ids: Collection[str]) -> None:
        for entry_id in entry_ids:
            self._entries.pop(entry_id, None)

    def claim(self, entry_id: str) -> bool:
        with self._storage.guard:
            is_free = entry_id not in self._storage.holders
            self._storage.holders.setdefault(entry_id, self)
        return is_free

    def release(self, entry_id: str) -> None:
        with self._storage.guard:
            if self._storage.holders.get(entry_id) is self:
                del self._storage.holders[entry_id]

    def uploaded(self, base_url: str, sha256: str, address: str | None, at: datetime) -> None:
        self._storage.uploads.pop((base_url, sha256), None)
        if address is not None:
            self._storage.uploads[base_url, sha256] = address, at

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        address, at = self._storage.uploads.get((base_url, sha256), (None, since))
        return address if at > since else None

    def close(self) -> None:
        for each in [name for name, holder in self._storage.holders.items() if holder is self]:
            self.release(each)

    def _change(self, entry_id: str, change: Callable[[Entry], Entry]) -> None:
        with self._storage.guard:
            if entry := self._entries.get(entry_id):
                self._entries[entry_id] = change(entry)


def _started(entry: Entry, job: Job) -> Entry:
    """An entry whose ids are known. Those that the service cannot be asked for leave for others."""
    known = [each for each in (entry.job.task_ids if entry.job else ()) if not ODD & set(each)]
    kept = Job(
        [*known, *map(_mended, job.task_ids)],
        job.batch_id and _mended(job.batch_id),
        job.submitted_at or datetime.now(UTC),
        entry.payload.get("caller_id"),
        entry.payload.get("video_number", 1),
    )
    return evolve(entry, job=kept, settled=False, reason=None)


def _tasks(entry: Entry, now: float) -> int:
    """How many tasks of an entry may run."""
    paid: int = entry.payload.get("video_number", 1)
    if entry.job is None:
        return paid if now - entry.sent_at.timestamp() < 3600 else 0
    whole = paid if entry.job.batch_id else len(entry.job.task_ids)
    ended = sum(task.done for task in entry.tasks)
    return max(1, whole - ended) if entry.state == "running" else 0


def _follows(entry: Entry, at: datetime, newest_first: bool) -> bool:
    return entry.sent_at < at if newest_first else entry.sent_at > at


def _known_by(video: Video) -> str:
    return _mended(video.url).partition("?")[0].partition("#")[0]


def _mended(text: str) -> str:
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if "\ud800" <= each < "\ue000" else each for each in text
    )
