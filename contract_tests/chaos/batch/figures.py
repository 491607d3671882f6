"""What came of a night: counted from what the service has accepted and what is on the disk."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection

from attrs import define

from contract_tests.chaos.service import Service
from weryai.batch import Row

SLACK = 0.25  # seconds by which two submissions may be closer on their way than they were sent
MOST_RUNNING = 20


@define
class Figures:
    """What is printed, and judged.

    Attributes:
        spent: credits that the simulator has charged.
        reserved: credits that were spent or may have been, as the journal has it.
        doubtful: those of them that were kept for rows of unknown fate which were not paid.
        cap: what the batch might cost at the end.
        bound: how often the cap kept rows back, and was raised.
        over: see `Money`.
    """

    database: str
    workers: int
    kills: int
    interval: float
    rows: int
    paid: int
    twice: int
    lost: int
    corrupt: int
    unknown: int
    unknown_paid: int
    most_running: int
    smallest_gap: float
    spent: float
    reserved: float
    doubtful: float
    cap: float
    bound: int
    over: float
    seconds: float

    @property
    def broken(self) -> bool:
        """Whether a promise was."""
        bad = self.twice + self.lost + self.corrupt
        close = self.smallest_gap < self.interval - SLACK
        odd = self.over > 0 or self.spent > self.cap or self.bound == 0
        wrong = odd or self.reserved != self.spent + self.doubtful
        return bad > 0 or close or self.most_running > MOST_RUNNING or wrong

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.kills} workers killed of {self.workers} at a time, on {self.database},"
                f" in {self.seconds:.0f} s:",
                f"  {self.rows} rows, {self.paid} submissions accepted",
                f"  {self.twice} paid twice, {self.lost} lost, {self.corrupt} corrupt",
                f"  {self.unknown} of unknown fate, caught while they were on their way:"
                f" {self.unknown_paid} of them paid",
                f"  at most {self.most_running} running; the smallest gap {self.smallest_gap:.2f} s"
                f" at an interval of {self.interval:g} s",
                f"  {self.spent:,g} credits charged, {self.reserved:,g} in the journal, of them"
                f" {self.doubtful:g} kept for rows of unknown fate that were not paid",
                f"  the cap kept rows back {self.bound} times, and was raised to {self.cap:,g};"
                f" {self.over:g} credits over it, or not reserved, at any look",
            ]
        )


def paid(found: Service) -> Counter[str]:
    """How often each row was paid for, by its prompt."""
    return Counter(str(line.payload["prompt"]) for line in found.simulator.ledger)


def twice(found: Service) -> int:
    """How many submissions were one too many."""
    return sum(number - 1 for number in paid(found).values())


def lost(found: Service, rows: Collection[Row]) -> int:
    """How many rows have no video that is here, though all were to be done."""
    return sum(
        row.state != "done" or not all(path.is_file() for path, _ in row.files) for row in rows
    )


def corrupt(found: Service, rows: Collection[Row]) -> int:
    """How many files are not what the service made for their row, or not what the row says."""
    made = {
        str(line.payload["prompt"]): {found.digest(task_id) for task_id in line.task_ids}
        for line in found.simulator.ledger
    }
    wrong = 0
    for row in rows:
        for path, digest in row.files:
            on_disk = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else digest
            wrong += digest != on_disk or digest not in made[str(row.request["prompt"])]
    return wrong
