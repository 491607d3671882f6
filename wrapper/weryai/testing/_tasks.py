"""Tasks, the submissions that started them, and which of them have not ended."""

from __future__ import annotations

import heapq
import itertools
from math import inf
from typing import Any

from attrs import frozen

from ._scenario import Outcome
from ._wire.contract import Operation


@frozen
class Accepted:
    """One paid submission that the service accepted: a line of the ledger.

    Attributes:
        operation: its operationId in the contract.
        payload: the JSON that was sent.
        task_ids: the tasks it started.
        batch_id: their batch.
        credits: what it cost.
        at: seconds since 1970.
        task_seconds: how long each of its tasks takes, from here to its end.
    """

    operation: str
    payload: dict[str, Any]
    task_ids: tuple[str, ...]
    batch_id: int
    credits: float
    at: float
    task_seconds: tuple[float, ...]


@frozen
class SimulatedTask:
    """One task: what it makes, when it ends and how; `base` is the address it was submitted to."""

    id: str
    base: str
    batch_id: int
    operation: Operation
    payload: dict[str, Any]
    videos: int
    accepted_at: float
    seconds: float
    outcome: Outcome

    def phase(self, now: float) -> str:
        """`waiting` for the first fifth of its time, then `processing`, then how it ended."""
        spent = now - self.accepted_at
        if spent >= self.seconds:
            return self.outcome.state
        return "waiting" if spent < self.seconds / 5 else "processing"

    def ended(self, now: float) -> bool:
        """Whether its state is its last; else it counts towards the tasks that may run at once."""
        return now - self.accepted_at >= self.seconds and self.outcome.final

    def made(self, now: float) -> int:
        """How many videos there are of it."""
        there = self.ended(now) and self.outcome.videos and not self.outcome.failed
        return self.videos if there else 0

    def urls(self, now: float) -> list[str]:
        """Where its videos are."""
        return [f"{self.base}results/{self.id}-{n}.mp4" for n in range(1, self.made(now) + 1)]


class Unended:
    """Tasks that have not ended, the next to end first: each is put in once and taken out once,
    so that however many there were, a look costs only what has ended since the last one."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, SimulatedTask]] = []
        self._places = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, task: SimulatedTask) -> None:
        end = task.accepted_at + task.seconds if task.outcome.final else inf
        heapq.heappush(self._heap, (end, next(self._places), task))

    def take_ended(self, now: float) -> list[SimulatedTask]:
        """Those that have ended by now, which are in here no more."""
        ended = []
        while self._heap and self._heap[0][2].ended(now):
            ended.append(heapq.heappop(self._heap)[2])
        return ended
