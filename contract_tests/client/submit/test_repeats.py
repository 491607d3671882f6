"""Paid once: a submission that repeats an earlier one is told by its key or by what it asks for."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import KEY, MakeClient
from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual
from weryai import (
    AlreadySubmittedError,
    ConfigError,
    InsufficientCreditsError,
    InvalidRequestError,
    Job,
    MultiImageToVideo,
    SubmissionUnknownError,
    WeryAI,
)
from weryai._files.images import OpenImage
from weryai.journal import Entry, SQLiteJournal
from weryai.testing import Lost, ManualClock, Outcome, Simulator, refusal, sample

Ask = Callable[..., MultiImageToVideo]
pytestmark = pytest.mark.usefixtures("quick_videos")
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg"]


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal) -> WeryAI:
    return make_client(simulator, journal=journal)


def only(journal: SQLiteJournal) -> Entry:
    (entry,) = journal.entries()
    return entry


def test_a_second_submission_of_a_key_returns_the_job_of_the_first_and_sends_nothing(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, asked: Any
) -> None:
    job = client.submit(asked, idempotency_key="shot-17")
    sent = len(simulator.received)
    simulator.clock.sleep(7 * 86400)
    assert client.submit(asked, idempotency_key="shot-17") == job
    assert client.generate(asked, idempotency_key="shot-17").job == job
    assert {request.method for request in simulator.received[sent:]} == {"GET"}, "the wait alone"
    assert (only(journal).idempotency_key, len(simulator.ledger)) == ("shot-17", 1)
    assert client.submit(asked, idempotency_key="shot-18") != job


def test_a_key_is_not_sent(make_client: MakeClient, journal: SQLiteJournal, ask: Ask) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    client = make_client(handler=answer, journal=journal)
    client.submit(ask(images=HTTPS), idempotency_key="shot-17")
    assert not [
        each for each in sent if b"shot-17" in each.read() or "shot-17" in f"{each.headers}"
    ]


def test_a_key_outlives_the_process(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path, ask: Ask
) -> None:
    jobs = []
    for _ in range(2):
        with simulator.client(journal=tmp_path / "a.journal") as client:
            jobs.append(client.submit(ask(), idempotency_key="shot-17"))
    assert jobs[0] == jobs[1]
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize("lost", [Lost(), Lost(accepted=True)], ids=str)
def test_a_key_whose_first_submission_is_of_unknown_fate_stays_so(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, operation: str, lost: Lost
) -> None:
    asked = usual(operation, caller_id=7)
    simulator.next(operation, lost)
    with pytest.raises(SubmissionUnknownError) as first:
        client.submit(asked, idempotency_key="shot-17")
    sent = len(simulator.received)
    simulator.clock.sleep(60)
    with pytest.raises(SubmissionUnknownError) as second:
        client.submit(asked, idempotency_key="shot-17")
    assert second.value.payload == first.value.payload
    assert second.value.operation == only(journal).operation
    assert second.value.sent_at == only(journal).sent_at
    assert second.value.caller_id == 7
    assert len(simulator.received) == sent


def test_a_key_whose_process_was_killed_is_of_unknown_fate(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "accept", lambda *_: None)  # killed before its ids were written
        client.submit(ask(), idempotency_key="shot-17")
    journal.release(only(journal).id)
    with pytest.raises(SubmissionUnknownError):
        client.submit(ask(), idempotency_key="shot-17")
    assert len(simulator.ledger) == 1


def test_a_key_whose_entry_is_damaged_is_of_unknown_fate_and_says_so(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    with pytest.raises(SubmissionUnknownError):
        client.submit(ask(), idempotency_key="shot-17")
    with sqlite3.connect(journal.path) as db:
        db.execute("UPDATE entries SET payload = '{'")
    with pytest.raises(SubmissionUnknownError, match="its entry is damaged") as raised:
        client.submit(ask(), idempotency_key="shot-17")
    assert raised.value.entry == only(journal).id
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize(
    "other",
    [{"prompt": "Another"}, {"caller_id": 7}, {"images": HTTPS}, {"duration": 10}],
    ids=lambda other: next(iter(other)),
)
def test_a_key_stands_for_one_request(
    client: WeryAI, simulator: Simulator, ask: Ask, other: dict[str, Any]
) -> None:
    client.submit(ask(), idempotency_key="shot-17")
    sent = len(simulator.received)
    with pytest.raises(InvalidRequestError, match="'shot-17' stands for another request, entry "):
        client.submit(ask(**other), idempotency_key="shot-17")
    assert len(simulator.received) == sent


def test_a_key_stands_for_a_request_of_one_operation(
    client: WeryAI, simulator: Simulator, operation: str
) -> None:
    client.submit(usual(operation), idempotency_key="shot-17")
    for other in (name for name in PAID if name != operation):
        with pytest.raises(InvalidRequestError, match="'shot-17' stands for another request"):
            client.submit(usual(other), idempotency_key="shot-17")
        assert client.submit(usual(other), refuse_repeats=True)
    assert len(simulator.ledger) == len(PAID)


def test_requests_are_compared_by_what_their_images_hold(
    client: WeryAI, tmp_path: Path, ask: Ask
) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    one.write_bytes(sample("sunrise", (320, 180)))
    two.write_bytes(one.read_bytes())
    job = client.submit(ask(images=[one]), idempotency_key="shot-17")
    assert client.submit(ask(images=[two]), idempotency_key="shot-17") == job
    with pytest.raises(AlreadySubmittedError):
        client.submit(ask(images=[two]), refuse_repeats=True)
    one.write_bytes(sample("night", (320, 180)))
    with pytest.raises(InvalidRequestError, match="another request"):
        client.submit(ask(images=[one]), idempotency_key="shot-17")
    assert client.submit(ask(images=[one]), refuse_repeats=True) != job


def test_a_key_that_was_settled_answers_with_its_ids_or_not_at_all(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True), Lost())
    for key in ("found", "never"):
        with suppress(SubmissionUnknownError):
            client.submit(ask(), idempotency_key=key)
    found, never = journal.entries()
    journal.settle(found.id, Job(simulator.ledger[0].task_ids))
    journal.settle(never.id)
    assert client.submit(ask(), idempotency_key="found").task_ids == simulator.ledger[0].task_ids
    with pytest.raises(InvalidRequestError, match=f"entry {never.id} .*settled without ids.*key"):
        client.submit(ask(), idempotency_key="never")
    assert len(simulator.ledger) == 1


def test_a_job_that_was_given_up_is_still_the_job_of_its_key(
    client: WeryAI, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(), idempotency_key="shot-17")
    journal.settle(only(journal).id)
    assert client.submit(ask(), idempotency_key="shot-17") == job


def test_a_first_submission_that_was_refused_frees_the_key(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next(SUBMIT, refusal(1011))
    with pytest.raises(InsufficientCreditsError):
        client.submit(ask(), idempotency_key="shot-17")
    assert client.submit(ask(prompt="Another"), idempotency_key="shot-17")


@pytest.mark.parametrize("option", [{"idempotency_key": "shot-17"}, {"refuse_repeats": True}])
@pytest.mark.parametrize("method", ["submit", "generate"])
def test_what_only_a_journal_knows_is_refused_without_one(
    make_client: MakeClient, simulator: Simulator, ask: Ask, option: dict[str, Any], method: str
) -> None:
    client = make_client(simulator)
    with pytest.raises(ConfigError, match=f"{next(iter(option))} needs a journal"):
        getattr(client, method)(ask(), **option)
    assert simulator.received == []


@pytest.mark.parametrize("key", ["", " \n", "x" * 256, 17, b"shot", "shot-\ud83d"], ids=repr)
def test_a_key_that_cannot_be_kept_is_refused(
    client: WeryAI, simulator: Simulator, ask: Ask, key: Any
) -> None:
    with pytest.raises(InvalidRequestError, match="idempotency_key "):
        client.submit(ask(), idempotency_key=key)
    assert simulator.received == []


@pytest.mark.parametrize("key", ["x" * 255, "日本 'shot' \0; --"], ids=ascii)
def test_a_key_may_be_any_text(client: WeryAI, ask: Ask, key: str) -> None:
    assert client.submit(ask(), idempotency_key=key) == client.submit(ask(), idempotency_key=key)


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


def test_of_several_clients_that_submit_a_key_at_once_one_pays(
    simulator: Simulator, tmp_path: Path, ask: Ask
) -> None:
    start = threading.Barrier(6)

    def submit(number: int) -> Job:
        with simulator.client(journal=tmp_path / "a.journal", clock=None) as client:
            start.wait()
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


@pytest.mark.parametrize("state", ["unknown", "running", "ready"])
def test_a_request_that_an_open_entry_asks_for_is_refused_before_anything_is_sent(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, operation: str, state: str
) -> None:
    asked = usual(operation)
    if state == "unknown":
        simulator.next(operation, Lost(accepted=True))
    with suppress(SubmissionUnknownError):
        job = client.submit(asked)
    if state == "ready":
        client.wait(job)
    entry, sent = only(journal), len(simulator.received)
    assert entry.state == state
    settle = f"weryai jobs settle {entry.id}" if state == "unknown" else "weryai resume"
    with pytest.raises(AlreadySubmittedError, match=f"entry {entry.id}.*{state}.*{settle}") as told:
        client.submit(asked, refuse_repeats=True)
    assert (told.value.entry, told.value.job) == (entry, entry.job)
    assert len(simulator.received) == sent
    assert client.submit(asked)


def test_a_local_image_is_not_uploaded_for_a_request_that_is_refused(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    client.submit(ask(), refuse_repeats=True)
    sent = len(simulator.received)
    with journal._db.writing() as db:
        db.execute("DELETE FROM uploads")
    with pytest.raises(AlreadySubmittedError):
        client.submit(ask(), refuse_repeats=True)
    assert len(simulator.received) == sent


@pytest.mark.parametrize("end", ["fetched", "settled", "a day old"])
def test_a_request_that_only_entries_ask_for_that_are_done_or_old_is_sent(
    client: WeryAI,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    tmp_path: Path,
    end: str,
) -> None:
    job = client.submit(ask())
    if end == "fetched":
        client.download(client.wait(job), tmp_path)
    elif end == "settled":
        journal.settle(only(journal).id)
    else:
        simulator.clock.sleep(timedelta(hours=24).total_seconds() + 1)
    assert client.submit(ask(), refuse_repeats=True) != job


def test_a_request_that_differs_is_no_repeat(client: WeryAI, ask: Ask) -> None:
    client.submit(ask())
    for other in ({"prompt": "Another"}, {"caller_id": 7}, {"images": HTTPS}):
        client.submit(ask(**other), refuse_repeats=True)


def test_an_image_is_hashed_once_for_a_submission(
    client: WeryAI, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed, digest = list[OpenImage](), OpenImage.digest

    def count(file: OpenImage) -> str:
        hashed.append(file)
        return digest(file)

    monkeypatch.setattr(OpenImage, "digest", count)
    client.submit(ask(), refuse_repeats=True)
    assert len(hashed) == len(ask().images)


def test_the_error_of_a_repeat_can_be_pickled(client: WeryAI, ask: Ask) -> None:
    import pickle

    client.submit(ask(), refuse_repeats=True)
    with pytest.raises(AlreadySubmittedError) as caught:
        client.submit(ask(), refuse_repeats=True)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.entry.id) == (str(caught.value), caught.value.entry.id)
    assert json.dumps(again.faults)


def test_a_failed_job_may_be_asked_for_again(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    simulator.outcomes.append(Outcome("failed", "flagged"))
    job = client.submit(ask())
    with suppress(Exception):
        client.wait(job)
    assert only(journal).state == "failed"
    assert client.submit(ask(), refuse_repeats=True) != job
