"""Nothing lost: a job is complete when all that was paid for is known, and not at a first look."""

from __future__ import annotations

from collections.abc import Sequence
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
    WaitTimeoutError,
)
from weryai.testing import ManualClock


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
    (ended,) = make_client(handler=Service(**told)).wait_all([job])
    assert ended.error is None
    assert (ended.job, ended.result.videos) == (job, result.videos)


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
