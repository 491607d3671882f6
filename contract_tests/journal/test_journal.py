"""Nothing lost: what was paid for is written down before it is sent, and whatever became of it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from contract_tests.support.clients import KEY, Network
from contract_tests.support.films import film
from contract_tests.support.journals import only
from weryai import (
    AsyncWeryAI,
    DownloadError,
    InsufficientCreditsError,
    Job,
    JournalError,
    MultiImageToVideo,
    ParameterError,
    RateLimitError,
    SubmissionUnknownError,
    TaskFailedError,
    TransportError,
    WaitTimeoutError,
    WeryAI,
    WeryAIError,
)
from weryai.journal import Entry, SQLiteJournal
from weryai.testing import Answer, Lost, Outcome, Simulator, refusal

Ask = Callable[..., MultiImageToVideo]
MakeClient = Callable[..., WeryAI]
pytestmark = pytest.mark.usefixtures("quick_videos")
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg"]


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal) -> WeryAI:
    return make_client(simulator, journal=journal)


def test_the_intent_is_on_disk_before_the_submission_is_sent(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask
) -> None:
    seen: list[Entry] = []

    def answer(_: httpx.Request) -> httpx.Response:
        other = SQLiteJournal(journal.path)  # as another process would
        seen.extend(other.entries())
        other.close()
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    client = make_client(handler=answer, journal=journal)
    client.submit(ask(images=HTTPS, caller_id=7))
    (entry,) = seen
    assert (entry.state, entry.job, entry.held) == ("sending", None, True)
    assert entry.payload["caller_id"] == 7
    assert entry.payload["images"] == HTTPS
    assert entry.base_url == "https://api.weryai.com"


def test_the_ids_are_on_disk_when_submit_returns(
    client: WeryAI, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2, caller_id=7))
    entry = only(journal)
    assert entry.job == job
    assert (entry.state, entry.held, entry.open) == ("running", False, True)
    assert entry.sent_at == job.submitted_at


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(1002), ParameterError),
        (refusal(1011), InsufficientCreditsError),
        (Answer(400, {"message": "malformed"}), ParameterError),
        (refusal(1001), RateLimitError),
    ],
    ids=str,
)
def test_a_proven_refusal_removes_the_intent(
    make_client: MakeClient,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    answer: Answer,
    kind: type[WeryAIError],
) -> None:
    simulator.next(SUBMIT, answer)
    with pytest.raises(kind):
        make_client(simulator, journal=journal).submit(ask(images=HTTPS), retry_budget=0)
    assert not [*journal.entries()]


def test_a_submission_that_was_never_sent_leaves_no_intent(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask
) -> None:
    client = make_client(handler=Network(httpx.ConnectError("down")), journal=journal)
    with pytest.raises(TransportError):
        client.submit(ask(images=HTTPS))
    assert not [*journal.entries()]


def test_one_intent_is_enough_for_a_submission_that_is_refused_for_now(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    simulator.next(SUBMIT, refusal(1001), refusal(6010), Answer(429, {}))
    client.submit(ask(images=HTTPS))
    assert only(journal).state == "running"


@pytest.mark.parametrize("lost", [Lost(), Lost(accepted=True), Answer(504, "x")], ids=str)
def test_a_submission_whose_fate_is_unknown_stays_so_with_the_reason(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, lost: Answer | Lost
) -> None:
    simulator.next(SUBMIT, lost)
    with pytest.raises(SubmissionUnknownError) as caught:
        client.submit(ask(images=HTTPS))
    entry = only(journal)
    assert (entry.state, entry.open, entry.result) == ("unknown", True, None)
    came = caught.value.raw.decode()
    assert entry.reason == f"{caught.value.reason}{came and ': '}{came}", (
        "ids in it outlive the process"
    )
    assert entry.payload == caught.value.payload


def test_an_unknown_submission_can_be_settled_with_its_ids_or_without(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True), Lost())
    for _ in range(2):
        with pytest.raises(SubmissionUnknownError):
            client.submit(ask(images=HTTPS))
    found, never = journal.entries()
    journal.settle(never.id)
    journal.settle(found.id, Job(simulator.ledger[0].task_ids))
    found, never = journal.entries()
    assert [never.state, found.state] == ["settled", "running"]
    assert not never.open
    assert found.job is not None
    client.download(client.wait(found.job), tmp_path)
    assert [entry.state for entry in journal.entries()] == ["fetched", "settled"]


def test_whatever_ends_a_wait_the_states_are_written_down(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    simulator.outcomes.extend([Outcome(seconds=5), Outcome("failed", "flagged", seconds=60)])
    job = client.submit(ask(images=HTTPS, video_number=2))
    with pytest.raises(WaitTimeoutError):
        client.wait(job, timeout=20)
    assert [task.state for task in only(journal).tasks] == ["succeeded", "processing"]
    with pytest.raises(TaskFailedError) as caught:
        client.wait(job)
    entry = only(journal)
    assert entry.result == caught.value.result
    assert (entry.state, entry.unfetched) == ("incomplete", caught.value.result.videos)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(), "ready"),
        (Outcome("failed", "flagged"), "incomplete"),
        (Outcome("canceled"), "incomplete"),
        (Outcome(videos=False), "incomplete"),
        (Outcome("Queued_Again", ends=False), "running"),
    ],
    ids=str,
)
def test_the_state_of_an_entry_is_what_the_service_last_told(
    client: WeryAI,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    outcome: Outcome,
    state: str,
) -> None:
    simulator.outcomes.append(outcome)
    job = client.submit(ask(images=HTTPS))
    simulator.clock.sleep(30)
    client.status(job.task_ids[0])
    assert only(journal).state == state


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([Outcome("failed", "flagged"), Outcome("canceled")], "failed"),
        ([Outcome("failed"), Outcome()], "incomplete"),
        ([Outcome("failed"), Outcome(videos=False)], "incomplete"),
        ([Outcome(), Outcome()], "ready"),
    ],
    ids=str,
)
def test_only_what_failed_altogether_and_a_minute_later_still_had_is_done_with(
    client: WeryAI,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    outcomes: list[Outcome],
    state: str,
) -> None:
    simulator.outcomes.extend(outcomes)
    job = client.submit(ask(images=HTTPS, video_number=2))
    with suppress(WaitTimeoutError):
        client.wait(job, timeout=50)
    assert only(journal).open
    with suppress(TaskFailedError):
        client.wait(job)
    entry = only(journal)
    assert (entry.state, entry.open) == (state, state != "failed")


def test_what_is_told_of_a_batch_is_written_down_where_its_tasks_are(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS, video_number=2))
    simulator.clock.sleep(60)
    assert job.batch_id is not None
    client.batch_status(job.batch_id)
    assert only(journal).state == "ready"


def test_a_job_that_is_known_by_its_batch_alone_is_followed(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    with simulator.client() as elsewhere:
        elsewhere.submit(ask(images=HTTPS))
    batch = simulator.ledger[0].batch_id
    simulator.next(SUBMIT, Answer(body={"status": 0, "data": {"batch_id": batch}}))
    job = client.submit(ask(images=HTTPS))
    assert (job.task_ids, only(journal).state) == ((), "running")
    client.download(client.wait(job), tmp_path)
    assert (only(journal).job, only(journal).state) == (job, "fetched")


def test_what_has_ended_does_not_run_again_because_of_a_late_answer(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    client.wait(job)
    late = {"task_id": job.task_ids[0], "task_status": "processing"}
    simulator.next("get_task_status", Answer(body={"status": 0, "data": late}))
    client.status(job.task_ids[0])
    assert only(journal).state == "ready"


def test_each_video_is_written_down_with_its_file(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    result = client.generate(ask(images=HTTPS, video_number=2))
    first, second = result.videos
    paths = client.download([first], tmp_path)
    assert only(journal).unfetched == (second,)
    paths += client.download([second], tmp_path)
    entry = only(journal)
    assert (entry.state, entry.open) == ("fetched", False)
    assert [entry.files[video.name] for video in result.videos] == paths


@pytest.mark.skipif(os.name == "nt", reason="paths are texts there")
def test_a_video_in_a_folder_of_bytes_that_are_no_text_counts_as_fetched(
    client: WeryAI, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    (path,) = client.download(client.generate(ask(images=HTTPS)), folder)
    assert only(journal).files == {path.stem: path}
    assert (only(journal).state, path.exists()) == ("fetched", True)


def test_a_video_that_could_not_be_fetched_stays_to_be_fetched(
    client: WeryAI, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    result = client.generate(ask(images=HTTPS))
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError):
        client.download(result, tmp_path / "file")
    assert only(journal).state == "ready"


def test_a_task_that_is_told_by_no_id_is_written_down_and_fetched(
    make_client: MakeClient, journal: SQLiteJournal, tmp_path: Path
) -> None:

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "e.com":
            return httpx.Response(200, content=film())
        made = [
            {"task_status": "succeed", "videos": [f"https://e.com{request.url.path}/{number}"]}
            for number in (1, 2)
        ]
        data = made if "batch" in request.url.path else made[0]
        return httpx.Response(200, json={"status": 0, "data": data})

    client = make_client(handler=answer, journal=journal)
    jobs = [Job(["task_1"]), Job(["task_2", "task_3"], "9")]
    for number, job in enumerate(jobs):
        journal.begin(str(number), client.base_url, {}, datetime.now(UTC))
        journal.accept(str(number), job)
        client.download(client.wait(job), tmp_path)
    assert {entry.state for entry in journal.entries()} == {"fetched"}


@pytest.mark.parametrize("step", ["accept", "refuse", "doubt"])
def test_an_entry_whose_end_cannot_be_written_is_told_as_unknown(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, step: str
) -> None:
    answers: dict[str, list[Answer | Lost]] = {"refuse": [refusal(1011)], "doubt": [Lost()]}
    simulator.next(SUBMIT, *answers.get(step, []))
    with sqlite3.connect(journal.path) as db:
        for event in ("UPDATE", "DELETE"):
            fail = "BEGIN SELECT RAISE(FAIL, 'no'); END"
            db.execute(f"CREATE TRIGGER no_{event} BEFORE {event} ON entries {fail}")
    db.close()
    with pytest.raises(WeryAIError):
        client.submit(ask(images=HTTPS))
    assert (only(journal).state, only(journal).held) == ("unknown", False)


def test_a_finished_job_comes_with_the_error_where_its_end_cannot_be_written(
    client: WeryAI, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    with sqlite3.connect(journal.path) as db:
        db.execute("DROP TABLE videos")
    db.close()
    with pytest.raises(JournalError) as caught:
        client.wait(job)
    assert caught.value.job == job
    assert caught.value.result is not None
    assert caught.value.result.videos


def test_tasks_and_videos_of_no_entry_are_passed_over(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    with simulator.client() as elsewhere:
        job = elsewhere.submit(ask(images=HTTPS))
    client.download(client.wait(job), tmp_path)
    assert not [*journal.entries()]


def test_ids_that_cannot_be_written_down_come_with_the_error(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        with sqlite3.connect(journal.path) as db:
            db.execute("DROP TABLE tasks")
        db.close()
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    with pytest.raises(JournalError, match="cannot be used") as caught:
        make_client(handler=answer, journal=journal).submit(ask(images=HTTPS))
    assert caught.value.job is not None
    assert caught.value.job.task_ids == ("task_1",)
    assert "task_1" in caught.value.__notes__[0]


def test_nothing_is_sent_where_the_intent_cannot_be_written(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    journal.close()
    with pytest.raises(JournalError):
        client.submit(ask(images=HTTPS))
    assert simulator.received == []


async def stopped(
    journal: SQLiteJournal, request: MultiImageToVideo, answer: Callable[[], Awaitable[Any]]
) -> BaseException:
    """What a submission raises that is cancelled a moment after its request has arrived."""
    arrived = asyncio.Event()

    async def handler(_: httpx.Request) -> httpx.Response:
        arrived.set()
        return httpx.Response(200, json=await answer())

    transport = httpx.MockTransport(handler)
    async with AsyncWeryAI(KEY, transport=transport, journal=journal) as client:
        task = asyncio.create_task(client.submit(request))
        await arrived.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
    return caught.value


def test_a_submission_stopped_on_its_way_is_unknown(journal: SQLiteJournal, ask: Ask) -> None:
    error = asyncio.run(stopped(journal, ask(images=HTTPS), lambda: asyncio.sleep(60)))
    assert isinstance(error.__cause__, SubmissionUnknownError)
    assert only(journal).state == "unknown"
    assert isinstance(error.__cause__, SubmissionUnknownError)
    assert only(journal).reason == error.__cause__.reason


def test_a_submission_stopped_between_two_attempts_is_not_paid_and_not_kept(
    journal: SQLiteJournal, ask: Ask
) -> None:
    async def refused() -> Any:
        return {"status": 1001, "message": "slowly"}

    error = asyncio.run(stopped(journal, ask(images=HTTPS), refused))
    assert error.__cause__ is None
    assert not [*journal.entries()]


@pytest.mark.parametrize("by", ["anyio", "asyncio"])
def test_a_submission_stopped_while_its_ids_are_written_down_loses_none(
    simulator: Simulator, journal: SQLiteJournal, ask: Ask, by: str
) -> None:
    accept = journal.accept

    async def main() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        with anyio.CancelScope() as scope:
            stop = scope.cancel if by == "anyio" else task.cancel

            def slowly(entry_id: str, job: Job) -> None:
                loop.call_soon_threadsafe(stop)
                time.sleep(0.05)
                accept(entry_id, job)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(journal, "accept", slowly)
                async with simulator.async_client(journal=journal) as client:
                    await client.submit(ask(images=HTTPS))
                    await asyncio.sleep(1)
                    pytest.fail("it was not stopped")

    if by == "anyio":
        asyncio.run(main())
    else:
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(main())
    assert only(journal).state == "running"


def test_the_key_is_not_in_the_journal(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask, tmp_path: Path
) -> None:
    simulator.next(SUBMIT, Answer(500, f"Bearer {simulator.api_key}"))
    with pytest.raises(SubmissionUnknownError):
        client.submit(ask(images=HTTPS))
    client.download(client.generate(ask(images=HTTPS)), tmp_path / "out")
    files = [*journal.path.parent.rglob("*")]
    assert journal.path in files
    key = simulator.api_key.encode()
    assert not [file for file in files if file.is_file() and key in file.read_bytes()]
