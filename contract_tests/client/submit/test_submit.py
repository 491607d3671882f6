"""Paid once: what a submission sends, what is sent again, and what never is."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from contract_tests.support.clients import KEY, Network
from contract_tests.support.contract import PAID, PLACES
from contract_tests.support.requests import usual
from contract_tests.support.run.turns import EVERY_MODE
from contract_tests.support.servers.scripted_file_server import Stream
from weryai import (
    ConcurrencyLimitError,
    MultiImageToVideo,
    RateLimitError,
    SubmissionUnknownError,
    TransportError,
    UnexpectedResponseError,
    WeryAI,
)
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, Lost, ManualClock, Simulator, refusal

pytestmark = EVERY_MODE  # what is paid for, and what is sent for it

Ask = Callable[..., MultiImageToVideo]
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg", "https://example.com/b.jpg"]


def posts(simulator: Simulator, operation: str = SUBMIT) -> int:
    return sum(request.path == PLACES[operation][0] for request in simulator.received)


def test_local_images_are_uploaded_and_addresses_are_sent_as_they_are(
    client: WeryAI, simulator: Simulator, ask: Ask, pictures: tuple[Path, Path]
) -> None:
    job = client.submit(ask(images=[pictures[0], HTTPS[0], str(pictures[1])]))
    sent = simulator.ledger[0].payload["images"]
    assert [image.startswith("http://localhost/files/") for image in sent] == [True, False, True]
    assert sent[1] == HTTPS[0]
    assert job.task_ids == simulator.ledger[0].task_ids
    assert job.batch_id == str(simulator.ledger[0].batch_id)
    assert job.submitted_at is not None
    assert job.submitted_at.timestamp() == simulator.clock.time()


def test_only_what_was_given_is_sent_and_audio_is_a_json_boolean(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    client.submit(ask(images=HTTPS))
    client.submit(ask(images=HTTPS, generate_audio=True, video_number=2, caller_id=7))
    first, second = (accepted.payload for accepted in simulator.ledger)
    assert set(first) == {"images", "prompt", "model", "aspect_ratio", "duration"}
    assert second["generate_audio"] is True
    assert (second["video_number"], second["caller_id"]) == (2, 7)


async def fetch(simulator: Simulator, address: str) -> bytes:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(simulator.app)) as http:
        return (await http.get(address)).content


UNKNOWN: list[Any] = [
    Lost(),
    Lost(accepted=True),
    Answer(500, {"status": 500}),
    Answer(502, "<html>bad gateway</html>"),
    Answer(504, "<html>timeout</html>", accepted=True),
    Answer(520, "<html>unknown</html>", accepted=True),
    Answer(503, {"status": 1001, "message": "Request rate limit exceeded"}),
    Answer(408, ""),
    Answer(200, "<html>hello</html>", accepted=True),
    Answer(200, '{"status": 0, "data": {"task_i'),
    Answer(200, {"status": 0, "data": {"task_ids": ["task_1", ""]}}),
    Answer(200, {"status": 0, "data": {"batch_id": 1.5}}),
    Answer(200, {"status": 200, "success": False, "data": {"task_id": "t"}}),
    Answer(200, []),
    Answer(202, {"status": 0, "data": {"task_ids": ["t"]}}),
    Answer(204, ""),
    Answer(200, '{"status": 1e999}'),
    Answer(200, {"status": 6001, "data": {"task_ids": ["task_1"]}}),
    Answer(303, "", {"Location": "https://example.com"}),
    Answer(409, ""),
    Answer(499, "", accepted=True),
    Answer(429, "slow down"),
    Answer(200, {"status": 500}, accepted=True),
]


@pytest.mark.parametrize("answer", UNKNOWN, ids=str)
def test_a_paid_request_whose_fate_is_unknown_is_reported_and_never_sent_again(
    client: WeryAI, simulator: Simulator, operation: str, answer: Any
) -> None:
    asked = usual(operation, caller_id=42)
    simulator.next(operation, answer)
    with pytest.raises(SubmissionUnknownError) as caught:
        client.submit(asked)
    assert posts(simulator, operation) == 1
    assert len(simulator.ledger) == answer.accepted
    error = caught.value
    assert error.payload == asked.payload()
    assert error.caller_id == 42
    assert error.sent_at.timestamp() == simulator.clock.time()
    assert "https://weryai.com/api/history" in str(error)
    assert "caller_id 42" in str(error)


def test_a_refusal_that_made_no_task_is_sent_again_until_it_is_accepted(
    client: WeryAI, simulator: Simulator, operation: str, asked: Any
) -> None:
    simulator.next(operation, refusal(1001), refusal(6001), refusal(6010))
    client.submit(asked)
    assert posts(simulator, operation) == 4
    assert len(simulator.ledger) == 1


def test_http_429_is_sent_again_and_not_before_retry_after(
    client: WeryAI, simulator: Simulator, operation: str, asked: Any
) -> None:
    simulator.next(operation, Answer(429, {"message": "slow down"}, {"Retry-After": "100"}))
    started = simulator.clock.time()
    client.submit(asked)
    assert 100 <= simulator.clock.time() - started < 101
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize("odd", ["Thu, 01 Jan 2026 00:00:00 +99999999999999", "soon", "nan", "-5"])
def test_a_retry_after_that_is_none_does_no_harm(
    client: WeryAI, simulator: Simulator, ask: Ask, odd: str
) -> None:
    simulator.next(SUBMIT, Answer(429, {}, {"Retry-After": odd}))
    client.submit(ask(images=HTTPS))
    assert len(simulator.ledger) == 1


def test_a_submission_stopped_from_outside_leaves_its_trace(
    make_client: Callable[..., WeryAI], ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    def stop(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    def fault(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(SubmissionUnknownError, match="ZeroDivisionError"):
        make_client(handler=fault).submit(ask(images=HTTPS))
    client = make_client(handler=stop)
    if isinstance(client, WeryAI):  # in the other modes it ends the loop of this test
        with pytest.raises(KeyboardInterrupt) as caught:
            client.submit(ask(images=HTTPS))
        assert isinstance(caught.value.__cause__, SubmissionUnknownError)
        assert "its fate is not known" in caplog.text
        half = make_client(handler=answering(b'{"status": 0, "da', KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt) as caught:
            half.submit(ask(images=HTTPS))
        assert getattr(caught.value.__cause__, "raw", None) == b'{"status": 0, "da'


def answering(*chunks: bytes | BaseException) -> Callable[[httpx.Request], httpx.Response]:
    """A success whose body is these chunks, and what happens instead of the next one."""
    return lambda _: httpx.Response(200, stream=Stream(*chunks))


@pytest.mark.parametrize("error", [httpx.ReadError("reset"), httpx.ReadTimeout("slow"), OSError()])
def test_half_an_answer_is_kept_without_the_key(
    make_client: Callable[..., WeryAI], ask: Ask, journal: SQLiteJournal, error: Exception
) -> None:
    told = b'{"status": 0, "data": {"task_ids": ["task_1"], "by": "%s", "again": "%s'
    half = told % (KEY.encode(), KEY[:-1].encode())
    client = make_client(handler=answering(half[:30], half[30:], error), journal=journal)
    with pytest.raises(SubmissionUnknownError) as caught:
        client.submit(ask(images=HTTPS))
    assert caught.value.raw == told % (b"[key]", b"[key]")
    (entry,) = journal.entries()
    assert (entry.state, entry.job) == ("unknown", None), "half an answer counts for nothing"
    assert "task_1" in str(entry.reason), "whoever looks later can settle it with that"
    assert KEY[:8] not in f"{entry} {caught.value!r}"


def test_no_more_of_an_answer_is_kept_than_its_bound(
    make_client: Callable[..., WeryAI], ask: Ask
) -> None:
    long = answering(*[b" " * 2**20] * 10)
    with pytest.raises(SubmissionUnknownError) as caught:
        make_client(handler=long).submit(ask(images=HTTPS))
    assert caught.value.raw == b" " * 2**20


ADVICE = [
    httpx.Response(500, json={"status": 500, "message": "please try again later"}),
    httpx.Response(503, text="<h1>Please try again in 30 seconds</h1>"),
    httpx.Response(200, json={"status": 6003, "message": "try again"}),
    httpx.Response(200, json={"status": 1001, "data": {"id": 1}, "message": "try again later"}),
    httpx.Response(429, text="try again later"),
    httpx.Response(200, json={"status": 0, "data": {"task_id": ["try again"]}}),
    httpx.ReadTimeout("lost"),
]


@pytest.mark.parametrize("answer", ADVICE, ids=str)
@pytest.mark.parametrize("kept", [True, False])
def test_an_unknown_fate_is_told_in_four_lines_that_never_say_to_try_again(
    make_client: Callable[..., WeryAI],
    ask: Ask,
    journal: SQLiteJournal,
    answer: httpx.Response | Exception,
    kept: bool,
) -> None:
    client = make_client(handler=Network(answer), **({"journal": journal} if kept else {}))
    with pytest.raises(SubmissionUnknownError) as caught:
        client.submit(ask(images=HTTPS, caller_id=42))
    error = caught.value
    sent, look, page, keep = str(error).splitlines()
    assert sent.startswith("a paid request (KLING_O1, caller_id 42) went out, and its fate is not")
    assert error.operation == SUBMIT
    assert look == f"look for {SUBMIT} of 2027-01-15 08:00:00 UTC on"
    assert page == "  https://weryai.com/api/history"
    ids = [entry.id for entry in journal.entries()]
    assert ids == [error.entry] * kept
    told = f"weryai jobs settle {error.entry} [TASK_ID...]" if kept else "weryai download TASK_ID"
    assert told in keep
    assert max(map(len, (look, keep))) <= 80
    assert "again" not in f"{error} {error!r}"
    assert "later" not in f"{error} {error!r}"


def test_a_job_is_as_old_as_its_acceptance(client: WeryAI, simulator: Simulator, ask: Ask) -> None:
    simulator.next(SUBMIT, *[Answer(429, {}, {"Retry-After": "30"})] * 3)
    job = client.submit(ask(images=HTTPS))
    assert job.submitted_at is not None
    assert job.submitted_at.timestamp() == simulator.clock.time()
    assert simulator.ledger[0].at == simulator.clock.time()


def test_the_ids_of_a_paid_job_are_logged_at_once(
    client: WeryAI, simulator: Simulator, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "weryai")
    client.submit(ask(images=HTTPS))
    assert simulator.ledger[0].task_ids[0] in caplog.text


def test_the_name_of_a_local_file_stays_here(
    make_client: Callable[..., WeryAI], ask: Ask, pictures: tuple[Path, Path]
) -> None:
    reply = {"status": 0, "data": {"object_url_list": [HTTPS[0]]}}
    network = Network(httpx.Response(200, json=reply))
    make_client(handler=network).upload(pictures[0])
    assert b'filename="image.png"' in network.seen[0].content
    assert pictures[0].stem.encode() not in network.seen[0].content


@pytest.mark.parametrize("address", ["", "image1.jpg", "ftp://e.com/a", "https://e.com/a b", 7])
def test_an_upload_that_was_given_no_address_submits_nothing(
    client: WeryAI, simulator: Simulator, ask: Ask, address: Any
) -> None:
    stored = {"status": 0, "data": {"object_url_list": [address]}}
    simulator.next("upload_file", Answer(body=stored))
    with pytest.raises(UnexpectedResponseError):
        client.submit(ask())
    assert posts(simulator) == 0


def test_a_refused_submission_gives_up_when_its_budget_is_used_up(
    make_client: Callable[..., WeryAI], simulator: Simulator, ask: Ask
) -> None:
    started = simulator.clock.time()
    client = make_client(simulator, retry_budget=60)
    simulator.next(SUBMIT, *[refusal(1001, "请求频率过高")] * 500)
    with pytest.raises(RateLimitError, match="请求频率过高"):
        client.submit(ask(images=HTTPS))
    assert 0 < simulator.clock.time() - started <= 60
    assert 2 <= posts(simulator) < 500


def test_a_budget_of_zero_sends_once(
    make_client: Callable[..., WeryAI], simulator: Simulator, ask: Ask
) -> None:
    simulator.next(SUBMIT, refusal(1001))
    with pytest.raises(RateLimitError):
        make_client(simulator, retry_budget=0).submit(ask(images=HTTPS))
    assert posts(simulator) == 1


def test_a_page_that_is_not_there_is_a_refusal_and_nothing_was_paid(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next(SUBMIT, Answer(404, "<html>nothing here</html>"))
    with pytest.raises(UnexpectedResponseError) as caught:
        client.submit(ask(images=HTTPS))
    assert (caught.value.http_status, caught.value.raw) == (404, b"<html>nothing here</html>")
    assert (posts(simulator), simulator.ledger) == (1, [])


ACCEPTED = httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError]
)
def test_a_submission_that_was_never_sent_is_sent_again(
    make_client: Callable[..., WeryAI], asked: Any, error: type[httpx.TransportError]
) -> None:
    network = Network(*[error("down")] * 3, ACCEPTED)
    assert make_client(handler=network).submit(asked).task_ids == ("task_1",)
    assert len(network.seen) == 4


def test_a_submission_that_can_not_be_sent_at_all_says_so(
    make_client: Callable[..., WeryAI], asked: Any
) -> None:
    with pytest.raises(TransportError, match="no connection") as caught:
        make_client(handler=Network(httpx.ConnectError("down"))).submit(asked)
    assert not caught.value.sent


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadError,
        httpx.WriteError,
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.CloseError,
        httpx.DecodingError,
        ssl.SSLError,
    ],
)
def test_a_lost_answer_is_reported_for_a_submission_and_repeated_for_a_read(
    make_client: Callable[..., WeryAI], asked: Any, error: type[Exception]
) -> None:
    network = Network(error("broken"), ACCEPTED)
    with pytest.raises(SubmissionUnknownError) as caught:
        make_client(handler=network).submit(asked)
    assert len(network.seen) == 1
    assert isinstance(caught.value.__cause__, TransportError)
    read = Network(error("broken"), httpx.Response(200, json={"status": 0, "data": 12.5}))
    assert make_client(handler=read).balance() == 12.5


def test_a_lost_upload_is_sent_again_whole(
    client: WeryAI, simulator: Simulator, ask: Ask, pictures: tuple[Path, Path]
) -> None:
    simulator.next("upload_file", Lost(accepted=True), Answer(504, "timeout"), refusal(1001))
    client.submit(ask(images=pictures[:1]))
    assert [request.path for request in simulator.received].count("/v1/generation/upload-file") == 4
    address = simulator.ledger[0].payload["images"][0]
    assert anyio.run(fetch, simulator, address) == pictures[0].read_bytes()


def test_20_running_tasks_are_waited_out(client: WeryAI, simulator: Simulator, ask: Ask) -> None:
    for _ in range(5):
        client.submit(ask(images=HTTPS, video_number=4))
    started = simulator.clock.time()
    client.submit(ask(images=HTTPS))
    assert len(simulator.ledger) == 6
    assert simulator.clock.time() - started >= 30


def test_the_limit_of_20_is_raised_when_it_outlasts_the_budget(
    make_client: Callable[..., WeryAI], ask: Ask
) -> None:
    with Simulator(task_seconds=10_000) as simulator:
        client = make_client(simulator)
        for _ in range(5):
            client.submit(ask(images=HTTPS, video_number=4))
        with pytest.raises(ConcurrencyLimitError, match="one of the 20 running tasks"):
            client.submit(ask(images=HTTPS))


def test_an_answer_of_garbage_is_reported_and_kept(
    make_client: Callable[..., WeryAI], asked: Any
) -> None:
    odd = {"Content-Type": "text/odd; charset=x"}
    for body in (b"\xff\xfe", b"[" * 100_000, b'{"status":' + b"9" * 5000 + b"}", b"NaN", b'"x"'):
        network = Network(httpx.Response(200, content=body, headers=odd))
        with pytest.raises(SubmissionUnknownError) as caught:
            make_client(handler=network).submit(asked)
        assert caught.value.raw == body
        assert len(network.seen) == 1


def test_the_clock_of_a_test_makes_pauses_instant() -> None:
    clock = ManualClock()
    clock.sleep(1000)
    assert clock.monotonic() == clock.time() == 1_800_001_000


@pytest.mark.parametrize("operation", PAID)
def test_the_ids_of_each_paid_operation_are_followed_to_its_video(
    client: WeryAI, simulator: Simulator, operation: str
) -> None:
    job = client.submit(usual(operation))
    assert [line.operation for line in simulator.ledger] == [operation]
    (task_id,) = job.task_ids
    assert job.batch_id is not None
    assert [task.id for task in client.batch_status(job.batch_id)] == [task_id]
    assert client.status(task_id).id == task_id
    assert [video.name for video in client.wait(job).videos] == [task_id]
