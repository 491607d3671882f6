"""Nothing lost: what ended with less than was paid for is looked at for a minute more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.scripted_service import (
    BATCH,
    DONE,
    RUNS,
    Service,
    made,
    task,
    two,
)
from weryai import (
    Job,
    NotFoundError,
    Result,
    Task,
    TaskFailedError,
    Video,
    WaitTimeoutError,
)
from weryai.journal import SQLiteJournal
from weryai.testing import ManualClock


@pytest.mark.parametrize(
    ("job", "told", "words"),
    [
        (
            two("a", "b"),
            [task("a", DONE, "1"), task("b", "failed", msg="flagged")],
            "1 of 2 videos were made .b: flagged.",
        ),
        (two("a"), [task("a", DONE, "1")], "1 of 2 videos were made;"),
        (Job(["a"]), [task("a", "failed", msg="flagged")], "0 of 1 videos were made .a: flagged."),
        (Job(["a"], BATCH), [task("a", "failed", "1")], "1 of 1 tasks failed"),
        (Job(["a"], video_number=1), [task("a", DONE)], "names no video"),
    ],
)
def test_what_ended_short_is_told_a_minute_after_that_was_first_seen(
    make_client: MakeClient, clock: ManualClock, job: Job, told: list[Any], words: str
) -> None:
    service, before = Service(batch_9=[told], a=told[:1]), clock.time()
    with pytest.raises(TaskFailedError, match=words) as caught:
        make_client(handler=service, clock=clock).wait(job)
    assert clock.time() - before == 60
    assert len(service.polls) > 5, "it was looked at again all the while"
    assert not caught.value.result.complete
    assert caught.value.job == job
    before = clock.time()
    handler = Service(batch_9=[told], a=told[:1])
    (ended,) = make_client(handler=handler, clock=clock).wait_all([job])
    assert (str(ended.error), clock.time() - before) == (str(caught.value), 60)
    assert ended.result == caught.value.result


def test_a_job_of_which_a_task_was_not_told_is_not_done() -> None:
    told = Task("a", DONE, (Video("https://cdn.example.com/1", "a"),))
    assert Result(Job(["a"]), (told,)).done
    assert not Result(Job(["a", "b"]), (told,)).done
    assert not Result(Job(batch_id=BATCH), ()).done
    assert Result(Job(["a", "b"]), (told,)).expected == 2


def test_short_waits_of_one_client_share_that_minute(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[task("a", "failed")])
    client, other = (make_client(handler=service, clock=clock) for _ in range(2))
    for _ in range(6):
        with pytest.raises(WaitTimeoutError, match="0 of 1 videos are known"):
            client.wait(Job(["a"]), timeout=0)
        clock.advance(10)
    with pytest.raises(WaitTimeoutError):
        other.wait(Job(["a"]), timeout=0)
    with pytest.raises(TaskFailedError):
        client.wait(Job(["a"]), timeout=0)
    with pytest.raises(WaitTimeoutError):
        client.wait(Job(["a"]), timeout=0)  # it has been told, and begins anew


def test_the_minute_begins_anew_where_a_task_runs_again(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[*[task("a", "failed")] * 3, task("a", RUNS), task("a", "failed")])
    before = clock.time()
    with pytest.raises(TaskFailedError):
        make_client(handler=service, clock=clock).wait(Job(["a"]))
    assert 65 < clock.time() - before < 100


def test_a_minute_in_which_nothing_was_answered_proves_nothing(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[task("a", "failed"), *[500] * 30, task("a", DONE, "1")])
    assert made(make_client(handler=service, clock=clock).wait(Job(["a"]))) == {"a": "1"}


def test_the_time_to_wait_holds_in_that_minute_too(
    make_client: MakeClient, clock: ManualClock
) -> None:
    before = clock.time()
    with pytest.raises(WaitTimeoutError) as caught:
        make_client(handler=Service(a=[task("a", DONE)]), clock=clock).wait(Job(["a"]), timeout=7)
    assert clock.time() - before == 7
    assert caught.value.result is not None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"batch_9": [1003], "a": [task("a", RUNS)], "b": [task("b", RUNS)]}, None),
        ({"batch_9": [500], "a": [task("a", RUNS)], "b": [task("b", RUNS)]}, None),
        ({"batch_9": [[task("a", RUNS)]], "b": [500]}, "HTTP 500"),
        ({"batch_9": [[task("a", DONE, "a.mp4")]], "b": [503]}, "HTTP 503"),
        ({"batch_9": [500], "a": [503], "b": [503]}, "HTTP 50"),
        ({"batch_9": [0], "a": [0], "b": [0]}, "lost"),
    ],
)
def test_the_end_of_patience_tells_why_nothing_is_known_of_what_is_open(
    make_client: MakeClient, clock: ManualClock, told: dict[str, Any], reason: str | None
) -> None:
    client = make_client(handler=Service(**told), clock=clock)
    with pytest.raises(WaitTimeoutError) as caught:
        client.wait(two("a", "b"), timeout=40)
    if reason is None:
        assert caught.value.__cause__ is None
    else:
        assert reason in str(caught.value.__cause__)


def test_what_ended_and_is_gone_by_now_has_ended(make_client: MakeClient) -> None:
    service = Service(
        a=[task("a", DONE, "1"), 1003], b=[task("b", RUNS), task("b", "failed"), 1003]
    )
    with pytest.raises(TaskFailedError, match="1 of 2") as caught:
        make_client(handler=service).wait(two("a", "b", batch=None))
    assert made(caught.value.result) == {"a": "1"}


def test_what_an_earlier_wait_saw_end_may_be_gone_in_a_later_one(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[task("a", DONE, "1"), 1003], b=[task("b", RUNS), task("b", DONE, "2")])
    client, job = make_client(handler=service, clock=clock), two("a", "b", batch=None)
    with pytest.raises(WaitTimeoutError):
        client.wait(job, timeout=0)
    clock.advance(3600)
    assert sorted(made(client.wait(job)).values()) == ["1", "2"]


def test_what_an_earlier_wait_saw_fail_has_failed_though_it_is_gone_in_a_later_one(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[task("a", "failed"), 1003], b=[task("b", RUNS), task("b", DONE, "2")])
    client, job = make_client(handler=service, clock=clock), two("a", "b", batch=None)
    with pytest.raises(WaitTimeoutError):
        client.wait(job, timeout=0)
    clock.advance(3600)
    with pytest.raises(TaskFailedError, match="1 of 2") as caught:
        client.wait(job)
    assert made(caught.value.result) == {"b": "2"}


def test_a_task_that_is_gone_is_told_once_all_others_have_ended(make_client: MakeClient) -> None:
    service = Service(batch_9=[[task("b", RUNS)]] * 9 + [[task("b", DONE, "1")]], b=[1003])
    with pytest.raises(NotFoundError) as caught:
        make_client(handler=service).wait(two("a", "b"))
    assert made(caught.value.result) == {"b": "1"}


@pytest.mark.parametrize("gone", [1003, 1010])
def test_a_task_that_is_gone_ends_no_wait_for_a_job_of_which_all_videos_are_there(
    make_client: MakeClient, clock: ManualClock, gone: int
) -> None:
    service = Service(batch_9=[[task("a", DONE, "1", "2")]], b=[gone], a=[task("a", DONE, "1")])
    client = make_client(handler=service, clock=clock)
    result = client.wait(two("a", "b"))
    assert result.complete
    assert [each.raw_state for each in result.tasks] == [DONE, "expired"]
    assert "no (code" in result.tasks[1].reason
    with pytest.raises(NotFoundError):
        client.wait(Job(["a", "b"], video_number=3))


def test_a_job_of_which_all_videos_are_there_is_to_be_fetched_though_a_task_is_gone(
    make_client: MakeClient, clock: ManualClock, journal: SQLiteJournal
) -> None:
    service = Service(batch_9=[[task("a", DONE, "1", "2")]], b=[1003])
    client = make_client(handler=service, clock=clock, journal=journal)
    sent_at = datetime.fromtimestamp(clock.time(), UTC)
    journal.begin("e", client.base_url, {"video_number": 2}, sent_at)
    journal.accept("e", two("a", "b"))
    assert client.wait(two("a", "b")).complete
    assert [entry.state for entry in journal.entries()] == ["ready"]


def test_a_video_that_moves_before_its_sibling_is_named_does_not_stand_for_both(
    make_client: MakeClient, clock: ManualClock
) -> None:
    moves = [task("a", RUNS, "old/1"), task("a", DONE, "new/1"), task("a", DONE, "new/1", "new/2")]
    client = make_client(handler=Service(a=moves), clock=clock)
    assert "2" in set(made(client.wait(two("a", batch=None))).values())


def test_videos_that_were_never_named_at_once_are_believed_a_minute_later(
    make_client: MakeClient, clock: ManualClock
) -> None:
    told = [task("a", RUNS, "1"), task("a", DONE, "2")]
    client, before = make_client(handler=Service(a=told), clock=clock), clock.time()
    result = client.wait(two("a", batch=None))
    assert sorted(made(result).values()) == ["1", "2"]
    assert 60 <= clock.time() - before < 70
