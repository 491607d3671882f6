"""Nothing lost: a job is complete when all that was paid for is known, and not at a first look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.scripted_service import BATCH, Service, task
from weryai import (
    InvalidRequestError,
    Job,
    NotFoundError,
    Result,
    Task,
    TaskFailedError,
    UnexpectedResponseError,
    Video,
    WaitTimeoutError,
    WeryAI,
)
from weryai.testing import ManualClock

RUNS = "processing"
DONE = "succeed"


def two(*ids: str, batch: str | None = BATCH) -> Job:
    """A job of two videos."""
    return Job(ids, batch, video_number=2)


def made(result: Result | None) -> dict[str, str]:
    """By name, where the videos are."""
    assert result is not None
    return {video.name: video.url.rpartition("/")[2] for video in result.videos}


@pytest.mark.parametrize(
    ("job", "told", "urls"),
    [
        pytest.param(
            Job(["a"], BATCH, video_number=4),
            {"batch_9": [[task(name, DONE, f"{name}.mp4") for name in "abcd"]]},
            ["a.mp4", "b.mp4", "c.mp4", "d.mp4"],
            id="a batch holds more tasks than the submission named",
        ),
        pytest.param(
            Job(["a"], BATCH),
            {
                "batch_9": [500, 500, [task("a", DONE, "a.mp4"), task("b", DONE, "b.mp4")]],
                "a": [task("a", DONE, "a.mp4")],
            },
            ["a.mp4", "b.mp4"],
            id="a batch that nobody has read yet may hold more",
        ),
        pytest.param(
            two("a", "b"),
            {
                "batch_9": [
                    [task("a", DONE, "a.mp4")],
                    [task(each, DONE, f"{each}.mp4") for each in "ab"],
                ],
                "b": [task("b", RUNS), task("b", RUNS)],
            },
            ["a.mp4", "b.mp4"],
            id="a batch grows",
        ),
        pytest.param(
            two("a", "b"),
            {
                "batch_9": [[task("a", DONE, "a.mp4"), task("x", DONE)]],
                "b": [task("b", RUNS), task("b", DONE, "b.mp4")],
            },
            ["a.mp4", "b.mp4"],
            id="a batch names another task than the submission did",
        ),
        pytest.param(
            two("a"),
            {"batch_9": [[task("a", DONE, "1.mp4")], [task("a", DONE, "1.mp4", "2.mp4")]]},
            ["1.mp4", "2.mp4"],
            id="a success lists one of two videos at first",
        ),
        pytest.param(
            Job(["a"], video_number=1),
            {"a": [task("a", DONE), task("a", DONE, "1.mp4")]},
            ["1.mp4"],
            id="a success lists no video at first",
        ),
        pytest.param(
            Job(["a"]),
            {"a": [task("a", DONE), task("a", DONE, "1.mp4")]},
            ["1.mp4"],
            id="a success of unknown number lists no video at first",
        ),
        pytest.param(
            Job(["a"], video_number=1),
            {"a": [task("a", "failed", msg="busy"), task("a", RUNS), task("a", DONE, "1.mp4")]},
            ["1.mp4"],
            id="a failure turns out to be a success",
        ),
        pytest.param(
            two("a", "b", batch=None),
            {
                "a": [task("a", "failed"), task("a", DONE, "a.mp4")],
                "b": [*[task("b", RUNS)] * 50, task("b", DONE, "b.mp4")],
            },
            ["a.mp4", "b.mp4"],
            id="a failure turns out to be a success while another task runs",
        ),
        pytest.param(
            two("a", "b"),
            {"a": [task("a", DONE, "a.mp4")], "b": [task("b", DONE, "b.mp4")]},
            ["a.mp4", "b.mp4"],
            id="a batch does not exist",
        ),
        pytest.param(
            two("a", "b"),
            {"batch_9": [404], "a": [task("a", DONE, "a.mp4")], "b": [task("b", DONE, "b.mp4")]},
            ["a.mp4", "b.mp4"],
            id="a batch cannot be read",
        ),
        pytest.param(
            two("a", "b"),
            {"batch_9": [500], "a": [task("a", DONE, "a.mp4")], "b": [task("b", DONE, "b.mp4")]},
            ["a.mp4", "b.mp4"],
            id="a batch fails for ever",
        ),
        pytest.param(
            two("a", "b"),
            {"batch_9": [0], "a": [task("a", DONE, "a.mp4")], "b": [task("b", DONE, "b.mp4")]},
            ["a.mp4", "b.mp4"],
            id="the answer about a batch is lost for ever",
        ),
        pytest.param(
            two("a"),
            {
                "batch_9": [
                    [task("a", DONE, "a.mp4"), task("b", RUNS)],
                    [task("a", DONE, "a.mp4")],
                ],
                "b": [task("b", RUNS), task("b", DONE, "b.mp4")],
            },
            ["a.mp4", "b.mp4"],
            id="a batch forgets a task that it named",
        ),
        pytest.param(
            two("a", "b"),
            {
                "batch_9": [[task("a", DONE, "a.mp4"), task("b", RUNS)], 1003],
                "b": [task("b", DONE, "b.mp4")],
            },
            ["a.mp4", "b.mp4"],
            id="a batch is gone after the first look",
        ),
        pytest.param(
            two("a", batch=None),
            {"a": [task("a", RUNS, "1.mp4"), task("a", RUNS, "2.mp4"), task("a", DONE)]},
            ["1.mp4", "2.mp4"],
            id="a later reply leaves out what was made",
        ),
        pytest.param(
            two("a", batch=None),
            {"a": [task("a", DONE, "get?id=1", "get?id=2")]},
            ["get?id=1", "get?id=2"],
            id="two videos differ in their query alone",
        ),
        pytest.param(
            two("a", "b", batch=None),
            {
                "a": [task("a", RUNS), task("a", DONE, "get?id=1")],
                "b": [task("b", DONE, "get?id=2")],
            },
            ["get?id=1", "get?id=2"],
            id="the videos of two tasks differ in their query alone",
        ),
        pytest.param(
            two("a", "b"),
            {"batch_9": [[task("a", DONE, "1", "2"), task("b", DONE, "1", "2")]]},
            ["1", "2"],
            id="every task of a batch lists all of its videos",
        ),
        pytest.param(
            two(),
            {"batch_9": [[task(None, RUNS)], [task("a", DONE, "1"), task("b", DONE, "2")]]},
            ["1", "2"],
            id="a batch names no ids at first",
        ),
    ],
)
def test_all_that_was_paid_for_is_waited_for(
    make_client: MakeClient, job: Job, told: dict[str, list[Any]], urls: Sequence[str]
) -> None:
    result = make_client(handler=Service(**told)).wait(job)
    assert sorted(made(result).values()) == list(urls)
    assert result.complete


def test_each_round_asks_for_the_batch_and_then_for_what_it_did_not_name(
    make_client: MakeClient,
) -> None:
    service = Service(
        batch_9=[[task("a", RUNS), task("x", RUNS)]],
        b=[task("b", RUNS)],
    )
    with pytest.raises(WaitTimeoutError) as caught:
        make_client(handler=service).wait(Job(["a", "b"], BATCH), timeout=0)
    assert service.polls == [BATCH, "b"]
    assert caught.value.result is not None
    assert {each.id for each in caught.value.result.tasks} == {"a", "b", "x"}


@pytest.mark.parametrize("failure", [429, 1001, 1007, 6002, 500, 504, 6001, 0])
def test_a_batch_that_is_refused_for_now_or_lost_holds_off_its_tasks(
    make_client: MakeClient, failure: int
) -> None:
    service = Service(batch_9=[failure, [task("a", DONE, "1"), task("b", DONE, "2")]])
    assert len(make_client(handler=service).wait(two("a", "b")).videos) == 2
    assert service.polls == [BATCH, BATCH]


def test_what_is_complete_is_told_at_once(make_client: MakeClient, clock: ManualClock) -> None:
    service = Service(batch_9=[[task("a", DONE, "1", "2"), task("b", "failed", msg="flagged")]])
    before = clock.time()
    result = make_client(handler=service, clock=clock).wait(two("a", "b"))
    assert len(result.videos) == 2, "all that was paid for is here, whatever failed"
    assert (clock.time(), service.polls) == (before, [BATCH])


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


def test_a_task_that_is_gone_is_told_once_all_others_have_ended(make_client: MakeClient) -> None:
    service = Service(batch_9=[[task("b", RUNS)]] * 9 + [[task("b", DONE, "1")]], b=[1003])
    with pytest.raises(NotFoundError) as caught:
        make_client(handler=service).wait(two("a", "b"))
    assert made(caught.value.result) == {"b": "1"}


# Which video is which


@pytest.mark.parametrize(
    "replies",
    [
        [[task("a", RUNS, "x", "y")], [task("a", DONE, "y", "x")]],
        [[task("a", RUNS, "x?s=1", "y?s=1#t")], [task("a", DONE, "y?s=2", "x?s=2")]],
        [[task("a", RUNS, "x")], [task("a", RUNS, "y", "x")], [task("a", DONE, "y")]],
        [
            [task("a", RUNS, "g?id=x&s=1", "g?id=y&s=1")],
            [task("a", DONE, "g?id=x&s=2", "g?id=y&s=2")],
        ],
        [
            [task("a", RUNS, "g?id=x&s=1", "g?id=y&s=1")],
            [task("a", DONE, "g?id=y&s=2", "g?id=x&s=2")],
        ],
        [
            [task("a", RUNS, "x"), task("b", RUNS, "y")],
            [task("a", DONE, "y"), task("b", DONE, "x")],
        ],
        [
            [task("b", RUNS), task("a", RUNS, "x?1")],
            [task("b", DONE, "x?2"), task("a", DONE, "y?2")],
        ],
        [
            [task(None, RUNS, "x?1"), task(None, RUNS, "y?1")],
            [task(None, DONE, "y?2"), task(None, DONE, "x?2")],
        ],
    ],
    ids=str,
)
def test_a_video_keeps_the_name_it_first_got(make_client: MakeClient, replies: list[Any]) -> None:
    seen: list[dict[str, str]] = []
    client = make_client(handler=Service(batch_9=replies))
    result = client.wait(two(), on_update=lambda result: seen.append(made(result)))
    names = [{which(url): name for name, url in told.items()} for told in [*seen, made(result)]]
    first = next(iter(seen[0]))
    assert all(told["x"] == first for told in names)
    assert len(result.videos) == 2
    assert names[-1].keys() == {"x", "y"}
    assert len(set(names[-1].values())) == 2


def which(url: str) -> str:
    return next(each for each in "xy" if each in url)


def test_a_video_keeps_its_name_for_all_calls_of_a_client(make_client: MakeClient) -> None:
    replies = [task("a", RUNS, "x"), task("a", RUNS, "y", "x"), task("a", DONE, "y", "x")]
    client = make_client(handler=Service(a=replies, batch_9=[[task("a", DONE, "y", "x")]]))
    assert [video.name for video in client.status("a").videos] == ["a"]
    with pytest.raises(WaitTimeoutError):
        client.wait(Job(["a"]), timeout=0)
    assert [video.name for video in client.status("a").videos] == ["a-2", "a"]
    assert [video.name for video in client.batch_status(BATCH)[0].videos] == ["a-2", "a"]
    assert made(client.wait(two("a"))) == {"a": "x", "a-2": "y"}


def test_thousands_of_videos_are_told_apart_in_linear_time(make_client: MakeClient) -> None:
    for form in ("{}.mp4?s={}", "get?id={}&s={}"):
        told = [task("a", DONE, *(form.format(each, s) for each in range(5000))) for s in (1, 2, 3)]
        client = make_client(handler=Service(a=told))
        for _ in told:
            client.status("a")
        assert len(client.wait(Job(["a"])).videos) == 5000


# End states


def test_a_state_that_is_not_known_is_a_success_where_its_videos_come_twice_in_a_row(
    make_client: MakeClient,
) -> None:
    half, empty, full = (task("a", "Rendered", *urls) for urls in (["1"], [], ["1", "2"]))
    service = Service(a=[half, full, empty, full])
    client, seen = make_client(handler=service), list[bool]()
    result = client.wait(two("a", batch=None), on_update=lambda told: seen.append(told.done))
    assert seen == [False] * 4 + [True], "both videos, and both times in a row"
    assert (result.tasks[0].state, len(result.videos)) == ("succeeded", 2)


@pytest.mark.parametrize("state", ["processing", "waiting", "RUNNING"])
def test_a_state_that_runs_is_no_end_whatever_comes_with_it(
    make_client: MakeClient, state: str
) -> None:
    with pytest.raises(WaitTimeoutError):
        make_client(handler=Service(a=[task("a", state, "1")])).wait(Job(["a"]))


@pytest.mark.parametrize("state", ["completed", "COMPLETE", "Finished", "done", "succeeded"])
def test_other_words_for_success_are_known(
    make_client: MakeClient, clock: ManualClock, state: str
) -> None:
    client, before = (
        make_client(handler=Service(a=[task("a", state, "1")]), clock=clock),
        clock.time(),
    )
    assert len(client.wait(Job(["a"], video_number=1)).videos) == 1
    assert clock.time() == before


@pytest.mark.parametrize(
    "state",
    [
        *("cancelled", "Canceled", "failure", "timeout", "TIMED_OUT", "timed out"),
        *("expired", "rejected", "aborted", "terminated", "errored"),
    ],
)
def test_other_words_for_failure_are_known(make_client: MakeClient, state: str) -> None:
    with pytest.raises(TaskFailedError, match=f"0 of 1 videos were made .a: {state},"):
        make_client(handler=Service(a=[task("a", state)])).wait(Job(["a"]))


# What is asked for


def test_a_report_of_another_task_is_no_answer(make_client: MakeClient) -> None:
    for told in (
        task("b", DONE, "1"),
        [task("b", DONE, "1")],
        {"output": {"taskId": "b", "taskStatus": DONE}},
    ):
        client = make_client(handler=Service(a=[told, told, task("a", DONE, "2")]))
        with pytest.raises(UnexpectedResponseError, match="another task than was asked for"):
            client.status("a")
        assert made(client.wait(Job(["a"]))) == {"a": "2"}, "the poll has failed, and no more"


@pytest.mark.parametrize("given", ["a", ["a"], ("a", "a")])
def test_an_id_or_a_list_of_ids_can_be_waited_for(make_client: MakeClient, given: Any) -> None:
    result = make_client(handler=Service(a=[task("a", DONE, "1")])).wait(given)
    assert result.job == Job(["a"])
    assert made(result) == {"a": "1"}


REFUSED: list[Any] = [None, 5, {}, {"a": 1}, set("a"), [], (), "", [""], ["a", None], ["a b"], b"a"]


@pytest.mark.parametrize("given", [*REFUSED, Result(Job(["a"]), ()), object], ids=repr)
def test_what_is_no_job_is_refused_before_anything_is_asked(
    make_client: MakeClient, given: Any
) -> None:
    service = Service(a=[task("a", DONE, "1")])
    client: WeryAI = make_client(handler=service)
    with pytest.raises(InvalidRequestError):
        client.wait(given)
    for read in (client.status, client.batch_status):
        with pytest.raises(InvalidRequestError):
            read(given)
    assert service.polls == []


def test_an_id_that_cannot_be_asked_for_does_not_cost_its_sibling(make_client: MakeClient) -> None:
    service = Service(a=[task("a", RUNS), task("a", DONE, "1")])
    with pytest.raises(InvalidRequestError, match="a b") as caught:
        make_client(handler=service).wait(Job(["a b", "a"]))
    assert made(caught.value.result) == {"a": "1"}


@pytest.mark.parametrize("number", [0, -1, "4", 1.5, True, [4]])
def test_a_number_of_videos_that_is_none_is_refused(number: Any) -> None:
    with pytest.raises(TypeError, match="video_number"):
        Job(["a"], video_number=number)
    with pytest.raises(TypeError, match="video_number"):
        Job.from_dict({"task_ids": ["a"], "video_number": number})
