"""How soon many tasks can end at all under the limits of an account."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from weryai import Limits


def list_schedule(seconds: Sequence[float], limits: Limits) -> float:
    """When the last one ends at the soonest, if each starts as soon as a place is free and the one
    before it was an interval ago."""
    ends, start = [0.0] * limits.running, -limits.interval
    for each in seconds:
        start = max(start + limits.interval, heapq.heappop(ends))
        heapq.heappush(ends, start + each)
    return max(ends)
