"""What the simulator does for one call, and what it keeps, is the same however many came before."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from contract_tests.support.contract import PLACES
from contract_tests.support.counting import counted_lines
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    REQUEST,
    SUBMIT,
    batch_status,
    raw,
    status,
    submit,
)
from weryai.testing import ManualClock, Simulator, Variant, _traffic
from weryai.testing._transport import AsyncTransport

TASKS = 2_000
HOOK = {"webhook_url": "http://127.0.0.1:9/hook"}


async def work(http: httpx.AsyncClient, task_id: str, batch_id: int) -> dict[str, int]:
    """How many lines run for each call."""
    calls: dict[str, tuple[str, str, Any]] = {
        "submission": ("POST", SUBMIT, REQUEST | HOOK),
        "status": ("GET", f"/v1/generation/{task_id}/status", None),
        "batch status": ("GET", f"/v1/generation/batch/{batch_id}/status", None),
        "balance": ("GET", BALANCE, None),
        "result": ("GET", f"/results/{task_id}-1.mp4", None),
    }
    lines = {}
    for name, (method, path, body) in calls.items():
        request = http.build_request(method, path, json=body)
        with counted_lines() as counted:
            answer = await http.send(request)
        assert answer.status_code == 200
        lines[name] = counted[0]
    return lines


def test_a_call_costs_the_same_after_thousands_of_tasks() -> None:
    clock = ManualClock()
    simulator = Simulator(clock=clock, credits=1e9, max_running=float("inf"), render=False)

    async def look() -> tuple[dict[str, int], dict[str, int]]:
        transport = AsyncTransport(simulator.app)
        headers = {"Authorization": f"Bearer {simulator.api_key}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as http:

            async def start() -> Any:
                return (await http.post(SUBMIT, json=REQUEST | HOOK)).json()["data"]

            data = await start()
            clock.advance(30)
            ids = data["task_ids"][0], data["batch_id"]
            await work(http, *ids)  # what is made once is made
            few = await work(http, *ids)
            many = SUBMIT, REQUEST | HOOK | {"video_number": 4}
            while len(simulator.ledger) * 4 < TASKS:
                await http.post(many[0], json=many[1])
            return few, await work(http, *ids)

    with simulator:
        few, many = asyncio.run(look())
        assert simulator.running > TASKS - 20
    assert many == few
    assert few["submission"] > 50, "or nothing was counted"


def test_a_look_for_webhooks_costs_what_has_ended_since_the_last() -> None:
    clock = ManualClock()
    with Simulator(clock=clock, max_running=float("inf")) as simulator, raw(simulator) as http:
        lines = []
        for number in (1, 40):
            for _ in range(number):
                submit(http, **HOOK)
            simulator._account.due_notices()
            with counted_lines() as counted:
                assert simulator._account.due_notices() == []
            lines.append(counted[0])
        assert lines[0] == lines[1]
        clock.advance(30)
        assert len(simulator._account.due_notices()) == 41
        with counted_lines() as counted:
            assert simulator._account.due_notices() == []
        assert counted[0] <= lines[0]


@pytest.mark.parametrize("one_task", [False, True])
def test_what_runs_is_counted_through_ends_in_any_order(one_task: bool) -> None:
    clock = ManualClock()
    times = iter([30, 10, 20, 5, 40, 1, 1, 1, 1, 1])
    with Simulator(clock=clock, task_seconds=lambda _: next(times)) as simulator:
        simulator.variant = Variant(one_task=one_task)
        http = raw(simulator)
        assert (simulator.running, simulator.most_running) == (0, 0)
        submit(http, video_number=4)
        at_once = 1 if one_task else 4
        assert (simulator.running, simulator.most_running) == (at_once, at_once)
        clock.advance(10)
        assert simulator.running == (1 if one_task else 2)
        submit(http)
        submit(http, duration=0)
        assert simulator.most_running == (2 if one_task else 4)
        clock.advance(20)
        left = simulator.running
        assert left == (0 if one_task else 1)
        clock.advance(1e6)
        assert (simulator.running, simulator.most_running) == (0, 2 if one_task else 4)
        http.close()


@pytest.mark.parametrize("most", [1, 3, 20, 21.0])
def test_as_many_tasks_run_at_once_as_the_account_may(most: float) -> None:
    with Simulator(max_running=most) as simulator, raw(simulator) as http:
        codes = [submit(http)["status"] for _ in range(int(most) + 1)]
        assert codes == [0] * int(most) + [6010]
        assert str(int(most)) in submit(http)["message"]
        assert (simulator.running, simulator.most_running) == (most, most)
        simulator.clock.sleep(30)
        assert submit(http)["status"] == 0


def test_a_batch_tells_its_own_tasks_among_thousands() -> None:
    with Simulator(max_running=float("inf"), credits=1e9) as simulator, raw(simulator) as http:
        told = [submit(http, video_number=1 + number % 4)["data"] for number in range(60)]
        for data in told:
            of_it = [task["task_id"] for task in batch_status(http, data["batch_id"])["data"]]
            assert of_it == data["task_ids"]
            assert status(http, of_it[0])["data"]["task_id"] == of_it[0]


def test_the_last_requests_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_traffic, "KEPT", 3)
    with Simulator() as simulator, raw(simulator) as http:
        for number in range(5):
            http.get(f"/{number}")
            assert simulator.received_count == number + 1
        assert [request.path for request in simulator.received] == ["/2", "/3", "/4"]
        simulator.received.clear()
        assert len(simulator.received) == 3, "what is told is a copy"


def test_every_operation_is_counted(simulator: Simulator) -> None:
    with raw(simulator) as http:
        for path, method in PLACES.values():
            http.request(method, path.replace("{", "").replace("}", ""))
    assert simulator.received_count == len(simulator.received) == len(PLACES)
