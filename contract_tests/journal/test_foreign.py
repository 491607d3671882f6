"""A journal may be anybody's and raise anything: no error takes the place of one that says more,
and what was paid never goes unsaid."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from weryai import (
    DownloadError,
    InsufficientCreditsError,
    JournalError,
    MultiImageToVideo,
    ParameterError,
    SubmissionUnknownError,
    TaskFailedError,
    WeryAI,
)
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, Lost, Outcome, Simulator, refusal

Ask = Callable[..., MultiImageToVideo]
pytestmark = pytest.mark.usefixtures("quick_videos")
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg"]


class Failing:
    """A journal whose steps raise what `faults` says."""

    def __init__(self, journal: SQLiteJournal) -> None:
        self.kept = journal
        self.faults: dict[str, BaseException] = {}

    def __getattr__(self, name: str) -> Any:
        if fault := self.faults.get(name):

            def fail(*_: object, **__: object) -> None:
                raise fault

            return fail
        return getattr(self.kept, name)


@pytest.fixture
def failing(journal: SQLiteJournal) -> Failing:
    return Failing(journal)


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, failing: Failing) -> WeryAI:
    return make_client(simulator, journal=failing)


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> BaseException:
    error: BaseException = request.param("the database is down")
    return error


class Speechless(Exception):
    """An error that fails when it is asked what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


ERRORS = [RuntimeError, JournalError, KeyError, Speechless]
errors = pytest.mark.parametrize("fault", ERRORS, indirect=True)
anything = pytest.mark.parametrize("fault", [*ERRORS, KeyboardInterrupt, SystemExit], indirect=True)


@pytest.mark.parametrize("began", ["accepted", "unknown"])
def test_an_entry_that_a_submission_did_not_begin_is_not_touched_by_it(
    client: WeryAI,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    began: str,
) -> None:
    monkeypatch.setattr("weryai._calls.bookkeeping.new_id", lambda: "the-same")
    if began == "unknown":
        simulator.next(SUBMIT, Lost(accepted=True))
    with suppress(SubmissionUnknownError):
        client.submit(ask(images=HTTPS))
    before, sent = [*journal.entries()], len(simulator.received)
    with pytest.raises(JournalError):
        client.submit(ask(images=HTTPS, prompt="Another"))
    assert [*journal.entries()] == before
    assert len(simulator.received) == sent


@errors
def test_nothing_is_sent_where_the_intent_cannot_be_written_for_any_reason(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    for step in ("begin", "earlier"):
        failing.faults = {step: fault}
        with pytest.raises(JournalError) as caught:  # nothing is looked for without a key
            client.submit(ask(images=HTTPS), idempotency_key="shot-17")
        assert fault in (caught.value, caught.value.__cause__)
        assert caught.value.job is None
    assert simulator.received == []


@anything
def test_the_unknown_fate_of_a_submission_is_told_whatever_the_journal_raises(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    failing.faults["doubt"] = fault
    simulator.next(SUBMIT, Lost(accepted=True))
    with pytest.raises(SubmissionUnknownError):
        client.submit(ask(images=HTTPS))


@anything
def test_a_refusal_is_told_whatever_the_journal_raises(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    failing.faults["refuse"] = fault
    simulator.next(SUBMIT, refusal(1011))
    with pytest.raises(InsufficientCreditsError):
        client.submit(ask(images=HTTPS))


@anything
def test_the_ids_of_what_was_paid_come_with_the_error_whatever_the_journal_raises(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    failing.faults["accept"] = fault
    with pytest.raises(JournalError) as caught:
        client.submit(ask(images=HTTPS))
    assert fault in (caught.value, caught.value.__cause__)
    assert caught.value.job is not None
    assert caught.value.job.task_ids == simulator.ledger[0].task_ids
    assert simulator.ledger[0].task_ids[0] in caught.value.__notes__[0]


@errors
def test_what_the_service_told_comes_with_the_error_whatever_the_journal_raises(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    job = client.submit(ask(images=HTTPS))
    failing.faults["note"] = fault
    looks: list[Callable[[], object]] = [
        lambda: client.wait(job),
        lambda: client.status(job.task_ids[0]),
        lambda: client.batch_status(job.batch_id or ""),
        lambda: client.confirm(simulator.notice(job.task_ids[0])),
    ]
    for look in looks:
        with pytest.raises(JournalError) as caught:
            look()
        assert fault in (caught.value, caught.value.__cause__)
        assert caught.value.job is not None
        assert caught.value.result is not None
        assert caught.value.result.videos


@errors
def test_a_failure_of_a_task_is_told_whatever_the_journal_raises(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    simulator.outcomes.append(Outcome("failed", "flagged"))
    job = client.submit(ask(images=HTTPS))
    failing.faults["note"] = fault
    with pytest.raises(TaskFailedError):
        client.wait(job)


@errors
def test_a_video_that_is_whole_is_told_whatever_the_journal_raises(
    client: WeryAI, failing: Failing, ask: Ask, tmp_path: Path, fault: BaseException
) -> None:
    result = client.generate(ask(images=HTTPS, video_number=2))
    failing.faults["fetched"] = fault
    with pytest.raises(DownloadError, match=r"\.mp4 is whole, and that could not be written down"):
        client.download(result, tmp_path)
    assert len(list(tmp_path.glob("*.mp4"))) == 2


@errors
def test_an_upload_that_cannot_be_remembered_stops_nothing(
    client: WeryAI, simulator: Simulator, failing: Failing, ask: Ask, fault: BaseException
) -> None:
    failing.faults = {"uploaded": fault, "address_of": fault}
    assert client.submit(ask())
    simulator.next(SUBMIT, Answer(400, {"message": "malformed"}))
    with pytest.raises(ParameterError):
        client.submit(ask())


def test_a_journal_of_before_pays_nothing(
    make_client: MakeClient, simulator: Simulator, ask: Ask
) -> None:
    class Old:
        """Its `begin` knows no key."""

        def earlier(self, *_: object, **__: object) -> None:
            return None

        def begin(self, entry_id: str, base_url: str, payload: object, sent_at: object) -> None:
            pytest.fail("it cannot be called")

    with pytest.raises(JournalError, match="the journal failed: TypeError"):
        make_client(simulator, journal=Old()).submit(ask(images=HTTPS))
    assert simulator.received == []


def test_a_submission_stopped_when_it_was_begun_and_not_sent_leaves_no_entry(
    journal: SQLiteJournal, ask: Ask
) -> None:
    import asyncio

    from contract_tests.support.clients import KEY
    from weryai import AsyncWeryAI

    async def main() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        begin = journal.begin

        def slowly(*args: Any, **options: Any) -> None:
            loop.call_soon_threadsafe(task.cancel)
            begin(*args, **options)
            assert [entry.state for entry in journal.entries()] == ["sending"]

        transport = httpx.MockTransport(lambda _: pytest.fail("it was sent"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(journal, "begin", slowly)
            async with AsyncWeryAI(KEY, transport=transport, journal=journal) as client:
                await client.submit(ask(images=HTTPS))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert not [*journal.entries()]
