"""Nothing lost: a wait ends when it must, survives what it can, and keeps the job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import Network
from weryai import (
    AuthenticationError,
    InvalidRequestError,
    Job,
    MultiImageToVideo,
    NotFoundError,
    Result,
    TaskFailedError,
    WaitTimeoutError,
    WeryAI,
)
from weryai.testing import Answer, Lost, Outcome, Simulator, Variant, refusal

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg", "https://example.com/b.jpg"]
BAD_KEY = Answer(401, {"status": 401, "message": "Invalid API Key"})


def told(status: str, **fields: Any) -> Answer:
    return Answer(body={"status": 0, "data": {"task_id": "t", "task_status": status, **fields}})


def test_a_job_is_watched_from_waiting_to_its_videos(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    seen: list[str] = []
    result = client.generate(
        ask(images=HTTPS), on_update=lambda result: seen.append(result.tasks[0].state)
    )
    assert list(dict.fromkeys(seen)) == ["waiting", "processing", "succeeded"]
    assert result.done
    assert result.complete
    assert [video.name for video in result.videos] == list(simulator.ledger[0].task_ids)
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize("one_task", [False, True])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_all_videos_arrive_from_one_task_or_from_several(
    client: WeryAI, simulator: Simulator, ask: Ask, number: int, one_task: bool
) -> None:
    simulator.variant = Variant(one_task=one_task)
    result = client.generate(ask(images=HTTPS, video_number=number))
    assert len({video.url for video in result.videos}) == number
    assert len({video.name for video in result.videos}) == number
    polled = {request.path.split("/")[3] for request in simulator.received[1:]}
    assert polled == {"batch"}, "it names every task"


def test_every_poll_asks_caches_to_step_aside(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    client.generate(ask(images=HTTPS))
    client.generate(ask(images=HTTPS, video_number=2))
    polls = [request for request in simulator.received if request.method == "GET"]
    assert polls
    assert all(poll.headers["cache-control"] == "no-cache" for poll in polls)


def test_pauses_start_at_about_3_s_and_grow_to_at_most_15(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    times: list[float] = []
    simulator.outcomes.append(Outcome(seconds=300))
    client.generate(ask(images=HTTPS), on_update=lambda _: times.append(simulator.clock.time()))
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert 2.4 <= pauses[0] <= 3.0
    assert 12 <= max(pauses) <= 15
    assert len(set(pauses[8:])) > 1, "the pauses are jittered"


def test_an_end_is_noticed_though_it_leaves_out_what_was_made(
    client: WeryAI, simulator: Simulator
) -> None:
    made = {"videos": ["https://example.com/v.mp4"]}
    simulator.next("get_task_status", told("processing", **made), told("failed", msg="flagged"))
    with pytest.raises(TaskFailedError, match="flagged") as caught:
        client.wait(Job(["t"]))
    assert [video.url for video in caught.value.result.videos] == made["videos"]


@pytest.mark.parametrize("timeout", [None, -1, float("nan"), "soon"])
def test_a_timeout_that_is_none_is_refused_before_anything_is_paid(
    client: WeryAI, simulator: Simulator, ask: Ask, timeout: Any
) -> None:
    with pytest.raises(InvalidRequestError, match="timeout must be a number"):
        client.generate(ask(images=HTTPS), timeout=timeout)
    assert simulator.received == []


def test_an_unknown_state_counts_as_running_and_is_reported_once(
    client: WeryAI, simulator: Simulator, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    made = {"videos": ["https://example.com/v.mp4"]}
    odd = [told("Queued_Again"), told("Queued_Again")]
    simulator.next("get_task_status", *odd, told("succeed", **made))
    seen: list[Result] = []
    with caplog.at_level(logging.WARNING, "weryai"):
        client.wait(Job(["t"]), on_update=seen.append)
    assert [result.tasks[0].state for result in seen[:2]] == ["queued_again"] * 2
    assert not seen[0].tasks[0].known
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["task t is in an unknown state, 'Queued_Again'"]


def test_a_task_that_failed_gives_its_reason_and_the_videos_that_were_made(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", "copyright restrictions"), Outcome()])
    with pytest.raises(TaskFailedError, match="2 of 3 videos were made") as caught:
        client.generate(ask(images=HTTPS, video_number=3))
    assert "copyright restrictions" in str(caught.value)
    assert "2 finished videos can be downloaded" in str(caught.value)
    assert len(caught.value.result.videos) == 2


def test_a_task_that_failed_keeps_the_videos_that_it_made(
    client: WeryAI, simulator: Simulator
) -> None:
    simulator.next("get_task_status", told("failed", videos=["https://e.com/v"]))
    with pytest.raises(TaskFailedError) as caught:
        client.wait(Job(["t"]))
    assert [video.url for video in caught.value.result.videos] == ["https://e.com/v"]


def test_a_failure_waits_for_the_tasks_that_still_run(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.outcomes.extend([Outcome("failed", seconds=1), Outcome(seconds=300)])
    with pytest.raises(TaskFailedError) as caught:
        client.generate(ask(images=HTTPS, video_number=2))
    assert len(caught.value.result.videos) == 1


def test_a_success_without_a_video_is_an_error_that_says_so(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.outcomes.append(Outcome(videos=False))
    with pytest.raises(TaskFailedError, match="names no video"):
        client.generate(ask(images=HTTPS))


PASSING: list[Answer | Lost] = [
    Lost(),
    Answer(500, "x"),
    Answer(520, "<html>"),
    Answer(429, "x", {"Retry-After": "1"}),
    Answer(401, ""),
    Answer(401, "<html>401 Authorization Required</html>"),
    Answer(403, "<html>Sorry, you have been blocked</html>"),
    Answer(403, {"message": "Forbidden"}),
    Answer(200, ""),
    Answer(200, {"status": 0, "data": {"unheard": "of"}}),
    Answer(200, {"status": 0, "data": {"task_status": 5}}),
    refusal(1001),
    refusal(1002, "something else"),
    Answer(404, "<html>"),
]


def test_a_wait_survives_lost_and_failed_polls(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    for operation in ("get_batch_status", "get_task_status"):
        simulator.next(operation, *PASSING)
    assert client.wait(job).videos
    assert len(simulator.ledger) == 1


def test_a_refused_key_ends_a_wait_even_while_a_task_runs(
    client: WeryAI, simulator: Simulator
) -> None:
    simulator.next("get_task_status", told("processing"), BAD_KEY)
    started = simulator.clock.time()
    with pytest.raises(AuthenticationError) as caught:
        client.wait(Job(["t", "u"]))
    assert simulator.clock.time() == started
    assert caught.value.result is not None


@pytest.mark.parametrize("code", [1003, 1010])
def test_not_found_ends_a_wait_only_for_a_job_older_than_a_minute(
    client: WeryAI, simulator: Simulator, code: int
) -> None:
    now = simulator.clock.time()
    simulator.next("get_task_status", *[refusal(code)] * 100)
    old = Job(["t"], submitted_at=datetime.fromtimestamp(now - 61, UTC))
    with pytest.raises(NotFoundError):
        client.wait(old)
    assert simulator.clock.time() == now
    young = Job(["t"], submitted_at=datetime.fromtimestamp(now, UTC))
    with pytest.raises(NotFoundError):
        client.wait(young)
    assert 60 < simulator.clock.time() - now < 80


def test_a_job_of_unknown_age_is_as_old_as_the_wait_for_it(
    client: WeryAI, simulator: Simulator
) -> None:
    started = simulator.clock.time()
    simulator.next("get_task_status", *[refusal(1003)] * 100)
    for _ in range(3):  # short waits of one client count as one
        with pytest.raises(WaitTimeoutError):
            client.wait(Job(["t"]), timeout=10)
    with pytest.raises(NotFoundError):
        client.wait(Job(["t"]))
    assert 60 < simulator.clock.time() - started < 80


def test_running_out_of_time_keeps_the_job(client: WeryAI, simulator: Simulator, ask: Ask) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    started = simulator.clock.time()
    with pytest.raises(WaitTimeoutError, match="wait for the job again") as caught:
        client.wait(job, timeout=10)
    assert simulator.clock.time() - started == pytest.approx(10, abs=0.01)
    assert caught.value.result is not None
    assert [task.done for task in caught.value.result.tasks] == [False, False]
    assert len(client.wait(caught.value.job).videos) == 2
    assert len(simulator.ledger) == 1


def test_a_wait_that_never_got_an_answer_says_why(client: WeryAI, simulator: Simulator) -> None:
    simulator.next("get_task_status", *[Answer(500, "x")] * 100)
    with pytest.raises(WaitTimeoutError) as caught:
        client.wait(Job(["t"]), timeout=20)
    assert caught.value.result is None
    assert "HTTP 500" in str(caught.value.__cause__)


def test_several_tasks_without_a_batch_are_asked_for_one_by_one(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.outcomes.extend([Outcome(seconds=1), Outcome(seconds=50)])
    job = client.submit(ask(images=HTTPS, video_number=2))
    result = client.wait(Job(job.task_ids))
    assert len(result.videos) == 2
    paths = [request.path for request in simulator.received]
    first, second = (paths.count(f"/v1/generation/{task_id}/status") for task_id in job.task_ids)
    assert first < second, "a task that has ended is not asked for again"


def test_one_task_that_is_not_found_does_not_hide_the_others(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    simulator.next("get_task_status", refusal(1003), Lost())
    with pytest.raises(NotFoundError) as caught:
        client.wait(Job(["expired", *job.task_ids]))
    assert caught.value.job is not None
    assert caught.value.result is not None
    assert len(caught.value.result.videos) == 1


@pytest.mark.parametrize(
    "answer", [refusal(1003), Answer(404, "<html>"), Answer(200, "{}")], ids=str
)
def test_a_batch_that_cannot_be_read_is_no_reason_to_give_up_its_tasks(
    client: WeryAI, simulator: Simulator, ask: Ask, answer: Answer
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    simulator.next("get_batch_status", *[answer] * 1000)
    assert len(client.wait(Job(job.task_ids, job.batch_id)).videos) == 2


def test_a_video_once_seen_is_not_taken_away_by_a_later_reply(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    one, two = job.task_ids
    video = {"task_id": one, "task_status": "succeed", "videos": ["https://e.com/v"]}
    running = {"task_id": two, "task_status": "processing"}
    done = {"task_id": two, "task_status": "succeed", "videos": ["https://e.com/w"]}
    later = {"task_id": one, "task_status": "succeed", "videos": None}
    for data in ([video, running], [later, running], [later, done]):
        simulator.next("get_batch_status", Answer(body={"status": 0, "data": data}))
    assert {video.url for video in client.wait(job).videos} == {
        "https://e.com/v",
        "https://e.com/w",
    }


def test_whatever_ends_a_wait_the_job_is_not_lost(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next("get_batch_status", BAD_KEY)
    with pytest.raises(AuthenticationError) as refused:
        client.generate(ask(images=HTTPS))
    assert refused.value.job is not None
    assert refused.value.job.task_ids == simulator.ledger[0].task_ids

    def broken(result: Result) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        client.generate(ask(images=HTTPS), on_update=broken)
    assert simulator.ledger[1].task_ids[0] in caught.value.__notes__[0]


def test_a_job_known_by_its_batch_alone_is_waited_for(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    assert len(client.wait(Job(batch_id=job.batch_id)).videos) == 2


def test_a_batch_that_leaves_out_a_task_is_not_finished(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    done = {"task_id": job.task_ids[0], "task_status": "succeed", "videos": ["https://e.com/v"]}
    simulator.next("get_batch_status", Answer(body={"status": 0, "data": [done]}))
    assert len(client.wait(job).tasks) == 2


def test_a_job_survives_being_written_down() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert Job(["a"], submitted_at=at.replace(tzinfo=None)).submitted_at == at
    job = Job(["a", "b"], "7", at, 42)
    assert Job.from_dict(job.to_dict()) == job
    assert Job.from_dict({"task_ids": ["a"]}) == Job(["a"])


def test_an_id_told_twice_is_one_task() -> None:
    assert Job(["b", "a", "b"]).task_ids == ("b", "a")


@pytest.mark.parametrize("timeout", [float("nan"), -1, None, "5"])
def test_a_time_to_wait_that_is_none_is_refused(
    client: WeryAI, simulator: Simulator, timeout: Any
) -> None:
    with pytest.raises(InvalidRequestError, match="timeout must be a number of seconds"):
        client.wait(Job(["t"]), timeout=timeout)
    assert simulator.received == []


@pytest.mark.parametrize("ids", ["task_1", [""], [7]])
def test_a_job_of_wrong_ids_is_refused(ids: Any) -> None:
    with pytest.raises(TypeError):
        Job(ids)


def test_a_job_without_ids_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Job()


ODD_IDS = ["", ".", "..", "a/b", "a?b", "a b", "x" * 129, "task_1\n", None, 7]


@pytest.mark.parametrize("task_id", ODD_IDS)
def test_an_id_that_would_become_another_path_is_refused(
    client: WeryAI, simulator: Simulator, task_id: Any
) -> None:
    for read in (client.status, client.batch_status):
        with pytest.raises(InvalidRequestError):
            read(task_id)
    assert simulator.received == []


def told_apart(variant: Variant) -> str:
    """What makes this variant differ from the usual one."""
    usual = Variant()
    names = [
        choice for choice in Variant.choices() if getattr(variant, choice) != getattr(usual, choice)
    ]
    return ",".join(f"{name}={getattr(variant, name)}" for name in names) or "usual"


@pytest.mark.parametrize(
    "variant",
    [
        Variant(**{name: value})
        for name, values in Variant.choices().items()
        for value in values
        if name not in ("bad_key", "balance", "registry")
    ],
    ids=told_apart,
)
@pytest.mark.parametrize("number", [1, 2])
def test_every_spelling_of_the_service_is_read(
    client: WeryAI, simulator: Simulator, ask: Ask, variant: Variant, number: int
) -> None:
    simulator.variant = variant
    assert len(client.generate(ask(images=HTTPS, video_number=number)).videos) == number
    simulator.outcomes.extend([Outcome("failed", "moderation")] * 2)
    with pytest.raises(TaskFailedError, match="moderation") as caught:
        client.generate(ask(images=HTTPS, video_number=number))
    assert caught.value.result.videos == ()


def test_of_a_list_the_first_is_the_task(make_client: Callable[..., WeryAI]) -> None:
    data = [{"task_status": "succeed"}, {"task_status": "failed"}]
    reply = httpx.Response(200, json={"status": 0, "data": data})
    assert make_client(handler=Network(reply)).status("task_9").raw_state == "succeed"


def test_a_report_without_an_id_is_of_the_task_that_was_asked_for(
    make_client: Callable[..., WeryAI],
) -> None:
    reply = httpx.Response(200, json={"status": 0, "data": {"task_status": "waiting"}})
    assert make_client(handler=Network(reply)).status("task_9").id == "task_9"
