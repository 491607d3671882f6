"""What tests do is noted, whoever sends and whoever answers, and nothing is changed by it."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from typing import Any

import httpx
import pytest
from attrs import frozen

from contract_tests.coverage.cells import Contract
from contract_tests.coverage.hooks import install
from contract_tests.coverage.record import Seen
from contract_tests.support import requests
from contract_tests.support.clients import MakeClient
from contract_tests.support.contract import OPERATIONS, PAID, request
from contract_tests.support.servers.simulator_http import BALANCE, raw, submit
from weryai import InvalidRequestError, WeryAI, webhooks
from weryai.requests import VideoRequest
from weryai.requests._base import checked_by
from weryai.testing import Answer, Lost, Simulator
from weryai_api import Client, api, limits
from weryai_api.api.account import get_balance

USUAL = PAID[0]
FAULTS = ("prompt minLength", "model type")
HTTPS = ["https://example.com/a.jpg"]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


@pytest.fixture
def watched(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """What this test does, from here on."""
    seen = Seen(contract)
    install(seen, monkeypatch)
    return seen


def names(cells: Any) -> set[str]:
    return {str(cell) for cell in cells}


def test_what_a_client_sends_reads_and_refuses_to_send_is_noted(
    watched: Seen, make_client: MakeClient, ask: Any, simulator: Simulator
) -> None:
    client = make_client(simulator)
    client.balance()
    client.upload(ask().images[0])
    for wrong in (lambda: ask(prompt=""), lambda: client.status("a/b")):
        with pytest.raises(InvalidRequestError):
            wrong()
    webhooks.parse(b'{"data": {"task_id": "t", "task_status": "SUCCESS"}}')
    sent, read, withheld = (names(watched.touched[name]) for name in ("sent", "read", "withheld"))
    assert {"get_balance request operation", "upload_file request field UploadForm.file"} <= sent
    assert {
        "get_balance reply 200 field BalanceOk.data",
        "task_completed notice value KnownTaskStatus = SUCCESS",
    } <= read
    assert {
        f"{USUAL} request keyword MultiImageToVideoRequest.prompt minLength wrong",
        "get_task_status request keyword task_id: PathId pattern wrong",
    } <= withheld


def test_what_the_generated_client_sends_and_reads_is_noted(watched: Seen) -> None:
    with Simulator() as simulator:
        client = simulator.client()
        get_balance.sync(client=client.api)
        asyncio.run(get_balance.asyncio(client=simulator.async_client().api))
    assert "get_balance request operation" in names(watched.touched["sent"])
    assert "get_balance reply 200 field BalanceOk.data" in names(watched.touched["read"])


@pytest.mark.parametrize("operation", PAID)
def test_what_a_refused_request_would_have_sent_is_noted_of_each_paid_operation(
    watched: Seen, operation: str
) -> None:
    with pytest.raises(InvalidRequestError):
        requests.usual(operation, prompt="", model=5)
    body = request(operation)
    told = names(watched.touched["withheld"])
    assert {f"{operation} request keyword {body}.{fault} wrong" for fault in FAULTS} <= told
    assert {cell.operation for cell in watched.touched["withheld"]} == {operation}


def test_a_request_that_is_for_no_endpoint_is_refused_as_it_would_be_anyway(watched: Seen) -> None:
    @checked_by(limits.IMAGE_TO_VIDEO_REQUEST)
    @frozen(kw_only=True)
    class Other(VideoRequest):
        pass

    with pytest.raises(InvalidRequestError, match="prompt is empty"):
        Other(prompt="", model="m", aspect_ratio="1:1", duration=5)
    assert names(watched.touched["withheld"]) == set()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_generated_module_reads_is_noted_of_each_operation(
    watched: Seen, operation: str
) -> None:
    (name,) = (
        found.name
        for found in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        if found.name.endswith(f".{operation}")
    )
    module = importlib.import_module(name)
    module._parse_response(client=Client(base_url=""), response=httpx.Response(401, json={}))
    assert {f"{operation} reply 401 status"} <= names(watched.touched["read"])


def test_what_the_simulator_says_by_itself_and_what_it_is_told_to_say_are_kept_apart(
    watched: Seen, simulator: Simulator
) -> None:
    simulator.next("get_balance", Answer(500, {"message": "m"}), Lost())
    with raw(simulator) as http:
        http.get(BALANCE)
        with pytest.raises(httpx.ReadTimeout):
            http.get(BALANCE)
        assert names(watched.touched["said"]) == set()
        assert names(watched.touched["accepted"]) == set()
        http.get(BALANCE)
        http.get(BALANCE, headers={"Authorization": "Bearer other"})
        submit(http, prompt="")
    assert "get_balance reply 500 status" in names(watched.touched["scripted"])
    said = names(watched.touched["said"])
    assert {"get_balance reply 200 status", "get_balance reply 401 status"} <= said
    assert "get_balance reply 500 status" not in said
    wrong = f"{USUAL} request keyword MultiImageToVideoRequest.prompt minLength wrong"
    assert wrong in names(watched.touched["refused"])
    assert "get_balance request operation" in names(watched.touched["accepted"])


def test_a_link_is_followed_by_a_request_with_the_value_of_this_test(
    watched: Seen, client: WeryAI, ask: Any
) -> None:
    job = client.submit(ask(images=HTTPS))
    watched.forget()
    client.status(job.task_ids[0])
    assert watched.links == {"client": set(), "simulator": set()}
    job = client.submit(ask(images=HTTPS))
    client.status(job.task_ids[0])
    followed = {f"{USUAL} reply 200 link taskStatus"}
    assert {side: names(cells) for side, cells in watched.links.items()} == {
        "client": followed,
        "simulator": followed,
    }
