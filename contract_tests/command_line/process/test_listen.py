"""`weryai listen` serves until it is told to end: paths on stdout, and each task handed on once."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.command_line.invoke import FIVE, HTTPS, REQUEST, SMALL, Cli
from contract_tests.support.run import patience
from weryai import webhooks
from weryai.cli import _output
from weryai.testing import Simulator


class Receiver(ThreadingHTTPServer):
    """Somebody's own application, which is down for the first call.

    Attributes:
        up: whether it answers at all.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.bodies: list[bytes] = []
        self.up = threading.Event()
        self.up.set()
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.server.up.wait(patience.SECONDS)
        self.send_response(503 if len(self.server.bodies) == 1 else 200)
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
def while_it_serves(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], None]:
    """Do something on another thread with the address that `listen` tells, then send Ctrl-C."""

    def act(work: Callable[[str], None]) -> None:
        def run(address: str) -> None:
            try:
                work(address)
            finally:
                os.kill(os.getpid(), signal.SIGINT)

        say = _output.say

        def heard(*lines: str) -> None:
            say(*lines)
            if "receives webhooks" in lines[0]:
                threading.Thread(target=run, args=(lines[0].split()[0],)).start()

        monkeypatch.setattr(_output, "say", heard)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    return act


@pytest.fixture
def task_id(cli: Cli, simulator: Simulator) -> str:
    """A task of which webhooks tell."""
    cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL, "--webhook-url", "https://example.com/hook")
    ((task_id,),) = [line.task_ids for line in simulator.ledger]
    return task_id


def test_listen_fetches_what_it_is_told_of_and_hands_each_task_on_once(
    cli: Cli,
    simulator: Simulator,
    receiver: Receiver,
    task_id: str,
    while_it_serves: Callable[[Callable[[str], None]], None],
) -> None:
    running = simulator.notice(task_id)
    statuses = []

    def calls(address: str) -> None:
        with httpx.Client(base_url=address, trust_env=False) as http:
            statuses.append(http.post("/", content=running).status_code)
            simulator.clock.sleep(30)
            for body in (running, simulator.notice(task_id), simulator.notice(task_id), b"{}"):
                statuses.append(http.post("/any", content=body).status_code)
        # An answer comes before what follows from it.
        patience.until(lambda: len(receiver.bodies) >= 2 and [*Path("videos").glob("*.mp4")])

    while_it_serves(calls)
    said = cli("listen", "--port", 0, "--forward-to", receiver.url, "--out", "videos")
    assert (said.code, statuses) == (0, [200, 200, 200, 200, 400])
    assert said.out == f"videos/{task_id}.mp4\n"
    assert Path(said.out.strip()).exists()
    assert f"{task_id}: waiting" in said.err
    assert f"{task_id}: not forwarded to {receiver.url}: HTTP Error 503" in said.err
    assert "\n  weryai resume --out videos\n" in said.err
    assert "Traceback" not in said.err
    first, second = receiver.bodies
    assert first == second
    assert webhooks.parse(first).state == "succeeded"
    assert json.loads(first)["data"]["task_id"] == task_id


def test_what_comes_while_a_call_fails_tries_again(
    cli: Cli,
    simulator: Simulator,
    receiver: Receiver,
    task_id: str,
    while_it_serves: Callable[[Callable[[str], None]], None],
) -> None:
    simulator.clock.sleep(30)
    receiver.up.clear()

    def calls(address: str) -> None:
        with httpx.Client(base_url=address, trust_env=False) as http:
            for _ in range(2):
                assert http.post("/", content=simulator.notice(task_id)).status_code == 200
            patience.until(lambda: receiver.bodies)
            assert http.get("/").status_code == 405
            receiver.up.set()
            patience.until(lambda: len(receiver.bodies) >= 2)

    while_it_serves(calls)
    said = cli("listen", "--port", 0, "--forward-to", receiver.url, "--out", "videos")
    assert (said.code, len(receiver.bodies)) == (0, 2)


def test_what_could_not_be_confirmed_is_told(
    cli: Cli,
    simulator: Simulator,
    while_it_serves: Callable[[Callable[[str], None]], None],
) -> None:
    simulator.refuse("permission_denied", operation="get_task_status")
    body = b'{"data": {"task_id": "task_1", "task_status": "SUCCESS"}}'
    answers = []
    while_it_serves(lambda url: answers.append(httpx.post(url, content=body, trust_env=False)))
    said = cli("listen", "--port", 0)
    assert [answer.status_code for answer in answers] == [503]
    assert "a webhook could not be confirmed: " in said.err
    assert "Permission denied" in said.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--host", "192.0.2.1"], "--host is one of 127.0.0.1, ::1, localhost"),
        (["--forward-to", "localhost:3000"], "is no address of http or https"),
        (["--forward-to", ""], "is no address of http or https"),
        (["--port", "65536"], "--port"),
        (["--journal", "none"], "this command reads a journal"),
    ],
)
def test_listen_refuses_what_it_cannot_do(cli: Cli, argv: list[str], words: str) -> None:
    said = cli("listen", *argv)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
