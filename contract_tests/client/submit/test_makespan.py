"""Many jobs under an account's limits end about as soon as they can."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence

import anyio
import pytest

from contract_tests.support.requests import usual
from contract_tests.support.run.jumping_clock import JumpingClock
from weryai import AsyncWeryAI, Limits, Result
from weryai.testing import Simulator

LIMITS = Limits(running=20, interval=2.5)


def list_schedule(seconds: Sequence[float]) -> float:
    """When the last one ends at the soonest, if each starts as soon as a place is free and the one
    before it was an interval ago."""
    ends, start = [0.0] * LIMITS.running, -LIMITS.interval
    for each in seconds:
        start = max(start + LIMITS.interval, heapq.heappop(ends))
        heapq.heappush(ends, start + each)
    return max(ends)


@pytest.mark.parametrize(
    ("anyio_backend", "rows", "task_seconds"), [("asyncio", 200, 90), ("trio", 60, 45)]
)
def test_many_at_once_all_end_within_3_percent_of_the_shortest_schedule(
    anyio_backend: str, rows: int, task_seconds: float
) -> None:
    clock, chance, taken = JumpingClock(), random.Random(7), list[float]()

    def seconds(_: object) -> float:
        taken.append(task_seconds * chance.uniform(0.7, 1.3))
        return taken[-1]

    simulator = Simulator(clock=clock, task_seconds=seconds, render=False, credits=10_000)
    results: list[Result] = []

    async def generate(client: AsyncWeryAI, number: int) -> None:
        results.append(await client.generate(usual(prompt=f"Row {number}"), timeout=86_400))

    async def all_of_them() -> None:
        async with (
            clock.running(),
            simulator.async_client(limits=LIMITS) as client,
            anyio.create_task_group() as group,
        ):
            for number in range(rows):
                group.start_soon(generate, client, number)

    started = clock.time()
    with simulator:
        anyio.run(all_of_them, backend=anyio_backend)
    assert [result.complete for result in results] == [True] * rows
    assert len(simulator.ledger) == rows
    assert simulator.most_running <= LIMITS.running
    assert simulator.smallest_gap >= LIMITS.interval - 0.001
    assert clock.time() - started <= 1.03 * list_schedule(taken)
    assert simulator.received_count <= 40 * rows, "it is asked for no more than needed"
