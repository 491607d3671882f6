"""The simulated service: its key, its ids, its credits and how much it runs at once.

Called over raw HTTP, so that no check of our own client can stand in for one of the service.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from typing import Any

import httpx
import pytest

from contract_tests.support.run.in_one import each
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    IMAGE,
    OPERATIONS,
    REQUEST,
    SUBMIT,
    assert_fits,
    batch_status,
    raw,
    status,
    submit,
)
from weryai.testing import ManualClock, Simulator, Variant

CREDITS = 1000


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


# The key


KEYS = [None, "", "Bearer", "Bearer ", "Bearer sk-other", "sk-simulator"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_operation_answers_without_the_key(operation: str) -> None:
    method, path, _ = OPERATIONS[operation]
    content: dict[str, Any] = {SUBMIT: {"json": REQUEST}}.get(path, {"files": {"file": IMAGE}})

    def test(kind: Any, key: str | None) -> None:
        with Simulator(variant=Variant(bad_key=kind)) as simulator, raw(simulator) as http:
            del http.headers["Authorization"]
            headers = {} if key is None else {"Authorization": key}
            answer = http.request(
                method, path, headers=headers, **(content if method == "POST" else {})
            )
        assert answer.status_code == (200 if kind == "1002" else int(kind))
        assert_fits("BusinessError" if kind == "1002" else "HttpError", answer.json())
        assert "Key" in answer.json()["message"]
        assert (simulator.ledger, simulator.credits) == ([], CREDITS)
        assert "data" not in answer.json()

    each(product(["401", "403", "1002"], KEYS), test)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_other_methods_get_405_and_what_is_allowed(
    http: httpx.Client, operation: str, method: str
) -> None:
    right, path, _ = OPERATIONS[operation]
    answer = http.request(method, path)
    assert (answer.status_code == 405) == (method != right)
    if method != right:
        assert set(answer.headers["Allow"].split(", ")) - {"HEAD"} == {right}


@pytest.mark.parametrize(
    "path", ["/", "/v1", f"{SUBMIT}/", f"{BALANCE}/", "/v1/generation//status"]
)
def test_what_is_not_in_the_contract_is_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


# Ids


@pytest.mark.parametrize(
    "odd", ["nope", "0", "-1", "%2E%2E", "%C3%A9", "%00", "%ED%A0%80", "a%20b", "a" * 5000]
)
def test_an_id_that_is_not_known_is_refused_with_1003(
    simulator: Simulator, http: httpx.Client, odd: str
) -> None:
    submit(http)
    for place in ("", "batch/"):
        answer = http.get(f"/v1/generation/{place}{odd}/status")
        assert_fits("BusinessError", answer.json())
        assert answer.json()["status"] == 1003


def test_a_task_is_no_batch_and_a_batch_no_task(http: httpx.Client) -> None:
    data = submit(http)["data"]
    assert batch_status(http, data["task_ids"][0])["status"] == 1003
    assert status(http, str(data["batch_id"]))["status"] == 1003
    assert http.get("/v1/generation/a%2Fb/status").status_code == 404


def test_ids_never_come_twice_even_where_a_test_seeds_random(simulator: Simulator) -> None:
    with raw(simulator) as http:
        told = []
        for _ in range(20):
            random.seed(1)
            told.append(submit(http)["data"])
    assert len({data["batch_id"] for data in told}) == 20
    assert len({data["task_ids"][0] for data in told}) == 20


# Credits and the tasks that run at once


@pytest.mark.parametrize(("price", "cost"), [(1, 40), (0.25, 10), (0, 0)])
def test_each_second_of_each_video_is_charged(price: float, cost: float) -> None:
    with Simulator(credits=40, price=price) as simulator, raw(simulator) as http:
        assert submit(http, duration=10, video_number=4)["status"] == 0
        assert simulator.credits == 40 - cost
        assert [line.credits for line in simulator.ledger] == [cost]
        told = http.get(BALANCE).json()
        assert_fits("BalanceOk", told)
        assert told["data"] == 40 - cost


def test_credits_may_be_used_to_the_last_and_no_further() -> None:
    with Simulator(credits=29.5, price=0.5) as simulator, raw(simulator) as http:
        assert submit(http, duration=10, video_number=4)["status"] == 0
        told = submit(http, duration=10, video_number=2)
        assert_fits("BusinessError", told)
        assert told["status"] == 1011
        assert (len(simulator.ledger), simulator.credits) == (1, 9.5)
        assert http.get(BALANCE).json()["data"] == 9.5
        assert submit(http, duration=5, video_number=1)["status"] == 0
        assert simulator.credits == 7


def test_credits_without_end_are_told_as_a_number_that_json_has() -> None:
    with Simulator(credits=float("inf")) as simulator, raw(simulator) as http:
        for _ in range(2):
            assert submit(http, video_number=4)["status"] == 0
            told = http.get(BALANCE)
            assert_fits("BalanceOk", told.json())
            assert told.json()["data"] == 1_000_000_000
            assert b"Infinity" not in told.content
        assert [line.credits for line in simulator.ledger] == [20, 20]


def test_twenty_tasks_run_at_once_and_then_again_twenty() -> None:
    clock = ManualClock()
    with Simulator(clock=clock, task_seconds=30) as simulator, raw(simulator) as http:
        for _ in range(2):
            for number in (4, 4, 4, 4, 3):
                assert submit(http, video_number=number)["status"] == 0
            before = simulator.credits
            assert submit(http, video_number=2)["status"] == 6010
            assert submit(http, video_number=1)["status"] == 0
            assert_fits("BusinessError", submit(http))
            clock.advance(29.9)
            assert submit(http)["status"] == 6010
            assert simulator.credits == before - 5
            clock.advance(0.1)
        assert len(simulator.ledger) == 12


class SlowPrice(float):
    """Lets other threads run between the look at what is running and the charge."""

    def __mul__(self, seconds: float) -> float:
        time.sleep(0.005)
        return float(self) * seconds


def test_clients_on_eight_threads_start_twenty_tasks_and_pay_for_twenty() -> None:
    with Simulator(price=SlowPrice(1)) as simulator, ExitStack() as stack:
        clients = [stack.enter_context(raw(simulator)) for _ in range(8)]
        pool = stack.enter_context(ThreadPoolExecutor(8))
        codes = list(pool.map(lambda http: submit(http)["status"], clients * 5))
        assert sorted(codes) == [0] * 20 + [6010] * 20
        assert (len(simulator.ledger), simulator.credits) == (20, CREDITS - 100)
