"""One call to the service, by everybody who can make it: the raw httpx call, ours, and the peers
where they are installed.

python -m contract_tests.bench.calls URL MODE    counts instructions, under callgrind
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx

from contract_tests.bench import measuring, peers
from contract_tests.bench.measuring import Work
from contract_tests.bench.server import TASK
from weryai import AsyncWeryAI, MultiImageToVideo, WeryAI

KEY = "sk-0123456789abcdef"
HEADERS = {"Authorization": f"Bearer {KEY}"}
API = "/v1/generation"
BODY = {
    "images": ["https://example.com/a.jpg"],
    "prompt": "The sun sets",
    "model": "KLING_O1",
    "aspect_ratio": "16:9",
    "duration": 5,
}
REQUEST = MultiImageToVideo(**BODY)  # type: ignore[arg-type]
BATCH = "100000001"
OPERATIONS = ("status", "submit", "batch status")
# By operation and by who makes it.
Works = dict[str, dict[str, Work]]


def raw(http: Any, url: str) -> dict[str, Callable[[], Any]]:
    """The requests of each operation, by hand; with an AsyncClient, awaitables of them."""
    address = url + API
    return {
        "status": lambda: http.get(f"{address}/{TASK}/status"),
        "submit": lambda: http.post(f"{address}/multi-image-to-video", json=BODY),
        "batch status": lambda: http.get(f"{address}/batch/{BATCH}/status"),
    }


def ours(client: Any) -> dict[str, Callable[[], Any]]:
    """The same through a client of ours."""
    return {
        "status": lambda: client.status(TASK),
        "submit": lambda: client.submit(REQUEST),
        "batch status": lambda: client.batch_status(BATCH),
    }


@contextmanager
def blocking(url: str, with_peers: bool) -> Iterator[Works]:
    """Everybody's blocking calls."""
    with httpx.Client(headers=HEADERS) as http, WeryAI(KEY, base_url=url) as client:
        found: Works = {operation: {} for operation in OPERATIONS}
        for operation, ask in raw(http, url).items():
            found[operation]["httpx"] = repeated(_read(ask))
        for operation, call in ours(client).items():
            found[operation]["weryai"] = repeated(call)
        for name, make in peers.PEERS.items() if with_peers else ():
            for operation, call in make(url).items():
                found[operation][name] = repeated(call)
        yield found


@contextmanager
def awaited(url: str) -> Iterator[Works]:
    """The same on an event loop; peers are driven by their blocking clients alone."""
    with asyncio.Runner() as runner:
        http, client = httpx.AsyncClient(headers=HEADERS), AsyncWeryAI(KEY, base_url=url)
        found: Works = {operation: {} for operation in OPERATIONS}
        for operation, ask in raw(http, url).items():
            found[operation]["httpx"] = _each_on(runner, _read_later(ask))
        for operation, call in ours(client).items():
            found[operation]["weryai"] = _each_on(runner, call)
        yield found
        runner.run(http.aclose())
        runner.run(client.close())


def _read(ask: Callable[[], httpx.Response]) -> Callable[[], object]:
    return lambda: ask().json()


def _read_later(ask: Callable[[], Awaitable[httpx.Response]]) -> Callable[[], Awaitable[object]]:
    async def read() -> object:
        return (await ask()).json()

    return read


def repeated(call: Callable[[], object]) -> Work:
    """Does it so many times."""

    def work(number: int) -> None:
        for _ in range(number):
            call()

    return work


def _each_on(runner: asyncio.Runner, call: Callable[[], Awaitable[object]]) -> Work:
    async def calls(number: int) -> None:
        for _ in range(number):
            await call()

    return lambda number: runner.run(calls(number))


MODES: dict[str, Callable[[str], AbstractContextManager[Works]]] = {
    "sync": lambda url: blocking(url, with_peers=False),
    "async": awaited,
    "peers": lambda url: blocking(url, with_peers=True),
}


def figures(url: str, mode: str) -> dict[str, dict[str, dict[str, float]]]:
    """By operation and by who makes it: `cpu` in microseconds, `instructions` where they can be
    counted, and both as ratios to the raw call."""
    with MODES[mode](url) as works:
        found = {
            operation: {name: {"cpu": cpu} for name, cpu in measuring.cpu(each).items()}
            for operation, each in works.items()
        }
    if measuring.has_valgrind():
        for key, number in measuring.instructions(__name__, url, mode).items():
            operation, _, name = key.partition("/")
            found[operation][name]["instructions"] = number
    for each in found.values():
        for told in each.values():
            for unit in [*told]:
                told[f"{unit} ratio"] = told[unit] / each["httpx"][unit]
    return found


if __name__ == "__main__":
    with MODES[sys.argv[2]](sys.argv[1]) as measured:
        named = {
            f"{op}/{name}": work for op, told in measured.items() for name, work in told.items()
        }
        measuring.counted(named)
