"""A batch under an account's limits ends about as soon as it can."""

from __future__ import annotations

import random
from pathlib import Path

from contract_tests.batch.running.night import Night
from contract_tests.support.run.list_schedule import list_schedule
from weryai import Limits

ROWS, LIMITS = 60, Limits(running=20, interval=2.5)


def test_all_rows_end_within_3_percent_of_the_shortest_schedule(tmp_path: Path) -> None:
    chance, taken = random.Random(7), list[float]()

    def seconds(_: object) -> float:
        taken.append(45 * chance.uniform(0.7, 1.3))
        return taken[-1]

    place = str(tmp_path / "renders.db")
    with Night.begun(place, tmp_path, task_seconds=seconds, credits=10_000) as night:
        night.add(*[{"id": f"{number}"} for number in range(ROWS)])
        started = night.clock.time()
        assert night.run(limits=LIMITS).counts["done"] == ROWS == len(night.paid())
        assert night.clock.time() - started <= 1.03 * list_schedule(taken, LIMITS)
        assert night.simulator.most_running <= LIMITS.running
        assert night.simulator.smallest_gap >= LIMITS.interval - 0.001
