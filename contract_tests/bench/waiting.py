"""Waiting for many jobs at once: what a poll costs, how many connections it takes and how much
memory a job, from one job to 10,000.

python -m contract_tests.bench.waiting URL JOBS    one of them, in a process of its own
python -m contract_tests.bench.waiting URL         counts instructions, under callgrind
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import count

from contract_tests.bench import measuring
from contract_tests.bench.server import seen
from weryai import AsyncWeryAI, Job
from weryai._flows import waits
from weryai._network import crew
from weryai.testing import ManualClock

JOBS = (1, 10, 100, 1_000, 10_000)
POLLS = 3  # of each job
OF_A_VIDEO = 10  # polls, of one that takes two minutes
KEY = "sk-0123456789abcdef"


def figures(url: str, jobs: tuple[int, ...] = JOBS) -> dict[str, dict[str, float]]:
    """By the number of jobs: `cpu` of a poll in microseconds, `cpu ratio` to polls one after the
    other, `memory` of a job in kB, `connections` that were open at once, and `requests` a job and
    round."""
    found = {}
    for number in jobs:
        seen(url)
        found[str(number)] = measuring.in_a_process(__name__, url, str(number))
    return found


async def measured(url: str, number: int) -> dict[str, float]:
    """Wait for so many jobs of one task each, whose last poll tells of its video."""
    clock = ManualClock()  # pauses take no time, so that what is measured is the work
    async with AsyncWeryAI(KEY, base_url=url, clock=clock) as client:
        async for _ in client.wait_all([Job([f"{POLLS}_warm{number}_up"])]):
            pass
        seen(url)
        jobs = [Job([f"{POLLS}_{number}_{each}"]) for each in range(number)]
        memory, cpu = measuring.memory(), time.process_time()
        ended = 0
        async for end in client.wait_all(jobs):
            ended += end.error is None
        cpu, memory = time.process_time() - cpu, measuring.most_memory() - memory
        assert ended == number
        told = seen(url)
        polls = min(max(POLLS * number, 300), 3000)
        alone = time.process_time()
        for poll in range(polls):  # of as many tasks: the address of one alone would be kept
            await client.status(f"task_{poll % number}")
        alone = time.process_time() - alone
    each = cpu / (POLLS * number)
    return {
        "cpu": 1e6 * each,
        "cpu ratio": each / (alone / polls),
        "memory": 1024 * memory / number,
        "connections": told["most_open"] - 1,  # one asks what was seen
        "requests": told["requests"] / (POLLS * number),
    }


def polls(url: str) -> dict[str, float]:
    """`instructions ratio` of a poll of jobs that are awaited at once, with what it takes to begin
    and to end each, to that of polls one after the other; nothing where they cannot be counted."""
    if not measuring.has_valgrind():
        return {}
    told = measuring.instructions(__name__, url)
    return {"instructions ratio": told["awaited"] / told["asked"]}


def counted(url: str) -> None:
    """Count both, for as many jobs as calls are counted."""
    waits.PATIENT = crew.A_MOMENT  # valgrind is slow, and answers are not
    turns = count()

    async def awaited(jobs: int) -> None:
        name = f"{OF_A_VIDEO}_{next(turns)}"
        async for end in client.wait_all([Job([f"{name}_{each}"]) for each in range(jobs)]):
            assert end.error is None

    async def asked(jobs: int) -> None:
        for poll in range(OF_A_VIDEO * jobs):
            await client.status(f"task_{poll % jobs}")

    with asyncio.Runner() as runner:
        client = AsyncWeryAI(KEY, base_url=url, clock=ManualClock())
        measuring.counted(
            {
                "awaited": lambda jobs: runner.run(awaited(jobs)),
                "asked": lambda jobs: runner.run(asked(jobs)),
            }
        )
        runner.run(client.close())


if __name__ == "__main__":
    address, *more = sys.argv[1:]
    if more:
        print(json.dumps(asyncio.run(measured(address, int(*more)))))
    else:
        counted(address)
