"""What a call costs in requests, connections and hops to another thread: exactly that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anyio.to_thread
import httpx
import pytest
from attrs import define, field

from contract_tests.support.clients import KEY, MakeClient, Network
from contract_tests.support.requests import usual
from weryai import AsyncWeryAI

TASK = {"task_id": "t", "task_ids": ["t"], "task_status": "PROCESSING"}
CALLS: dict[str, Any] = {
    "status": lambda client: client.status("t"),
    "batch_status": lambda client: client.batch_status("b"),
    "submit": lambda client: client.submit(usual()),
}


@define
class Heard:
    """What a service has seen."""

    port: int = 0
    connections: int = 0
    requests: list[tuple[str, str]] = field(factory=list)


@contextmanager
def service() -> Iterator[Heard]:
    """A service on sockets that answers each call of these, and keeps connections open."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            heard.connections += 1
            super().setup()

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.requests.append((self.command, self.path))
            data = [TASK] if "batch" in self.path else TASK
            body = json.dumps({"status": 0, "data": data}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_one_request_on_the_one_connection_of_its_client(
    make_client: MakeClient, name: str
) -> None:
    with service() as heard:
        client = make_client(base_url=f"http://127.0.0.1:{heard.port}")
        for _ in range(5):
            CALLS[name](client)
        client.close()
    assert (len(heard.requests), heard.connections) == (5, 1)
    assert len(set(heard.requests)) == 1


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_reads_no_file_goes_to_no_other_thread(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    hops: list[Any] = []
    run_sync = anyio.to_thread.run_sync

    async def counted(work: Any, *args: Any, **options: Any) -> Any:
        hops.append(work)
        return await run_sync(work, *args, **options)

    monkeypatch.setattr(anyio.to_thread, "run_sync", counted)
    data = [TASK] if name == "batch_status" else TASK
    network = Network(httpx.Response(200, json={"status": 0, "data": data}))

    async def work() -> None:
        async with AsyncWeryAI(KEY, transport=httpx.MockTransport(network)) as client:
            await CALLS[name](client)

    anyio.run(work)
    assert hops == []
