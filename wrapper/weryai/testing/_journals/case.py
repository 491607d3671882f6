"""One promise, tried on a journal of its own."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from weryai import Job, Task, Video
from weryai.journal import Entry, Journal

URL, OTHER = "https://api.weryai.com", "https://other.example.com"
AT = datetime(2026, 11, 24, 12, 30, 15, 123456, UTC)
BEFORE = AT - timedelta(hours=1)
PAYLOAD = {"model": "KLING_O1", "prompt": "The sun sets"}

PATH = Path("/videos/task_a.mp4")

Make = Callable[[str], Journal]


class Case:
    """The journal of one promise: opened as often as that needs, and closed at the end."""

    def __init__(self, make: Make) -> None:
        self._make, self._name = make, f"check_{secrets.token_hex(8)}"
        self._opened: list[Journal] = []

    def __enter__(self) -> Case:
        self.journal = self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for journal in self._opened:
            journal.close()

    def open(self) -> Journal:
        """The same journal once more, as another process would open it."""
        self._opened.append(self._make(self._name))
        return self._opened[-1]

    def close(self, journal: Journal) -> None:
        """End one of them before the others."""
        self._opened.remove(journal)
        journal.close()

    def begin(self, entry_id: str, url: str = URL, at: datetime = AT, **options: Any) -> None:
        """An intent like any other."""
        self.journal.begin(entry_id, url, PAYLOAD, at, **options)

    def accept(self, *entry_ids: str, **options: Any) -> None:
        """Jobs that run, each with one task, `task_` and its id."""
        for entry_id in entry_ids:
            self.begin(entry_id, **options)
            self.journal.accept(entry_id, Job([f"task_{entry_id}"], submitted_at=AT))

    def note(self, entry_id: str, *videos: Video, state: str = "succeed", **options: Any) -> None:
        """Tell of the one task of a job."""
        task = Task(f"task_{entry_id}", state, videos)
        self.journal.note(entry_id, [task], **options)

    def entry(self, entry_id: str, journal: Journal | None = None) -> Entry:
        """One that has to be there."""
        entry = (journal or self.journal).entry(entry_id)
        if entry is None:
            raise AssertionError(f"the entry {entry_id!r} is not there")
        return entry

    def state(self, entry_id: str) -> str:
        return self.entry(entry_id).state


Promise = Callable[[Case], None]


def videos(entry_id: str, *urls: str) -> Sequence[Video]:
    """The videos of one reply, named by their places."""
    stem = f"task_{entry_id}"
    return [
        Video(f"https://cdn.example.com/{url}", stem if place == 1 else f"{stem}-{place}")
        for place, url in enumerate(urls, 1)
    ]


def ids(entries: Iterator[Entry]) -> list[str]:
    return [entry.id for entry in entries]


def equal(what: str, seen: object, expected: object) -> None:
    """No `assert`: python -O would leave it out."""
    if seen != expected:
        raise AssertionError(f"{what}: {seen!r}, and not {expected!r}")


@contextmanager
def refused(what: str, kind: type[Exception]) -> Iterator[list[Any]]:
    """Something that has to raise, into a list; AlreadySubmittedError is no JournalError."""
    caught: list[Any] = []
    try:
        yield caught
    except kind as error:
        caught.append(error)
    else:
        raise AssertionError(f"{what}: was not refused with {kind.__name__}")


def run_all(run: Callable[[int], None], threads: int) -> None:
    """Run it in so many threads at once, each with its number."""
    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
