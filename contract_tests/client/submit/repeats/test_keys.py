"""Paid once: a submission that repeats an earlier one is told by its key or by what it asks for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.contract import PAID
from contract_tests.support.journals import only
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
from weryai.journal import SQLiteJournal
from weryai.testing import Lost, Simulator, refusal, sample

Ask = Callable[..., MultiImageToVideo]
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg"]


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
    db.close()
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
