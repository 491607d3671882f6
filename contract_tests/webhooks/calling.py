"""Calls to an application that receives webhooks, with a client in any mode and no socket."""

from __future__ import annotations

from typing import Any

import anyio
import httpx

from weryai import AsyncWeryAI, WeryAI
from weryai.testing import Simulator
from weryai.webhooks import ASGIApp


def client_of(mode: str, simulator: Simulator, **options: Any) -> WeryAI | AsyncWeryAI:
    make = simulator.client if mode == "sync" else simulator.async_client
    return make(**options)


async def post(app: ASGIApp, body: bytes, **request: Any) -> int:
    """Make a call. Returns its status when all that follows from it is done."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        given = {"method": "POST", "url": "http://localhost/hook", "content": body} | request
        return (await http.request(**given)).status_code


def call(mode: str, *calls: tuple[ASGIApp, bytes], rounds: int = 1, **request: Any) -> list[int]:
    """Make calls at once, in a loop of their own."""
    statuses: list[int] = []

    async def one(app: ASGIApp, body: bytes) -> None:
        statuses.append(await post(app, body, **request))

    async def main() -> None:
        for _ in range(rounds):
            async with anyio.create_task_group() as group:
                for each in calls:
                    group.start_soon(one, *each)

    anyio.run(main, backend="trio" if mode == "trio" else "asyncio")
    return statuses


def fetches(simulator: Simulator) -> int:
    """How many videos were asked for."""
    return sum(each.path.startswith("/results/") for each in simulator.received)
