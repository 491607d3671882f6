"""Webhooks are unsigned: a body is believed only after the service was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.support.journals import only
from weryai import MultiImageToVideo, WebhookError, WeryAI, webhooks
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]
MakeClient = Callable[..., WeryAI]
HTTPS = ["https://example.com/a.jpg"]


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal) -> WeryAI:
    return make_client(simulator, journal=journal)


def test_a_webhook_is_believed_only_after_the_service_was_asked(
    client: WeryAI, simulator: Simulator, journal: SQLiteJournal, ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    lie = b'{"data": {"task_id": "%s", "task_status": "SUCCESS", "videos": ["https://e.com/v"]}}'
    task = client.confirm(lie % job.task_ids[0].encode())
    assert (task.state, task.videos) == ("waiting", ())
    simulator.clock.sleep(30)
    task = client.confirm(simulator.notice(job.task_ids[0]))
    assert task.state == "succeeded"
    assert only(journal).state == "ready"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"data": {"task_id": 7, "task_status": "SUCCESS"}}',
        b'{"data": {"task_id": "task_1", "task_status": "SUCCESS"}}' + b" " * 1024 * 1024,
    ],
    ids=["empty", "types", "size"],
)
def test_a_body_that_cannot_be_true_asks_nothing(
    client: WeryAI, simulator: Simulator, body: bytes
) -> None:
    with pytest.raises(WebhookError):
        client.confirm(body)
    assert simulator.received == []


@pytest.mark.parametrize("task_id", ["task_none", "../balance", "x" * 200])
def test_a_webhook_of_an_unknown_task_is_refused(
    client: WeryAI, simulator: Simulator, task_id: str
) -> None:
    body = f'{{"data": {{"task_id": "{task_id}", "task_status": "SUCCESS"}}}}'
    with pytest.raises(WebhookError):
        client.confirm(body.encode())
    assert len(simulator.received) <= 1


@pytest.mark.parametrize("body", [None, 5, {"data": {}}, []])
def test_what_is_no_body_is_refused(client: WeryAI, simulator: Simulator, body: Any) -> None:
    with pytest.raises(WebhookError, match="a body is bytes"):
        client.confirm(body)
    assert simulator.received == []


def test_each_video_of_a_notice_has_a_name_of_its_own() -> None:
    addresses = ["https://e.com/one.mp4", "https://e.com/two.mp4"]
    data = {"task_id": "task_1", "task_status": "SUCCESS", "videos": addresses}
    task = webhooks.parse(json.dumps({"data": data}).encode())
    assert [(video.name, video.url) for video in task.videos] == [
        ("task_1", addresses[0]),
        ("task_1-2", addresses[1]),
    ]
