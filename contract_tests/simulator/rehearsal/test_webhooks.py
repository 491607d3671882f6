"""Webhooks come as nobody has promised that they do not: never, twice, late, and one for many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support.servers.simulator_http import raw, submit
from weryai.testing import ManualClock, Outcome, Simulator, Variant

URL = "http://127.0.0.1:9/hook"


def called(simulator: Simulator) -> list[str]:
    """The tasks that webhooks which are due speak of."""
    due = simulator.due_webhooks()
    assert {url for url, _ in due} <= {URL}
    return [json.loads(body)["data"]["task_id"] for _, body in due]


def submitted(simulator: Simulator, number: int = 1) -> list[str]:
    """The tasks of a submission whose webhook is to be called."""
    with raw(simulator) as http:
        ids: list[str] = submit(http, video_number=number, webhook_url=URL)["data"]["task_ids"]
        return ids


@pytest.mark.parametrize(
    ("shares", "at_once", "later"),
    [
        ({}, 1, 0),
        ({"lose_webhooks": 1}, 0, 0),
        ({"double_webhooks": 1}, 2, 0),
        ({"late_webhooks": 1}, 0, 1),
        ({"late_webhooks": 1, "double_webhooks": 1}, 0, 2),
        ({"late_webhooks": 1, "double_webhooks": 1, "lose_webhooks": 1}, 0, 0),
    ],
)
def test_a_webhook_is_never_called_or_twice_or_late(
    shares: dict[str, Any], at_once: int, later: int
) -> None:
    with Simulator(late_seconds=60, **shares) as simulator:
        ids = submitted(simulator)
        for seconds, times in ((29, 0), (1, at_once), (59, 0), (1, later), (1e6, 0)):
            simulator.clock.sleep(seconds)
            assert called(simulator) == ids * times


def test_by_chance_webhooks_are_lost_doubled_and_out_of_order_the_same_again_for_a_seed() -> None:
    orders = []
    for seed in (2, 2, 3):
        rules = {"lose_webhooks": 0.3, "double_webhooks": 0.3, "late_webhooks": 0.5, "seed": seed}
        with Simulator(max_running=float("inf"), **rules) as simulator:  # type: ignore[arg-type]
            ids = [task_id for _ in range(20) for task_id in submitted(simulator)]
            simulator.clock.sleep(30)
            told = called(simulator)
            simulator.clock.sleep(10)
            orders.append([ids.index(task_id) for task_id in (*told, *called(simulator))])
    assert orders[0] == orders[1] != orders[2]
    assert 0 < len(set(orders[0])) < 20
    assert len(orders[0]) > len(set(orders[0]))
    assert orders[0] != sorted(orders[0])


def test_one_webhook_for_a_batch_is_called_when_all_of_it_has_ended(tmp_path: Path) -> None:
    clock, state = ManualClock(), tmp_path / "state"
    rules: dict[str, Any] = {"clock": clock, "state": state, "variant": Variant(webhooks="batch")}
    with Simulator(**rules) as simulator:
        simulator.outcomes.extend([Outcome(), Outcome(seconds=90), Outcome(), Outcome("failed")])
        first = submitted(simulator, 4)
        simulator.outcomes.extend([Outcome(), Outcome("stuck", ends=False)])
        submitted(simulator, 2)
        clock.sleep(89)
        assert called(simulator) == []
        clock.sleep(1)
        assert called(simulator) == first[:1]
        second = submitted(simulator, 2)
    with Simulator(**rules) as simulator:
        clock.sleep(30)
        assert called(simulator) == second[:1]
    with Simulator(**rules) as simulator:
        clock.sleep(1e6)
        assert called(simulator) == []
