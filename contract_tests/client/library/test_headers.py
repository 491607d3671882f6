"""Who calls is told to the service, and what came with an answer to whoever asked."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient, Network
from contract_tests.support.run.turns import EVERY_MODE
from weryai import (
    ConfigError,
    DownloadError,
    InsufficientCreditsError,
    Job,
    MultiImageToVideo,
    ResponseError,
    SubmissionUnknownError,
    Task,
    Video,
    WeryAI,
    __version__,
)
from weryai_api.api.account import get_balance

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]
CAME = {"X-Request-Id": "req-7", "Server": f"edge of {KEY}", "Set-Cookie": "a=b"}


def answer(body: Any, status: int = 200, **more: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=CAME | more)


def asked(make_client: MakeClient, answered: httpx.Response) -> WeryAI:
    return make_client(handler=Network(answered), retry_budget=0)


def told(found: Any) -> None:
    """What came is there by its name, without what is secret."""
    assert found.request_id == "req-7"
    assert found.headers["server"] == "edge of [key]"
    assert "set-cookie" not in found.headers
    assert KEY not in repr(vars(found) if isinstance(found, Exception) else dict(found.headers))


@EVERY_MODE
def test_headers_and_the_request_id_are_on_results_and_change_nothing_else(
    make_client: MakeClient, ask: Ask
) -> None:
    task = {"task_id": "task_1", "task_status": "processing"}
    ids = {"task_ids": ["task_1"], "batch_id": "9"}
    job = asked(make_client, answer({"status": 0, "data": ids})).submit(ask(images=HTTPS))
    told(job)
    assert job == Job(["task_1"], "9", job.submitted_at, None, 1)
    told(pickle.loads(pickle.dumps(job)))
    told(one := asked(make_client, answer({"status": 0, "data": task})).status("task_1"))
    assert (one, hash(one)) == (Task("task_1", "processing"), hash(Task("task_1", "processing")))
    assert "req-7" not in repr(one) + str(job.to_dict())
    batch = asked(make_client, answer({"status": 0, "data": [task]})).batch_status("9")
    told(batch[0])
    assert (Task("a", "b").headers, Task("a", "b").request_id) == ({}, None)


@EVERY_MODE
@pytest.mark.parametrize(
    ("status", "body"), [(200, {"status": 1011, "message": "poor"}), (401, {}), (500, {}), (200, 7)]
)
def test_headers_and_the_request_id_are_on_errors_and_in_their_words(
    make_client: MakeClient, status: int, body: Any
) -> None:
    with pytest.raises(ResponseError) as refused:
        asked(make_client, answer(body, status)).balance()
    told(refused.value)
    assert ", request req-7)" in str(refused.value)
    told(pickle.loads(pickle.dumps(refused.value)))


def test_an_error_without_a_request_id_speaks_of_none() -> None:
    assert InsufficientCreditsError("poor", code=1011).request_id is None
    assert "request" not in str(ResponseError("poor", code=1011))


def test_a_submission_whose_fate_is_not_known_keeps_what_came(
    make_client: MakeClient, ask: Ask
) -> None:
    with pytest.raises(SubmissionUnknownError) as unknown:
        asked(make_client, answer({}, 502)).submit(ask(images=HTTPS))
    told(unknown.value)


@EVERY_MODE
def test_the_service_hears_who_calls_and_whoever_keeps_the_videos_hears_less(
    make_client: MakeClient, tmp_path: Path
) -> None:
    network = Network(answer({"status": 0, "data": 7}))
    make_client(handler=network).balance()
    client = make_client(handler=network, app_info=" studio/1.2 (+https://example.com) ")
    client.balance()
    with pytest.raises(DownloadError):
        client.download(Video("https://cdn.example.com/a.mp4", "a"), tmp_path)
    plain, mine, download = (each.headers["User-Agent"] for each in network.seen[:3])
    assert plain.split()[0] == f"weryai/{__version__}"
    assert (mine, download) == (f"{plain} studio/1.2 (+https://example.com)", plain)


def test_the_generated_client_says_the_same() -> None:
    network = Network(answer({"status": 0, "data": 7}))
    with WeryAI(KEY, transport=httpx.MockTransport(network), app_info="studio/1.2") as client:
        get_balance.sync(client=client.api)
        client.balance()
    first, second = (each.headers["User-Agent"] for each in network.seen)
    assert first == second


@BOTH_CLASSES
@pytest.mark.parametrize("odd", ["", " ", "a\nb", "\u00e9", "a" * 201, 7])
def test_what_is_no_name_of_an_application_is_refused(client_class: Any, odd: Any) -> None:
    with pytest.raises(ConfigError, match="app_info must be 1 to 200 ASCII characters"):
        client_class(KEY, app_info=odd)
