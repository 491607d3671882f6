"""Nothing lost: of many jobs each end is told when it comes, and none of them stops the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.servers.scripted_service import BATCH, DONE, RUNS, Service, task
from weryai import (
    AuthenticationError,
    ConfigError,
    InvalidRequestError,
    Job,
    MultiImageToVideo,
    NotFoundError,
    Result,
    TaskFailedError,
    WaitTimeoutError,
    WeryAI,
)
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, ManualClock, Outcome, Simulator

HTTPS = ["https://example.com/a.jpg"]


def one(*ids: str, batch: str | None = None) -> Job:
    return Job(ids, batch, video_number=1)


def test_jobs_are_told_in_the_order_in_which_they_end(
    client: WeryAI, simulator: Simulator, ask: Callable[..., MultiImageToVideo]
) -> None:
    simulator.outcomes.extend([Outcome(seconds=each) for each in (90, 10, 300, 40)])
    jobs = [client.submit(ask(images=HTTPS, caller_id=number)) for number in range(4)]
    ended = list(client.wait_all(jobs))
    assert [each.job for each in ended] == [jobs[1], jobs[3], jobs[0], jobs[2]]
    assert all(each.error is None and each.result.complete for each in ended)
    assert len(simulator.ledger) == 4


def test_what_ends_one_wait_is_told_with_its_job_and_stops_no_other(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(
        a=[task("a", "failed", "1", msg="flagged")],
        b=[task("b", RUNS)],
        c=[task("c", RUNS), task("c", DONE, "2")],
        d=[1003],
    )
    jobs = [one(each) for each in "abcd"] + [Job(["no/id"])]
    jobs[0] = Job(["a"], video_number=2)
    ended = {
        each.job: each
        for each in make_client(handler=service, clock=clock).wait_all(jobs, timeout=200)
    }
    kinds = [TaskFailedError, WaitTimeoutError, type(None), NotFoundError, InvalidRequestError]
    assert [type(ended[job].error) for job in jobs] == kinds
    assert [len(ended[job].result.videos) for job in jobs] == [1, 0, 1, 0, 0]
    for job in jobs:
        error = ended[job].error
        assert error is None or error.job == job
    assert list(ended)[-1] == jobs[1], "it is told when the time is over"


def test_one_poll_a_round_tells_of_all_jobs_of_a_batch(
    make_client: MakeClient, clock: ManualClock
) -> None:
    ids = [f"t{number}" for number in range(50)]
    rounds = [[task(each, RUNS) for each in ids]] * 4
    service = Service(batch_9=[*rounds, [task(each, DONE, each) for each in ids]])
    jobs = [one(each, batch=BATCH) for each in ids]
    ended = list(make_client(handler=service, clock=clock).wait_all(jobs))
    assert {each.job for each in ended} == set(jobs)
    assert service.polls == [BATCH] * 5


def test_an_error_that_jobs_of_a_batch_share_carries_the_job_of_each(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(batch_9=[1003], a=[1003], b=[1003])
    jobs = [Job(["a"], BATCH), Job(["b"], BATCH), Job([], BATCH)]
    ended = list(make_client(handler=service, clock=clock).wait_all(jobs))
    assert all(isinstance(each.error, NotFoundError) for each in ended)
    assert {each.error.job for each in ended if each.error} == set(jobs)


def test_a_refused_key_is_told_of_each_job(make_client: MakeClient) -> None:
    refused = Network(httpx.Response(401, json={"status": 401, "message": "Invalid API Key"}))
    ended = list(make_client(handler=refused).wait_all([one("a"), one("b")]))
    assert [type(each.error) for each in ended] == [AuthenticationError] * 2
    assert len(refused.seen) == 2


def test_a_refused_key_is_told_of_each_job_of_a_batch_with_its_job(make_client: MakeClient) -> None:
    refused = Network(httpx.Response(401, json={"status": 401, "message": "Invalid API Key"}))
    jobs = [Job(["a"], BATCH), Job(["b"], BATCH)]
    ended = list(make_client(handler=refused).wait_all(jobs))
    assert {each.error.job for each in ended if each.error} == set(jobs)
    assert len(refused.seen) == 1, "its answer is that to both"


def test_each_job_is_asked_for_once_a_round_and_the_pauses_grow(
    make_client: MakeClient, clock: ManualClock
) -> None:
    ids = [f"t{number}" for number in range(30)]
    service = Service(**{each: [task(each, RUNS)] for each in ids})
    ends = make_client(handler=service, clock=clock).wait_all(map(one, ids), timeout=60)
    assert all(isinstance(each.error, WaitTimeoutError) for each in ends)
    polls = Counter(service.polls)
    # 3.0, 3.9, 5.1, 6.6, 8.6, 11.1 and 14.5 s at the most, and 0.8 of that at the least
    assert all(8 <= polls[each] <= 10 for each in ids)


def test_the_time_is_over_for_all_of_them_and_each_is_looked_at_all_the_same(
    make_client: MakeClient, clock: ManualClock
) -> None:
    service = Service(a=[task("a", DONE, "1")], b=[task("b", DONE, "2")], c=[task("c", RUNS)])
    client = make_client(handler=service, clock=clock)
    ends = client.wait_all([one(each) for each in "abc"], timeout=10)
    clock.advance(100)  # whoever takes them does something else
    told = {each.job.task_ids[0]: each.error for each in ends}
    assert (told["a"], told["b"]) == (None, None)
    assert "after 10 s" in str(told["c"])
    assert sorted(service.polls) == ["a", "b", "c"]


def test_a_job_that_is_given_twice_is_told_once(make_client: MakeClient) -> None:
    client = make_client(handler=Service(a=[task("a", DONE, "1")], b=[task("b", DONE, "2")]))
    ended = list(client.wait_all(["a", ["a"], Job(["a"]), "b", ["a", "b"]]))
    assert {each.job.task_ids for each in ended} == {("a",), ("b",), ("a", "b")}
    assert list(client.wait_all([])) == []


@pytest.mark.parametrize(
    ("jobs", "options", "words"),
    [
        ("task_1", {}, "is no list of jobs"),
        (Job(["a"]), {}, "is no list of jobs"),
        (None, {}, "is no list of jobs"),
        ([7], {}, "is no job"),
        (["a", "b/c"], {}, "not an id"),
        ([[]], {}, "is no job"),
        (["a"], {"timeout": float("nan")}, "timeout must be"),
        (["a"], {"on_update": 7}, "on_update must be"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_at_once(
    make_client: MakeClient, jobs: Any, options: Any, words: str
) -> None:
    service = Service()
    with pytest.raises(InvalidRequestError, match=words):
        make_client(handler=service).wait_all(jobs, **options)
    assert service.polls == []


def test_a_fault_of_on_update_is_raised_and_the_others_can_be_waited_for(
    make_client: MakeClient,
) -> None:
    def update(result: Result) -> None:
        if result.job.task_ids == ("b",):
            raise ZeroDivisionError

    service = Service(**{each: [task(each, RUNS), task(each, DONE, each)] for each in "abc"})
    ends = make_client(handler=service).wait_all(["a", "b", "c"], on_update=update)
    with pytest.raises(ZeroDivisionError) as caught:
        next(ends)
    assert caught.value.__notes__ == ["the job is paid and goes on: b"]
    assert {each.job.task_ids for each in ends} == {("a",), ("c",)}


def test_a_closed_client_says_so_each_time(make_client: MakeClient) -> None:
    client = make_client(handler=Service(a=[task("a", RUNS)]))
    ends = client.wait_all(["a"])
    client.close()
    for _ in range(2):
        with pytest.raises(ConfigError, match="closed"):
            next(ends)


def test_whoever_leaves_early_loses_nothing(make_client: MakeClient) -> None:
    service = Service(a=[task("a", DONE, "1")], b=[task("b", RUNS), task("b", DONE, "2")])
    client = make_client(handler=service)
    for ended in client.wait_all(["a", "b"]):
        assert ended.job == Job(["a"])
        break
    assert client.wait("b").videos


def test_every_end_is_in_the_journal(
    make_client: MakeClient,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Callable[..., MultiImageToVideo],
) -> None:
    client = make_client(simulator, journal=journal)
    simulator.outcomes.extend(
        [Outcome(), Outcome("failed"), Outcome("Stuck", ends=False), Outcome()]
    )
    jobs = [client.submit(ask(images=HTTPS, caller_id=number)) for number in range(4)]
    simulator.next("get_batch_status", Answer(500, "x"))
    list(client.wait_all(jobs, timeout=300))
    states = {entry.job: entry.state for entry in journal.entries()}
    assert [states[job] for job in jobs] == ["ready", "failed", "running", "ready"]


def test_the_blocking_client_starts_no_thread(clock: ManualClock) -> None:
    ids = [f"t{number}" for number in range(100)]
    service = Service(**{each: [task(each, RUNS), task(each, DONE, each)] for each in ids})
    running = set[int]()

    def answer(request: httpx.Request) -> httpx.Response:
        running.add(threading.get_ident())
        return service(request)

    with WeryAI("sk-test-01234", transport=httpx.MockTransport(answer), clock=clock) as client:
        assert len(list(client.wait_all(ids))) == 100
    assert running == {threading.get_ident()}
