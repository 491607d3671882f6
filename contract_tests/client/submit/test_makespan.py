"""Many jobs under an account's limits end about as soon as they can."""

from __future__ import annotations

import random

import anyio
import pytest

from contract_tests.support.requests import usual
from contract_tests.support.run.jumping_clock import JumpingClock
from contract_tests.support.run.list_schedule import list_schedule
from weryai import AsyncWeryAI, Limits, Result
from weryai.testing import Simulator

LIMITS = Limits(running=20, interval=2.5)


@pytest.mark.parametrize(
    ("anyio_backend", "rows", "task_seconds"), [("asyncio", 60, 90), ("trio", 60, 45)]
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
    assert clock.time() - started <= 1.03 * list_schedule(taken, LIMITS)
    assert simulator.received_count <= 40 * rows, "it is asked for no more than needed"
