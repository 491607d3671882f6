"""What passes the door of replies: text that can be written, no more than a bound, read once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.servers.scripted_file_server import Stream
from weryai import (
    Job,
    MultiImageToVideo,
    ServerError,
    SubmissionUnknownError,
    TaskFailedError,
    UnexpectedResponseError,
    WeryAIError,
    webhooks,
)
from weryai.journal import SQLiteJournal

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]
MB = 2**20
CUT = "refused: \\ud83d"  # as JSON spells a text that is cut in the middle of a character


def answer(data: Any, **more: Any) -> httpx.Response:
    told = json.dumps({"status": 0, "data": data, **more})
    return httpx.Response(200, content=told.replace("CUT", CUT).encode())


def test_a_text_that_is_cut_in_a_character_is_mended_wherever_it_is(
    make_client: MakeClient, journal: SQLiteJournal
) -> None:
    task = {"task_id": "t", "task_status": "failed", "msg": "CUT"}
    client = make_client(handler=Network(answer(task)), journal=journal)
    with pytest.raises(TaskFailedError, match="refused: \N{REPLACEMENT CHARACTER}") as caught:
        client.wait(Job(["t"]))
    str(caught.value).encode()
    told = client.status("t")
    assert told.message == "refused: \N{REPLACEMENT CHARACTER}"
    named = {"task_id": "CUT", "task_status": "CUT", "videos": [{"url": "https://e.com/CUT"}]}
    repr(make_client(handler=Network(answer([named]))).batch_status("1")).encode()


@pytest.mark.parametrize("status", [200, 500])
def test_a_text_that_is_cut_in_a_character_replaces_no_error(
    make_client: MakeClient, ask: Ask, journal: SQLiteJournal, status: int
) -> None:
    content = f'{{"status": 500, "message": "{CUT}", "{CUT}": ["{CUT}"]}}'.encode()
    client = make_client(
        handler=Network(httpx.Response(status, content=content)), journal=journal, retry_budget=0
    )
    with pytest.raises(SubmissionUnknownError) as caught:
        client.submit(ask(images=HTTPS))
    assert [(entry.id, entry.state) for entry in journal.entries()] == [
        (caught.value.entry, "unknown")
    ]
    with pytest.raises(ServerError) as failed:
        client.balance()
    f"{failed.value} {vars(failed.value)}".encode()


def test_pairs_of_halves_are_the_character_that_they_are(make_client: MakeClient) -> None:
    task = answer({"task_id": "t", "task_status": "failed", "msg": "\N{PARTY POPPER} é"})
    assert make_client(handler=Network(task)).status("t").message == "\N{PARTY POPPER} é"


def test_a_notice_goes_through_the_same_door() -> None:
    notice = json.dumps({"data": {"task_id": "t", "task_status": "failed", "msg": "CUT"}})
    told = webhooks.parse(notice.replace("CUT", CUT).encode())
    assert told.message == "refused: \N{REPLACEMENT CHARACTER}"
    with pytest.raises(WeryAIError, match="name twice"):
        webhooks.parse(b'{"data": 1, "data": {"task_id": "t", "task_status": "failed"}}')


def test_a_reply_that_is_too_long_is_left_at_its_bound(make_client: MakeClient, ask: Ask) -> None:
    started = b'{"status": 0, "data": {"task_ids": ["t"]}}'

    def respond(request: httpx.Request) -> httpx.Response:
        bound = 17 if "models" in request.url.path else 2
        rest = [b" " * (MB // 8)] * 8 * bound
        return httpx.Response(200, stream=Stream(started, *rest, AssertionError("it read on")))

    client = make_client(handler=respond, retry_budget=0)
    with pytest.raises(UnexpectedResponseError, match="longer than 1,048,576 bytes") as caught:
        client.balance()
    assert len(caught.value.raw) == MB
    with pytest.raises(SubmissionUnknownError) as unknown:
        client.submit(ask(images=HTTPS))
    assert b'"task_ids": ["t"]' in unknown.value.raw
    with pytest.raises(UnexpectedResponseError, match="longer than 16,777,216 bytes"):
        client.models()


def test_the_registry_may_be_longer_than_other_replies(make_client: MakeClient) -> None:
    rows = {"multi_image_to_video": [{"model_key": "M", "title": "x" * 2 * MB}]}
    assert len(make_client(handler=Network(answer(rows))).models()) == 1


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many calls of functions are made, of Python's own and of C."""
    count = [0]

    def note(frame: object, event: str, argument: object) -> None:
        count[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield count
    finally:
        sys.setprofile(before)


def task(**more: Any) -> dict[str, Any]:
    return {"task_id": "t", "task_status": "processing", **more}


LONG: dict[str, Callable[[int], Any]] = {
    "empty videos": lambda n: task(videos=[{}] * n),
    "videos": lambda n: task(videos=[f"https://e.com/{each}" for each in range(n)]),
    "addresses": lambda n: task(video_urls=[f"https://e.com/{each}" for each in range(n)]),
    "a wrong one behind": lambda n: task(videos=[*[{}] * n, 5]),
    "tasks": lambda n: [task(task_id=f"t{each}") for each in range(n)],
    "tasks in output": lambda n: [{"output": task(task_id=f"t{each}")} for each in range(n)],
    "a wrong task behind": lambda n: [*(task(task_id=f"t{each}") for each in range(n)), 5],
    "names": lambda n: task(**{f"k{each}": each for each in range(n)}),
    "lists in lists": lambda n: task(extra=[[["x"]] * n]),
}


@pytest.mark.parametrize("shape", LONG)
def test_reading_a_reply_of_twice_the_length_takes_twice_the_work(
    make_client: MakeClient, shape: str
) -> None:
    def work(n: int) -> int:
        client = make_client(handler=Network(answer(LONG[shape](n))), retry_budget=0)
        with counted() as count, suppress(UnexpectedResponseError):
            client.batch_status("1")
        return count[0]

    work(10)
    assert work(2000) < 2.2 * work(1000)
