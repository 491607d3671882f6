"""The client keeps the contract: whatever a reply is, the client makes the right thing of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
import respx
from anyio.from_thread import BlockingPortal
from schemathesis import GenerationMode

from contract_tests.support import contract, generated, replies
from contract_tests.support.clients import TWO_MODES, clients
from contract_tests.support.contract import PAID
from contract_tests.support.examples import values
from contract_tests.support.operation_calls import REACHED, calls
from contract_tests.support.run.kept_cases import KeptCases
from weryai import (
    AuthenticationError,
    Job,
    ParameterError,
    RateLimitError,
    ResponseError,
    ServerError,
    SubmissionUnknownError,
    Task,
    WebhookError,
    WeryAIError,
    webhooks,
)
from weryai_api import Client

OPERATIONS = sorted(REACHED)
# Operations whose replies hold the same values: to generate one takes far longer than to read it in
# all of them.
EACH_REPLY = pytest.mark.parametrize("operations", contract.alike(OPERATIONS), ids="+".join)

Reply = Callable[[str, str, httpx.Response], Any]


@pytest.fixture
def reply(portal: BlockingPortal, pictures: tuple[Path, Path], tmp_path: Path) -> Iterator[Reply]:
    """Call an operation, in one mode, whose reply is this one; to generate a reply takes far
    longer than to read it, so each goes through both modes."""
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())
    with (
        respx.mock(assert_all_mocked=True) as router,
        clients("sync", portal) as sync,
        clients("asyncio", portal) as other,
    ):
        route = router.route(url__regex=r"https://api(-growth-agent)?\.weryai\.com/.*")
        made = {"sync": sync(retry_budget=0), "asyncio": other(retry_budget=0)}

        def call(mode: str, operation: str, response: httpx.Response) -> Any:
            route.mock(return_value=response)
            return calls(made[mode], image)[operation]()

        yield call


def plain(operation: str, value: Any) -> Any:
    """What the client made of a success, in the terms of `replies.expected`."""
    if isinstance(value, Job):
        return set(value.task_ids), value.batch_id
    if isinstance(value, Task):
        return value.raw_state, {video.url for video in value.videos}
    if operation == "get_batch_status":
        return [plain("", task) for task in value]
    if operation == "list_video_models":
        return [model.key for model in value]
    return attrs.astuple(value) if attrs.has(type(value)) else value


def assert_read_right(reply: Reply, mode: str, operation: str, body: Any) -> None:
    response = httpx.Response(200, json=body)
    if replies.is_success(operation, body):
        value = reply(mode, operation, response)
        assert plain(operation, value) == replies.expected(operation, body)
        return
    error = refused(reply, mode, operation, response)
    assert error.code == body["status"]
    words = [body.get(name) for name in replies.WORDS]
    assert all(word.strip() in str(error) for word in words if word)


def refused(reply: Reply, mode: str, operation: str, response: httpx.Response) -> ResponseError:
    """What the service said no with, also where that leaves open whether something was paid."""
    with pytest.raises(WeryAIError) as caught:
        reply(mode, operation, response)
    error = caught.value
    if operation in PAID and isinstance(error, SubmissionUnknownError):
        assert error.raw == response.content
        assert isinstance(error.__cause__, ResponseError)
        return error.__cause__
    assert isinstance(error, ResponseError)
    return error


def written_back(operation: str, body: Any) -> Any:
    """What the generated models make of a reply, as JSON again."""
    module = generated.module(operation)
    client = Client(base_url="https://api.weryai.com")
    return module._parse_response(client=client, response=httpx.Response(200, json=body)).to_dict()


@EACH_REPLY
def test_a_reply_that_keeps_the_contract_is_read_right(
    reply: Reply, kept_cases: KeptCases, operations: list[str]
) -> None:
    def check(body: Any) -> None:
        for operation in operations:
            told = replies.asked_for(operation, body)
            assert written_back(operation, told) == told
            for mode in TWO_MODES:
                assert_read_right(reply, mode, operation, told)

    good = replies.generated(operations[0], GenerationMode.POSITIVE)
    kept_cases.each(f"replies-{operations[0]}-good", good, check)


@pytest.mark.parametrize("mode", TWO_MODES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_example_and_every_form_of_a_task_is_read_right(
    reply: Reply, mode: str, operation: str
) -> None:
    for body in replies.whole(operation):
        assert replies.validator(operation).is_valid(body)
        assert_read_right(reply, mode, operation, body)


def assert_our_error(reply: Reply, operation: str, body: Any) -> None:
    for mode in TWO_MODES:
        response = httpx.Response(200, json=body)
        with pytest.raises(WeryAIError) as caught:
            reply(mode, operation, response)
        assert getattr(caught.value, "raw", None) == response.content
        if operation in PAID:
            assert isinstance(caught.value, SubmissionUnknownError)


@EACH_REPLY
def test_a_reply_that_breaks_the_contract_ends_in_one_of_our_errors(
    reply: Reply, kept_cases: KeptCases, operations: list[str]
) -> None:
    seen = Counter[str]()

    def check(body: Any) -> None:
        for operation in operations:
            told = replies.asked_for(operation, body)
            if replies.breaks_what_is_read(operation, told):
                seen[operation] += 1
                assert_our_error(reply, operation, told)

    bad = replies.generated(operations[0], GenerationMode.NEGATIVE)
    kept_cases.each(f"replies-{operations[0]}-bad", bad, check)
    for operation in operations:
        assert seen[operation] >= 40, "most of what is generated breaks something that is read"


@pytest.mark.parametrize("mode", TWO_MODES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_with_one_wrong_value_is_an_error_or_read_as_if_it_were_whole(
    reply: Reply, mode: str, operation: str
) -> None:
    fits = replies.validator(operation).is_valid
    pairs = list(replies.broken(replies.whole(operation), fits))
    assert len(pairs) > 30
    for whole, body in pairs:
        response = httpx.Response(200, json=body)
        if not replies.breaks_what_is_read(operation, body) and replies.is_success(
            operation, whole
        ):
            value = reply(mode, operation, response)
            assert plain(operation, value) == replies.expected(operation, whole), body
            continue
        with pytest.raises(WeryAIError) as caught:
            reply(mode, operation, response)
        assert getattr(caught.value, "raw", None) == response.content, body


ERRORS: dict[str, type[WeryAIError]] = {
    "400": ParameterError,
    "401": AuthenticationError,
    "403": AuthenticationError,
    "429": RateLimitError,
    "500": ServerError,
    "504": ServerError,
}
BEHIND_ERRORS: list[Any] = [
    {"status": 5, "desc": "why"},
    {"status": None, "desc": None, "message": "why"},
    {"message": None, "msg": "why"},
    {"status": "five", "message": "why"},
    {"desc": 5, "message": "why"},
    {"message": ["why not"], "msg": "why"},
    {"msg": {}, "desc": "why"},
]


@pytest.mark.parametrize("mode", TWO_MODES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_http_error_is_told_by_its_status_and_quotes_whatever_words_are_behind_it(
    reply: Reply, mode: str, operation: str
) -> None:
    documented = contract.OPERATIONS[operation]["responses"].keys() - {"200"}
    for status, kind in ((status, ERRORS[status]) for status in documented):
        for body in BEHIND_ERRORS:
            response = httpx.Response(int(status), json=body, headers={"Retry-After": "7"})
            error = refused(reply, mode, operation, response)
            assert type(error) is kind
            assert "why" in str(error)
            assert (error.http_status, error.code, error.retry_after) == (int(status), None, 7)
        for page in (b'["no object"]', b"<html>504</html>"):
            headers = {"Content-Type": "text/html" if page[:1] == b"<" else "application/json"}
            response = httpx.Response(int(status), content=page, headers=headers)
            error = refused(reply, mode, operation, response)
            assert (type(error), error.raw) == (kind, page)


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


@pytest.mark.parametrize("mode", TWO_MODES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_status_and_no_garbage_ends_in_anything_but_our_errors(
    reply: Reply, operation: str, mode: str
) -> None:
    for status, body, headers in ODD:
        stream = httpx.ByteStream(body)
        with pytest.raises(WeryAIError):
            reply(mode, operation, httpx.Response(status, headers=headers, stream=stream))


# Notices: a webhook's body is read as the replies are


def test_a_notice_tells_a_task_in_every_form_and_every_state() -> None:
    tasks = [form for state in replies.STATES for form in replies.forms(state)]
    tasks.append({"task_id": "t", "task_status": "SUCCESS", "videos": ["no address: not ours"]})
    made = [{"success": True, "desc": "d", "message": None, "data": task} for task in tasks]
    for body in [*values("task_completed", "notice"), *made]:
        assert replies.NOTICE.is_valid(body)
        assert plain("", webhooks.parse(json.dumps(body).encode())) == replies.told(body["data"])


def test_a_notice_with_one_wrong_value_is_refused_or_read_as_if_it_were_whole() -> None:
    made = [{"status": 0, "success": True, "data": form} for form in replies.forms()]
    whole = [*values("task_completed", "notice"), *made]
    unread = {"status", "success", *replies.WORDS}
    pairs = list(replies.broken(whole, replies.NOTICE.is_valid))
    assert len(pairs) > 100
    for whole, body in pairs:
        content = json.dumps(body).encode()
        told = body if isinstance(body, dict) else {}
        if replies.NOTICE.is_valid({name: told[name] for name in told if name not in unread}):
            assert plain("", webhooks.parse(content)) == replies.told(whole["data"]), body
        else:
            with pytest.raises(WebhookError):
                webhooks.parse(content)
