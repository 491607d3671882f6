"""Which webhooks are to be called, and when."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from math import inf

from .._tasks import SimulatedTask


class Webhooks:
    """Calls that are to be made, the next one first: each is put in once and taken out once.

    A call is about the first of its tasks, and is made when all of them have ended.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Sequence[SimulatedTask]]] = []
        self._places = itertools.count()

    def add(self, tasks: Sequence[SimulatedTask], delay: float) -> None:
        """Put a call in; `delay` is in seconds, from the end of the last of its tasks."""
        final = all(task.outcome.final for task in tasks)
        end = max(task.accepted_at + task.seconds for task in tasks) if final else inf
        heapq.heappush(self._heap, (end + delay, next(self._places), tasks))

    def take(self, now: float) -> list[Sequence[SimulatedTask]]:
        """Those whose time has come, which are in here no more."""
        due = []
        # A sum of floats may come a hair before the end that a task itself tells.
        while self._heap and self._heap[0][0] <= now and _ended(self._heap[0][2], now):
            due.append(heapq.heappop(self._heap)[2])
        return due


def _ended(tasks: Sequence[SimulatedTask], now: float) -> bool:
    return all(task.ended(now) for task in tasks)
