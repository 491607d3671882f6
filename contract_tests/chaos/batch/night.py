"""A night of renders whose workers are killed, frozen, and never come back."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from contract_tests.chaos.batch import figures
from contract_tests.chaos.batch.figures import MOST_RUNNING, Figures
from contract_tests.chaos.service import Service
from weryai.batch import Batch, read_manifest

LIVES = (1.0, 8.0)  # seconds until one is killed
FROZEN = 60.0  # seconds for which one that is stopped stands still
PATIENCE = 600.0  # seconds for the rest, when nobody is killed any more
UNKNOWN = 6  # the exit code of a run that leaves rows of unknown fate
USUAL = {
    "images": ["https://example.com/a.jpg"],
    "model": "KLING_O1",
    "aspect_ratio": "1:1",
    "duration": 5,
}


@define
class Night:
    """One batch, its workers, and what becomes of them.

    Attributes:
        place: of the journal, a path or an address of PostgreSQL.
        interval: seconds between two submissions.
        restart: starts the database anew; None where there is none.
    """

    found: Service
    address: str
    folder: Path
    place: str
    interval: float
    dice: random.Random
    restart: Callable[[], None] | None = None
    workers: list[subprocess.Popen[bytes]] = field(factory=list)
    frozen: tuple[subprocess.Popen[bytes], float] | None = None

    def add(self, rows: int) -> None:
        """Put a manifest of so many rows into the batch."""
        path = self.folder / "night.jsonl"
        made = ({"id": f"{number}", "prompt": f"Row {number}"} for number in range(rows))
        path.write_text("\n".join(map(json.dumps, made)))
        manifest = read_manifest(path, defaults=USUAL, base_url=self.address)
        with self.batch() as batch:
            assert not batch.add(manifest).faults

    def batch(self) -> Batch:
        return Batch.open(self.place, "night")

    def kill(self, kills: int, workers: int) -> None:
        """End workers as crashes do, each at any moment of its life, and start others."""
        self.workers = [self._start() for _ in range(workers)]
        for number in range(kills):
            time.sleep(self.dice.uniform(*LIVES) / workers)
            if number == kills // 3:
                self._freeze()
            if number == kills // 2 and self.restart is not None:
                self.restart()
            self._thaw()
            victim = self.dice.choice([each for each in self.workers if not self._is_frozen(each)])
            victim.kill()
            victim.wait()
            self.workers.remove(victim)
            # One machine of several never comes back.
            if number != kills // 4 or workers == 1:
                self.workers.append(self._start())

    def finish(self) -> None:
        """Let whoever lives do the rest. Ends when nothing but unknown rows is left."""
        if self.frozen is not None:
            time.sleep(max(0.0, self.frozen[1] - time.monotonic()))
            self._thaw()
        for each in self.workers:
            assert each.wait(PATIENCE) in (0, UNKNOWN), (
                self.folder / f"{each.pid}.txt"
            ).read_text()
        self.workers.clear()

    def settle(self) -> tuple[int, int]:
        """Do what a user does who has looked at the history page. Returns how many rows were
        unknown, and how many of them were paid."""
        paid = {str(line.payload["prompt"]): line for line in self.found.simulator.ledger}
        found = [0, 0]
        with self.batch() as batch:
            for row in [*batch.rows("unknown")]:
                line = paid.get(str(row.request["prompt"]))
                if line is None:
                    batch.resolve(row.id, retry=True)
                else:
                    batch.resolve(row.id, task_id=list(line.task_ids))
                found[0] += 1
                found[1] += line is not None
            batch.resume()  # several unknown ones after the other pause a batch
        return found[0], found[1]

    def figures(
        self, kills: int, workers: int, unknown: tuple[int, int], started: float
    ) -> Figures:
        simulator = self.found.simulator
        with self.batch() as batch:
            rows = [*batch.rows()]
        return Figures(
            database=self.place.partition(":")[0] if "://" in self.place else "sqlite",
            workers=workers,
            kills=kills,
            interval=self.interval,
            rows=len(rows),
            paid=len(simulator.ledger),
            twice=figures.twice(self.found),
            lost=figures.lost(self.found, rows),
            corrupt=figures.corrupt(self.found, rows),
            unknown=unknown[0],
            unknown_paid=unknown[1],
            most_running=simulator.most_running,
            smallest_gap=simulator.smallest_gap,
            spent=sum(line.credits for line in simulator.ledger),
            cap=float("inf"),
            seconds=time.monotonic() - started,
        )

    def end(self) -> None:
        """End what still runs, whatever happened."""
        for each in self.workers:
            each.kill()
            each.wait()

    def start(self) -> None:
        """One more worker."""
        self.workers.append(self._start())

    def _freeze(self) -> None:
        """Let one stand still, as a machine does that swaps or a debugger that looks."""
        if len(self.workers) > 1:
            frozen = self.dice.choice(self.workers)
            frozen.send_signal(signal.SIGSTOP)
            self.frozen = frozen, time.monotonic() + FROZEN

    def _thaw(self) -> None:
        if self.frozen is not None and time.monotonic() >= self.frozen[1]:
            self.frozen[0].send_signal(signal.SIGCONT)
            self.frozen = None

    def _is_frozen(self, worker: subprocess.Popen[bytes]) -> bool:
        return self.frozen is not None and self.frozen[0] is worker

    def _start(self) -> subprocess.Popen[bytes]:
        ours = {"WERYAI_API_KEY": self.found.simulator.api_key, "WERYAI_BASE_URL": self.address}
        ours |= {"NO_PROXY": "127.0.0.1", "XDG_CACHE_HOME": str(self.folder / "cache")}
        limits = ["--submit-interval", str(self.interval), "--max-running", str(MOST_RUNNING)]
        argv = [sys.executable, "-m", "weryai.cli", "batch", "worker", "--database", self.place]
        argv += ["--batch", "night", "--out", str(self.folder / "videos"), *limits, "--keep-going"]
        with (self.folder / "said.txt").open("ab") as output:
            process = subprocess.Popen(argv, env=os.environ | ours, stdout=output, stderr=output)
        (self.folder / f"{process.pid}.txt").symlink_to(self.folder / "said.txt")
        return process
