"""A batch under an account's limits ends about as soon as it can."""

from __future__ import annotations

import random
from pathlib import Path

from contract_tests.batch.running.night import Night
from contract_tests.support.run.list_schedule import list_schedule
from weryai import REQUESTS, Limits

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


def looks(night: Night, number: int) -> int:
    """How often a submission was asked about, of those that were paid for."""
    batch = str(night.simulator.ledger[number].batch_id)
    return sum(batch in each.path for each in night.simulator.received)


def test_the_next_run_knows_from_the_journal_how_soon_a_job_is_done(night: Night) -> None:
    """While another row waits for its turn, a job is first looked at near the shortest time of its
    kind: 0.9 of 30 s, and then each second."""
    night.task_seconds = 30
    for ids in ("ab", "abcd"):
        night.add(ids=ids)
        night.run(limits=Limits(running=20, interval=60))
    assert len(night.paid()) == 4
    assert (looks(night, 0) > 6, looks(night, 2) <= 5) == (True, True)


def test_a_job_that_nobody_looked_at_when_it_was_done_teaches_no_time(night: Night) -> None:
    night.add(ids="a")
    with night.batch() as batch, night.simulator.client(journal=batch.journal) as client:
        (row,) = batch.rows()
        client.submit(REQUESTS[row.operation](**row.request), idempotency_key=row.key)
    night.clock.now += 8 * 3600
    night.run()
    night.add(ids="abcd")
    started = night.clock.time()
    night.run(limits=Limits(running=1, interval=0.5))
    assert night.clock.time() - started < 3 * 40
    assert len(night.paid()) == 4
