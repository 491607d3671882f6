"""What happens by chance happens again for the same seed; what is planned comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.simulator_http import (
    SUBMIT,
    batch_status,
    raw,
    status,
    submit,
)
from weryai import MultiImageToVideo, SubmissionUnknownError, TaskFailedError
from weryai.testing import Lost, Outcome, Simulator
from weryai.testing._rules import REASONS

HTTPS = "https://example.com/image1.jpg"
MANY = {"credits": 1e9, "max_running": float("inf")}


def lot(number: int = 40, plan: tuple[Outcome, ...] = (), **rules: Any) -> list[tuple[Any, ...]]:
    """How tasks end: the state, why, and after how many seconds."""
    with Simulator(**MANY | rules) as simulator, raw(simulator) as http:
        simulator.outcomes.extend(plan)
        batches = [submit(http, video_number=4)["data"]["batch_id"] for _ in range(number // 4)]
        simulator.clock.sleep(1e6)
        tasks = [task for batch in batches for task in batch_status(http, batch)["data"]]
        seconds = [each for line in simulator.ledger for each in line.task_seconds]
        ends = zip(tasks, seconds, strict=True)
        return [(task["task_status"], task.get("msg"), each) for task, each in ends]


def test_the_same_seed_brings_the_same_ends_and_another_one_others() -> None:
    first, again, other, none = (lot(fail_rate=0.3, spread=0.5, seed=seed) for seed in (7, 7, 8, 0))
    assert first == again != other
    assert lot(fail_rate=0.3, spread=0.5) == none


def test_as_many_tasks_fail_as_asked_and_say_why() -> None:
    ends = lot(400, fail_rate=0.2, seed=7)
    failed = [why for state, why, _ in ends if state == "failed"]
    assert 60 < len(failed) < 100
    assert set(failed) == set(REASONS)
    assert {state for state, *_ in ends} == {"failed", "succeed"}
    assert {state for state, *_ in lot(fail_rate=1)} == {"failed"}
    assert {state for state, *_ in lot()} == {"succeed"}


def test_times_lie_as_far_apart_as_asked() -> None:
    seconds = [each for *_, each in lot(400, task_seconds=100, spread=0.3)]
    assert 70 <= min(seconds) < 72 < 128 < max(seconds) <= 130
    assert 98 < sum(seconds) / 400 < 102
    assert {each for *_, each in lot(task_seconds=100)} == {100}


def test_more_failures_change_no_times_and_a_plan_changes_no_other_task() -> None:
    usual = lot(spread=0.3, fail_rate=0.2)
    assert [each for *_, each in lot(spread=0.3, fail_rate=0.9)] == [each for *_, each in usual]
    plan = Outcome("failed", "planned", seconds=1), Outcome("succeed")
    planned = lot(spread=0.3, fail_rate=0.2, plan=plan)
    assert planned[2:] == usual[2:]
    assert planned[:2] == [("failed", "planned", 1), ("succeed", None, usual[1][2])]


def test_the_time_of_a_task_may_be_told_by_what_was_sent() -> None:
    def seconds(payload: Any) -> float:
        return float(payload["duration"] * 2)

    with Simulator(task_seconds=seconds) as simulator, raw(simulator) as http:
        ids = [submit(http, duration=each)["data"]["task_ids"][0] for each in (5, 10)]
        simulator.clock.sleep(10)
        states = [status(http, task_id)["data"]["task_status"] for task_id in ids]
        assert states == ["succeed", "processing"]
        assert [line.task_seconds for line in simulator.ledger] == [(10,), (20,)]


@pytest.mark.parametrize("wrong", [-1, float("nan"), "5", None, True])
def test_a_time_that_is_none_starts_no_task_and_costs_nothing(wrong: Any) -> None:
    with Simulator(task_seconds=lambda _: wrong) as simulator, raw(simulator) as http:
        with pytest.raises(ValueError, match="what task_seconds returns is a number"):
            submit(http)
        assert (simulator.ledger, simulator.credits, simulator.running) == ([], 1000, 0)


def test_a_failure_by_chance_is_one_to_the_client(
    make_client: MakeClient, ask: Callable[..., MultiImageToVideo]
) -> None:
    with Simulator(fail_rate=1) as simulator:
        with pytest.raises(TaskFailedError, match="|".join(REASONS)):
            make_client(simulator).generate(ask(images=[HTTPS]))
        assert len(simulator.ledger) == 1


# Answers that are lost


def lost(number: int, **rules: Any) -> tuple[list[bool], int]:
    """Which submissions were not answered, and how many of them were accepted."""
    with Simulator(**MANY | rules) as simulator, raw(simulator) as http:
        unanswered = []
        for _ in range(number):
            try:
                unanswered.append(submit(http)["status"] != 0)
            except httpx.ReadTimeout:
                unanswered.append(True)
        assert simulator.credits == 1e9 - 5 * len(simulator.ledger)
        return unanswered, len(simulator.ledger) - unanswered.count(False)


def test_as_many_answers_are_lost_as_asked_and_half_of_those_are_paid() -> None:
    unanswered, accepted = lost(200, lose_answers=0.4, seed=7)
    assert 60 < sum(unanswered) < 100
    assert 0.4 < accepted / sum(unanswered) < 0.6
    assert (unanswered, accepted) == lost(200, lose_answers=0.4, seed=7)
    assert unanswered != lost(200, lose_answers=0.4, seed=8)[0]
    assert lost(20) == ([False] * 20, 0)


def test_only_answers_to_submissions_are_lost_by_chance() -> None:
    with Simulator(lose_answers=1) as simulator, simulator.client() as client:
        assert [client.balance() for _ in range(20)] == [1000 - 5 * len(simulator.ledger)] * 20


def test_what_is_planned_is_not_lost() -> None:
    with Simulator(lose_answers=1) as simulator, raw(simulator) as http:
        for accepted in (False, True):
            simulator.next("submit_multi_image_to_video", Lost(accepted=accepted))
            with pytest.raises(httpx.ReadTimeout):
                http.post(SUBMIT)
        assert simulator.ledger == []


def test_a_lost_answer_is_an_unknown_fate_and_never_sent_again(
    make_client: MakeClient, ask: Callable[..., MultiImageToVideo]
) -> None:
    with Simulator(lose_answers=1) as simulator:
        client = make_client(simulator)
        for number in range(1, 6):
            with pytest.raises(SubmissionUnknownError):
                client.submit(ask(images=[HTTPS]))
            posts = [each for each in simulator.received if each.method == "POST"]
            assert len(posts) == number
