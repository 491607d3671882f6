"""The client keeps the contract: whatever a reply is, the client makes the right thing of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from contract_tests import replies
from weryai import (
    Job,
    MultiImageToVideo,
    ResponseError,
    SubmissionUnknownError,
    Task,
    WeryAI,
    WeryAIError,
)

OPERATIONS = sorted(replies.SCHEMAS)
SUBMIT = "submit_multi_image_to_video"
HTTPS = "https://example.com/a.jpg"
EXAMPLES = settings(
    deadline=None,
    phases=[Phase.generate],  # the generated case is small enough; to shrink it takes minutes
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)

Reply = Callable[[str, httpx.Response], Any]


@pytest.fixture
def reply(make_client: Callable[..., WeryAI], tmp_path: Any, pictures: Any) -> Iterator[Reply]:
    """Call an operation whose reply is this one; every colour has one client for all examples."""
    client = make_client(retry_budget=0)
    asked = MultiImageToVideo(
        images=[HTTPS], prompt="x", model="KLING_O1", aspect_ratio="16:9", duration=5
    )
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())
    calls: dict[str, Callable[[], Any]] = {
        SUBMIT: lambda: client.submit(asked),
        "get_task_status": lambda: client.status("task_1"),
        "get_batch_status": lambda: client.batch_status("1"),
        "upload_file": lambda: client.upload(another(image)),
        "get_balance": client.balance,
        "list_video_models": client.models,
    }
    with respx.mock(assert_all_mocked=True) as router:
        route = router.route(url__regex=r"https://api(-growth-agent)?\.weryai\.com/.*")

        def call(operation: str, response: httpx.Response) -> Any:
            route.mock(return_value=response)
            return calls[operation]()

        yield call


def another(image: Path) -> Path:
    """The file with other content: the same would not be uploaded again."""
    with image.open("ab") as file:
        file.write(b"x")
    return image


def plain(operation: str, value: Any) -> Any:
    """What the client made of a success, in the terms of `replies.expected`."""
    if isinstance(value, Job):
        return set(value.task_ids), value.batch_id
    if isinstance(value, Task):
        return value.raw_state, {video.url for video in value.videos}
    if operation == "get_batch_status":
        return [plain("", task) for task in value]
    return [model.key for model in value] if operation == "list_video_models" else value


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_that_keeps_the_contract_is_read_right(reply: Reply, operation: str) -> None:
    @EXAMPLES
    @given(replies.generated(operation, GenerationMode.POSITIVE))
    def check(body: Any) -> None:
        response = httpx.Response(200, json=body)
        if replies.is_success(operation, body):
            value = reply(operation, response)
            assert plain(operation, value) == replies.expected(operation, body)
            return
        with pytest.raises(ResponseError) as caught:
            reply(operation, response)
        assert caught.value.code == body["status"]
        words = [body.get(name) for name in replies.WORDS]
        assert all(word.strip() in str(caught.value) for word in words if word)

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_that_breaks_the_contract_ends_in_one_of_our_errors(
    reply: Reply, operation: str
) -> None:
    seen = []

    @EXAMPLES
    @given(replies.generated(operation, GenerationMode.NEGATIVE))
    def check(body: Any) -> None:
        response = httpx.Response(200, json=body)
        if not replies.breaks_what_is_read(operation, body):
            return
        seen.append(body)
        with pytest.raises(WeryAIError) as caught:
            reply(operation, response)
        assert getattr(caught.value, "raw", None) == response.content
        if operation == SUBMIT:
            assert isinstance(caught.value, SubmissionUnknownError)

    check()
    assert len(seen) > 20, "most of what is generated breaks something that is read"


ODD: list[tuple[int, bytes, dict[str, str]]] = [
    (status, body, headers)
    for status in (200, 201, 204, 206, 301, 304, 307, 400, 404, 409, 418, 429, 451, 499, 500, 503)
    for body, headers in (
        (b"", {}),
        (b"<html>\xff</html>", {"Content-Type": "text/html; charset=utf-7"}),
        (b'{"status": 0, "data', {"Content-Type": "application/json"}),
        (b"[" * 50_000 + b"]" * 50_000, {}),
        (b'{"status": 1' + b"0" * 5000 + b"}", {}),
        (json.dumps({"status": 0, "data": None}).encode("utf-16"), {}),
        (b"\x1f\x8b\x08garbage", {"Content-Encoding": "gzip"}),
        (b'{"status": NaN}', {"Content-Type": "application/json; charset=klingon"}),
        (b'"text"', {}),
        (b"null", {}),
    )
] + [(520, b"<html>", {}), (599, b"", {}), (999, b"", {})]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_status_and_no_garbage_ends_in_anything_but_our_errors(
    make_client: Callable[..., WeryAI], reply: Reply, operation: str
) -> None:
    for status, body, headers in ODD:
        stream = httpx.ByteStream(body)
        with pytest.raises(WeryAIError):
            reply(operation, httpx.Response(status, headers=headers, stream=stream))
