"""What each call of a journal takes of the processor, where there are 100 to 100,000 jobs. What it
waits for the disk is the disk's: four times for each call that writes, as a test counts."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from contract_tests.support.many_jobs import LONG_AGO, SAME, URL, fill
from weryai import Job, Limits, Task, Video
from weryai.journal import SQLiteJournal, Turn

ROWS = (100, 1_000, 10_000, 100_000)
TURNS = 15
NOW = datetime(2026, 11, 24, tzinfo=UTC)
FILM = Video(f"{URL}/get?id=new", "task_new")
Call = Callable[[], object]


def figures(rows: tuple[int, ...] = ROWS) -> dict[str, dict[str, float]]:
    """Milliseconds of CPU, by the call and by the number of jobs: the median of some turns."""
    found: dict[str, dict[str, float]] = {}
    for number in rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.journal"
            journal = SQLiteJournal(path)
            fill(journal, number)
            taken: dict[str, list[float]] = {}
            for turn in range(TURNS):
                for name, call in _calls(journal, f"new {turn}"):
                    before = time.process_time_ns()
                    call()
                    taken.setdefault(name, []).append((time.process_time_ns() - before) / 1e6)
            journal.close()
        for name, each in taken.items():
            found.setdefault(name, {})[str(number)] = statistics.median(each)
    return found


def _calls(journal: SQLiteJournal, name: str) -> Iterator[tuple[str, Call]]:
    """Each in the state that it is made in: the life of a job, and what is asked in between."""
    task, ended = f"task of {name}", [Task(f"task of {name}", "succeed", (FILM,))]
    yield (
        "begin",
        lambda: journal.begin(
            name, URL, {}, NOW, idempotency_key=name, fingerprint=SAME, none_since=LONG_AGO
        ),
    )
    turn = Turn(Limits(running=1_000_000, interval=0))
    yield "turn", lambda: journal.turn(name, NOW, turn)
    yield "hold_back", lambda: journal.hold_back(URL, NOW, 0.001)
    yield "accept", lambda: journal.accept(name, Job([task]))
    yield "note", lambda: journal.note(name, ended)
    yield "note, nothing new", lambda: journal.note(name, ended)
    yield "fetched", lambda: journal.fetched(URL, FILM, Path("/v") / name)
    yield "find", lambda: journal.find(URL, Job([task]))
    yield "earlier", lambda: journal.earlier(URL, fingerprint=SAME, since=LONG_AGO)
    yield "entry", lambda: journal.entry(name)
    yield "claim", lambda: journal.claim(name)
    yield "release", lambda: journal.release(name)
    yield "uploaded", lambda: journal.uploaded(URL, name, "https://e.com/a", NOW)
    yield "address_of", lambda: journal.address_of(URL, name, LONG_AGO)
    yield "counts", journal.counts
    yield "entries, the first", lambda: next(journal.entries(newest_first=True))
    yield "open_entries, 10 of them", lambda: [*journal.open_entries()]
    yield "settle", lambda: journal.settle(name)
    for end, call in (("refuse", journal.refuse), ("doubt", lambda id: journal.doubt(id, "lost"))):
        journal.begin(f"{name} {end}", URL, {}, NOW)
        yield end, partial(call, f"{name} {end}")
    yield "forget", lambda: journal.forget([name, f"{name} doubt"])
    yield "open and close", lambda: SQLiteJournal(journal.path).close()
