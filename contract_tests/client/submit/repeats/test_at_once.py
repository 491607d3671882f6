"""Paid once: of several that submit the same at once one pays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import KEY, MakeClient
from weryai import (
    AlreadySubmittedError,
    InsufficientCreditsError,
    Job,
    MultiImageToVideo,
    SubmissionUnknownError,
    WeryAI,
)
from weryai.journal import Entry, SQLiteJournal
from weryai.testing import ManualClock, Simulator

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]


class Patience(ManualClock):
    """Says when it is slept on."""

    def __init__(self) -> None:
        super().__init__()
        self.slept = threading.Event()

    def sleep(self, seconds: float) -> None:
        self.slept.set()
        super().sleep(seconds)


@pytest.mark.parametrize("end", ["accepted", "refused", "lost"])
def test_what_another_process_is_sending_is_waited_for(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask, end: str
) -> None:
    clock, posts = Patience(), list[httpx.Request]()
    other = SQLiteJournal(journal.path)
    pool = ThreadPoolExecutor(1)
    done = {"status": 0, "data": {"task_ids": ["task_1"]}}

    def second(_: httpx.Request) -> httpx.Response:
        posts.append(_)
        return httpx.Response(200, json=done)

    transport = httpx.MockTransport(second)
    waiting = WeryAI(KEY, transport=transport, clock=clock, journal=other)
    told = []

    def first(request: httpx.Request) -> httpx.Response:
        posts.append(request)
        told.append(pool.submit(waiting.submit, ask(images=HTTPS), idempotency_key="shot-17"))
        assert clock.slept.wait(30)
        if end == "lost":
            return httpx.Response(504)
        answer = done if end == "accepted" else {"status": 1011, "msg": "no"}
        return httpx.Response(200, json=answer)

    client = make_client(handler=first, journal=journal)
    with suppress(SubmissionUnknownError, InsufficientCreditsError):
        client.submit(ask(images=HTTPS), idempotency_key="shot-17")
    if end == "lost":
        with pytest.raises(SubmissionUnknownError):
            told[0].result(30)
    else:
        assert told[0].result(30).task_ids == ("task_1",)
    assert len(posts) == (2 if end == "refused" else 1)
    pool.shutdown()
    waiting.close()
    other.close()


def test_what_another_process_goes_on_sending_is_told_at_the_end_of_the_budget(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask
) -> None:
    other = SQLiteJournal(journal.path)
    clock = ManualClock()

    def first(_: httpx.Request) -> httpx.Response:
        refused = httpx.MockTransport(lambda _: pytest.fail("it was sent"))
        with WeryAI(KEY, transport=refused, clock=clock, journal=other) as waiting:
            began = clock.monotonic()
            with pytest.raises(AlreadySubmittedError, match="which is sending: wait") as caught:
                waiting.submit(ask(images=HTTPS), idempotency_key="shot-17", retry_budget=30)
            assert 29 < clock.monotonic() - began <= 30
            assert (caught.value.entry.state, caught.value.job) == ("sending", None)
            with pytest.raises(AlreadySubmittedError, match="which is sending: wait"):
                waiting.submit(ask(images=HTTPS), refuse_repeats=True)
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    client = make_client(handler=first, journal=journal)
    client.submit(ask(images=HTTPS), idempotency_key="shot-17")
    other.close()


def test_of_several_clients_that_make_a_journal_and_submit_a_key_at_once_one_pays(
    simulator: Simulator, tmp_path: Path, ask: Ask
) -> None:
    start = threading.Barrier(6)

    def submit(number: int) -> Job:
        start.wait()
        with simulator.client(journal=tmp_path / "a.journal", clock=None) as client:
            return client.submit(ask(), idempotency_key="shot-17")

    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(submit, range(6)))
    assert jobs == jobs[:1] * 6
    assert len(simulator.ledger) == 1


def test_of_several_threads_that_submit_a_key_with_one_client_one_pays(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(lambda _: client.submit(ask(), idempotency_key="k"), range(6)))
    assert jobs == jobs[:1] * 6
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize("option", [{"idempotency_key": "shot-17"}, {"refuse_repeats": True}])
def test_what_another_process_begins_after_the_look_is_seen_when_it_is_written_down(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, option: dict[str, Any]
) -> None:
    job = client.submit(ask(), **option)
    earlier, looks = journal.earlier, [1]

    def late(*args: Any, **options: Any) -> Entry | None:
        return None if looks and looks.pop() else earlier(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "earlier", late)
        if "refuse_repeats" in option:
            with pytest.raises(AlreadySubmittedError):
                client.submit(ask(), **option)
        else:
            assert client.submit(ask(), **option) == job
    assert looks == []
    assert len(simulator.ledger) == 1
