"""What a task's state comes to, and what may be asked for at all."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.scripted_service import (
    DONE,
    RUNS,
    Service,
    made,
    task,
    two,
)
from weryai import (
    InvalidRequestError,
    Job,
    Result,
    TaskFailedError,
    UnexpectedResponseError,
    WaitTimeoutError,
    WeryAI,
)
from weryai.testing import ManualClock


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
