"""The key, the addresses, and the smaller calls."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, Network
from weryai import (
    ConfigError,
    DownloadError,
    InvalidRequestError,
    Job,
    MultiImageToVideo,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    Result,
    ServerError,
    SubmissionUnknownError,
    Task,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    Video,
    WaitTimeoutError,
    WebhookError,
    WeryAI,
    WeryAIError,
    webhooks,
)
from weryai._calls import retry_rules
from weryai._files import images
from weryai._service.cost import Cost
from weryai.testing import Answer, Lost, Simulator, Variant, refusal
from weryai_api.api.account import get_balance
from weryai_api.models import BalanceOk

Ask = Callable[..., MultiImageToVideo]
MakeClient = Callable[..., WeryAI]
HTTPS = ["https://example.com/a.jpg"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@BOTH_CLASSES
def test_no_key_says_where_to_put_one(client_class: Any) -> None:
    with pytest.raises(ConfigError, match="WERYAI_API_KEY"):
        client_class()


@BOTH_CLASSES
@pytest.mark.parametrize("odd", [" ", "\n", "ü", "\x00"])
def test_a_key_that_is_none_is_refused_and_not_shown(client_class: Any, odd: str) -> None:
    key = f"sk-0123{odd}4567"
    with pytest.raises(ConfigError, match="characters that no key has") as caught:
        client_class(key)
    assert key not in str(caught.value)


@BOTH_CLASSES
@pytest.mark.parametrize(
    "url",
    [
        "http://api.weryai.com",
        "http://127.0.0.1.example.com",
        "ftp://api.weryai.com",
        "api.weryai.com",
        "https://",
        "https://user:pass@api.weryai.com",
        "https://api.weryai.com?x=1",
        "https://[::1",
        "https://api..weryai.com",
        "https://" + "x" * 64 + ".com",
        7,
    ],
)
def test_an_address_that_must_not_be_used_is_refused(client_class: Any, url: str) -> None:
    for name in ("base_url", "registry_url"):
        with pytest.raises(ConfigError, match=name):
            client_class(KEY, **{name: url})


@BOTH_CLASSES
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), "30", None, True])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(client_class: Any, seconds: Any) -> None:
    with pytest.raises(ConfigError, match="timeout must be a number of seconds"):
        client_class(KEY, timeout=seconds)


def registry_host(**settings: Any) -> str:
    network = Network(httpx.Response(200, json={"status": 0, "data": {}}))
    with WeryAI(KEY, transport=httpx.MockTransport(network), **settings) as client:
        assert client.models() == []
    return network.seen[0].url.host


def test_the_registry_has_a_host_of_its_own_unless_the_api_is_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert registry_host() == "api-growth-agent.weryai.com"
    assert registry_host(base_url="https://api.weryai.com/") == "api-growth-agent.weryai.com"
    assert registry_host(base_url="http://127.0.0.1:9") == "127.0.0.1"
    assert registry_host(registry_url="https://other.example.com") == "other.example.com"
    monkeypatch.setenv("WERYAI_REGISTRY_URL", "https://set.example.com")
    assert registry_host() == "set.example.com"


@BOTH_CLASSES
def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    client_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    http = client_class(KEY)._http
    for url in ("http://127.0.0.1:8765/", "http://localhost/", "http://[::1]:1/"):
        assert http._transport_for_url(httpx.URL(url)) is http._transport
    assert http._transport_for_url(httpx.URL("https://api.weryai.com")) is not http._transport


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WERYAI_API_KEY", KEY)
    monkeypatch.setenv("WERYAI_BASE_URL", "http://127.0.0.1:9")
    with WeryAI() as client:
        assert repr(client) == "WeryAI(base_url='http://127.0.0.1:9')"


def test_balance_and_models_are_read_in_each_spelling(client: WeryAI, simulator: Simulator) -> None:
    for variant in (Variant(), Variant(balance="object", registry="image_to_video", success="200")):
        simulator.variant = variant
        assert client.balance() == 1000
        models = {model.key: model for model in client.models()}
        assert models["VEO_3_1"].durations == (8,)
        assert models["WERYDANCE_2_0"].resolutions == ("480p", "720p", "1080p")
        assert models["PIKA_2_2"].aspect_ratios == ()
        several = variant.registry != "image_to_video"  # else the rows for one image
        assert models["KLING_O1"].upload_image_limit == (3 if several else 1)


ODD: list[Any] = [
    (Answer(200, "<html>hello</html>"), UnexpectedResponseError),
    (Answer(200, ""), UnexpectedResponseError),
    (Answer(200, '{"status": 0, "da'), UnexpectedResponseError),
    (Answer(200, {"status": 0, "data": {"balance": "many"}}), UnexpectedResponseError),
    (Answer(200, {"status": 0, "data": True}), UnexpectedResponseError),
    (Answer(200, {"status": "0", "data": 1}), UnexpectedResponseError),
    (Answer(200, {"status": True, "data": 1}), UnexpectedResponseError),
    (Answer(200, {"status": False, "data": 1}), UnexpectedResponseError),
    (Answer(200, {"status": 200, "data": None}), UnexpectedResponseError),
    (Answer(200, {"status": 200}), UnexpectedResponseError),
    (Answer(200, {"data": 5}), UnexpectedResponseError),
    (Answer(200, {"data": 5, "success": False}), UnexpectedResponseError),
    (Answer(200, {"data": 5, "success": 1}), UnexpectedResponseError),
    (Answer(200, {"data": 5, "status": 0, "success": False}), UnexpectedResponseError),
    (Answer(200, "[" * 200_000), UnexpectedResponseError),
    (Answer(200, '{"status": 0, "data": ' + "9" * 5000 + "}"), UnexpectedResponseError),
    (Answer(200, '{"status": 0, "data": 1e999}'), UnexpectedResponseError),
    (Answer(201, {"status": 0, "data": 1}), UnexpectedResponseError),
    (Answer(418, "tea"), UnexpectedResponseError),
    (Answer(520, "<html>"), ServerError),
    (Answer(599, "x"), ServerError),
]


@pytest.mark.parametrize(("answer", "kind"), ODD, ids=lambda v: str(v)[:60])
def test_an_answer_that_cannot_be_read_is_one_of_our_errors_and_is_kept(
    make_client: MakeClient, simulator: Simulator, answer: Answer, kind: type[ResponseError]
) -> None:
    simulator.next("get_balance", *[answer] * 1000)
    with pytest.raises(kind) as caught:
        make_client(simulator, retry_budget=5).balance()
    assert type(caught.value) is kind
    assert caught.value.http_status == answer.status
    if isinstance(answer.body, str):
        assert caught.value.raw == answer.body.encode()
    assert str(caught.value)


def test_the_retry_after_of_an_http_date_is_read(client: WeryAI, simulator: Simulator) -> None:
    past = Answer(429, "x", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    odd = Answer(429, "x", {"Retry-After": "soon"})
    simulator.next("get_balance", past, odd)
    assert client.balance() == 1000


@pytest.mark.parametrize("zone", ["GMT", "+0200", "-0000"])
def test_a_date_to_retry_after_is_waited_for(
    make_client: MakeClient, simulator: Simulator, zone: str
) -> None:
    ahead = 2 if zone == "+0200" else 0
    at = datetime.now(UTC) + timedelta(hours=1 + ahead)
    date = f"{at:%a, %d %b %Y %H:%M:%S} {zone}"
    simulator.next("get_balance", Answer(429, "", {"Retry-After": date}))
    started = simulator.clock.time()
    assert make_client(simulator, retry_budget=7200).balance() == 1000
    assert 3500 < simulator.clock.time() - started <= 3600


@pytest.mark.parametrize("seconds", ["1e300", "inf", "100000"])
def test_nobody_is_asked_to_wait_for_more_than_a_day(
    make_client: MakeClient, simulator: Simulator, seconds: str
) -> None:
    simulator.next("get_balance", Answer(429, "", {"Retry-After": seconds}))
    with pytest.raises(RateLimitError) as caught:
        make_client(simulator).balance()
    assert caught.value.retry_after == 86400


@pytest.mark.parametrize("place", ["message", "desc", "msg"])
def test_the_services_words_are_told_wherever_they_are(
    client: WeryAI, simulator: Simulator, place: str
) -> None:
    simulator.next("get_balance", Answer(body={"status": 1009, place: " not for you "}))
    with pytest.raises(PermissionDeniedError) as caught:
        client.balance()
    assert caught.value.message == "not for you"


def test_a_read_is_repeated_after_lost_answers_408_and_5xx(
    client: WeryAI, simulator: Simulator
) -> None:
    passing = [Answer(408, ""), Answer(500, "x"), Answer(520, "x"), Answer(429, "")]
    simulator.next("get_balance", Lost(), *passing)
    assert client.balance() == 1000
    assert len(simulator.received) == 6


def test_the_key_is_in_no_repr_log_error_or_traceback(
    make_client: MakeClient, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, text=f"no: {request.headers['Authorization']}")

    caplog.set_level(logging.DEBUG)
    client = make_client(handler=echo, retry_budget=1)
    shown = [repr(client), repr(client.api), repr(client._flows), str(vars(client.api.__class__))]
    for call in (client.balance, lambda: client.submit(ask(images=HTTPS))):
        with pytest.raises(WeryAIError) as caught:
            call()
        error = caught.value
        shown += [repr(error), str(error), *map(repr, vars(error).values())]
        shown += traceback.format_exception(error)
        assert error.__cause__ is None or KEY not in repr(vars(error.__cause__))
    shown += [record.getMessage() for record in caplog.records]
    assert len(shown) > 10
    assert not [text for text in shown if KEY in text]


def test_a_call_may_have_a_budget_of_its_own(
    make_client: MakeClient, simulator: Simulator, ask: Ask
) -> None:
    client = make_client(simulator, retry_budget=0)
    calls: dict[str, Any] = {
        "get_balance": client.balance,
        "list_video_models": client.models,
        "submit_multi_image_to_video": lambda **given: client.submit(ask(images=HTTPS), **given),
    }
    for operation, call in calls.items():
        simulator.next(operation, refusal(1001), refusal(1001))
        with pytest.raises(RateLimitError):
            call()
        assert call(retry_budget=100)
    for odd in (-1, float("nan"), "soon", True):
        with pytest.raises(InvalidRequestError, match="retry_budget must be a number"):
            calls["get_balance"](retry_budget=odd)


@pytest.mark.parametrize("escape", [lambda key: key, lambda key: key.replace("-", "\\u002d")])
def test_a_key_that_the_service_sends_back_is_cut_out(
    make_client: MakeClient, ask: Ask, escape: Callable[[str], str]
) -> None:
    words = f"no such key: {escape(KEY)}"
    refused = httpx.Response(200, text=f'{{"status": 1009, "message": "{words}"}}')
    kind = [(b"Content-Type", b"application/json; odd=\xff")]
    odd = httpx.Response(200, text=f'{{"status": 0, "data": "{words}"}}', headers=kind)
    client = make_client(handler=Network(refused, refused, odd), retry_budget=0)
    for call in (client.balance, lambda: client.submit(ask(images=HTTPS))) * 2:
        with pytest.raises(WeryAIError) as caught:
            call()
        shown = [str(caught.value), repr(caught.value), repr(vars(caught.value))]
        assert KEY not in "".join([*shown, *traceback.format_exception(caught.value)])


def test_a_closed_client_says_so(make_client: MakeClient, ask: Ask) -> None:
    client = make_client()
    client.close()
    for call in (client.balance, lambda: client.submit(ask(images=HTTPS))):
        with pytest.raises(ConfigError, match="closed"):
            call()


def test_a_timeout_is_what_was_asked_for(make_client: MakeClient) -> None:
    assert make_client(timeout=7)._http.timeout == httpx.Timeout(7)
    assert make_client()._http.timeout == httpx.Timeout(30)


def test_files_are_read_off_the_event_loop(simulator: Simulator, pictures: Any) -> None:
    threads, read = set[str](), images.OpenImage.read

    def watched(image: images.OpenImage, size: int | None = -1) -> bytes:
        threads.add(threading.current_thread().name)
        return read(image, size)

    async def upload() -> None:
        async with simulator.async_client() as client:
            await client.upload(pictures[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images.OpenImage, "read", watched)
        anyio.run(upload)
    assert threads
    assert threading.current_thread().name not in threads


@pytest.mark.parametrize(
    "error",
    [
        SubmissionUnknownError(
            "lost",
            operation="submit_multi_image_to_video",
            payload={"model": "m", "caller_id": 7},
            sent_at=NOW,
            raw=b"x",
            entry="e",
        ),
        TaskFailedError(Result(Job(["t"]), (Task("t", "failed"),))),
        WaitTimeoutError(Job(["t"]), None, 5),
        DownloadError("gone", video=Video("https://e.com/v", "t"), paths=["a.mp4"]),
        RateLimitError("slow", code=1001, retry_after=5, raw=b"x"),
        InvalidRequestError(["one", "two"]),
        TransportError("lost", sent=True),
        ConfigError("no key"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_processes_with_all_it_carries(error: WeryAIError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_refused_submissions_wait_longer_than_lost_reads_and_pauses_are_random() -> None:
    refused, lost = RateLimitError("slow", code=1001), TransportError("lost", sent=True)
    paid = [retry_rules.pause(refused, Cost.PAID, attempt, lambda: 1.0) for attempt in range(1, 9)]
    free = [retry_rules.pause(lost, Cost.FREE, attempt, lambda: 1.0) for attempt in range(1, 9)]
    assert paid == [3, 6, 12, 24, 48, 60, 60, 60]
    assert free == [0.5, 1, 2, 4, 8, 8, 8, 8]
    for error, cost in ((refused, Cost.FREE), (TransportError("never sent"), Cost.PAID)):
        assert retry_rules.pause(error, cost, 1, lambda: 1.0) == 0.5
    assert retry_rules.pause(refused, Cost.PAID, 3, lambda: 0.0) == 0
    assert len({retry_rules.pause(refused, Cost.PAID, 3) for _ in range(9)}) > 1


def test_the_key_does_not_follow_a_redirect(make_client: MakeClient) -> None:
    elsewhere = {"Location": "https://evil.example.com/"}
    network = Network(httpx.Response(307, headers=elsewhere))
    with pytest.raises(UnexpectedResponseError):
        make_client(handler=network).balance()
    assert [request.url.host for request in network.seen] == ["api.weryai.com"]


def test_a_client_opens_no_connection_before_its_first_call(
    make_client: MakeClient,
) -> None:
    network = Network(httpx.Response(200, json={"status": 0, "data": 1}))
    client = make_client(handler=network)
    assert client.api
    assert network.seen == []
    client.balance()
    assert len(network.seen) == 1


def test_importing_weryai_loads_nothing_of_the_extras() -> None:
    code = "import sys; from weryai import *; print(*sorted(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    extras = {"av", "PIL", "starlette", "uvicorn", "multipart", "jsonschema_rs"}
    extras |= {"typer", "rich", "anyio", "click"}
    # httpx itself brings rich and click along, where they are installed, for its own command line.
    of_httpx = subprocess.run(
        [sys.executable, "-c", code.replace("from weryai import *", "import httpx")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) & extras <= set(of_httpx.stdout.split())


def test_the_generated_client_is_at_hand_with_the_same_settings(simulator: Simulator) -> None:
    with simulator.client() as client:
        reply = get_balance.sync(client=client.api)
    assert isinstance(reply, BalanceOk)
    assert reply.data == 1000
    assert simulator.received[0].has_key


NOTICE = (
    b'{"status": 0, "data": {"task_id": "t", "task_status": "SUCCESS", "videos": ["https://e/v"]}}'
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{}",
        b'{"data": null}',
        b'{"data": {"task_status": "SUCCESS"}}',
        b'{"data": {"task_id": 7, "task_status": "SUCCESS"}}',
        b'{"data": {"task_id": "t", "task_status": null}}',
        b'{"data": {"task_id": "t", "task_status": "x", "videos": [7]}}',
        b'{"data": {"task_id": "t", "task_status": "x", "videos": [null]}}',
        b"[" * 100_000,
        b'{"data":' * 100_000,
        NOTICE + b" " * 1024 * 1024,
    ],
    ids=lambda body: body[:50].decode("latin-1"),
)
def test_a_webhook_body_that_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookError):
        webhooks.parse(body)
