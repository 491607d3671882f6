"""What was paid for and not fetched is waited for and fetched, by the library too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support.clients import IN_TWO_MODES, MakeClient
from weryai import (
    ConfigError,
    InvalidRequestError,
    MultiImageToVideo,
    TaskFailedError,
    WaitTimeoutError,
    WeryAI,
)
from weryai.journal import Resumed, SQLiteJournal
from weryai.testing import Lost, Outcome, Simulator

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]
pytestmark = [IN_TWO_MODES, pytest.mark.usefixtures("quick_videos")]


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal) -> WeryAI:
    return make_client(simulator, journal=journal)


def all_of(client: Any, folder: Path, **options: Any) -> list[Resumed]:
    return [*client.resume(folder, **options)]


def test_all_that_is_open_is_fetched_and_a_failure_stops_no_other(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    done = client.generate(ask(images=HTTPS, caller_id=1)).job
    fetched = client.generate(ask(images=HTTPS, caller_id=2))
    client.download(fetched, tmp_path / "before")
    running = client.submit(ask(images=HTTPS, video_number=2))
    simulator.outcomes.append(Outcome("failed", "moderated"))
    failed = client.submit(ask(images=HTTPS))
    simulator.next("submit_multi_image_to_video", Lost())
    with pytest.raises(Exception, match="fate is not known"):
        client.submit(ask(images=HTTPS, caller_id=3))
    paid = len(simulator.ledger)
    resumed = {each.entry.job: each for each in all_of(client, tmp_path / "out")}
    assert set(resumed) == {done, running, failed}
    assert [len(resumed[job].paths) for job in (done, running, failed)] == [1, 2, 0]
    assert [type(resumed[job].error) for job in (done, running)] == [type(None)] * 2
    assert isinstance(resumed[failed].error, TaskFailedError)
    assert [resumed[job].entry.state for job in (done, running, failed)] == [
        "fetched", "fetched", "failed"
    ]  # fmt: skip
    assert all(path.exists() for each in resumed.values() for path in each.paths)
    assert (len(simulator.ledger), journal.counts()["unknown"]) == (paid, 1)
    assert all_of(client, tmp_path / "out") == []


def test_what_still_runs_is_told_and_left(
    client: WeryAI, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    client.submit(ask(images=HTTPS))
    seen: list[Any] = []
    (resumed,) = all_of(client, tmp_path, timeout=0, on_update=seen.append)
    assert isinstance(resumed.error, WaitTimeoutError)
    assert (resumed.entry.state, resumed.paths, len(seen)) == ("running", (), 1)
    assert journal.claim(resumed.entry.id), "nothing stays claimed"


def test_a_video_that_cannot_be_fetched_is_told_and_left(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    client.generate(ask(images=HTTPS))
    (tmp_path / "file").touch()
    (resumed,) = all_of(client, tmp_path / "file")
    assert resumed.error is not None
    assert resumed.entry.state == "ready"
    (again,) = all_of(client, tmp_path / "out")
    assert (again.error, again.entry.state) == (None, "fetched")


def test_what_another_process_has_in_hand_or_another_service_made_is_left_alone(
    client: WeryAI, make_client: MakeClient, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    client.generate(ask(images=HTTPS))
    other = make_client(handler=lambda _: 1 / 0, base_url="https://other.example", journal=journal)
    assert all_of(other, tmp_path) == []
    (entry,) = journal.entries()
    assert journal.claim(entry.id)
    assert all_of(client, tmp_path) == []
    journal.release(entry.id)
    assert len(all_of(client, tmp_path)) == 1


def test_a_journal_is_needed_and_a_folder_and_seconds(
    client: WeryAI, make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="needs a journal"):
        make_client(simulator).resume(tmp_path)
    odd: Any = 7
    with pytest.raises(InvalidRequestError, match="no folder"):
        client.resume(odd)
    with pytest.raises(InvalidRequestError, match="timeout"):
        client.resume(tmp_path, timeout=odd * -1)
    assert not simulator.received
