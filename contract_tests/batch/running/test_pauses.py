"""What stops a batch: a fault that no row would escape, a person, and what failed too often."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests.batch.running.night import Night
from weryai import AuthenticationError, ConfigError, Delay
from weryai.batch import Row
from weryai.testing import Answer, Lost, Outcome, refusal

SUBMIT = "submit_multi_image_to_video"
LETTERS = "abcdefghijkl"


def stop_at(number: int, act: Callable[[], object]) -> Callable[[Row], None]:
    """Do something when so many rows run."""
    seen: set[str] = set()

    def told(row: Row) -> None:
        if row.state == "running":
            seen.add(row.id)
        if len(seen) == number:
            seen.add("")
            act()

    return told


@pytest.mark.parametrize(
    ("code", "words"), [(1011, "credits"), (6101, "Daily limit"), (1001, None)]
)
def test_what_would_refuse_every_row_pauses_and_says_so(
    night: Night, code: int, words: str | None
) -> None:
    night.simulator.next(SUBMIT, refusal(code))
    night.add(ids="ab")
    status = night.run()
    if words is None:
        assert status.counts["done"] == 2, "a refusal for now is no reason to stop"
        return
    assert words in str(status.paused)
    assert status.counts["waiting"] == 2, "no row is to blame"
    assert night.run().counts["waiting"] == 2
    assert len(night.simulator.ledger) == 0
    with night.batch() as batch:
        batch.resume()
    assert night.run().counts["done"] == 2


def test_a_refused_key_stops_it_before_anything_is_sent_and_while_it_runs(night: Night) -> None:
    night.add(ids="ab")
    with pytest.raises(AuthenticationError):
        night.run(of_client={"api_key": "sk-wrong"})
    night.simulator.next(SUBMIT, Answer(401, {}))
    status = night.run()
    assert status.paused
    assert (status.counts["waiting"], len(night.simulator.received)) == (2, 4)


def test_a_pause_lets_what_runs_be_fetched_and_what_waits_for_its_turn_wait(night: Night) -> None:
    night.add(ids=LETTERS)
    told: list[Delay] = []
    with night.batch() as other:
        status = night.run(on_row=stop_at(3, other.pause), on_wait=told.append)
    assert (status.paused, status.counts["done"], status.counts["waiting"]) == ("by hand", 3, 9)
    assert {delay.reason for delay in told} <= {"interval", "queue"}
    with night.batch() as batch:
        batch.resume()
    assert night.run().counts["done"] == len(night.paid()) == len(LETTERS)


def test_a_cancelled_batch_submits_nothing_more_and_can_be_taken_up_again(night: Night) -> None:
    night.add(ids=LETTERS)
    with night.batch() as other:
        status = night.run(on_row=stop_at(3, other.cancel))
        assert (status.counts["done"], status.counts["skipped"]) == (3, 9)
        assert {row.reason for row in other.rows("skipped")} == {"cancelled"}
        other.retry("l")
    assert night.run().counts["done"] == len(night.paid()) == 4


@pytest.mark.parametrize(
    ("night", "keep_going", "rows"),
    [("sqlite", False, 40), ("postgres", True, 12)],  # 36 have begun when it is paused
    indirect=["night"],
)
def test_half_of_the_first_ten_that_fail_pause_it(
    night: Night, keep_going: bool, rows: int
) -> None:
    night.simulator.outcomes = [Outcome("failed", "flagged"), Outcome("succeed")] * 5
    night.add(*[{"id": f"{number}"} for number in range(rows)])
    status = night.run(keep_going=keep_going)
    if keep_going:
        assert (status.paused, status.counts["done"]) == (None, rows - 5)
        return
    assert str(status.paused).startswith("5 of the first 10 rows failed, the last one: 0 of 1")
    assert status.counts["waiting"] > 0
    assert status.left == status.counts["waiting"]


def test_no_more_rows_are_submitted_than_was_said(night: Night) -> None:
    night.simulator.next(SUBMIT, refusal(2003))
    night.add(ids="abcdefgh")
    status = night.run(max_rows=4)
    assert (status.counts["done"], status.counts["failed"], status.paused) == (4, 1, None)
    assert status.stopped == "4 rows were submitted, as many as were to be"
    assert len(night.paid()) == 4


def test_no_more_credits_are_spent_than_was_said_over_all_runs(night: Night) -> None:
    night.add(ids="abcdefgh")
    status = night.run(max_credits=12)
    assert (status.counts["done"], status.spent, status.paused) == (2, 10, None)
    assert "2 credits are left, and this may cost 5" in str(status.stopped)
    assert night.run(max_credits=12).counts["done"] == 2
    status = night.run(max_credits=22)
    assert (status.counts["done"], status.spent) == (4, 20)
    with night.batch() as batch:
        assert [row.credits for row in batch.rows()] == [5.0] * 4 + [None] * 4
    assert night.run().counts["done"] == 8


def test_the_very_first_row_is_sent_where_what_it_may_cost_is_left(night: Night) -> None:
    night.add(ids="abcd")
    with pytest.raises(ConfigError, match="give both"):
        night.run(row_credits=9)
    assert "8 credits are left, and this may cost 9" in str(
        night.run(max_credits=8, row_credits=9).stopped
    )
    assert night.paid() == []
    status = night.run(max_credits=10, row_credits=9)
    assert (status.counts["done"], status.spent) == (2, 10), "its price is known from then on"


def test_a_service_that_answers_nothing_is_given_up_before_every_row_is_in_doubt(
    night: Night,
) -> None:
    night.simulator.next(SUBMIT, *[Lost()] * 20)
    night.add(ids=LETTERS)
    status = night.run(keep_going=True)
    assert "could not be sent" in str(status.paused)
    assert status.counts["unknown"] == 5


def test_videos_that_are_not_to_be_had_are_left_to_the_next_run(
    night: Night,
) -> None:
    night.add(ids="ab")
    blocked = night.folder / "videos"
    blocked.write_text("a file where the folder should be")
    status = night.run()
    assert status.counts["running"] == len(night.paid()) > 0
    assert "not a folder" in str(status.paused)
    with night.batch() as batch:
        assert all("not a folder" in (row.reason or "") for row in batch.rows("running"))
        batch.resume()
    blocked.unlink()
    assert night.run().counts["done"] == len(night.paid()) == 2
