"""Clients of both kinds in three modes, and what answers them in the place of the network."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import anyio.from_thread
import anyio.lowlevel
import httpx
import pytest

from weryai import AsyncWeryAI, WeryAI
from weryai.testing import ManualClock, Simulator

KEY = "sk-test-0123456789abcdef"
# How a client is run: WeryAI; AsyncWeryAI on asyncio, and on trio.
MODES = ("sync", "asyncio", "trio")
# For tests of values alone, which trio can do nothing to.
TWO_MODES = MODES[:2]
IN_TWO_MODES = pytest.mark.parametrize("make_client", TWO_MODES, indirect=True)
BOTH_CLASSES = pytest.mark.parametrize("client_class", [WeryAI, AsyncWeryAI])

MakeClient = Callable[..., WeryAI]


class Blocked:
    """An async client whose methods block, so that one test can speak to both kinds."""

    def __init__(self, client: AsyncWeryAI, portal: anyio.from_thread.BlockingPortal) -> None:
        self._client, self._loop = client, _loop_of(portal)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if name in ("wait_all", "resume"):
            return lambda *args, **kw: self._taken(value(*args, **kw))
        if not inspect.iscoroutinefunction(value):
            return value
        return lambda *args, **kw: self._run(functools.partial(value, *args, **kw))

    def _run(self, call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """As the portal runs it, which takes another way there and back to start it first."""
        return anyio.from_thread.run(call, token=self._loop)

    def _taken(self, ends: AsyncIterator[Any]) -> Iterator[Any]:
        async def following() -> Any:
            return await anext(ends, None)

        return iter(lambda: self._run(following), None)

    def __repr__(self) -> str:
        return repr(self._client)


@functools.cache
def _loop_of(portal: anyio.from_thread.BlockingPortal) -> anyio.lowlevel.EventLoopToken:
    return portal.call(anyio.lowlevel.current_token)


class Network:
    """Answers in this order, and then with the last one for ever; keeps what was sent in `seen`."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        # A response can be read once, and in one mode.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@contextmanager
def clients(mode: str, portal: anyio.from_thread.BlockingPortal) -> Iterator[MakeClient]:
    """Make clients in one mode, with the portal of its loop; `handler` answers in the place of the
    network."""
    opened: list[WeryAI] = []

    def make(
        simulator: Simulator | None = None,
        handler: Callable[[httpx.Request], httpx.Response] | None = None,
        **options: Any,
    ) -> Any:
        if handler is not None:
            options["transport"] = httpx.MockTransport(handler)
        if simulator is None:
            usual = {"api_key": KEY, "clock": ManualClock(), "check_models": False}
            options = usual | options
        if mode == "sync":
            client: Any = simulator.client(**options) if simulator else WeryAI(**options)
        else:
            build = simulator.async_client if simulator else AsyncWeryAI
            client = Blocked(build(**options), portal)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()
