"""An application receives webhooks as they come: false, twice, late, in any order, one for many."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from contract_tests.support.clients import MODES
from contract_tests.support.journals import only
from contract_tests.webhooks.calling import call, client_of, fetches, post
from weryai import MultiImageToVideo, Task, Video, WebhookError, webhooks
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, ManualClock, Outcome, Simulator, Variant

Ask = Callable[..., MultiImageToVideo]
FOX = ["https://example.com/fox.jpg"]
HOOK = "https://example.com/hook"


@pytest.fixture
def simulator(clock: ManualClock) -> Any:
    with Simulator(clock=clock, render=False) as simulator:
        yield simulator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "videos"


@pytest.fixture
def submitted(simulator: Simulator, journal: SQLiteJournal, ask: Ask) -> Callable[..., list[str]]:
    """Submit, and let half a minute pass. Returns the ids of the tasks."""

    def submit(number: int = 1, **options: Any) -> list[str]:
        with simulator.client(**{"journal": journal} | options) as client:
            job = client.submit(ask(images=FOX, video_number=number, webhook_url=HOOK))
        simulator.clock.sleep(30)
        return list(job.task_ids)

    return submit


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.mp4"))


@pytest.mark.parametrize("mode", MODES)
def test_calls_that_come_twice_at_once_and_in_any_order_fetch_each_video_once(
    mode: str, simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    ids = submitted(4)
    bodies = [simulator.notice(each) for each in reversed(ids)] * 2
    app = webhooks.app(client_of(mode, simulator, journal=journal), folder)
    assert call(mode, *[(app, body) for body in bodies]) == [200] * 8
    assert names(folder) == sorted(f"{each}.mp4" for each in ids)
    assert only(journal).state == "fetched"
    assert fetches(simulator) == 4


def test_a_call_again_after_all_was_fetched_fetches_nothing(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    (body,) = [simulator.notice(each) for each in submitted()]
    for _ in range(2):  # each in a process of its own, as it were
        app = webhooks.app(simulator.async_client(journal=journal), folder)
        assert call("asyncio", (app, body)) == [200]
    assert fetches(simulator) == 1


def test_processes_that_share_a_journal_fetch_each_video_once(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    bodies = [simulator.notice(each) for each in submitted(2)]
    others = [SQLiteJournal(journal.path) for _ in range(3)]
    apps = [webhooks.app(simulator.client(journal=each), folder) for each in others]
    assert call("sync", *[(app, body) for app in apps for body in bodies]) == [200] * 6
    assert len(names(folder)) == 2
    assert fetches(simulator) == 2
    for each in others:
        each.close()


def test_one_call_for_a_batch_fetches_and_tells_all_of_it(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    simulator.variant = Variant(webhooks="batch")
    simulator.outcomes.extend([Outcome(), Outcome("failed", "flagged")])
    ids = submitted(4)
    ((url, body),) = simulator.due_webhooks()
    told: list[str] = []
    client = simulator.client(journal=journal)
    app = webhooks.app(client, folder, on_task=lambda task: told.append(task.id))
    assert (url, call("sync", (app, body), (app, body))) == (HOOK, [200] * 2)
    assert len(names(folder)) == 3
    assert (only(journal).final, only(journal).unfetched) == (True, ())
    assert sorted(told) == sorted([*ids, ids[0]])


def test_what_a_success_lists_late_is_waited_for(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    simulator.variant = Variant(late="videos", one_task=True)
    (body,) = [simulator.notice(each) for each in submitted(2)]
    app = webhooks.app(simulator.client(journal=journal), folder)
    assert call("sync", (app, body)) == [200]
    assert len(names(folder)) == 2


def test_a_failure_is_closed_when_it_has_stayed_one(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    simulator.fail_task("Content moderation")
    (body,) = [simulator.notice(each) for each in submitted()]
    app = webhooks.app(simulator.client(journal=journal), folder)
    assert call("sync", (app, body)) == [200]
    assert (only(journal).state, names(folder)) == ("failed", [])
    asked = simulator.received_count
    assert call("sync", (app, body)) == [200]
    assert simulator.received_count == asked + 1  # the call alone was asked about


def test_a_call_that_is_not_true_yet_fetches_nothing(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    simulator.slow(60)
    (task_id,) = submitted()
    lie = {"task_id": task_id, "task_status": "SUCCESS", "videos": ["https://example.com/v.mp4"]}
    app = webhooks.app(client_of("sync", simulator, journal=journal), folder)
    assert call("sync", (app, json.dumps({"data": lie}).encode())) == [200]
    assert (only(journal).state, names(folder)) == ("running", [])


@pytest.mark.parametrize("mode", MODES)
def test_a_job_that_no_journal_knows_is_fetched_and_once_while_the_process_lives(
    mode: str, simulator: Simulator, folder: Path, submitted: Any
) -> None:
    bodies = [simulator.notice(each) for each in submitted(2, journal=None)]
    app = webhooks.app(client_of(mode, simulator), folder)
    assert call(mode, *[(app, body) for body in bodies * 2], rounds=2) == [200] * 8
    assert len(names(folder)) == 2
    assert fetches(simulator) == 2


REFUSED: dict[str, tuple[bytes, dict[str, Any], int]] = {
    "no body": (b"", {}, 400),
    "no notice": (b"{}", {}, 400),
    "an unknown task": (b'{"data": {"task_id": "task_1", "task_status": "SUCCESS"}}', {}, 404),
    "an id of another path": (b'{"data": {"task_id": "../x", "task_status": "SUCCESS"}}', {}, 404),
    "another method": (b"", {"method": "GET"}, 405),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_webhook_is_refused(
    name: str, simulator: Simulator, journal: SQLiteJournal, folder: Path
) -> None:
    body, request, status = REFUSED[name]
    app = webhooks.app(simulator.client(journal=journal), folder)
    assert call("sync", (app, body), **request) == [status]
    assert not folder.exists()
    assert simulator.received_count <= 1


def test_a_call_comes_again_where_the_service_could_not_be_asked(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    (body,) = [simulator.notice(each) for each in submitted()]
    simulator.next("get_task_status", Answer(503))
    app = webhooks.app(simulator.client(journal=journal, retry_budget=0), folder)
    assert call("sync", (app, body)) == [503]
    app = webhooks.app(simulator.client(journal=journal), folder)
    assert call("sync", (app, body)) == [200]
    assert len(names(folder)) == 1


def test_what_could_not_be_fetched_is_left_and_fetched_by_the_next_call(
    simulator: Simulator,
    journal: SQLiteJournal,
    folder: Path,
    submitted: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bodies = [simulator.notice(each) for each in submitted(2)]
    folder.write_text("a file in the place of the folder")
    app = webhooks.app(simulator.client(journal=journal), folder)
    assert call("sync", (app, bodies[0])) == [200]
    assert caplog.text.count("left for weryai resume") == 2
    assert only(journal).state == "ready"
    folder.unlink()
    assert call("sync", (app, bodies[1])) == [200]
    assert len(names(folder)) == 2


def test_who_listens_is_told_what_is_true_and_stops_nothing(
    simulator: Simulator,
    journal: SQLiteJournal,
    folder: Path,
    submitted: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (task_id,) = submitted()
    told: list[object] = []

    def on_task(task: Task) -> None:
        told.append((task.id, task.state))
        raise ValueError("of the user's own")

    async def on_video(video: Video, path: Path) -> None:
        await anyio.lowlevel.checkpoint()
        told.append((video.name, path))

    client = simulator.async_client(journal=journal)
    app = webhooks.app(client, folder, on_task=on_task, on_video=on_video)
    assert call("asyncio", *[(app, simulator.notice(task_id))] * 2) == [200] * 2
    assert told.count((task_id, "succeeded")) == 2
    assert told.count((task_id, folder / f"{task_id}.mp4")) == 1
    assert len(told) == 3
    assert "of the user's own" in caplog.text


def test_what_a_call_tells_while_another_has_the_job_in_hand_is_fetched_by_that(
    simulator: Simulator, journal: SQLiteJournal, folder: Path, submitted: Any
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome(seconds=60)])
    first, second = submitted(2)
    meanwhile: list[int] = []

    async def on_video(*_: object) -> None:
        if not meanwhile:
            simulator.clock.sleep(30)
            meanwhile.append(await post(app, simulator.notice(second)))
            assert len(names(folder)) == 1

    app = webhooks.app(simulator.async_client(journal=journal), folder, on_video=on_video)
    assert (call("asyncio", (app, simulator.notice(first))), meanwhile) == ([200], [200])
    assert names(folder) == sorted([f"{first}.mp4", f"{second}.mp4"])


def test_without_a_folder_a_call_is_confirmed_and_written_down(
    simulator: Simulator, journal: SQLiteJournal, submitted: Any
) -> None:
    (task_id,) = submitted()
    app = webhooks.app(simulator.client(journal=journal))
    assert call("sync", (app, simulator.notice(task_id))) == [200]
    assert (only(journal).state, fetches(simulator)) == ("ready", 0)
    (other,) = submitted(journal=None)
    assert call("sync", (app, simulator.notice(other))) == [200]
    assert fetches(simulator) == 0


CHUNK = {"type": "http.request", "body": b" " * 65536, "more_body": True}


@pytest.mark.parametrize(
    ("message", "statuses"), [({"type": "http.disconnect"}, []), (CHUNK, [413])]
)
def test_a_caller_that_hangs_up_or_never_ends_asks_nothing(
    simulator: Simulator, message: Any, statuses: list[int]
) -> None:
    sent: list[Any] = []
    came = iter([message] * 17)

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        sent.append(message)

    app = webhooks.app(simulator.client())
    anyio.run(app, {"type": "http", "method": "POST"}, receive, send)
    assert [each["status"] for each in sent if "status" in each] == statuses
    assert simulator.received_count == 0
    with pytest.raises(ValueError, match="websocket"):
        anyio.run(app, {"type": "websocket"}, receive, send)


@pytest.mark.parametrize(
    "task",
    [
        Task("task_1", "succeed", (Video("https://e.com/1.mp4", "task_1"),)),
        Task("task_1", "SUCCESS", (Video("https://e.com/1", "task_1", "https://e.com/c.png"),)),
        Task("task_1", "failed", (), "Content moderation"),
        Task("task_1", "processing"),
    ],
)
def test_what_is_handed_on_reads_as_what_was_confirmed(task: Task) -> None:
    assert webhooks.parse(webhooks.dump(task)) == task
    with pytest.raises(WebhookError):
        webhooks.parse(webhooks.dump(task)[1:])
