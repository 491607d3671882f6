"""What is killed: how each is started, and how often its turn comes."""

from __future__ import annotations

import sys
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

from attrs import frozen

from contract_tests.chaos.worker import JOURNAL, VIDEOS, image


@frozen
class Kind:
    """A kind of process.

    Attributes:
        name: what the table calls it.
        word: what it says once it has started and opened its journal.
        seconds: how long it works for from then on, at the most.
    """

    name: str
    word: str
    seconds: float


WORKER = Kind("processes that make videos", "ready", 1.2)
GENERATE = Kind("weryai generate", "submitting", 0.8)
RESUME = Kind("weryai resume", "looking", 0.4)
OPENING = Kind("first openings of a journal", "ready", 0.2)
FORK = Kind("processes that fork with a client", "heard", 1.2)
KINDS = (WORKER, GENERATE, RESUME, OPENING, FORK)


@frozen
class Victim:
    """One that is to be killed.

    Attributes:
        mode: of a worker: sync, async, openings, or fork.
        others: how many of the same run beside it, and are left alone.
        signal: what ends it.
    """

    kind: Kind
    mode: str = ""
    others: int = 0
    signal: Signals = SIGKILL

    def argv(self, folder: Path, caller_id: int) -> list[str]:
        """Its command; a job of its own has this caller_id, and further ones the next."""
        start = [sys.executable, "-m"]
        if self.mode:
            return [*start, "contract_tests.chaos.worker", self.mode, str(folder), str(caller_id)]
        own = ["--journal", str(folder / JOURNAL), "--out", str(folder / VIDEOS)]
        start += ["contract_tests.chaos.command", "-v"]
        if self.kind is RESUME:
            return [*start, "resume", *own]
        made = ["--prompt", f"chaos {caller_id}", "--model", "KLING_O1", "--aspect-ratio", "1:1"]
        made += ["--duration", "5", "--caller-id", str(caller_id)]
        return [*start, "generate", str(image(folder, caller_id)), *made, *own]


# One kill after the other, and again from the start: one of each kind among the first six.
TURNS = (
    Victim(WORKER, "sync"),
    Victim(WORKER, "async"),
    Victim(GENERATE, signal=SIGTERM),
    Victim(RESUME),
    Victim(OPENING, "openings"),
    Victim(FORK, "fork"),
    Victim(WORKER, "sync", signal=SIGTERM),
    Victim(GENERATE),
    Victim(RESUME, others=1, signal=SIGTERM),
    Victim(WORKER, "async"),
)
