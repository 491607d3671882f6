"""The client keeps the contract: whatever a reply is, the client makes the right thing of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from contract_tests import replies
from contract_tests.conftest import COLOURS, clients
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
ASKED = MultiImageToVideo(
    images=["https://example.com/a.jpg"],
    prompt="x",
    model="KLING_O1",
    aspect_ratio="16:9",
    duration=5,
)
EXAMPLES = settings(
    deadline=None,
    phases=[Phase.generate],  # the generated case is small enough; to shrink it takes minutes
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)

Reply = Callable[[str, str, httpx.Response], Any]


@pytest.fixture
def reply(portal: BlockingPortal, pictures: tuple[Path, Path], tmp_path: Path) -> Iterator[Reply]:
    """Call an operation, in one colour, whose reply is this one; to generate a reply takes far
    longer than to read it, so each goes through both colours."""
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())
    with (
        respx.mock(assert_all_mocked=True) as router,
        clients("sync", portal) as sync,
        clients("async", portal) as other,
    ):
        route = router.route(url__regex=r"https://api(-growth-agent)?\.weryai\.com/.*")
        made = {"sync": sync(retry_budget=0), "async": other(retry_budget=0)}

        def call(colour: str, operation: str, response: httpx.Response) -> Any:
            route.mock(return_value=response)
            return calls(made[colour], image)[operation]()

        yield call


def calls(client: WeryAI, picture: Path) -> dict[str, Callable[[], Any]]:
    """By operationId: the call that asks for it."""
    return {
        SUBMIT: lambda: client.submit(ASKED),
        "get_task_status": lambda: client.status("task_1"),
        "get_batch_status": lambda: client.batch_status("1"),
        "upload_file": lambda: client.upload(another(picture)),
        "get_balance": client.balance,
        "list_video_models": client.models,
    }


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
        for colour in COLOURS:
            response = httpx.Response(200, json=body)
            if replies.is_success(operation, body):
                value = reply(colour, operation, response)
                assert plain(operation, value) == replies.expected(operation, body), colour
                continue
            with pytest.raises(ResponseError) as caught:
                reply(colour, operation, response)
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
        if not replies.breaks_what_is_read(operation, body):
            return
        seen.append(body)
        for colour in COLOURS:
            response = httpx.Response(200, json=body)
            with pytest.raises(WeryAIError) as caught:
                reply(colour, operation, response)
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


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_status_and_no_garbage_ends_in_anything_but_our_errors(
    reply: Reply, operation: str, colour: str
) -> None:
    for status, body, headers in ODD:
        stream = httpx.ByteStream(body)
        with pytest.raises(WeryAIError):
            reply(colour, operation, httpx.Response(status, headers=headers, stream=stream))
