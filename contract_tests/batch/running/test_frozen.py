"""A worker that stands still holds nobody up, and does no harm when it goes on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from attrs import define

from contract_tests.batch.running.night import Night, is_whole
from contract_tests.support.run.jumping_clock import JumpingClock
from weryai import Clock
from weryai.batch import Row

LETTERS = "abcdefgh"
FEW = LETTERS[:4]
SECONDS = 600.0  # for which one stands still


@define
class StandingClock:
    """The clock of a process that is stopped, as by SIGSTOP: what it sleeps through is over."""

    clock: JumpingClock
    since: float

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def time(self) -> float:
        return self.clock.time()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        await self.clock.sleep_async(seconds)
        if self.since <= self.clock.now < self.since + SECONDS:
            await self.clock.sleep_async(self.since + SECONDS - self.clock.now)


# While it waits for its turn, with the next row in hand; while its jobs run; and at their ends.
@pytest.mark.parametrize("after", [1, 20, 33])
def test_what_a_worker_has_in_hand_that_stands_still_is_taken_over(
    night: Night, after: float
) -> None:
    night.task_seconds = 30
    night.add(ids=FEW)
    began = night.clock.now
    told: list[Row] = []
    with night.batch() as one, night.batch() as other:
        clocks: list[Clock] = [StandingClock(night.clock, began + after), night.clock]
        statuses = night.run_all(one, other, clocks=clocks, on_row=told.append)
        rows = [*one.rows()]
    assert night.clock.now >= began + SECONDS, "the one has gone on"
    assert all(row.ended_at and row.ended_at.timestamp() < began + 200 for row in rows)
    assert [status.counts["done"] for status in statuses] == [4, 4]
    assert sorted(night.paid()) == [f"Row {each}" for each in FEW]
    assert Counter(row.id for row in told if row.state == "done") == Counter(FEW)
    assert all(is_whole(*file) for row in rows for file in row.files)
    assert sorted(path.name for path in night.out.iterdir()) == [f"{each}.mp4" for each in FEW]


def test_what_a_worker_has_in_hand_that_lives_is_its_own(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.task_seconds = 100
    night.add(ids="abcd")
    with night.batch() as one, night.batch() as other:
        statuses = night.run_all(one, other)
    assert [status.counts["done"] for status in statuses] == [4, 4]
    assert "taken over" not in caplog.text


def test_a_row_that_another_has_sent_is_not_ended_by_whoever_stood_still(night: Night) -> None:
    night.add(ids="ab")
    night.run(max_rows=1)
    with night.batch() as batch:
        before = batch.row("b")
        with night.simulator.client(journal=batch.journal) as client:
            client.submit(night.manifest(ids="b").rows[0].request, idempotency_key=before.key)
        at = datetime.fromtimestamp(night.clock.now, UTC)
        batch.journal.batch("night").end(before, "failed", at, "fox.png: there is no such file")
        assert batch.row("b").state == "running"
    assert night.run().counts["done"] == 2


def test_what_is_free_is_fetched_first_however_many_rows_others_have_in_hand(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai.batch._worker.MOST_IN_HAND", 2)
    night.add(ids=LETTERS)
    night.run(max_rows=1)
    with night.batch() as holder, night.batch() as batch:
        with night.simulator.client(journal=batch.journal) as client:
            for row in [*batch.rows("waiting")]:
                client.submit(night.manifest(ids=row.id).rows[0].request, idempotency_key=row.key)
        for row in [*batch.rows("running")][:5]:
            assert holder.journal.claim(str(row.entry)), "and not a word of it from then on"
        night.clock.now += 100  # all that runs has ended
        began = night.clock.now
        assert night.run(batch=batch).counts["done"] == 8
        ends = [row.ended_at.timestamp() - began for row in batch.rows() if row.ended_at]
    assert max(ends[-2:]) < 10
    assert min(ends[1:-2]) > 30
