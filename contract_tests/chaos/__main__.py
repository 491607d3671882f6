"""Kill, resume, count. Exits with 1 where a promise was broken."""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from attrs import define

from contract_tests.chaos.service import Service, service
from contract_tests.kept import keep
from weryai import Job
from weryai.journal import Entry, SQLiteJournal

LANES = 2  # processes that work, and are killed, at the same time
LONGEST_LIFE = 1.2  # seconds that a process works for, at the most
PATIENCE = 60.0  # seconds for one that is not killed


@define
class Figures:
    """What came of it."""

    kills: int
    asked: int
    most_posts: int
    paid: int
    unknown: int
    unknown_paid: int
    unreported: int
    videos: int
    lost: int
    corrupt: int
    twice: int
    parts: int
    seconds: float

    @property
    def broken(self) -> bool:
        """Whether a promise was."""
        bad = self.unreported + self.lost + self.corrupt + self.twice + self.parts
        return self.most_posts > 1 or bad > 0

    def __str__(self) -> str:
        rest = self.unknown - self.unknown_paid
        return "\n".join(
            f"{name:<46} {value}"
            for name, value in {
                "processes killed": self.kills,
                "jobs asked": self.asked,
                "submissions accepted": self.paid,
                "accepted for one job, at the most": self.most_posts,
                "killed between POST and answer, and paid": self.unknown_paid,
                "reported as unknown": f"{self.unknown} (these, and {rest} that were not accepted)",
                "paid and not in the journal": self.unreported,
                "videos paid": self.videos,
                "videos lost": self.lost,
                "corrupt files": self.corrupt,
                "videos fetched twice by two resumes at once": self.twice,
                "unfinished files left": self.parts,
                "seconds": round(self.seconds),
            }.items()
        )


@define
class Chaos:
    """One run, in a folder of its own."""

    found: Service
    address: str
    folder: Path
    dice: random.Random

    def kill(self, number: int) -> None:
        """Let a process work for a moment, and end it as a crash does."""
        colour = ("sync", "async")[number % 2]
        argv = ["contract_tests.chaos.worker", colour, str(self.folder), str(number * 1000 + 1)]
        running = subprocess.Popen(
            [sys.executable, "-m", *argv], env=self._settings(), stdout=subprocess.PIPE
        )
        assert running.stdout is not None
        with running.stdout:
            assert running.stdout.readline() == b"ready\n", "it ended by itself"
            time.sleep(self.dice.uniform(0, LONGEST_LIFE))
            assert running.poll() is None, "it ended by itself"
            running.kill()
            running.wait()

    def resume(self) -> int:
        """Two `weryai resume` at the same time. Returns how many videos were fetched twice."""
        before = dict(self.found.fetched)
        argv = [sys.executable, "-m", "weryai.cli", "resume", "--out", str(self.folder / "videos")]
        argv += ["--journal", str(self.folder / "jobs.journal")]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = [subprocess.Popen(argv, env=self._settings(), **quiet) for _ in range(2)]
        codes = [each.wait(PATIENCE) for each in started]
        assert codes == [0, 0], codes
        return sum(count - before.get(name, 0) > 1 for name, count in self.found.fetched.items())

    def entries(self) -> list[Entry]:
        journal = SQLiteJournal(self.folder / "jobs.journal")
        try:
            return journal.entries()
        finally:
            journal.close()

    def settle(self, unknown: Iterable[Entry]) -> None:
        """Do what a user does who has looked at the history page."""
        paid = {line.payload["caller_id"]: line for line in self.found.simulator.ledger}
        journal = SQLiteJournal(self.folder / "jobs.journal")
        for entry in unknown:
            line = paid.get(entry.payload["caller_id"])
            journal.settle(entry.id, Job(line.task_ids, str(line.batch_id)) if line else None)
        journal.close()

    def bad_files(self) -> tuple[int, int]:
        """How many videos that were paid for are in no file, and how many files are not theirs."""
        files = {name: path for entry in self.entries() for name, path in entry.files.items()}
        lost = corrupt = 0
        for task_id in self.found.simulator._world.tasks:
            path = files.get(task_id)
            if path is None or not path.exists():
                lost += 1
            else:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                corrupt += digest != self.found.digest(task_id)
        return lost, corrupt

    def _settings(self) -> dict[str, str]:
        ours = {"WERYAI_API_KEY": self.found.simulator.api_key, "WERYAI_BASE_URL": self.address}
        return os.environ | ours | {"NO_PROXY": "127.0.0.1"}


def run(kills: int, seed: int, folder: Path) -> Figures:
    """Kill as often as that, resume to the end, and count."""
    started = time.monotonic()
    with service(seed) as (found, address):
        chaos = Chaos(found, address, folder, random.Random(seed))
        with ThreadPoolExecutor(LANES) as lanes:
            list(lanes.map(chaos.kill, range(kills)))
        twice = chaos.resume()
        entries = chaos.entries()
        unknown = [entry for entry in entries if entry.state == "unknown"]
        kept = {entry.payload["caller_id"] for entry in entries}
        accepted = found.accepted()
        chaos.settle(unknown)
        twice += chaos.resume()
        lost, corrupt = chaos.bad_files()
        return Figures(
            kills=kills,
            asked=len(kept | accepted.keys()),
            most_posts=max(accepted.values(), default=0),
            paid=accepted.total(),
            unknown=len(unknown),
            unknown_paid=sum(entry.payload["caller_id"] in accepted for entry in unknown),
            unreported=len(accepted.keys() - kept),
            videos=len(found.simulator._world.tasks),
            lost=lost,
            corrupt=corrupt,
            twice=twice,
            parts=sum(".part" in file.name for file in (folder / "videos").iterdir()),
            seconds=time.monotonic() - started,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="of the instants, as far as it goes")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="weryai-chaos-") as folder:
        figures = run(options.kills, seed, Path(folder))
    print(figures)
    keep("chaos", f"seed {seed}\n{figures}")
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
