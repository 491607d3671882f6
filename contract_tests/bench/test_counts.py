"""What a call takes that can be counted: requests, connections, thread hops. Exact, on sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from contract_tests.bench import calls, files, server, waiting
from weryai import AsyncWeryAI, WeryAI
from weryai.journal import SQLiteJournal

CALLS = 5


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.running() as address:
        yield address


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each function that an event loop hands to a thread."""
    seen: list[object] = []
    run_sync = anyio.to_thread.run_sync

    async def counted(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        seen.append(function)
        return await run_sync(function, *args, **options)

    monkeypatch.setattr(anyio.to_thread, "run_sync", counted)
    return seen


@pytest.mark.parametrize("operation", calls.OPERATIONS)
def test_a_blocking_call_is_one_request_on_a_connection_that_is_kept_and_starts_no_thread(
    url: str, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", started.append)
    server.seen(url)
    with WeryAI(calls.KEY, base_url=url, check_models=False) as client:
        for _ in range(CALLS):
            calls.ours(client)[operation]()
    told = server.seen(url)
    assert (told["requests"], told["connections"]) == (CALLS, 1 + 1), "one asks what was seen"
    assert started == []


@pytest.mark.parametrize("operation", calls.OPERATIONS)
def test_an_awaited_call_is_one_request_on_a_connection_that_is_kept_and_uses_no_thread(
    url: str, operation: str, hops: list[object]
) -> None:
    async def ask() -> None:
        async with AsyncWeryAI(calls.KEY, base_url=url, check_models=False) as client:
            for _ in range(CALLS):
                await calls.ours(client)[operation]()

    server.seen(url)
    asyncio.run(ask())
    told = server.seen(url)
    assert (told["requests"], told["connections"]) == (CALLS, 1 + 1)
    assert hops == [], "it reads no file"


def test_an_awaited_submission_hops_once_for_each_call_of_the_journal(
    url: str, hops: list[object], tmp_path: Path
) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    _asked(url, hops, lambda client: client.submit(calls.REQUEST), journal)
    journal.close()
    assert len(hops) == len(["begin", "accept"])


def test_an_awaited_upload_hops_about_once_for_each_megabyte(
    url: str, hops: list[object], tmp_path: Path
) -> None:
    (image,) = files.images(tmp_path, files.IMAGE)
    _asked(url, hops, lambda client: client.upload(image))
    # It is opened, and its content is told, in a thread as well; the first megabyte takes four.
    assert len(hops) == 2 + 4 + files.IMAGE


def test_many_jobs_that_are_awaited_at_once_take_a_poll_each_a_round_on_few_connections(
    url: str,
) -> None:
    told = asyncio.run(waiting.measured(url, 30))
    assert told["requests"] == 1
    assert told["connections"] <= 24


def _asked(
    url: str,
    hops: list[object],
    call: Callable[[AsyncWeryAI], Awaitable[object]],
    journal: SQLiteJournal | None = None,
) -> None:
    """One call, after all that a client does once."""

    async def ask() -> None:
        async with AsyncWeryAI(
            calls.KEY, base_url=url, journal=journal, check_models=False
        ) as client:
            hops.clear()
            await call(client)

    asyncio.run(ask())
