"""What the simulator does when a test tells it to: lost answers, refusals, and how tasks end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract_tests.support.contract import OPERATIONS as DOCUMENTED
from contract_tests.support.replies import whole
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    OPERATIONS,
    REQUEST,
    SUBMIT,
    assert_fits,
    batch_status,
    raw,
    status,
    submit,
)
from weryai.testing import (
    REFUSALS,
    Answer,
    Lost,
    ManualClock,
    Outcome,
    Simulator,
    Variant,
    refusal,
)

PAID = "submit_multi_image_to_video"


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


# Answers


@pytest.mark.parametrize(("fields", "lines"), [({}, 1), ({"duration": 0}, 0), ({"model": "X"}, 0)])
@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("lost", [Lost, Answer])
def test_the_ledger_holds_what_was_accepted_and_lost_and_nothing_else(
    simulator: Simulator, http: httpx.Client, lost: Any, accepted: bool, fields: Any, lines: int
) -> None:
    simulator.next(PAID, lost(accepted=accepted))
    if lost is Lost:
        with pytest.raises(httpx.ReadTimeout):
            submit(http, **fields)
    else:
        assert http.post(SUBMIT, json=REQUEST | fields).content == b""
    assert len(simulator.ledger) == lines * accepted
    assert simulator.credits == 1000 - 5 * lines * accepted
    for line in simulator.ledger:
        assert status(http, line.task_ids[0])["status"] == 0


@pytest.mark.parametrize("kind", [{"headers": {"Authorization": "Bearer x"}}, {"content": b"{"}])
def test_a_lost_answer_to_a_bad_call_costs_nothing(
    simulator: Simulator, http: httpx.Client, kind: Any
) -> None:
    simulator.next(PAID, Lost(accepted=True))
    with pytest.raises(httpx.ReadTimeout):
        http.post(SUBMIT, **({"json": REQUEST} if "headers" in kind else {}) | kind)
    assert (simulator.ledger, simulator.credits) == ([], 1000)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_answers_as_planned_once_each_and_then_as_usual(
    simulator: Simulator, http: httpx.Client, operation: str
) -> None:
    method, path, _ = OPERATIONS[operation]
    page = Answer(
        502, "<html>bad gateway</html>", {"Content-Type": "text/html", "Retry-After": "7"}
    )
    usual = http.request(method, path)
    simulator.next(operation, page, refusal(1001, "slow down"))
    simulator.next(operation, Lost())
    first = http.request(method, path)
    assert (first.status_code, first.text) == (502, page.body)
    assert (first.headers["content-type"], first.headers["retry-after"]) == ("text/html", "7")
    second = http.request(method, path).json()
    assert second == {"status": 1001, "desc": "slow down", "message": "slow down"}
    with pytest.raises(httpx.ReadTimeout):
        http.request(method, path)
    assert http.request(method, path).json() == usual.json()


def test_what_is_planned_for_one_operation_happens_to_no_other(
    simulator: Simulator, http: httpx.Client
) -> None:
    simulator.next("get_task_status", Lost())
    data = submit(http)["data"]
    assert batch_status(http, data["batch_id"])["status"] == 0
    with pytest.raises(httpx.ReadTimeout):
        status(http, data["task_ids"][0])


@pytest.mark.parametrize(
    ("body", "content"),
    [(b"\xff", b"\xff"), ("é", "é".encode()), ([1], b"[1]"), (None, b"null"), ({}, b"{}")],
)
def test_an_answer_is_sent_as_it_is(
    simulator: Simulator, http: httpx.Client, body: Any, content: bytes
) -> None:
    simulator.next("get_balance", Answer(207, body))
    answer = http.get(BALANCE)
    assert (answer.status_code, answer.content) == (207, content)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_can_be_any_that_is_documented(
    simulator: Simulator, http: httpx.Client, operation: str
) -> None:
    method, path, _ = OPERATIONS[operation]
    envelope = {"status": 5, "desc": "d", "message": "m", "msg": None}
    answers = [Answer(200, body) for body in whole(operation)]
    assert_fits("HttpError", envelope)
    for code in map(int, DOCUMENTED[operation]["responses"].keys() - {"200"}):
        page = Answer(code, "<html>", {"Content-Type": "text/html"})
        answers.append(page if code == 504 else Answer(code, envelope, {"Retry-After": "7"}))
    simulator.next(operation, *answers)
    for answer in answers:
        told = http.request(method, path)
        body = told.text if isinstance(answer.body, str) else told.json()
        assert (told.status_code, body) == (answer.status, answer.body)
        assert {name: told.headers[name] for name in answer.headers} == answer.headers


def test_each_refusal_fits_the_contract_and_has_words_by_its_name_and_by_its_code() -> None:
    for name, code in REFUSALS.items():
        body = refusal(name).body
        assert_fits("BusinessError", body)
        assert (body["status"], body["desc"]) == (code, body["message"])
        assert body["message"] not in ("", "refused")
        assert refusal(code) == refusal(name)
        assert refusal(name, "other").body["message"] == "other"


# Tasks


def ended(simulator: Simulator, http: httpx.Client, outcome: Outcome) -> Any:
    """What is told of a task with this outcome after half a minute."""
    simulator.outcomes.append(outcome)
    (task_id,) = submit(http)["data"]["task_ids"]
    simulator.clock.sleep(30)
    return status(http, task_id)["data"]


def test_a_task_waits_for_a_fifth_of_its_time_then_is_processed_then_ends(
    clock: ManualClock, http: httpx.Client
) -> None:
    (task_id,) = submit(http)["data"]["task_ids"]
    states = []
    for seconds in (0, 5.9, 0.1, 23.9, 0.1, 1e9):
        clock.advance(seconds)
        states.append(status(http, task_id)["data"]["task_status"])
    assert states == ["waiting"] * 2 + ["processing"] * 2 + ["succeed"] * 2


def test_a_task_that_fails_has_a_reason_and_no_videos(
    simulator: Simulator, http: httpx.Client
) -> None:
    told = ended(simulator, http, Outcome("failed", "Input image flagged"))
    assert (told.pop("task_status"), told.pop("msg")) == ("failed", "Input image flagged")
    assert told.keys() == {"task_id"}
    assert ended(simulator, http, Outcome("failed")).keys() == {"task_id", "task_status"}


def test_no_reason_is_told_before_a_task_has_failed(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.outcomes.append(Outcome("failed", "flagged"))
    (task_id,) = submit(http)["data"]["task_ids"]
    clock.advance(29)
    assert status(http, task_id)["data"] == {"task_id": task_id, "task_status": "processing"}


def test_a_task_may_succeed_without_videos(simulator: Simulator, http: httpx.Client) -> None:
    told = ended(simulator, http, Outcome(videos=False))
    assert told == {"task_id": told["task_id"], "task_status": "succeed"}


def test_a_state_of_your_own_never_ends_and_counts_as_running(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.outcomes.extend([Outcome("reviewing", ends=False)] * 20)
    ids = [task for _ in range(5) for task in submit(http, video_number=4)["data"]["task_ids"]]
    clock.advance(1e9)
    assert {status(http, task_id)["data"]["task_status"] for task_id in ids} == {"reviewing"}
    assert submit(http)["status"] == 6010


@pytest.mark.usefixtures("quick_videos")
def test_a_word_of_your_own_may_be_an_end_with_videos(
    simulator: Simulator, http: httpx.Client
) -> None:
    told = ended(simulator, http, Outcome("all_done", ends=True))
    assert (told["task_status"], len(told["videos"])) == ("all_done", 1)
    assert http.get(told["videos"][0]).status_code == 200


@pytest.mark.parametrize("state", ["succeed", "SUCCESS", "success", "completed", "Succeeded"])
def test_a_success_has_videos_however_it_is_spelled(
    simulator: Simulator, http: httpx.Client, state: str
) -> None:
    told = ended(simulator, http, Outcome(state))
    assert (told["task_status"], len(told["videos"])) == (state, 1)


@pytest.mark.parametrize("state", ["failed", "FAILED", "fail", "error", "canceled", "cancelled"])
def test_a_failure_has_its_reason_however_it_is_spelled(
    simulator: Simulator, http: httpx.Client, state: str
) -> None:
    told = ended(simulator, http, Outcome(state, "flagged"))
    assert (told["task_status"], told["msg"], "videos" in told) == (state, "flagged", False)


@pytest.mark.parametrize("state", ["canceled", "error", "fail", "SUCCESS", "FAILED", "success"])
def test_a_task_may_end_in_any_spelling_of_the_end(
    simulator: Simulator, http: httpx.Client, state: str
) -> None:
    told = [ended(simulator, http, Outcome(state)) for _ in range(21)]
    assert {task["task_status"] for task in told} == {state}
    simulator.outcomes.extend([Outcome(state, seconds=1)] * 24)
    for _ in range(6):
        assert submit(http, video_number=4)["status"] == 0
        simulator.clock.sleep(1)


def test_outcomes_go_to_tasks_in_the_order_they_start_and_then_all_succeed(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.outcomes.extend([Outcome("failed"), Outcome(), Outcome("failed", seconds=1)])
    simulator.next(PAID, refusal(6001))
    submit(http)
    submit(http, duration=0)
    first, second = submit(http)["data"], submit(http, video_number=3)["data"]
    clock.advance(1)
    now = [task["task_status"] for task in batch_status(http, second["batch_id"])["data"]]
    assert now == ["waiting", "failed", "waiting"]
    clock.advance(29)
    assert status(http, first["task_ids"][0])["data"]["task_status"] == "failed"
    then = [task["task_status"] for task in batch_status(http, second["batch_id"])["data"]]
    assert then == ["succeed", "failed", "succeed"]


def test_a_batch_tells_its_own_tasks_in_their_order(http: httpx.Client) -> None:
    batches = [submit(http, video_number=number)["data"] for number in (3, 1, 4)]
    for data in batches:
        told = batch_status(http, data["batch_id"])["data"]
        assert [task["task_id"] for task in told] == data["task_ids"]


def test_one_task_with_four_videos_is_one_that_runs_and_four_that_are_paid(
    simulator: Simulator, http: httpx.Client
) -> None:
    simulator.variant = Variant(one_task=True)
    codes = [submit(http, video_number=4)["status"] for _ in range(21)]
    assert codes == [0] * 20 + [6010]
    assert [line.credits for line in simulator.ledger] == [20] * 20


# What is remembered


def test_the_ledger_says_what_was_sent_started_and_paid_and_when(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    clock.advance(7)
    data = submit(http, video_number=2, caller_id=9)["data"]
    (line,) = simulator.ledger
    assert line.payload == REQUEST | {"video_number": 2, "caller_id": 9}
    assert (list(line.task_ids), line.batch_id) == (data["task_ids"], data["batch_id"])
    assert (line.credits, line.at) == (10, clock.now)


def test_every_request_is_remembered_and_never_its_key(
    simulator: Simulator, http: httpx.Client
) -> None:
    http.get(BALANCE, params={"x": 1}, headers={"X-Trace": "7"})
    http.post(SUBMIT, headers={"Authorization": ""})
    del http.headers["Authorization"]
    http.get("/results/none.mp4")
    http.put("/nowhere", params={"x": 1})
    seen = [(request.method, request.path, request.has_key) for request in simulator.received]
    expected = [("GET", BALANCE, True), ("POST", SUBMIT, True), ("GET", "/results/none.mp4", False)]
    expected += [("PUT", "/nowhere", False)]
    assert seen == expected
    assert simulator.received[0].headers["x-trace"] == "7"
    assert simulator.api_key not in str(simulator.received)


def test_a_notice_fits_the_contract_and_says_what_the_status_says(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", "flagged")])
    for task_id in submit(http, video_number=2)["data"]["task_ids"]:
        clock.advance(30)
        notice = json.loads(simulator.notice(task_id))
        assert_fits("TaskNotice", notice)
        assert notice == status(http, task_id)
    with pytest.raises(KeyError):
        simulator.notice("task_1")
