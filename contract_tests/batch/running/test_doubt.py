"""Nothing of a batch is paid twice unless somebody says so of this very row."""

from __future__ import annotations

import pytest

from contract_tests.batch.running.night import Night
from weryai import InvalidRequestError, JournalError
from weryai.testing import Lost


@pytest.fixture
def unsure(night: Night) -> Night:
    """The answer to the first row was lost, when it was accepted."""
    night.simulator.next("submit_multi_image_to_video", Lost(accepted=True))
    night.add(ids="ab")
    status = night.run()
    assert (status.counts["unknown"], status.counts["done"]) == (1, 1)
    return night


def test_a_row_whose_answer_was_lost_is_told_and_not_sent_again(unsure: Night) -> None:
    assert unsure.run().counts["unknown"] == 1
    assert sorted(unsure.paid()) == ["Row a", "Row b"]
    with unsure.batch() as batch:
        assert batch.row("a").reason


def test_ids_that_were_found_are_fetched(unsure: Night) -> None:
    with unsure.batch() as batch:
        row = batch.resolve("a", task_id=unsure.simulator.ledger[0].task_ids[0])
        assert row.state == "running"
    assert unsure.run().counts["done"] == 2
    assert len(unsure.paid()) == 2


def test_a_retry_of_an_unknown_row_pays_a_second_time(unsure: Night) -> None:
    with unsure.batch() as batch:
        assert batch.resolve("a", retry=True).state == "waiting"
    assert unsure.run().counts["done"] == 2
    assert sorted(unsure.paid()) == ["Row a", "Row a", "Row b"]


def test_a_row_that_is_skipped_is_left_alone(unsure: Night) -> None:
    with unsure.batch() as batch:
        assert batch.resolve("a", skip=True).state == "skipped"
    assert unsure.run().counts["skipped"] == 1
    assert len(unsure.paid()) == 2
    with unsure.batch() as batch:
        assert batch.retry("a") == ["a"]
    assert unsure.run().counts["done"] == 2


def test_what_cannot_be_meant_is_refused(unsure: Night) -> None:
    with unsure.batch() as batch:
        for row, given, told in (
            ("b", {"retry": True}, "row 'b' is done, not unknown"),
            ("a", {}, "give one of"),
            ("a", {"retry": True, "skip": True}, "give one of"),
            ("z", {"skip": True}, "'z' is no row of the batch"),
        ):
            with pytest.raises(InvalidRequestError, match=told):
                batch.resolve(row, **given)  # type: ignore[arg-type]
        with pytest.raises(InvalidRequestError, match="row 'a' is unknown"):
            batch.retry("a")
        with pytest.raises(InvalidRequestError, match="'lost' is no state of a row"):
            batch.rows("lost")  # type: ignore[arg-type]
        assert batch.retry() == []


def test_a_row_whose_entry_was_forgotten_is_skipped_and_not_paid_again(unsure: Night) -> None:
    with unsure.batch() as batch:
        unknown, done = batch.row("a"), batch.row("b")
        batch.journal.forget([str(unknown.entry), str(done.entry)])
        assert [row.state for row in batch.rows()] == ["skipped", "done"]
        assert "forgotten" in (batch.row("a").reason or "")
    unsure.run()
    assert len(unsure.paid()) == 2


def test_a_key_of_a_row_that_was_given_up_starts_nothing(night: Night) -> None:
    night.add(ids="ab")
    with night.batch() as batch:
        old = batch.row("a")
        batch.resolve("a", skip=True)
        batch.retry("a")
        batch.resolve("b", skip=True)
        with night.simulator.client(journal=batch.journal) as client:
            for key in (old.key, batch.row("b").key):
                with pytest.raises(JournalError, match="is not to be sent"):
                    client.submit(night.manifest(ids="a").rows[0].request, idempotency_key=key)
    assert night.paid() == []


def test_two_that_run_at_once_share_the_rows(night: Night) -> None:
    night.add(ids="abcdefgh")
    with night.batch() as one, night.batch() as other:
        statuses = night.run_all(one, other)
    assert [status.counts["done"] for status in statuses] == [8, 8]
    assert sorted(night.paid()) == [f"Row {each}" for each in "abcdefgh"]
