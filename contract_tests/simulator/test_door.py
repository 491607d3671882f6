"""What the simulator lets in: calls to this machine by its own names, and bodies of bounded size.

A page on a name that somebody else has pointed to 127.0.0.1 (DNS rebinding) must read nothing. How
much of a body is taken is counted in calls of the application for more, so that it depends on no
machine.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from attrs import define, field

from contract_tests.support.servers.simulator_http import (
    IMAGE,
    OPERATIONS,
    REQUEST,
    SUBMIT,
    UPLOAD,
    assert_fits,
    raw,
)
from weryai.testing import ManualClock, Simulator

MB = 1024 * 1024
PIECE = 64 * 1024
HUGE = 400 * MB
OURS = (
    *("localhost", "localhost:8000", "LocalHost:1", "127.0.0.1", "127.0.0.1:65535", "127.1.2.3:80"),
    *("127.255.255.254", "[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]:8000", "testserver"),
    *("api.weryai.com", "api-growth-agent.weryai.com"),
)
OTHERS = (
    *("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example:8000"),
    *("evil.example.localhost:8000", "0.0.0.0:8000", "10.0.0.1", "192.168.1.7:8000", "[::2]"),
    *("[fe80::1]:8000", "[::ffff:10.0.0.1]", "8.8.8.8", "128.0.0.1", "127.0.0.1@evil.example"),
    *("evil.example#127.0.0.1", "localhost, evil.example", "::1", "2130706433", "0x7f.1", "", " "),
    *("127.0.0.1:", "127.0.0.1:port", "127.0.0.1:999999", "localhost:80:80", "simulator", "é"),
    *("api.weryai.com.evil.example", "weryai.com"),
)


@define
class Call:
    """One call of the application, piece by piece, as a server makes it."""

    app: Any
    path: str
    headers: list[tuple[bytes, bytes]]
    method: str = "POST"
    pieces: Iterator[bytes] = field(factory=lambda: iter(()))
    taken: int = 0
    sent: list[Any] = field(factory=list)

    def make(self) -> httpx.Response:
        """The answer."""
        asyncio.run(self._call())
        head, *rest = self.sent
        body = b"".join(each.get("body", b"") for each in rest)
        return httpx.Response(head["status"], headers=head["headers"], content=body)

    async def _call(self) -> None:
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"},
            **{"method": self.method, "path": self.path, "raw_path": self.path.encode()},
            **{"query_string": b"", "root_path": "", "scheme": "http", "headers": self.headers},
            **{"client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8000)},
        }
        await self.app(scope, self._receive, self._send)

    async def _receive(self) -> Any:
        self.taken += 1
        piece = next(self.pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


def huge(start: bytes = b"") -> Iterator[bytes]:
    """A body of 400 MB."""
    yield start
    yield from [b"x" * PIECE] * (HUGE // PIECE)


def called(simulator: Simulator, path: str, kind: str, **more: Any) -> Call:
    declared = more.pop("declared", None)
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"authorization", f"Bearer {simulator.api_key}".encode()),
        (b"content-type", kind.encode()),
    ]
    headers += [] if declared is None else [(b"content-length", str(declared).encode())]
    return Call(simulator.app, path, headers, **more)


def file_of(name: str) -> bytes:
    return (
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()


FIELD = b'--x\r\nContent-Disposition: form-data; name="batch_no"\r\n\r\n'
FORM = "multipart/form-data; boundary=x"
# Each starts a body, goes on for ever, and may be taken so far.
ENDLESS: dict[str, tuple[str, str, bytes, int]] = {
    "JSON": (SUBMIT, "application/json", b'{"prompt": "', MB),
    "white space": (SUBMIT, "application/json", b"", MB),
    "a file": (UPLOAD, FORM, file_of("file") + IMAGE, 10 * MB),
    "a file of another name": (UPLOAD, FORM, file_of("other"), 10 * MB),
    "a field": (UPLOAD, FORM, FIELD, 10 * MB),
    "what is no form": (UPLOAD, FORM, b"", 0),
    "what comes after a form": (UPLOAD, FORM, file_of("file") + IMAGE + b"\r\n--x--\r\n", 10 * MB),
}


def assert_refused(simulator: Simulator, answer: httpx.Response) -> None:
    if answer.status_code == 200:
        assert_fits("BusinessError", answer.json())
        assert answer.json()["status"] == 1014
    else:
        assert answer.status_code == 400
        assert_fits("HttpError", answer.json())
    assert (simulator.ledger, simulator.credits) == ([], 1000)


# Whose name it is


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_this_machine_is_answered_by_each_of_its_names(
    simulator: Simulator, operation: str, host: str
) -> None:
    method, path, _ = OPERATIONS[operation]
    call = called(simulator, path, "application/json", method=method)
    call.headers[0] = (b"host", host.encode())
    assert call.make().status_code in (200, 400)  # an empty body is malformed
    assert len(simulator.received) == 1


@pytest.mark.parametrize("path", [*(path for _, path, _ in OPERATIONS.values()), "/files/a", "/x"])
def test_a_name_of_anybody_else_reads_nothing(simulator: Simulator, path: str) -> None:
    for host, method in itertools.product(OTHERS, ("GET", "POST", "OPTIONS")):
        call = called(simulator, path, "application/json", method=method, pieces=huge())
        call.headers[0] = (b"host", host.encode())
        answer = call.make()
        assert (answer.status_code, call.taken) == (421, 0), (host, method)
        assert_fits("HttpError", answer.json())
        assert "127.0.0.1" in answer.json()["message"], (host, method)
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("hosts", [[], [b"localhost", b"evil.example"], [b"localhost"] * 2])
def test_one_host_is_asked_for(simulator: Simulator, hosts: list[bytes]) -> None:
    call = called(simulator, "/v1/generation/balance", "", method="GET")
    call.headers[:1] = [(b"host", host) for host in hosts]
    assert call.make().status_code == 421


def test_a_client_of_the_simulator_may_call_it_by_any_name(simulator: Simulator) -> None:
    with simulator.client(base_url="https://gateway.example.com") as client:
        assert client.balance() == 1000


# How much


@pytest.mark.parametrize("name", ENDLESS)
def test_a_body_is_taken_as_far_as_it_may_go_and_no_further(
    simulator: Simulator, name: str
) -> None:
    path, kind, start, limit = ENDLESS[name]
    call = called(simulator, path, kind, pieces=huge(start))
    assert_refused(simulator, call.make())
    assert limit <= call.taken * PIECE <= limit + 4 * PIECE


@pytest.mark.parametrize("declared", [HUGE, 10**30, "9" * 5000])
@pytest.mark.parametrize("name", ENDLESS)
def test_a_body_that_says_it_is_too_large_is_not_read_at_all(
    simulator: Simulator, name: str, declared: Any
) -> None:
    path, kind, start, _ = ENDLESS[name]
    call = called(simulator, path, kind, pieces=huge(start), declared=declared)
    assert_refused(simulator, call.make())
    assert call.taken == 0


def test_a_body_that_declares_less_than_comes_is_bounded_all_the_same(simulator: Simulator) -> None:
    call = called(simulator, SUBMIT, "application/json", pieces=huge(), declared=10)
    assert_refused(simulator, call.make())
    assert call.taken * PIECE <= MB + 4 * PIECE


def test_a_form_in_many_small_pieces_is_read(simulator: Simulator) -> None:
    body = file_of("file") + IMAGE + b"\r\n--x--\r\n"
    pieces = (bytes([each]) for each in body)
    assert_fits("UploadOk", called(simulator, UPLOAD, FORM, pieces=pieces).make().json())


def test_a_submission_may_have_a_megabyte(simulator: Simulator) -> None:
    body = json.dumps(REQUEST).encode()
    for room, status in ((MB, 200), (MB + 1, 400)):
        with raw(simulator) as http:
            answer = http.post(
                SUBMIT, content=body.ljust(room), headers={"Content-Type": "application/json"}
            )
        assert answer.status_code == status
    assert len(simulator.ledger) == 1


def test_a_blocking_client_in_process_sends_no_more_than_is_taken(simulator: Simulator) -> None:
    taken = []

    def pieces() -> Iterator[bytes]:
        for piece in huge():
            taken.append(len(piece))
            yield piece

    with raw(simulator) as http:
        headers = {"Content-Type": "application/json"}
        assert_refused(simulator, http.post(SUBMIT, content=pieces(), headers=headers))
    assert sum(taken) <= MB + 4 * PIECE


class _Endless(BaseHTTPRequestHandler):
    """Answers everything with a body that has no end, in the form of an image."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(HUGE))
        self.end_headers()
        try:
            for _ in range(HUGE // PIECE):
                self.wfile.write(IMAGE.ljust(PIECE))
                self.server.sent += PIECE  # type: ignore[attr-defined]
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def test_an_image_without_end_is_left_alone(simulator: Simulator, clock: ManualClock) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        server.sent = 0  # type: ignore[attr-defined]
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        try:
            found = simulator._app.fetch(f"http://127.0.0.1:{server.server_port}/a.png")
        finally:
            server.shutdown()
            thread.join()
        assert found is None
        # Some more is in the sockets' own rooms.
        assert server.sent < 100 * MB  # type: ignore[attr-defined]
