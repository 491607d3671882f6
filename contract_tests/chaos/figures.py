"""What came of a run: counted from what the service has accepted and what is on the disk."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import define, frozen

from contract_tests.chaos.service import Service
from contract_tests.chaos.victims import KINDS
from contract_tests.chaos.worker import NEW, VIDEOS
from weryai import JournalError
from weryai.journal import Entry, SQLiteJournal


@frozen
class Hit:
    """What a kill has hit."""

    kind: str
    began: bool  # it had started and opened its journal


@define
class Figures:
    """What is printed, and judged."""

    hits: Counter[Hit]
    asked: int
    most_posts: int
    paid: int
    unknown: int
    unknown_paid: int
    unreported: int
    videos: int
    dropped: int
    lost: int
    corrupt: int
    twice: int
    unopened: int
    parts: int
    seconds: float
    swapped: int = 0
    worded: int = 0
    refused: int = 0
    let_in: int = 0

    @property
    def broken(self) -> bool:
        """Whether a promise was."""
        # Not the parts: two may fetch a video at once, and nobody asks again for what one of them
        # leaves when it is killed.
        bad = self.unreported + self.lost + self.corrupt + self.twice + self.unopened
        bad += self.dropped + self.swapped + self.let_in
        return self.most_posts > 1 or bad > 0

    def __str__(self) -> str:
        return "\n".join(
            f"{name:<46} {value}"
            for name, value in {
                "killed": self.hits.total(),
                **{f"  {kind.name}": self._killed(kind.name) for kind in KINDS},
                "ended by SIGTERM, with words": self.worded,
                "jobs asked": self.asked,
                "submissions accepted": self.paid,
                "accepted for one job, at the most": self.most_posts,
                "killed between POST and answer, and paid": self.unknown_paid,
                "killed likewise, and not paid": self.unknown - self.unknown_paid,
                "reported as unknown": self.unknown,
                "paid and not in the journal": self.unreported,
                "jobs with the ids of another": self.swapped,
                "clients in use refused to a child": self.refused,
                "clients in use let into a child": self.let_in,
                "videos paid": self.videos,
                "videos paid and neither fetched nor open": self.dropped,
                "videos lost": self.lost,
                "corrupt files": self.corrupt,
                "videos fetched twice by two resumes at once": self.twice,
                "journals that do not open": self.unopened,
                "hidden parts of videos left, safe to delete": self.parts,
                "seconds": round(self.seconds),
            }.items()
        )

    def _killed(self, kind: str) -> str:
        early, late = self.hits[Hit(kind, False)], self.hits[Hit(kind, True)]
        return f"{early + late} ({early} while starting)"


def submissions(entries: Collection[Entry], accepted: Counter[int]) -> dict[str, int]:
    """What became of the submissions, by the names of Figures."""
    unknown = [entry for entry in entries if entry.state == "unknown"]
    kept = {entry.payload["caller_id"] for entry in entries}
    return {
        "asked": len(kept | accepted.keys()),
        "most_posts": max(accepted.values(), default=0),
        "paid": accepted.total(),
        "unknown": len(unknown),
        "unknown_paid": sum(entry.payload["caller_id"] in accepted for entry in unknown),
        "unreported": len(accepted.keys() - kept),
    }


def files(found: Service, entries: Collection[Entry], folder: Path) -> dict[str, int]:
    """What became of the videos, by the names of Figures."""
    paths = {name: path for entry in entries for name, path in entry.files.items()}
    tasks = found.simulator._account.tasks
    here = {name: paths[name] for name in tasks if name in paths and paths[name].exists()}
    return {
        "videos": len(tasks),
        "lost": len(tasks) - len(here),
        "corrupt": sum(_digest(path) != found.digest(name) for name, path in here.items()),
        "unopened": sum(not _opens(path) for path in (folder / NEW).glob("*.journal")),
        "parts": len(list((folder / VIDEOS).glob(".*.part"))),
    }


def dropped(found: Service, entries: Collection[Entry]) -> list[str]:
    """Tasks whose video is in no file, though nobody would look for it any more."""
    there = {name for each in entries for name, path in each.files.items() if path.exists()}
    to_come = {entry.payload["caller_id"] for entry in entries if entry.open}
    return [
        task_id
        for line in found.simulator.ledger
        for task_id in line.task_ids
        if task_id not in there and line.payload["caller_id"] not in to_come
    ]


def swapped(found: Service, entries: Collection[Entry]) -> int:
    """How many jobs have an id that was given to another."""
    given = {
        (line.payload["caller_id"], name)
        for line in found.simulator.ledger
        for name in line.task_ids
    }
    jobs = [(entry.payload["caller_id"], entry.job.task_ids) for entry in entries if entry.job]
    return sum(any((caller_id, name) not in given for name in ids) for caller_id, ids in jobs)


def fetched_twice(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """How many videos were asked for more than once between two looks."""
    return sum(count - before.get(name, 0) > 1 for name, count in after.items())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _opens(path: Path) -> bool:
    """Whether a journal can be read, and written to."""
    try:
        journal = SQLiteJournal(path)
        for entry in journal.entries():
            journal.settle(entry.id)
        journal.close()
    except JournalError:
        return False
    return True
