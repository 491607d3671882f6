"""While a simulator is served, what goes wrong next is planned from outside, and all of it seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract_tests.support.contract import PAID
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    SUBMIT,
    ask,
    raw,
    status,
    submit,
)
from weryai import SystemClock
from weryai.testing import OPERATIONS, ManualClock, RunningClock, Simulator

HOME = "/simulator"
HTML = "text/html; charset=utf-8"


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


def set_(http: httpx.Client, what: str, **fields: Any) -> None:
    """Fill in a form, which then shows the page."""
    answer = http.post(f"{HOME}/{what}", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, HOME), answer.text


def state(http: httpx.Client) -> Any:
    answer = http.get(f"{HOME}/state")
    return json.loads(answer.text, parse_constant=pytest.fail)


# What goes wrong


@pytest.mark.parametrize("operation", PAID)
def test_a_fault_meets_the_next_submission_whichever_it_is(
    simulator: Simulator, http: httpx.Client, operation: str
) -> None:
    set_(http, "faults", refuse=6010, times=2)
    assert state(http)["planned"] == {"any submission": 2}
    assert http.get(BALANCE).json()["status"] == 0
    assert [ask(http, operation)["status"] for _ in range(3)] == [6010, 6010, 0]
    assert len(simulator.ledger) == 1
    assert state(http)["planned"] == {}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_fault_may_meet_any_operation(http: httpx.Client, operation: str) -> None:
    set_(http, "faults", answer=503, operation=operation)
    assert state(http)["planned"] == {operation: 1}


def test_what_is_planned_for_an_operation_comes_before_what_is_for_any(http: httpx.Client) -> None:
    set_(http, "faults", refuse=1001)
    set_(http, "faults", refuse=6001, operation="submit_multi_image_to_video")
    assert [submit(http)["status"] for _ in range(3)] == [6001, 1001, 0]


@pytest.mark.parametrize(("lost", "lines"), [("paid", 1), ("not paid", 0)])
def test_an_answer_is_lost_and_was_paid_or_not(
    simulator: Simulator, http: httpx.Client, lost: str, lines: int
) -> None:
    set_(http, "faults", lose=lost)
    with pytest.raises(httpx.ReadTimeout):
        submit(http)
    assert len(simulator.ledger) == lines


def test_a_task_fails_with_the_reason_that_was_given(
    simulator: Simulator, http: httpx.Client
) -> None:
    set_(http, "faults", fail="Blurred", times=1)
    assert state(http)["outcomes"] == 1
    ids = submit(http, video_number=2)["data"]["task_ids"]
    simulator.clock.sleep(30)
    told = [status(http, task_id)["data"] for task_id in ids]
    assert [(task["task_status"], task.get("msg")) for task in told] == [
        ("failed", "Blurred"),
        ("succeed", None),
    ]


def test_an_answer_has_the_status_that_was_given(http: httpx.Client) -> None:
    set_(http, "faults", answer=504, operation="get_balance")
    answer = http.get(BALANCE)
    assert (answer.status_code, answer.text) == (504, "HTTP 504")


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "no fault": ("faults", {"times": 1}, "one of refuse, answer, lose, fail"),
    "two faults": ("faults", {"refuse": 1001, "lose": "paid"}, "one of refuse"),
    "a code that nobody has seen": ("faults", {"refuse": 4242}, "1001.*6101"),
    "a code in words": ("faults", {"refuse": "busy"}, "too_many_running"),
    "a status that is none": ("faults", {"answer": 42}, "200 to 999"),
    "a loss that is neither": ("faults", {"lose": "maybe"}, "paid, not paid"),
    "no operation": ("faults", {"refuse": 1001, "operation": "submit"}, "any submission, "),
    "no time": ("faults", {"refuse": 1001, "times": 0}, "1 to 1000"),
    "too many": ("faults", {"refuse": 1001, "times": 1001}, "1 to 1000"),
    "half a time": ("faults", {"refuse": 1001, "times": 0.5}, "whole number"),
    "something else": ("faults", {"refuse": 1001, "delay": 3}, "not known: delay"),
    "nothing": ("faults", {}, "one of refuse"),
    "a clock that goes back": ("clock", {"seconds": -1}, "0 or more"),
    "a clock that never comes": ("clock", {"seconds": "inf"}, "0 or more"),
    "a clock in words": ("clock", {"seconds": "soon"}, "soon"),
    "a clock that stands": ("clock", {"advance": 1}, "0 or more"),
    "a rule that is none": ("rules", {"speed": 2}, "price, task_seconds"),
    "a share that is none": ("rules", {"fail_rate": 2}, "share from 0 to 1"),
    "a rule in words": ("rules", {"spacing": "wide"}, "wide"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_and_changes_nothing(http: httpx.Client, name: str) -> None:
    what, fields, words = WRONG[name]
    before = state(http)
    answer = http.post(f"{HOME}/{what}", data=fields)
    assert answer.status_code == 400
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(answer.json()["message"])
    assert state(http) == before


@pytest.mark.parametrize("what", ["faults", "clock", "rules"])
def test_what_is_no_form_is_refused(http: httpx.Client, what: str) -> None:
    for content in (b"\xff", b"{}", b"a" * (1024 * 1024 + 1)):
        assert http.post(f"{HOME}/{what}", content=content).status_code == 400


# The clock and the rules


def test_the_clock_is_turned_ahead(simulator: Simulator, http: httpx.Client) -> None:
    (task_id,) = submit(http)["data"]["task_ids"]
    before = simulator.clock.time()
    set_(http, "clock", seconds=30)
    assert simulator.clock.time() == before + 30
    assert status(http, task_id)["data"]["task_status"] == "succeed"


def test_the_running_clock_goes_on_from_where_it_was_turned_to() -> None:
    clock, real = RunningClock(), SystemClock()
    with Simulator(clock=clock) as simulator, raw(simulator) as http:
        set_(http, "clock", seconds=3600)
        ahead = clock.monotonic() - real.monotonic(), clock.time() - real.time()
        assert ahead == pytest.approx((3600, 3600), abs=60)


def test_a_clock_that_cannot_be_turned_says_so() -> None:
    with Simulator(clock=SystemClock()) as simulator, raw(simulator) as http:
        answer = http.post(f"{HOME}/clock", data={"seconds": 1})
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "this clock cannot be turned",
        )


def test_rules_may_change_while_it_runs(http: httpx.Client) -> None:
    set_(http, "rules", spacing=60, price=2)
    assert submit(http)["status"] == 0
    assert submit(http)["status"] == 1001
    told = state(http)
    assert told["credits"] == 990
    assert (told["rules"]["spacing"], told["rules"]["max_running"]) == (60, 20)


# What is seen


def test_all_of_it_is_told_the_newest_first(simulator: Simulator, clock: ManualClock) -> None:
    with raw(simulator) as http:
        first = submit(http)["data"]
        clock.advance(30)
        second = submit(http, video_number=2)["data"]
        submit(http, duration=0)
        told = state(http)
    assert [task["id"] for task in told["tasks"]] == second["task_ids"] + first["task_ids"]
    assert [task["state"] for task in told["tasks"]] == ["waiting", "waiting", "succeed"]
    assert [task["seconds_left"] for task in told["tasks"]] == [30, 30, 0]
    assert told["tasks"][2]["videos"] == [f"http://localhost/results/{first['task_ids'][0]}-1.mp4"]
    assert [line["batch_id"] for line in told["ledger"]] == [
        second["batch_id"],
        first["batch_id"],
    ]
    refused, *accepted = told["requests"]
    assert (refused["path"], refused["http"], refused["code"]) == (SUBMIT, 200, 1002)
    assert [(each["http"], each["code"]) for each in accepted] == [(200, None)] * 2
    counts = {name: told[name] for name in ("credits", "running", "most_running", "accepted")}
    assert counts == {"credits": 985, "running": 2, "most_running": 2, "accepted": 2}
    assert (told["received"], told["smallest_gap"], told["smallest_accepted_gap"]) == (3, 0, 30)


def test_what_json_has_no_number_for_is_null() -> None:
    simulator = Simulator(credits=float("inf"), task_seconds=lambda _: 1.0)
    with simulator, raw(simulator) as http:
        told = state(http)
    assert (told["credits"], told["smallest_gap"], told["rules"]["task_seconds"]) == (None,) * 3


def test_of_a_long_list_only_the_newest_are_told() -> None:
    with Simulator(max_running=float("inf")) as simulator, raw(simulator) as http:
        for _ in range(60):
            submit(http)
        told = state(http)
    assert [len(told[name]) for name in ("tasks", "ledger", "requests")] == [50] * 3
    assert told["ledger"][0]["task_ids"] == list(simulator.ledger[-1].task_ids)


def test_to_look_at_it_is_no_request_to_the_service(
    simulator: Simulator, http: httpx.Client
) -> None:
    state(http)
    set_(http, "rules", spacing=1)
    assert http.get(HOME).headers["content-type"] == HTML
    assert (simulator.received, simulator.received_count) == ([], 0)
    assert state(http)["requests"] == []


def test_the_key_is_told_nowhere(simulator: Simulator, http: httpx.Client) -> None:
    submit(http)
    for path in (HOME, f"{HOME}/state"):
        assert simulator.api_key not in http.get(path).text


@pytest.mark.parametrize("path", [f"{HOME}/", f"{HOME}/nothing", "/simulators", f"{HOME}/faults/"])
def test_there_is_nothing_else(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


# Who may


@pytest.mark.parametrize(
    "origin", ["https://example.com", "null", "http://localhost:1", "http://["]
)
def test_a_page_of_another_site_sets_nothing(http: httpx.Client, origin: str) -> None:
    for what in ("faults", "clock", "rules"):
        answer = http.post(f"{HOME}/{what}", data={"refuse": 1001}, headers={"Origin": origin})
        assert answer.status_code == 403
    assert state(http)["planned"] == {}


def test_its_own_page_sets_what_it_likes(http: httpx.Client) -> None:
    answer = http.post(
        f"{HOME}/faults", data={"refuse": 1001}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303


def test_a_name_that_is_not_this_machine_sees_nothing(http: httpx.Client) -> None:
    assert http.get(f"{HOME}/state", headers={"Host": "example.com"}).status_code == 421
