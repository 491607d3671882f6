"""Kill, resume, count. Exits with 1 where a promise was broken."""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from attrs import define, field

from contract_tests.chaos.figures import (
    Figures,
    Hit,
    dropped,
    fetched_twice,
    files,
    submissions,
    swapped,
)
from contract_tests.chaos.service import Service, service
from contract_tests.chaos.victims import FORK, GENERATE, RESUME, TURNS, Kind, Victim
from contract_tests.chaos.worker import BROKEN, JOURNAL, LET_IN, REFUSED, VIDEOS
from contract_tests.support.run import children, forked
from contract_tests.support.run.reports import keep
from weryai import Job
from weryai.journal import Entry, SQLiteJournal

LANES = 2  # processes that are killed at the same time
# One in so many kills comes while its victim starts, where there is less to lose: no divisor of the
# number of TURNS, so that each has its turn. The others wait for the work to begin, or on a busy
# machine most would come too early.
EARLY = 7
START = 0.6  # seconds that a start takes, about
TRIES = 30  # until a kill comes before the end of a command that ends by itself
PATIENCE = 60.0  # seconds for one that is not killed
TERMINATED = 143  # with which a command that SIGTERM has ended says so


@define
class Chaos:
    """One run, in a folder of its own."""

    found: Service
    address: str
    folder: Path
    dice: random.Random
    hits: Counter[Hit] = field(factory=Counter)
    told: Counter[str] = field(factory=Counter)  # what victims said, by the names of Figures
    others: list[Running] = field(factory=list)

    def kill(self, number: int) -> None:
        """End a process as a crash does, at any moment of its life."""
        victim = TURNS[number % len(TURNS)]
        early = number % EARLY == 3
        for attempt in range(1, TRIES + 1):
            argv = victim.argv(self.folder, number * 1000 + attempt)
            start = subprocess.Popen[str] if early else forked.Popen
            running = self._start(argv, start, leads=victim.kind is FORK)
            self.others += [self._start(argv) for _ in range(victim.others)]
            self._let_live(running, victim.kind, early)
            if running.kill(victim.signal):
                self._note(running, victim)
                return
        raise AssertionError(f"{victim} was never there to be killed")

    def _note(self, running: Running, victim: Victim) -> None:
        began = running.says(victim.kind.word)
        self.hits[Hit(victim.kind.name, began)] += 1
        assert not running.says(BROKEN), running.output.read_text()
        self.told["let_in"] += running.count(LET_IN)
        self.told["refused"] += running.count(REFUSED)
        # A command that has begun ends with words, or by itself, and then it was not killed.
        worded = running.process.returncode == TERMINATED and running.says("stopped")
        self.told["worded"] += worded
        if victim.signal is signal.SIGTERM and victim.kind in (GENERATE, RESUME) and began:
            assert worded, running.output.read_text()

    def resume(self) -> int:
        """Two `weryai resume` at the same time. Returns how many videos were fetched twice."""
        # What a killed process has asked for last may still be in the socket, before this.
        httpx.get(self.address, trust_env=False)
        before = dict(self.found.fetched)
        argv = [sys.executable, "-m", "contract_tests.chaos.command", "resume"]
        argv += ["--out", str(self.folder / VIDEOS), "--journal", str(self.folder / JOURNAL)]
        for each in [self._start(argv) for _ in range(2)]:
            each.end()
        return fetched_twice(before, self.found.fetched)

    def entries(self) -> list[Entry]:
        journal = SQLiteJournal(self.folder / JOURNAL)
        try:
            return [*journal.entries()]
        finally:
            journal.close()

    def settle(self) -> None:
        """Do what a user does who has looked at the history page."""
        paid = {line.payload["caller_id"]: line for line in self.found.simulator.ledger}
        journal = SQLiteJournal(self.folder / JOURNAL)
        for entry in journal.entries(state="unknown"):
            line = paid.get(entry.payload["caller_id"])
            journal.settle(entry.id, Job(line.task_ids, str(line.batch_id)) if line else None)
        journal.close()

    def _let_live(self, running: Running, kind: Kind, early: bool) -> None:
        if early:
            time.sleep(self.dice.uniform(0, START))
            return
        deadline = time.monotonic() + PATIENCE
        while not running.says(kind.word) and running.lives() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(self.dice.uniform(0, kind.seconds))

    def _start(
        self,
        argv: list[str],
        start: Callable[..., subprocess.Popen[str]] = forked.Popen,
        leads: bool = False,
    ) -> Running:
        """Start it, where it leads as the first of a group that is ended together."""
        ours = {"WERYAI_API_KEY": self.found.simulator.api_key, "WERYAI_BASE_URL": self.address}
        usual = {"NO_PROXY": "127.0.0.1", "PYTHONPATH": children.python_path()}
        settings = os.environ | usual | ours
        handle, said = tempfile.mkstemp(dir=self.folder)
        with open(handle, "wb") as output:  # a file: a pipe that nobody reads fills up, and blocks
            process = start(
                argv,
                env=settings,
                stdout=output,
                stderr=output,
                process_group=0 if leads else None,
            )
        return Running(process, Path(said), leads)


@define
class Running:
    """A process, and what it says."""

    process: subprocess.Popen[str]
    output: Path
    leads: bool = False  # process group leader: a signal goes to its children as well

    def kill(self, how: signal.Signals) -> bool:
        """Returns whether it was there to be killed; one that ended by itself has done well."""
        if self.leads:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        if self.process.wait(PATIENCE) in (-how, TERMINATED):
            return True
        self.end()
        return False

    def end(self) -> None:
        """Wait for one that nobody kills."""
        code = self.process.wait(PATIENCE)
        assert code == 0, f"{self.process.args!r} ended with {code}: {self.output.read_text()}"

    def lives(self) -> bool:
        return self.process.poll() is None

    def says(self, word: str) -> bool:
        return self.count(word) > 0

    def count(self, word: str) -> int:
        return self.output.read_text().count(word)


def run(kills: int, seed: int, folder: Path) -> Figures:
    """Kill as often as that, resume to the end, and count."""
    started = time.monotonic()
    with service(seed) as (found, address):
        chaos = Chaos(found, address, folder, random.Random(seed))
        with ThreadPoolExecutor(LANES) as lanes:
            list(lanes.map(chaos.kill, range(kills)))
        for other in chaos.others:
            other.end()
        closed = len(dropped(found, chaos.entries()))
        twice = chaos.resume()
        entries, accepted = chaos.entries(), found.accepted()
        closed += len(dropped(found, entries))
        chaos.settle()
        twice += chaos.resume()
        counted: dict[str, Any] = submissions(entries, accepted) | chaos.told
        counted |= files(found, chaos.entries(), folder)
        counted |= {"swapped": swapped(found, chaos.entries()), "dropped": closed}
        return Figures(hits=chaos.hits, twice=twice, seconds=time.monotonic() - started, **counted)


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
