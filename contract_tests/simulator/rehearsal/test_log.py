"""Each request and its answer is told to the log, where somebody listens."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import httpx
import pytest

from contract_tests.support.servers.simulator_http import BALANCE, SUBMIT, raw, submit
from weryai.testing import Answer, Lost, Simulator, Variant, refusal

LOG = "weryai.testing"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was told, without how long it took."""
    told = [record.getMessage() for record in caplog.records if record.name == LOG]
    assert all(re.search(r" \(\d+ ms\)$", line) for line in told)
    return [line.rpartition(" (")[0] for line in told]


def test_every_request_is_told_with_its_answer(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOG)
    plans = Lost(), refusal(1001), Answer(502, "<html>"), Answer(200, json.dumps([1]))
    simulator.next("submit_multi_image_to_video", *plans)
    with raw(simulator) as http:
        with pytest.raises(httpx.ReadTimeout):
            submit(http)
        for _ in range(4):
            http.post(SUBMIT, json={})
        http.get(BALANCE)
        http.get(BALANCE, headers={"Authorization": "x"})
        http.get("/nowhere")
    assert lines(caplog) == [
        f"POST {SUBMIT}: no answer",
        f"POST {SUBMIT}: HTTP 200, 1001 Request rate limit exceeded",
        f"POST {SUBMIT}: HTTP 502",
        f"POST {SUBMIT}: HTTP 200",
        f"POST {SUBMIT}: HTTP 200, 1002 Parameter error: "
        "model, prompt, images, aspect_ratio, duration is required",
        f"GET {BALANCE}: HTTP 200",
        f"GET {BALANCE}: HTTP 401, 1002 Invalid API Key",
        "GET /nowhere: HTTP 404",
    ]


@pytest.mark.parametrize("success", ["0", "200", "true"])
def test_a_refusal_is_told_however_it_is_spelled(
    simulator: Simulator, caplog: pytest.LogCaptureFixture, success: Any
) -> None:
    caplog.set_level(logging.DEBUG, LOG)
    simulator.variant = Variant(success=success)
    with raw(simulator) as http:
        submit(http, model="SORA")
        http.get(BALANCE)
    assert lines(caplog) == [
        f"POST {SUBMIT}: HTTP 200, 1006 not model: SORA",
        f"GET {BALANCE}: HTTP 200",
    ]


def test_neither_the_key_nor_what_was_sent_is_told(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOG)
    with raw(simulator) as http:
        submit(http, prompt="a secret plot")
        http.get(BALANCE, params={"token": "secret"})
    assert len(lines(caplog)) == 2
    assert not re.search(f"secret|{simulator.api_key}", caplog.text)


def test_an_answer_takes_as_long_as_the_clock_says(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOG)
    with Simulator(answer_seconds=2) as simulator, raw(simulator) as http:
        http.get(BALANCE)
    (record,) = (each for each in caplog.records if each.name == LOG)
    assert record.getMessage().endswith("(2000 ms)")


def test_a_long_body_is_not_looked_into(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOG)
    long: Any = {"status": 1001, "message": "x" * 5000}
    simulator.next("get_balance", Answer(200, long))
    with raw(simulator) as http:
        http.get(BALANCE)
    assert lines(caplog) == [f"GET {BALANCE}: HTTP 200"]
