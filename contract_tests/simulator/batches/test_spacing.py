"""Submissions that come too close to each other are refused, as the live service refuses them, and
how close they came can be read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from math import inf
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.contract import PAID, PLACES
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    IMAGE,
    MODELS,
    REQUEST,
    SUBMIT,
    UPLOAD,
    ask,
    assert_fits,
    raw,
    status,
    submit,
)
from weryai import MultiImageToVideo
from weryai.testing import Lost, ManualClock, Simulator, refusal
from weryai.testing._transport import AsyncTransport

HTTPS = "https://example.com/image1.jpg"


def test_a_submission_that_comes_too_soon_is_refused_and_costs_nothing(clock: ManualClock) -> None:
    with Simulator(clock=clock, spacing=2.5) as simulator, raw(simulator) as http:
        assert submit(http)["status"] == 0
        for seconds in (0, 1, 1.4):
            clock.advance(seconds)
            told = submit(http)
            assert_fits("BusinessError", told)
            assert told["status"] == 1001
        assert (len(simulator.ledger), simulator.credits, simulator.running) == (1, 995, 1)
        clock.advance(0.1)
        assert submit(http)["status"] == 0, "what was refused does not count"
        clock.advance(2.5)
        assert submit(http)["status"] == 0
        assert submit(http)["status"] == 1001


def test_the_exact_spacing_is_enough_wherever_the_clock_stands() -> None:
    for start in range(10):
        clock = ManualClock(1_800_000_000 + start / 7)
        with Simulator(clock=clock, spacing=0.1) as simulator, raw(simulator) as http:
            for _ in range(5):
                assert submit(http)["status"] == 0
                clock.advance(0.1)


def test_all_paid_operations_share_one_spacing() -> None:
    with Simulator(spacing=2.5) as simulator, raw(simulator) as http:
        codes = []
        for operation in PAID:
            codes.append(ask(http, operation)["status"])
            simulator.clock.sleep(1)
        assert codes[:3] == [0, 1001, 1001]


def test_only_submissions_are_held_apart() -> None:
    with Simulator(spacing=2.5) as simulator, raw(simulator) as http:
        (task_id,) = submit(http)["data"]["task_ids"]
        for _ in range(3):
            assert status(http, task_id)["status"] == 0
            assert http.post(UPLOAD, files={"file": IMAGE}).json()["status"] == 0
            for path in (BALANCE, MODELS):
                assert http.get(path).json()["status"] == 0
        assert submit(http)["status"] == 1001


def test_what_is_looked_at_and_refused_has_used_its_turn() -> None:
    with Simulator(spacing=2.5) as simulator, raw(simulator) as http:
        assert submit(http, duration=0)["status"] == 1002
        assert submit(http)["status"] == 1001
        assert submit(http, duration=0)["status"] == 1001, "nobody looks at it"


def test_what_never_reaches_the_account_uses_no_turn() -> None:
    with Simulator(spacing=2.5) as simulator, raw(simulator) as http:
        assert http.post(SUBMIT, json=REQUEST, headers={"Authorization": "x"}).status_code == 401
        simulator.next(PAID[0], refusal(6001))
        assert http.post(PLACES[PAID[0]][0], json=REQUEST).json()["status"] == 6001
        assert submit(http)["status"] == 0


def test_there_is_no_spacing_unless_it_is_asked_for(simulator: Simulator) -> None:
    with raw(simulator) as http:
        assert [submit(http)["status"] for _ in range(20)] == [0] * 20


def test_a_client_that_is_refused_for_its_haste_pays_once_for_each(
    make_client: MakeClient, ask: Callable[..., MultiImageToVideo]
) -> None:
    with Simulator(spacing=2.5) as simulator:
        client = make_client(simulator)
        for _ in range(5):
            client.submit(ask(images=[HTTPS]))
        assert (len(simulator.ledger), simulator.credits) == (5, 975)
        assert simulator.smallest_accepted_gap >= 2.5 - 0.001


def test_a_submission_comes_when_all_of_it_is_there(clock: ManualClock) -> None:
    """Else two that were let through one after the other could be accepted at once."""
    simulator = Simulator(clock=clock, spacing=1)

    async def both() -> tuple[int, int]:
        begun, rest = asyncio.Event(), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield whole[:9]
            begun.set()
            await rest.wait()
            yield whole[9:]

        headers = {"Authorization": f"Bearer {simulator.api_key}"}
        transport = AsyncTransport(simulator.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as http:
            kind = {"Content-Type": "application/json"}
            first = asyncio.create_task(http.post(SUBMIT, content=slow(), headers=kind))
            await begun.wait()
            clock.advance(1)
            second = await http.post(SUBMIT, json=REQUEST)
            rest.set()
            return (await first).json()["status"], second.json()["status"]

    whole = json.dumps(REQUEST).encode()
    with simulator:
        assert asyncio.run(both()) == (1001, 0)
        assert simulator.smallest_accepted_gap == inf


# What can be read of it


def test_the_smallest_gaps_are_those_the_service_saw(clock: ManualClock) -> None:
    with Simulator(clock=clock, spacing=1) as simulator, raw(simulator) as http:

        def gaps() -> tuple[float, float]:
            return simulator.smallest_gap, simulator.smallest_accepted_gap

        assert gaps() == (inf, inf)
        submit(http)
        assert gaps() == (inf, inf)
        clock.advance(8)
        submit(http)
        assert gaps() == (8, 8)
        clock.advance(0.5)
        submit(http)  # refused with 1001
        assert gaps() == (0.5, 8)
        clock.advance(4)
        submit(http)
        assert gaps() == (0.5, 4.5)
        clock.advance(6)
        submit(http)
        assert gaps() == (0.5, 4.5)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_submission_is_seen_whatever_becomes_of_it(clock: ManualClock, accepted: bool) -> None:
    with Simulator(clock=clock) as simulator, raw(simulator) as http:
        submit(http)
        clock.advance(4)
        simulator.next("submit_multi_image_to_video", Lost(accepted=accepted))
        with pytest.raises(httpx.ReadTimeout):
            submit(http)
        assert (simulator.smallest_gap, simulator.smallest_accepted_gap) == (
            4,
            4 if accepted else inf,
        )
        clock.advance(3)
        http.post(SUBMIT, json=REQUEST, headers={"Authorization": "x"})
        assert simulator.smallest_gap == 3


def test_nothing_but_submissions_makes_a_gap(simulator: Simulator, clock: ManualClock) -> None:
    with raw(simulator) as http:
        for path in (BALANCE, MODELS, BALANCE):
            http.get(path)
        submit(http)
        http.get(BALANCE)
    assert simulator.smallest_gap == inf


# An answer that takes its time


def test_an_answer_comes_after_its_delay_to_what_was_done_before_it() -> None:
    clock = ManualClock()
    with Simulator(clock=clock, answer_seconds=2) as simulator, raw(simulator) as http:
        start = clock.now
        data = submit(http)["data"]
        assert clock.now == start + 2
        assert [line.at for line in simulator.ledger] == [start]
        clock.advance(27.9)
        told: Any = status(http, data["task_ids"][0])
        assert told["data"]["task_status"] == "processing", "as it was when it was looked at"
        assert clock.now == start + 31.9
        simulator.next("get_balance", refusal(1001))
        http.get(BALANCE)
        assert clock.now == start + 33.9, "a planned answer too"


def test_a_blocking_client_waits_for_an_answer_on_a_clock_that_waits() -> None:
    class Waiting(ManualClock):
        async def sleep_async(self, seconds: float) -> None:
            await asyncio.sleep(0)
            self.advance(seconds)

    clock = Waiting()
    start = clock.now
    with Simulator(clock=clock, answer_seconds=2) as simulator, simulator.client() as client:
        assert client.balance() == 1000
    assert clock.now == start + 2


def test_a_wait_goes_its_way_with_slow_answers(
    make_client: MakeClient, ask: Callable[..., MultiImageToVideo]
) -> None:
    with Simulator(answer_seconds=3) as simulator:
        result = make_client(simulator).generate(ask(images=[HTTPS]))
        assert len(result.videos) == 1
        assert len(simulator.ledger) == 1
