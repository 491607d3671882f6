"""Paid once: what an open entry asks for already is refused where that was wanted."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from contract_tests.support.journals import only
from contract_tests.support.requests import usual
from weryai import (
    AlreadySubmittedError,
    MultiImageToVideo,
    SubmissionUnknownError,
    WeryAI,
)
from weryai._files.images import OpenImage
from weryai.journal import SQLiteJournal
from weryai.testing import Lost, Outcome, Simulator

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]


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
    journal._db.write(lambda db: db.execute("DELETE FROM uploads"))
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
