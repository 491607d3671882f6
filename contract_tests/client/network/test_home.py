"""A client belongs to the process and the event loop of its first use, and says so in time."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import trio

from contract_tests.support.clients import KEY, Network
from contract_tests.support.requests import usual
from contract_tests.support.servers.scripted_file_server import URL
from weryai import AsyncWeryAI, ConfigError, Job, SubmissionUnknownError, Video, WeryAI
from weryai.journal import Journal, SQLiteJournal
from weryai.testing import ManualClock
from weryai_api.api.account import get_balance

STARTED = httpx.Response(200, json={"status": 0, "data": {"task_ids": ["a"]}})
BALANCE = httpx.Response(200, json={"status": 0, "data": 7})
NOTICE = (
    b'{"status": 0, "data": {"task_id": "a", "task_status": "SUCCEED", "videos": ["https://e/v"]}}'
)
CALLS: dict[str, Callable[[Any, Path], Any]] = {
    "submit": lambda client, _: client.submit(usual()),
    "generate": lambda client, _: client.generate(usual()),
    "wait": lambda client, _: client.wait(Job(["a"])),
    "wait_all": lambda client, _: first(client.wait_all([Job(["a"])])),
    "status": lambda client, _: client.status("a"),
    "batch_status": lambda client, _: client.batch_status("1"),
    "balance": lambda client, _: client.balance(),
    "estimate": lambda client, _: client.estimate(usual()),
    "resume": lambda client, folder: first(client.resume(folder)),
    "models": lambda client, _: client.models(),
    "check": lambda client, _: client.check(usual()),
    "confirm": lambda client, _: client.confirm(NOTICE),
    "upload": lambda client, folder: client.upload(folder / "none.png"),
    "download": lambda client, folder: client.download([Video(URL, "t")], folder / "out"),
}


def first(ends: Any) -> Any:
    """The first of what an iterator of either kind has."""
    return ends.__anext__() if hasattr(ends, "__anext__") else next(ends)


def test_every_call_of_a_client_is_tried() -> None:
    public = {name for name in vars(WeryAI) if not name.startswith("_")}
    assert public - {"api", "base_url", "close", "journal"} == set(CALLS)


class Witness:
    """A journal that tells what was asked of it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._journal, name)

        def call(*args: Any, **given: Any) -> Any:
            self.asked.append(name)
            return value(*args, **given)

        return call if callable(value) else value


def in_a_child(work: Callable[[], Any]) -> Any:
    """What comes of it, or the words of its error, in a process that is forked from this one."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of the threads
        child = os.fork()
    if child == 0:
        try:
            signal.alarm(30)  # ends a child that hangs
            os.write(write, pickle.dumps(work()))
        except BaseException as error:
            os.write(write, pickle.dumps(f"{type(error).__name__}: {error}"))
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    return told


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize("name", CALLS)
def test_no_call_of_a_client_works_in_a_process_that_was_forked_after_its_first(
    tmp_path: Path, journal: SQLiteJournal, name: str
) -> None:
    network, witness = Network(BALANCE), Witness(journal)
    client = WeryAI(
        KEY, transport=httpx.MockTransport(network), journal=witness, clock=ManualClock()
    )
    client.balance()
    witness.asked.clear()  # by a balance, which is a reading for costs

    def work() -> Any:
        told = refused(lambda: CALLS[name](client, tmp_path))
        client.close()
        return told, len(network.seen), witness.asked

    told, sent, asked = in_a_child(work)
    assert "make a client in each process" in told
    assert (sent, asked) == (1, [])
    assert not (tmp_path / "out").exists()
    assert client.balance() == 7, "its own process goes on with it"


def test_a_client_that_was_made_before_a_fork_and_not_used_works_in_each_process() -> None:
    client = WeryAI(KEY, transport=httpx.MockTransport(Network(BALANCE)))
    assert [in_a_child(client.balance), in_a_child(client.balance), client.balance()] == [7, 7, 7]


def test_the_generated_client_belongs_where_its_client_does() -> None:
    network = Network(BALANCE)
    client = WeryAI(KEY, transport=httpx.MockTransport(network))
    api = client.api
    get_balance.sync(client=api)

    def work() -> Any:
        told = refused(lambda: client.api), refused(lambda: get_balance.sync(client=api))
        return told, len(network.seen)

    told, sent = in_a_child(work)
    assert all("make a client in each process" in each for each in told)
    assert sent == 1
    client.close()


def test_threads_share_a_blocking_client() -> None:
    client = WeryAI(KEY, transport=httpx.MockTransport(Network(BALANCE)))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: client.balance(), range(8))) == [7] * 8


RUNS = [
    pytest.param(asyncio.run, asyncio.run, id="asyncio twice"),
    pytest.param(trio.run, trio.run, id="trio twice"),
    pytest.param(asyncio.run, trio.run, id="asyncio, then trio"),
]


def run(runner: Any, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return runner(work()) if runner is asyncio.run else runner(work)


@pytest.mark.parametrize(("first", "second"), RUNS)
@pytest.mark.parametrize("name", CALLS)
def test_no_call_of_an_async_client_works_on_another_loop_than_its_first(
    tmp_path: Path, journal: SQLiteJournal, name: str, first: Any, second: Any
) -> None:
    network, witness = Network(BALANCE), Witness(journal)
    client = AsyncWeryAI(
        KEY, transport=httpx.MockTransport(network), journal=witness, clock=ManualClock()
    )

    async def elsewhere() -> str:
        with pytest.raises(ConfigError) as caught:
            await CALLS[name](client, tmp_path)
        with pytest.raises(ConfigError):
            client.api  # noqa: B018
        await client.close()
        return str(caught.value)

    run(first, client.balance)
    witness.asked.clear()  # by a balance, which is a reading for costs
    assert "make a client for each event loop" in run(second, elsewhere)
    assert (len(network.seen), witness.asked) == (1, [])
    assert not (tmp_path / "out").exists()


def test_no_call_of_an_async_client_works_on_a_second_of_many_loops() -> None:
    """The ids of loops come again, and none of them is the first."""
    client = AsyncWeryAI(KEY, transport=httpx.MockTransport(Network(BALANCE)))
    asyncio.run(client.balance())
    for _ in range(20):
        with pytest.raises(ConfigError):
            asyncio.run(client.balance())


@pytest.mark.parametrize("name", CALLS)
def test_an_async_client_without_a_loop_that_anyio_knows_sends_nothing(
    tmp_path: Path, journal: SQLiteJournal, name: str
) -> None:
    network = Network(BALANCE)
    client = AsyncWeryAI(KEY, transport=httpx.MockTransport(network), journal=journal)
    call = CALLS[name](client, tmp_path)
    assert "asyncio and on trio" in refused(lambda: call.send(None))
    assert network.seen == []
    assert client.api is not None, "its blocking functions need no loop"


def test_an_async_client_that_was_made_before_the_loop_works_on_it() -> None:
    client = AsyncWeryAI(KEY, transport=httpx.MockTransport(Network(BALANCE)))
    assert client.api is not None

    async def work() -> float:
        async with client:
            return await client.balance()

    assert asyncio.run(work()) == 7


class Slow(httpx.AsyncBaseTransport):
    """Says that a request is here, and never answers."""

    def __init__(self) -> None:
        self.here = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.here.set()
        await anyio.sleep_forever()
        raise AssertionError


async def by_anyio(transport: Slow, work: Callable[[], Awaitable[Any]]) -> BaseException | None:
    found: list[BaseException] = []

    async def watched() -> None:
        try:
            await work()
        except BaseException as error:
            found.append(error)
            raise

    async with anyio.create_task_group() as group:
        group.start_soon(watched)
        await transport.here.wait()
        group.cancel_scope.cancel()
    return found[0]


async def by_asyncio(transport: Slow, work: Callable[[], Awaitable[Any]]) -> BaseException | None:
    task = asyncio.ensure_future(work())
    await transport.here.wait()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("runner", "stop"),
    [(asyncio.run, by_anyio), (asyncio.run, by_asyncio), (trio.run, by_anyio)],
    ids=["asyncio, by a scope", "asyncio, by cancel", "trio"],
)
def test_a_cancelled_paid_call_is_written_down_and_says_that_it_may_be_paid(
    journal: SQLiteJournal, runner: Any, stop: Any
) -> None:
    async def work() -> BaseException | None:
        transport = Slow()
        client = AsyncWeryAI(KEY, transport=transport, journal=journal, clock=ManualClock())
        async with client:
            return stop_error(await stop(transport, lambda: client.submit(usual())))

    def stop_error(error: BaseException | None) -> BaseException | None:
        return None if error is None else error.__cause__

    assert isinstance(run(runner, work), SubmissionUnknownError)
    assert [entry.state for entry in journal.entries()] == ["unknown"]


@pytest.mark.usefixtures("quick_videos")
@pytest.mark.parametrize("runner", [asyncio.run, trio.run], ids=["asyncio", "trio"])
def test_both_loops_submit_wait_and_download(simulator: Any, tmp_path: Path, runner: Any) -> None:
    async def work() -> list[Path]:
        async with simulator.async_client() as client:
            result = await client.generate(usual())
            return list(await client.download(result, tmp_path))

    (path,) = run(runner, work)
    assert path.exists()
    assert len(simulator.ledger) == 1


class Closing(httpx.MockTransport):
    """Knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_a_process_that_was_forked_closes_nothing_that_is_its_parents(tmp_path: Path) -> None:
    transport = Closing(Network(BALANCE))
    client = WeryAI(KEY, transport=transport, journal=tmp_path / "kept.journal")
    client.balance()

    def work() -> bool:
        client.close()
        return transport.closed

    assert in_a_child(work) is False
    assert client.balance() == 7
    client.close()
    assert transport.closed


class Held(Witness):
    """A journal that is slow to write down what was started."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.here, self.go = threading.Event(), threading.Event()

    def accept(self, *args: Any, **given: Any) -> None:
        self.here.set()
        assert self.go.wait(60)
        self._journal.accept(*args, **given)


@pytest.mark.parametrize(
    ("runner", "own"),
    [(asyncio.run, False), (asyncio.run, True), (trio.run, False)],
    ids=["asyncio, by a scope", "asyncio, by cancel", "trio"],
)
def test_what_was_paid_is_written_down_before_a_cancelled_call_ends(
    journal: SQLiteJournal, runner: Any, own: bool
) -> None:
    held, ended = Held(journal), threading.Event()
    transport = httpx.MockTransport(Network(STARTED))

    async def submit() -> None:
        async with AsyncWeryAI(KEY, transport=transport, journal=held) as client:
            try:
                await client.submit(usual())
            finally:
                ended.set()

    async def cancelled(cancel: Callable[[], object]) -> None:
        await anyio.to_thread.run_sync(held.here.wait)
        for _ in range(3):
            cancel()
            await anyio.sleep(0.01)
        assert not ended.is_set(), "it waits for the journal, however often it is cancelled"
        held.go.set()

    async def work() -> None:
        if own:
            task = asyncio.ensure_future(submit())
            await cancelled(task.cancel)
            with pytest.raises(asyncio.CancelledError):
                await task
            return
        async with anyio.create_task_group() as group:
            inner = anyio.CancelScope()

            async def in_a_scope() -> None:
                with inner:
                    await submit()

            group.start_soon(in_a_scope)
            await cancelled(inner.cancel)

    try:
        run(runner, work)
    finally:
        held.go.set()
    assert ended.is_set()
    (entry,) = journal.entries()
    assert (entry.state, entry.job and entry.job.task_ids) == ("running", ("a",))
