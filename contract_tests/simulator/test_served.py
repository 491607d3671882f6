"""The simulator served on a real socket: the same service, and now it calls webhooks."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import uvicorn

from contract_tests.faults import certificates
from contract_tests.support.contract import PAID
from contract_tests.support.recorded_pages import PAGES
from contract_tests.support.run import patience
from contract_tests.support.servers.no_network import loopback_only
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    IMAGE,
    MODELS,
    OPERATIONS,
    PLAIN,
    SUBMIT,
    UPLOAD,
    assert_fits,
    status,
    submit,
)
from weryai.testing import Lost, ManualClock, Outcome, Simulator

pytestmark = pytest.mark.long
# What httpx raises where the connection ends, or is reset, before a byte of the answer.
ENDED = (httpx.RemoteProtocolError, httpx.ReadError)


class Receiver(ThreadingHTTPServer):
    """Answers webhooks on this machine and remembers them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.calls: list[tuple[str, str | None, bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def ids(self) -> list[str]:
        return [json.loads(body)["data"]["task_id"] for _, _, body in self.calls]


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, self.headers["Content-Type"], body))
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def served(simulator: Simulator) -> Iterator[httpx.Client]:
    """A client of the simulator behind uvicorn, on a port of its own."""
    config = uvicorn.Config(simulator.app, port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    patience.until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Authorization": f"Bearer {simulator.api_key}"}
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(
        base_url=url, headers=headers, timeout=patience.SECONDS, verify=PLAIN
    ) as http:
        yield http
    server.should_exit = True
    thread.join()


def settle() -> None:
    """Let the simulator look for webhooks twice more: it does so five times a second."""
    time.sleep(0.5)


@pytest.mark.usefixtures("quick_videos")
def test_every_operation_answers_over_a_socket(
    served: httpx.Client, clock: ManualClock, simulator: Simulator
) -> None:
    url = served.post(UPLOAD, files={"file": ("a.png", IMAGE)}).json()["data"]["object_url_list"][0]
    assert url.startswith(str(served.base_url))
    data = served.post(SUBMIT, json=PAGES[PAID[0]].example | {"images": [url]}).json()["data"]
    clock.advance(30)
    told = served.get(f"/v1/generation/batch/{data['batch_id']}/status").json()
    assert_fits("BatchStatusOk", told)
    (video,) = told["data"][3]["videos"]
    assert video.startswith(str(served.base_url))
    part = served.get(video, headers={"Authorization": "", "Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert_fits("BalanceOk", served.get(BALANCE).json())
    assert_fits("ModelsOk", served.get(MODELS).json())
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize("operation", OPERATIONS)
def test_odd_requests_get_an_answer_and_no_server_error(
    served: httpx.Client, operation: str
) -> None:
    method, path, _ = OPERATIONS[operation]
    for name, value in (("Authorization", "é"), ("Host", ""), ("Host", "a b"), ("Host", "[")):
        answer = served.request(method, path, headers=httpx.Headers({name: value}, "latin-1"))
        assert answer.status_code < 500


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_that_is_lost_ends_the_connection_and_stops_nothing_else(
    served: httpx.Client,
    simulator: Simulator,
    operation: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    method, path, _ = OPERATIONS[operation]
    usual = served.request(method, path).json()
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(caplog.handler)
    caplog.set_level("DEBUG", logger.name)
    simulator.next(operation, Lost(), Lost(accepted=True))
    for _ in range(2):
        with pytest.raises(ENDED):
            served.request(method, path)
    assert served.request(method, path).json() == usual
    logger.removeHandler(caplog.handler)
    assert caplog.messages == []


def test_a_lost_answer_over_a_socket_may_have_been_paid(
    served: httpx.Client, simulator: Simulator
) -> None:
    simulator.next("submit_multi_image_to_video", Lost(), Lost(accepted=True))
    for lines in (0, 1):
        with pytest.raises(ENDED):
            submit(served)
        assert len(simulator.ledger) == lines


def test_a_webhook_is_called_once_for_each_task_when_it_has_ended(
    served: httpx.Client, simulator: Simulator, clock: ManualClock, receiver: Receiver
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", "flagged"), Outcome(seconds=60)])
    ids = submit(served, video_number=3, webhook_url=f"{receiver.url}/hook?x=1")["data"]["task_ids"]
    submit(served)
    settle()
    assert receiver.calls == []
    clock.advance(30)
    patience.until(lambda: len(receiver.calls) == 2)
    clock.advance(30)
    patience.until(lambda: len(receiver.calls) == 3)
    clock.advance(1e6)
    settle()
    assert receiver.ids() == ids
    for task_id, (path, kind, body) in zip(ids, receiver.calls, strict=True):
        assert (path, kind) == ("/hook?x=1", "application/json")
        assert_fits("TaskNotice", json.loads(body))
        assert json.loads(body) == status(served, task_id)
        assert body == simulator.notice(task_id)


def test_a_webhook_elsewhere_is_not_called_and_one_that_fails_stops_no_other(
    served: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    elsewhere = (
        "https://example.com/hook",
        "http://192.0.2.1/hook",
        "http://[2001:db8::1]/hook",
        f"http://127.0.0.1.example.com:{receiver.server_port}/hook",
        f"http://127.0.0.1:{receiver.server_port}@example.com/hook",
        "https://xn--.example/hook",
    )
    broken = (
        "http://127.0.0.1:9/hook",
        "http://127.0.0.1:65536/hook",
        f"http://localhost:{10**30}/hook",
        f"{receiver.url}/broken",
    )
    for url in (*elsewhere, *broken, f"{receiver.url}/hook"):
        assert submit(served, webhook_url=url)["status"] == 0
    with loopback_only() as called:
        clock.advance(30)
        patience.until(lambda: len(receiver.calls) == 2)
        settle()
    assert called == []
    assert [path for path, _, _ in receiver.calls] == ["/broken", "/hook"]


def test_a_webhook_on_this_machine_may_have_a_certificate_of_ones_own(
    served: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.socket = certificates.UNTRUSTED.wrap_socket(receiver.socket, server_side=True)
    ids = submit(served, webhook_url=receiver.url.replace("http:", "https:"))["data"]["task_ids"]
    clock.advance(30)
    patience.until(lambda: receiver.ids() == ids)


def test_a_webhook_is_called_through_no_proxy(
    simulator: Simulator,
    clock: ManualClock,
    receiver: Receiver,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "")
    served: httpx.Client = request.getfixturevalue("served")
    with loopback_only() as called, httpx.Client(trust_env=False, verify=PLAIN) as http:
        http.base_url, http.headers = served.base_url, served.headers
        submit(http, webhook_url=receiver.url)
        clock.advance(30)
        patience.until(lambda: receiver.calls)
    assert called == []
