"""`weryai mcp` as the process that an agent's program starts, on stdin and stdout."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from anyio.from_thread import BlockingPortal
from attrs import define, field
from mcp import Client, StdioServerParameters

from contract_tests.agents.conftest import REQUEST, answer
from contract_tests.chaos.service import SUBMIT
from contract_tests.command_line.invoke import environment
from contract_tests.support.run import forked, patience
from weryai.cli import main
from weryai.cli.simulate import make_simulator, serving
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

ASKED = {"request": REQUEST, "idempotency_key": "one", "confirm": True}
HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "a test", "version": "1"},
}


@define
class Service:
    """A simulator that keeps the answer to a submission until it may go."""

    simulator: Simulator
    arrived: threading.Event = field(factory=threading.Event)
    let_go: threading.Event = field(factory=threading.Event)

    @property
    def app(self) -> Any:
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def held(message: Any) -> None:
            if scope.get("path") == SUBMIT:
                self.arrived.set()
                await anyio.to_thread.run_sync(self.let_go.wait, patience.SECONDS)
            await send(message)

        await self.simulator.app(scope, receive, held)


@pytest.fixture
def service(quick_videos: None) -> Iterator[Service]:
    with make_simulator(task_seconds=0) as simulator:
        yield Service(simulator)


@pytest.fixture
def started(service: Service, tmp_path: Path) -> Iterator[StdioServerParameters]:
    """How the process is started."""
    argv = ["-m", "weryai.cli", "mcp", "--out", str(tmp_path / "videos")]
    argv += ["--journal", str(tmp_path / "jobs.journal")]
    with serving(cast(Simulator, service)) as (url, _):  # all it needs is the application
        settings = environment(url, XDG_CACHE_HOME=str(tmp_path), WERYAI_REGISTRY_URL=url)
        yield StdioServerParameters(command=sys.executable, args=argv, env=settings)


def test_the_official_client_makes_a_video_through_the_process(
    service: Service, started: StdioServerParameters, portal: BlockingPortal
) -> None:
    async def work() -> dict[str, Any]:
        async with Client(started) as client:
            answer(await client.call_tool("submit", ASKED))
            answer(await client.call_tool("wait", {"job": "one"}))
            return answer(await client.call_tool("download", {"job": "one"}))

    service.let_go.set()
    [video] = portal.call(work)["videos"]
    assert Path(video["file"]).stat().st_size > 0
    service.simulator.assert_paid(1)


@pytest.fixture
def running(started: StdioServerParameters) -> Iterator[forked.Popen]:
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    argv = [started.command, *started.args]
    with forked.Popen(argv, load=forked.AGENTS, env=started.env, **pipes) as running:
        yield running
        running.kill()


@pytest.mark.parametrize("signalled", [True, False], ids=["SIGTERM", "end of stdin"])
def test_what_is_being_paid_for_is_finished_before_the_process_ends(
    service: Service, running: forked.Popen, tmp_path: Path, signalled: bool
) -> None:
    stdin, stderr = cast(Any, running.stdin), cast(Any, running.stderr)
    calls = {"initialize": HELLO, "tools/call": {"name": "submit", "arguments": ASKED}}
    for number, (method, given) in enumerate(calls.items()):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": given}
        stdin.write(json.dumps(message) + "\n")
    stdin.flush()
    assert service.arrived.wait(patience.SECONDS)
    if signalled:  # its stdin stays open
        running.send_signal(signal.SIGTERM)
    else:
        stdin.close()
    service.let_go.set()
    assert running.wait(patience.SECONDS) == 0
    assert stderr.read() == ""
    journal = SQLiteJournal(tmp_path / "jobs.journal")
    assert [entry.state for entry in journal.entries()] == ["running"]
    journal.close()


def test_without_its_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if f"{name}.".startswith("weryai.mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    assert main(["mcp"]) == 2
    assert "install weryai with its extra `mcp`" in capsys.readouterr().err
