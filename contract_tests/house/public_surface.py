"""Every public name, used as its docstring says. mypy --strict and pyright read it, a test runs it.

`typing.assert_type` makes a changed type an error here, before a user meets it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, assert_type

import anyio
import httpx

import weryai
from weryai import (
    REQUESTS,
    AlreadySubmittedError,
    AsyncWeryAI,
    AuthenticationError,
    Clock,
    ConcurrencyLimitError,
    ConfigError,
    ContentRejectedError,
    DailyLimitError,
    Delay,
    DownloadError,
    Ended,
    Estimate,
    FirstLastFrameToVideo,
    ImageToVideo,
    InsufficientCreditsError,
    InvalidRequestError,
    Job,
    JournalError,
    Limits,
    LocalImage,
    MediaError,
    Model,
    MultiImageToVideo,
    NotFoundError,
    ParameterError,
    PermissionDeniedError,
    Pictures,
    Plain,
    Purse,
    RateLimitError,
    ResponseError,
    Result,
    ServerError,
    SpendLimitError,
    SubmissionUnknownError,
    SystemClock,
    Task,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    UnlistedModelWarning,
    Video,
    WaitTimeoutError,
    WebhookError,
    WeryAI,
    WeryAIError,
    webhooks,
)
from weryai.batch import (
    Added,
    Batch,
    Fault,
    Manifest,
    ManifestRow,
    Status,
    check_manifest,
    read_manifest,
)
from weryai.journal import (
    OPEN_STATES,
    ROW_STATES,
    STATES,
    BatchRows,
    BatchState,
    Entry,
    Journal,
    PlannedRow,
    PostgresJournal,
    Resumed,
    Row,
    RowState,
    SQLiteJournal,
    State,
    Turn,
    open_journal,
)
from weryai.report import ReportRow, write
from weryai.requests import Findings, VideoRequest
from weryai.testing import (
    JOURNAL_PROMISES,
    OPERATIONS,
    REFUSALS,
    Accepted,
    Answer,
    Lost,
    ManualClock,
    Outcome,
    Received,
    Recorder,
    Replay,
    RunningClock,
    Simulator,
    Variant,
    check_journal,
    refusal,
    sample,
)


def request(images: Sequence[str | Path], base_url: str | None = None) -> MultiImageToVideo:
    made = MultiImageToVideo(
        images=images,
        prompt="The sun sets",
        model="KLING_O1",
        aspect_ratio="16:9",
        duration=5,
        negative_prompt="rain",
        video_number=2,
        resolution="480p",
        generate_audio=False,
        webhook_url="https://example.com/hook",
        caller_id=42,
    )
    assert_type(made.payload(), dict[str, Any])
    found: list[LocalImage] = made.check(base_url=base_url)
    print([(image.path, image.media_type, image.width, image.height) for image in found])
    return made


def others(image: Path) -> list[VideoRequest]:
    usual: dict[str, Any] = {"prompt": "The sun sets", "aspect_ratio": "16:9", "duration": 5}
    one = ImageToVideo(image=image, model="WERYAI_VIDEO_1_0", **usual)
    two = FirstLastFrameToVideo(
        first_pic_url=image, end_pic_url=str(image), model="KLING_V3_0_STA", **usual
    )
    assert_type(one.sources, tuple[str | os.PathLike[str], ...])
    return [one, two]


def arrived(video: Video, here: int, total: int | None) -> None:
    print(video.name, here, total)


def blocking(client: WeryAI, image: Path, folder: Path) -> list[Path]:
    assert_type(client.balance(retry_budget=10), float)
    for kind in REQUESTS.values():
        assert_type(client.models(kind, retry_budget=10), list[Model])
    address = client.upload(image)
    assert_type(address, str)
    wanted = request([image, address], client.base_url)
    found = client.check(wanted)
    assert_type(found, Findings)
    print(found.faults, found.warnings, found.checked, found.not_checked)
    cost = client.estimate(wanted)
    assert_type(cost.credits, float | None)
    print(cost, cost.payments, cost.least, cost.most, cost.last_at)
    warnings.simplefilter("error", UnlistedModelWarning)
    job = client.submit(wanted, idempotency_key="shot-17", refuse_repeats=True)
    assert_type(job, Job)
    assert_type(job.submitted_at, datetime | None)
    assert_type(job.request_id, str | None)
    assert_type(job.headers, Mapping[str, str])
    same = Job.from_dict(job.to_dict())
    result = client.wait(same, timeout=600, on_update=show)
    assert_type(result, Result)
    assert_type(client.wait(job.task_ids[0]), Result)
    assert_type(client.wait([*job.task_ids], timeout=0), Result)
    for ended in client.wait_all([job, *job.task_ids, [*job.task_ids]], timeout=600):
        print(how(ended))
    assert_type(Job(["task_1"], video_number=2).video_number, int | None)
    assert_type((result.complete, result.expected), tuple[bool, int])
    assert_type(client.status(job.task_ids[0]), Task)
    assert_type(client.batch_status(job.batch_id or ""), list[Task])
    assert_type(result.videos, tuple[Video, ...])
    client.download(result.videos[0], folder, names=["film"], on_progress=arrived)
    client.download(result.tasks, folder)
    client.download(result.videos[:1], folder, names=["sunset/first"])
    return client.download(result, folder)


async def with_asyncio(client: AsyncWeryAI, folder: Path) -> list[Path]:
    assert_type(await client.balance(), float)
    assert_type(await client.models(), list[Model])
    wanted = request(["https://example.com/a.jpg"])
    assert_type(await client.check(wanted), Findings)
    assert_type(await client.estimate(wanted), Estimate)
    result = await client.generate(wanted, timeout=600, on_update=show, on_wait=wait)
    assert_type(result, Result)
    again = await client.wait(result.job)
    async for ended in client.wait_all([result.job], on_update=show):
        print(how(ended))
    assert_type(await client.status(again.tasks[0].id), Task)
    assert_type(await client.batch_status(again.job.batch_id or ""), list[Task])
    return await client.download(
        again.videos[:1], str(folder), names=("a.mp4",), on_progress=arrived
    )


def go_on(client: WeryAI, folder: Path) -> list[Path]:
    """All that is open, after whatever has stopped it."""
    found: list[Resumed] = []
    for resumed in client.resume(folder, timeout=600, on_update=show):
        print(resumed.entry.id, resumed.error)
        found.append(Resumed.from_dict(resumed.to_dict()))
    return [path for each in found for path in each.paths]


async def go_on_with_asyncio(client: AsyncWeryAI, folder: Path) -> None:
    async for resumed in client.resume(folder):
        assert_type(resumed, Resumed)


def how(ended: Ended) -> tuple[Job, tuple[Video, ...], WeryAIError | None]:
    return ended.job, ended.result.videos, ended.error


def refused_by_checkers(given: dict[str, Any]) -> None:
    """What no request takes, and a type checker sees."""
    MultiImageToVideo(images=5, **given)  # type: ignore[arg-type]
    MultiImageToVideo(images=[b"a.jpg"], **given)  # type: ignore[list-item]
    ImageToVideo(image=["a.jpg"], **given)  # type: ignore[arg-type]


def show(result: Result) -> None:
    assert_type(Result.from_dict(result.to_dict()), Result)
    print([(task.state, task.done, task.failed, task.known) for task in result.tasks])


def wait(delay: Delay) -> None:
    assert_type(delay.seconds, float)
    print(delay.reason, delay)


def take_turns(journal: Journal, limits: Limits = Limits(running=20, interval=2.5)) -> str:  # noqa: B008
    """What a submission waits for, as a journal of its own would say it."""
    turn, now = Turn(limits, lead=0.5, gone=("entry",)), datetime.now(UTC)
    delay = journal.begin("entry", "https://api.weryai.com", {}, now, turn=turn)
    assert_type(delay, Delay | None)
    journal.hold_back("https://api.weryai.com", now, 5)
    return str(delay or journal.turn("entry", now, turn))


def kept(journal: Journal) -> list[str]:
    """What was paid for, and what is left to do."""
    told: list[str] = []
    entry: Entry
    for entry in journal.entries():
        assert_type(entry.job, Job | None)
        assert_type(entry.result, Result | None)
        assert_type(entry.unfetched, tuple[Video, ...])
        facts = (entry.id, entry.base_url, entry.payload, entry.sent_at, entry.tasks, entry.files)
        asked = (entry.operation, entry.idempotency_key, entry.fingerprint)
        told.append(f"{facts} {asked} {entry.state} {entry.reason} {entry.held} {entry.settled}")
        assert_type(entry.told_at, datetime | None)
        assert entry.job is None or journal.find(entry.base_url, entry.job) is not None
        assert not entry.final
        assert entry.told(entry.tasks) == entry
        if entry.open and journal.claim(entry.id):
            journal.settle(entry.id)
            journal.release(entry.id)
    return told


def left(journal: Journal, since: datetime | str, state: State = "unknown") -> int:
    """How many are open, and what there is to look at."""
    for entry in journal.open_entries():
        assert_type(entry.state, State)
        journal.note(entry.id, entry.tasks, final=entry.final, at=entry.told_at)
    print([entry.id for entry in journal.entries(state=state, after=since, newest_first=True)])
    counts = journal.counts()
    assert counts.keys() == set(STATES)
    return sum(counts[open_state] for open_state in OPEN_STATES)


def opened(place: str | Path) -> SQLiteJournal:
    """A file of one machine, and no database of several."""
    journal = open_journal(place)
    if isinstance(journal, PostgresJournal):
        journal.close()
        raise SystemExit(f"{journal} is no file")
    return journal


def kept_by_mine(folder: Path) -> None:
    """Whether a journal does what `Journal` promises: one promise of it, and all."""
    check_journal(lambda name: SQLiteJournal(folder / name), JOURNAL_PROMISES[0])


def what_to_do(error: WeryAIError) -> str:
    """Each error of the tree, with what it carries."""
    match error:
        case ConfigError():
            return str(error)
        case AlreadySubmittedError(entry=entry, job=job):
            return f"wait for {job}, entry {entry.id}"
        case MediaError(faults=faults):
            return "; ".join(faults)
        case SpendLimitError(purse=purse, left=float(left), price=float(price)):
            return f"{price - left} more to {purse}, of {error.credits}"
        case InvalidRequestError(faults=faults):
            return "; ".join(faults)
        case TransportError(sent=sent):
            return f"try again ({sent})"
        case RateLimitError(retry_after=float(seconds)):
            return f"in {seconds} s"
        case RateLimitError() | ConcurrencyLimitError() | DailyLimitError() | ServerError():
            return "later"
        case AuthenticationError() | PermissionDeniedError() | InsufficientCreditsError():
            return "look at the account"
        case ParameterError() | ContentRejectedError() | NotFoundError():
            return "change the request"
        case UnexpectedResponseError(raw=raw):
            return repr(raw)
        case ResponseError(code=code, http_status=status, message=message) as no:
            return f"{code} {status} {message} {no.request_id} {no.headers.get('server')}"
        case (
            SubmissionUnknownError(
                operation=operation, payload=payload, sent_at=at, caller_id=caller, raw=raw
            ) as unknown
        ):
            told = f"{unknown.reason}, {unknown.entry}"
            return f"look up {operation} {payload} of {at:%H:%M}, {caller}, {raw!r}: {told}"
        case TaskFailedError(result=result):
            return f"{[task.reason for task in result.failed]}, {len(result.videos)} videos"
        case WaitTimeoutError(job=job, result=result):
            return f"wait for {job} again, last seen as {result}"
        case DownloadError(video=video, paths=paths, failures=failures):
            assert_type(failures, tuple[DownloadError, ...])
            return f"fetch {video.url} again, {paths} are there"
        case JournalError(job=job):
            return f"keep {job}"
        case WebhookError():
            return "answer 400"
        case _:
            return "new"


def photos(fit: bool) -> WeryAI | None:
    """A client for what telephones write, where the extra is installed."""
    pictures = Pictures(fit=fit, keep_metadata=False)
    return None if Pictures.missing() else WeryAI(pictures=pictures)


def soon(clock: Clock | None = None) -> float:
    """A moment from now, by the real time unless a test turns it."""
    return (clock or SystemClock()).monotonic() + 1


def receive(body: bytes) -> Task:
    return webhooks.parse(webhooks.dump(webhooks.parse(body)))


def received(client: WeryAI | AsyncWeryAI, folder: Path) -> webhooks.ASGIApp:
    """An application that says what it does."""
    assert_type(client.journal, Journal | None)
    return webhooks.app(client, folder, on_task=print, on_video=lambda video, path: print(path))


async def believe(client: AsyncWeryAI, body: bytes) -> Task:
    return await client.confirm(body)


def simulated(clock: Clock | None = None) -> Simulator:
    simulator = Simulator(
        credits=500,
        price=2,
        task_seconds=lambda payload: 2 * payload["duration"],
        spread=0.1,
        spacing=0.5,
        max_running=float("inf"),
        answer_seconds=0.1,
        fail_rate=0,
        lose_answers=0,
        lose_webhooks=0,
        double_webhooks=0,
        late_webhooks=0,
        seed=7,
        render=False,
        video=None,
        state=None,
        variant=Variant(success="200", videos="objects"),
        clock=clock or ManualClock(RunningClock().time()),
    )
    simulator.outcomes.append(Outcome("succeed", seconds=5))
    simulator.next(OPERATIONS[0], refusal(1001), Answer(429, {}, {"Retry-After": "1"}))
    simulator.next("get_balance", Lost())
    assert REFUSALS["workflow_error"] == 6001
    simulator.refuse("workflow_error", times=2)
    simulator.lose_answer(accepted=False, operation="get_task_status")
    return simulator


def looked_at(entries: Sequence[Entry], folder: Path) -> Path:
    rows = [
        ReportRow(
            id=entry.id,
            state=entry.state,
            prompt=entry.payload["prompt"],
            model=entry.payload["model"],
            operation=entry.operation,
            images=tuple(entry.payload["images"]),
            videos=tuple(entry.files.values()),
            reason=entry.reason,
            submitted_at=entry.sent_at,
            ended_at=None,
            credits=2.5,
        )
        for entry in entries
    ]
    assert_type(rows[0].seconds, float | None)
    return write(rows, folder, title="Last night")


def table(folder: Path) -> Manifest:
    """A manifest of three rows, with a fault in the last one."""
    path, usual = folder / "renders.csv", {"model": "KLING_O1", "aspect_ratio": "16:9"}
    image = "https://example.com/a.jpg"
    path.write_text(f"id,prompt,images,duration\nfox,Up,{image},5\nowl,Off,{image},5\nhen,,,5\n")
    manifest = read_manifest(path, defaults=usual, base_url="http://localhost")
    row: ManifestRow
    for row in manifest.rows:
        print(row.id, row.place, row.request, row.output, row.digest, row.name(1, "task_1"))
    fault: Fault
    for fault in manifest.faults:
        print(fault.place, fault.column, fault.words, fault.file)
    with WeryAI("sk-nobody", check_models=False) as client:
        faults, warnings = check_manifest(Manifest((), ()), client.check)
    assert_type(faults, tuple[Fault, ...])
    assert_type(warnings, tuple[str, ...])
    return Manifest(manifest.rows, (), manifest.name)


def overnight(folder: Path, simulator: Simulator) -> Status:
    """Many videos at once, and what became of each."""
    with Batch.open(folder / "renders.db", "night") as batch:
        added: Added = batch.add(table(folder))
        assert_type(added.new + added.known + added.changed, tuple[str, ...])
        assert added.faults == batch.add(table(folder), dry_run=True).faults == ()
        status = batch.run(
            folder / "renders",
            client=simulator.async_client,
            limits=Limits(interval=0, purse=Purse("all nights", 500, price=50)),
            max_rows=1,
            keep_going=True,
            on_row=tell,
            on_wait=wait,
            clock=simulator.clock,
        )
        assert_type(status, Status)
        value: Plain
        for value in (added, status, *added.faults):
            print(value.to_dict())
        assert_type(Status.from_dict(status.to_dict()), Status)
        batch.pause("until tomorrow")
        batch.resume()
        batch.cancel()
        batch.retry("owl")
        assert_type(batch.resolve("owl", skip=True), Row)
        print(status.total, status.left, status.counts, status.paused, status.base_url)
        print(status.credits_before, status.credits_now, status.seconds_left)
        assert_type((status.spent, status.stopped), tuple[float, str | None])
        assert_type(batch.row("fox").credits, float | None)
        states: list[RowState] = [row.state for row in batch.rows(*ROW_STATES)]
        assert states[1] == "skipped"
        beneath(batch)
        return batch.status()


def tell(row: Row) -> None:
    facts = (row.id, row.place, row.operation, row.request, row.digest, row.output, row.consent)
    assert_type(row.files, tuple[tuple[Path, str], ...])
    print(facts, row.key, row.state, row.entry, row.reason, row.sent_at, row.ended_at)


def beneath(batch: Batch) -> None:
    """What a batch keeps in its journal, for whoever writes another way to run one."""
    rows: BatchRows = batch.journal.batch(f"{batch.name}-2")
    row = PlannedRow(id="a", place=1, operation="submit_image_to_video", request={}, digest="0")
    assert rows.add([row])["new"] == ["a"]
    assert rows.state == BatchState()
    assert [each.id for each in rows.waiting(9)] == ["a"]


def tour(folder: Path) -> tuple[Accepted, Received]:
    """All of it, without a key and without a network."""
    image = folder / "sunrise.png"
    image.write_bytes(sample("sunrise", (320, 180)))
    journal = opened(folder / "jobs.journal")
    with simulated() as simulator, simulator.client(journal=journal) as client:
        paths = blocking(client, image, folder)
        assert all(path.exists() for path in paths)
        body = simulator.notice(simulator.ledger[0].task_ids[0])
        assert receive(body) == client.confirm(body)
        assert callable(received(client, folder))
        assert ("https://example.com/hook", body) in simulator.due_webhooks()
        assert go_on(client, folder / "again") == []
        assert looked_at([*journal.entries()], folder / "report").exists()
        assert (len(kept(journal)), left(journal, datetime.min)) == (1, 0)
        kept_by_mine(folder)
        journal.close()
        simulator.assert_paid(1)
        simulator.variant = Variant()
        simulator.fail_task("Content moderation", times=2)
        simulator.slow(600)
        print(simulator.running, simulator.most_running, simulator.received_count)
        print(simulator.smallest_gap, simulator.smallest_accepted_gap)
        assert overnight(folder, simulator).total == 2
        print(weryai.__version__, simulator.credits, simulator.app, client.api, client.base_url)
        return simulator.ledger[0], simulator.received[0]


def recorded(folder: Path) -> float:
    """What was asked once, asked again without a network."""
    file = folder / "traffic.har"
    with Simulator(credits=7) as simulator:
        offline = httpx.ASGITransport(simulator.app)

        async def ask() -> float:
            async with simulator.async_client(transport=Recorder(file, offline)) as client:
                return await client.balance()

        anyio.run(ask)
    with WeryAI("sk-of-nobody", transport=Replay(file), clock=ManualClock()) as client:
        return client.balance()


async def tour_async(folder: Path) -> list[Path]:
    """The same for asyncio."""
    with simulated() as simulator:
        async with simulator.async_client() as client:
            paths = await with_asyncio(client, folder)
            await believe(client, simulator.notice(simulator.ledger[0].task_ids[0]))
            return paths
