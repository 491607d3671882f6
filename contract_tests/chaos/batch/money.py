"""What a night may cost: a cap that binds and is raised while workers die, and the books beside
it."""

from __future__ import annotations

from attrs import define

from contract_tests.chaos.service import Service
from weryai.batch import Batch

PRICE = 5.0  # credits that each row costs; no worker is told


@define
class Money:
    """The purse of a batch, as its journal and the simulator have it.

    Attributes:
        address: of the service.
        step: by how much the cap is raised each time.
        cap: what the batch may cost now, over all workers.
        bound: how often it kept rows back that were to be sent.
        over: by how many credits anything ever passed the cap, or was paid and not reserved.
    """

    found: Service
    address: str
    step: float
    cap: float = 0.0
    bound: int = 0
    over: float = 0.0

    @classmethod
    def for_rows(cls, found: Service, address: str, rows: int) -> Money:
        """A quarter of what is needed, and a bit that buys nothing."""
        step = PRICE * max(2, rows // 4) + 2
        return cls(found, address, step, cap=step)

    @property
    def ledger(self) -> float:
        """What the simulator has charged."""
        return sum(line.credits for line in self.found.simulator.ledger)

    def reserved(self, batch: Batch) -> float:
        """What the journal says was spent, or may be."""
        purse = batch.journal.purse(f"batch {batch.name}", self.address)
        learning = len(purse.learning())  # counted as nothing until it is known
        return purse.spent() + PRICE * learning

    def look(self, batch: Batch) -> None:
        """Compare the books as they are now. What is charged was reserved before."""
        charged = self.ledger
        reserved = self.reserved(batch)
        self.over = max(self.over, charged - self.cap, reserved - self.cap, charged - reserved)

    def is_used_up(self, batch: Batch) -> bool:
        """Whether another row would pass the cap."""
        return self.reserved(batch) + PRICE > self.cap

    def top_up(self) -> None:
        """Let the batch cost more, as it was held up."""
        self.bound += 1
        self.cap += self.step
