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
from functools import cached_property
from pathlib import Path

from attrs import define, field

from contract_tests.chaos.batch import figures
from contract_tests.chaos.batch.figures import MOST_RUNNING, Figures
from contract_tests.chaos.batch.money import Money
from contract_tests.chaos.service import Service
from contract_tests.support.run import children, forked
from weryai.batch import Batch, read_manifest

LIVES = (1.0, 8.0)  # seconds until one is killed
FROZEN = 60.0  # seconds for which one that is stopped stands still
PATIENCE = 600.0  # seconds for the rest, when nobody is killed any more
DONE, LEFT, UNKNOWN = 0, 5, 6  # exit codes of a run, by what it leaves
USUAL = {
    "images": ["https://example.com/a.jpg"],
    "model": "KLING_O1",
    "aspect_ratio": "1:1",
    "duration": 5,
}


@define
class Doubt:
    """The rows of unknown fate, how many of them were paid, and the credits that stay reserved for
    the others."""

    rows: int = 0
    paid: int = 0
    kept: float = 0.0


@define(slots=False)
class Night:
    """One batch, its workers, and what becomes of them.

    Attributes:
        place: of the journal, a path or an address of PostgreSQL.
        interval: seconds between two submissions.
        restart: starts the database anew; None where there is none.
        money: what it may cost.
        caps: what each worker was told that it may cost, by its process id.
    """

    found: Service
    address: str
    folder: Path
    place: str
    interval: float
    dice: random.Random
    restart: Callable[[], None] | None = None
    workers: list[subprocess.Popen[str]] = field(factory=list)
    frozen: tuple[subprocess.Popen[str], float] | None = None
    money: Money = field(init=False)
    caps: dict[int, float] = field(factory=dict)

    def add(self, rows: int) -> None:
        """Put a manifest of so many rows into the batch, and some of the money that it needs."""
        self.money = Money.for_rows(self.found, self.address, rows)
        path = self.folder / "night.jsonl"
        made = ({"id": f"{number}", "prompt": f"Row {number}"} for number in range(rows))
        path.write_text("\n".join(map(json.dumps, made)))
        manifest = read_manifest(path, defaults=USUAL, base_url=self.address)
        assert not self.batch.add(manifest).faults

    @cached_property
    def batch(self) -> Batch:
        """Opened once: to open a file takes the turn to write, which whoever stands still has."""
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
            self._see_money()
            victim = self.dice.choice([each for each in self.workers if not self._is_frozen(each)])
            victim.kill()
            victim.wait()
            self.workers.remove(victim)
            # One machine of several never comes back.
            if number != kills // 4 or workers == 1:
                self.workers.append(self._start())

    def finish(self) -> None:
        """Let whoever lives do the rest, and pay for it. Ends when nothing but unknown rows is
        left."""
        if self.frozen is not None:
            time.sleep(max(0.0, self.frozen[1] - time.monotonic()))
            self._thaw()
        deadline = time.monotonic() + PATIENCE
        while self.workers:
            assert time.monotonic() < deadline, self._said()
            self._see_money()
            self.workers = [each for each in self.workers if each.poll() != DONE]
            status = self.batch.status()
            if status.paused or not status.left:
                for each in self.workers:
                    assert each.wait(PATIENCE) in (DONE, UNKNOWN), self._said()
                self.workers.clear()
            time.sleep(0.2)
        self.money.look(self.batch)

    def settle(self) -> Doubt:
        """Do what a user does who has looked at the history page."""
        paid = {str(line.payload["prompt"]): line for line in self.found.simulator.ledger}
        doubt = Doubt()
        for row in [*self.batch.rows("unknown")]:
            line = paid.get(str(row.request["prompt"]))
            doubt.rows += 1
            if line is None:
                doubt.kept += row.credits or 0.0  # none where it was to show the price
                self.batch.resolve(row.id, retry=True)
            else:
                doubt.paid += 1
                self.batch.resolve(row.id, task_id=list(line.task_ids))
        self.batch.resume()  # several unknown ones after the other pause a batch
        return doubt

    def figures(self, kills: int, workers: int, doubt: Doubt, started: float) -> Figures:
        simulator = self.found.simulator
        rows, reserved = [*self.batch.rows()], self.money.reserved(self.batch)
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
            unknown=doubt.rows,
            unknown_paid=doubt.paid,
            most_running=simulator.most_running,
            smallest_gap=simulator.smallest_gap,
            spent=self.money.ledger,
            reserved=reserved,
            doubtful=doubt.kept,
            cap=self.money.cap,
            bound=self.money.bound,
            over=self.money.over,
            seconds=time.monotonic() - started,
        )

    def end(self) -> None:
        """End what still runs, whatever happened."""
        for each in self.workers:
            each.kill()
            each.wait()
        self.batch.close()

    def start(self) -> None:
        """One more worker."""
        self.workers.append(self._start())

    def _see_money(self) -> None:
        """Compare the books; where they held workers up, give more, and start others."""
        self.money.look(self.batch)
        used_up = self.money.is_used_up(self.batch)
        for each in [each for each in self.workers if each.poll() in (LEFT, UNKNOWN)]:
            cap = self.caps[each.pid]
            if cap == self.money.cap and used_up:
                self.money.top_up()
            elif cap == self.money.cap:
                continue  # for another reason
            self.workers.remove(each)
            self.workers.append(self._start())

    def _said(self) -> str:
        return (self.folder / "said.txt").read_text()

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

    def _is_frozen(self, worker: subprocess.Popen[str]) -> bool:
        return self.frozen is not None and self.frozen[0] is worker

    def _start(self) -> subprocess.Popen[str]:
        ours = {"WERYAI_API_KEY": self.found.simulator.api_key, "WERYAI_BASE_URL": self.address}
        ours |= {"NO_PROXY": "127.0.0.1", "XDG_CACHE_HOME": str(self.folder / "cache")}
        ours |= {"PYTHONPATH": children.python_path()}
        limits = ["--submit-interval", str(self.interval), "--max-running", str(MOST_RUNNING)]
        argv = [sys.executable, "-m", "weryai.cli", "batch", "worker", "--database", self.place]
        argv += ["--batch", "night", "--out", str(self.folder / "videos"), *limits, "--keep-going"]
        argv += ["--max-credits", f"{self.money.cap:g}"]
        with (self.folder / "said.txt").open("ab") as output:
            process = forked.Popen(argv, env=os.environ | ours, stdout=output, stderr=output)
        self.caps[process.pid] = self.money.cap
        return process
