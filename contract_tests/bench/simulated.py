"""What the simulator takes for a submission and a poll, where it has few and many tasks."""

from __future__ import annotations

import math

from contract_tests.bench import measuring
from contract_tests.bench.calls import REQUEST, repeated
from contract_tests.bench.measuring import Work
from weryai.testing import Simulator

TASKS = (100, 10_000)


def figures(tasks: tuple[int, ...] = TASKS) -> dict[str, dict[str, float]]:
    """Microseconds of CPU, by the call and by the number of tasks; our client's part is in them."""
    found: dict[str, dict[str, float]] = {}
    for number in tasks:
        with Simulator(credits=math.inf, task_seconds=0) as simulator:
            for name, taken in measuring.cpu(_works(simulator, number), 10, 7).items():
                found.setdefault(name, {})[str(number)] = taken
    return found


def _works(simulator: Simulator, tasks: int) -> dict[str, Work]:
    """A submission and a poll, once there are so many tasks."""
    client = simulator.client()
    for _ in range(tasks):
        job = client.submit(REQUEST)
    batch = str(job.batch_id)
    return {
        "submit": repeated(lambda: client.submit(REQUEST)),
        "batch status": repeated(lambda: client.batch_status(batch)),
    }
