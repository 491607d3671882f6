"""A server of tools on a simulator, and the official client on it, in both eras of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from attrs import frozen
from mcp import Client
from mcp_types import CallToolResult, ElicitResult, TextContent

from weryai.journal import open_journal
from weryai.mcp import make_server
from weryai.testing import Simulator

REQUEST: dict[str, Any] = {
    "images": ["https://example.com/a.jpg"],
    "prompt": "The sun sets",
    "model": "KLING_O1",
    "aspect_ratio": "16:9",
    "duration": 5,
}


@frozen
class Agent:
    """A client of the server; what it is asked is in `asked`."""

    client: Client
    portal: BlockingPortal
    asked: list[str]

    def start(self, tool: str, **arguments: Any) -> Future[CallToolResult]:
        """A call that nobody waits for yet."""
        call = partial(self.client.call_tool, tool, arguments)
        return self.portal.start_task_soon(call)

    def __call__(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers."""
        return answer(self.start(tool, **arguments).result())

    def refused(self, tool: str, **arguments: Any) -> str:
        """Why a tool does not do it."""
        said = self.start(tool, **arguments).result()
        assert said.is_error, said
        return text(said)

    def submit(self, key: str = "one", **changes: Any) -> dict[str, Any]:
        return self("submit", request=REQUEST | changes, idempotency_key=key, confirm=True)


def answer(said: CallToolResult) -> dict[str, Any]:
    assert not said.is_error, text(said)
    told: dict[str, Any] = said.structured_content
    assert told is not None
    return told


def text(said: CallToolResult) -> str:
    [block] = said.content
    assert isinstance(block, TextContent)
    return block.text


class Between(httpx.BaseTransport):
    """The simulator, of whose answers this makes others."""

    def __init__(
        self, simulator: Simulator, change: Callable[[str, httpx.Response], httpx.Response]
    ) -> None:
        self._inner, self._change = simulator._transport, change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._change(request.url.path, self._inner.handle_request(request))


Connect = Callable[..., Agent]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "jobs.journal"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the videos go."""
    return tmp_path / "videos"


@pytest.fixture
def connect(
    simulator: Simulator, place: Path, folder: Path, portal: BlockingPortal, quick_videos: None
) -> Iterator[Connect]:
    """Start a server of its own, as after a restart, and connect to it."""
    with ExitStack() as stack:

        def start(era: str = "auto", says: ElicitResult | None = None, **options: Any) -> Agent:
            asked: list[str] = []

            async def reply(_: object, params: Any) -> ElicitResult:
                asked.append(params.message)
                assert says is not None
                return says

            journal = open_journal(place)
            stack.callback(journal.close)
            client = stack.enter_context(simulator.client(journal=journal, **options))
            server = make_server(client, journal, folder)
            callback: Any = reply if says else None
            made = Client(server, mode=era, elicitation_callback=callback)
            connected = portal.wrap_async_context_manager(made)
            return Agent(stack.enter_context(connected), portal, asked)

        yield start


@pytest.fixture
def agent(connect: Connect) -> Agent:
    """One that cannot ask anybody."""
    return connect()
