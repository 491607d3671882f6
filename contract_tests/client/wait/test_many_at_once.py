"""Many jobs at once: few connections, no end that waits for a slow answer, and little memory."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.abc
import httpx
import pytest

from contract_tests.support.clients import KEY
from contract_tests.support.servers.scripted_service import DONE, RUNS, Service, task
from weryai import AsyncWeryAI, Ended, Job, Result, SystemClock, WeryAI
from weryai._flows import waits
from weryai._network import crew
from weryai.testing import ManualClock

ON_BOTH = pytest.mark.parametrize("backend", ["asyncio", "trio"])
JOBS = 60
MOST_CONNECTIONS = 24
KB_A_JOB = 4.0


class Counting:
    """A service on loopback, where all is done at the first look; it counts."""

    def __init__(self) -> None:
        self.connections = self.requests = 0

    async def __call__(self, stream: anyio.abc.SocketStream) -> None:
        self.connections += 1
        received = b""
        async with stream:
            while True:
                while b"\r\n\r\n" not in received:
                    try:
                        received += await stream.receive()
                    except (anyio.EndOfStream, anyio.BrokenResourceError):
                        return
                head, _, received = received.partition(b"\r\n\r\n")
                self.requests += 1
                name = head.split(b" ")[1].split(b"/")[-2].decode()
                body = json.dumps({"status": 0, "data": task(name, DONE, f"{name}.mp4")})
                await stream.send(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
                )


async def by_wait(client: AsyncWeryAI, ids: list[str]) -> list[Result]:
    results: list[Result] = []

    async def one(task_id: str) -> None:
        results.append(await client.wait(task_id))

    async with anyio.create_task_group() as group:
        for task_id in ids:
            group.start_soon(one, task_id)
    return results


async def by_wait_all(client: AsyncWeryAI, ids: list[str]) -> list[Result]:
    return [ended.result async for ended in client.wait_all(ids)]


@ON_BOTH
@pytest.mark.parametrize("wait", [by_wait, by_wait_all])
def test_many_jobs_take_a_request_each_and_few_connections(
    backend: str, wait: Callable[[AsyncWeryAI, list[str]], Awaitable[list[Result]]]
) -> None:
    service = Counting()

    async def work() -> list[Result]:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        async with listener, anyio.create_task_group() as group:
            group.start_soon(listener.serve, service)
            port = listener.extra(anyio.abc.SocketAttribute.local_port)
            async with AsyncWeryAI(KEY, base_url=f"http://127.0.0.1:{port}") as client:
                results = await wait(client, [f"t{number}" for number in range(JOBS)])
            group.cancel_scope.cancel()
        return results

    results = anyio.run(work, backend=backend)
    assert len({video.url for result in results for video in result.videos}) == JOBS
    assert service.requests == JOBS
    assert service.connections <= MOST_CONNECTIONS


class Hanging(httpx.AsyncBaseTransport):
    """Gives no answer about the task `slow` until it may; how often it was asked is in `asked`."""

    def __init__(self, service: Service) -> None:
        self.service, self.may_answer, self.asked = service, False, 0
        self.has_come = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "slow" in request.url.path:
            self.asked += 1
            self.has_come.set()
            if not self.may_answer:
                await anyio.sleep_forever()
        return self.service(request)


class Fast(SystemClock):
    """A clock that runs a thousand times as fast."""

    def monotonic(self) -> float:
        return 1000 * super().monotonic()

    async def sleep_async(self, seconds: float) -> None:
        await super().sleep_async(seconds / 1000)


@asynccontextmanager
async def hanging(**tasks: Any) -> AsyncIterator[tuple[Hanging, AsyncWeryAI]]:
    transport = Hanging(Service(slow=[task("slow", DONE, "s")], **tasks))
    async with AsyncWeryAI(KEY, transport=transport, clock=Fast()) as client:
        yield transport, client


@ON_BOTH
def test_an_end_waits_for_no_answer_that_is_slow(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "A_MOMENT", 0.01)

    async def work() -> None:
        async with hanging(a=[task("a", RUNS), task("a", DONE, "1")]) as (transport, client):
            ends = client.wait_all(["slow", "a"])
            assert (await anext(ends)).job == Job(["a"])
            transport.may_answer = True
            assert (await anext(ends)).result.videos
            assert await anext(ends, None) is None
            assert transport.asked == 2

    anyio.run(work, backend=backend)


@ON_BOTH
def test_polls_that_are_answered_in_time_take_one_task_however_many_there_are(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    start = crew.AsyncCrew.start

    async def counted(self: crew.AsyncCrew, *args: Any) -> None:
        started.append(args)
        await start(self, *args)

    monkeypatch.setattr(crew.AsyncCrew, "start", counted)
    service = Service(**{each: [task(each, RUNS)] * 9 + [task(each, DONE, "1")] for each in "ab"})

    async def work() -> None:
        transport = httpx.MockTransport(service)
        async with AsyncWeryAI(KEY, transport=transport, clock=ManualClock()) as client:
            assert len([end async for end in client.wait_all(["a", "b"])]) == 2

    anyio.run(work, backend=backend)
    assert len(started) <= 2, "one until each end"


@ON_BOTH
def test_no_time_of_a_turned_clock_passes_while_an_answer_is_awaited(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "PATIENT", 0.001)  # until another one is asked beside it

    async def work() -> None:
        asked = anyio.Event()
        service = Service(a=[task("a", RUNS), task("a", DONE, "1")])
        transport, clock = Hanging(service), ManualClock()
        began = clock.now
        client = AsyncWeryAI(KEY, transport=transport, clock=clock)

        async def wait() -> None:
            async for _ in client.wait_all(["slow", "a"], on_update=lambda _: asked.set()):
                pass

        async with client, anyio.create_task_group() as group:
            group.start_soon(wait)
            await asked.wait()
            await anyio.wait_all_tasks_blocked()
            assert clock.now == began
            group.cancel_scope.cancel()

    anyio.run(work, backend=backend)


@ON_BOTH
def test_a_wait_that_was_stopped_from_outside_can_go_on(backend: str) -> None:
    async def work() -> None:
        async with hanging(a=[task("a", DONE, "1")]) as (transport, client):
            ends = client.wait_all(["slow"])
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:

                    async def stop() -> None:
                        await transport.has_come.wait()
                        scope.cancel()

                    group.start_soon(stop)
                    await anext(ends)
            assert scope.cancelled_caught
            transport.may_answer = True
            ended: list[Ended] = [each async for each in ends]
            assert [each.job for each in ended] == [Job(["slow"])]

    anyio.run(work, backend=backend)


# What the table of the contract's coverage notes of each call is not the job's.
FRAMES = 4
NOT_NOTED = tracemalloc.Filter(False, "*contract_tests/coverage/*", all_frames=True)


def test_a_job_that_is_waited_for_takes_little_memory() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.split("/")[-2]
        return httpx.Response(200, json={"status": 0, "data": [task(f"t{name}", RUNS)]})

    class EnoughError(Exception):
        pass

    def update(_: Result) -> None:
        polls.append(None)
        if len(polls) == 2 * number:
            gc.collect()
            kept = tracemalloc.take_snapshot().filter_traces([NOT_NOTED])
            kilobytes.append(sum(each.size for each in kept.traces) / 1000 / number)
            raise EnoughError

    kilobytes: list[float] = []
    transport = httpx.MockTransport(answer)
    with WeryAI(KEY, transport=transport, clock=ManualClock()) as client:
        for number in (1, 60):  # what is loaded at the first use is none of the jobs' own
            polls: list[None] = []
            jobs = [Job([f"t{each}"], str(each), video_number=1) for each in range(number)]
            gc.collect()
            tracemalloc.start(FRAMES)
            try:
                with pytest.raises(EnoughError):
                    list(client.wait_all(jobs, on_update=update))
            finally:
                tracemalloc.stop()
    assert kilobytes[-1] < KB_A_JOB
