"""What the service has seen of its callers."""

from __future__ import annotations

from collections import deque
from math import inf

from attrs import define, field, frozen

KEPT = 10_000


@frozen
class Received:
    """One request that reached the service.

    Attributes:
        method: such as GET.
        path: without the query.
        has_key: whether it carried an Authorization header.
        headers: the others, names in lower case.
    """

    method: str
    path: str
    has_key: bool
    headers: dict[str, str]


@define
class Gap:
    """The smallest time between two events of a kind, and how many there were."""

    smallest: float = inf
    last: float = -inf
    count: int = 0

    def note(self, now: float) -> None:
        self.count += 1
        self.smallest = min(self.smallest, now - self.last)
        self.last = now


@define
class Traffic:
    """The last requests, how many there were, and how close submissions came to each other.

    Attributes:
        received: the last KEPT requests, in order.
        count: how many there were in all.
        asked: of submissions that arrived, whatever was answered.
        accepted: of submissions that were accepted.
        most_running: the most tasks that ran at once.
    """

    received: deque[Received] = field(factory=lambda: deque(maxlen=KEPT))
    count: int = 0
    asked: Gap = field(factory=Gap)
    accepted: Gap = field(factory=Gap)
    most_running: int = 0

    def note(self, request: Received) -> None:
        self.received.append(request)
        self.count += 1
