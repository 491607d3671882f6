"""Paid once: what a refusal must say, and must not, for a submission to be sent again or given up.

The expectations are the table "What may be sent again", written out by hand.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual
from weryai import (
    Job,
    MultiImageToVideo,
    ResponseError,
    ServerError,
    SubmissionUnknownError,
    UnexpectedResponseError,
    WeryAI,
    WeryAIError,
)
from weryai.journal import SQLiteJournal

Ask = Callable[..., MultiImageToVideo]
Outcome = Callable[[Any, httpx.Response], str]
HTTPS = ["https://example.com/a.jpg"]
ACCEPTED = httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

AGAIN, RAISED, UNKNOWN = "again", "raised", "unknown"
FOR_NOW = {429, 1001, 1007, 6001, 6002, 6010}
FOR_GOOD = {1002, 1003, 1006, 1009, 1010, 1011, 1014, 1015, 1017, 2001, 2003, 2004, 6101}
OTHER = {500, 503, 401, 403, 404, 408, 409, 502, 599, 1004, 1005, 6003, 6004, 6000, 7777, 9999}
BY_HTTP = {400, 401, 403, 404, 405, 413, 414, 415, 422, 431, 451}
ELSE = {201, 202, 204, 206, 301, 302, 303, 307, 308, 402, 406, 408, 409, 410, 418, 425, 499}
FAILED = {500, 502, 503, 504, 520, 524, 599}


@pytest.fixture
def outcome(make_client: MakeClient) -> Outcome:
    """What comes of a submission that is answered like this, and accepted if it comes again."""
    network = Network(ACCEPTED)
    client = make_client(handler=network)

    def outcome(request: Any, answer: httpx.Response) -> str:
        network.answers, network.seen = [answer, ACCEPTED], []
        try:
            job = client.submit(request)
        except WeryAIError as error:
            found: WeryAIError | Job = error
        else:
            found = job
        told = AGAIN if isinstance(found, Job) else RAISED
        if isinstance(found, SubmissionUnknownError):
            assert isinstance(found.__cause__, ResponseError)
            assert found.raw == answer.content
            told = UNKNOWN
        assert isinstance(found, (Job, SubmissionUnknownError, ResponseError))
        assert len(network.seen) == 1 + (told == AGAIN)
        return told

    return outcome


def by_the_table(status: int, code: int) -> str:
    if status in (200, 429) and code in FOR_NOW:
        return AGAIN
    if (status == 200 or 400 <= status < 500) and code in FOR_GOOD:
        return RAISED
    if status in BY_HTTP and code == status:  # no code of its own
        return RAISED
    return UNKNOWN


def test_every_code_behind_every_status_is_what_the_table_says(
    outcome: Outcome, asked: Any, operation: str
) -> None:
    """The table knows no operation: each takes its turn."""
    codes = sorted(FOR_NOW | FOR_GOOD | OTHER)
    pairs = itertools.product(sorted({200, 429} | BY_HTTP | ELSE | FAILED), codes)
    for status, code in itertools.islice(pairs, PAID.index(operation), None, len(PAID)):
        answer = httpx.Response(status, json={"status": code, "message": "refused"})
        assert outcome(asked, answer) == by_the_table(status, code), (status, code)


def test_a_refusal_without_a_code_is_one_by_its_http_status_alone(
    outcome: Outcome, asked: Any
) -> None:
    page = "<!doctype html><html><head><title>No</title></head><body id='x'>No.</body></html>"
    for status in BY_HTTP | ELSE | FAILED | {429}:
        expected = RAISED if status in BY_HTTP else UNKNOWN
        for content in (b"", page.encode(), b"Bad request", b"null"):
            answer = httpx.Response(status, content=content)
            assert outcome(asked, answer) == expected, (status, content)
        limited = AGAIN if status == 429 else expected
        for told in ({}, {"status": None, "msg": "no"}, {"status": "fail", "path": "/v1"}):
            answer = httpx.Response(status, json=told)
            assert outcome(asked, answer) == limited, (status, told)


@pytest.mark.parametrize("status", [200, 429, 400, 404])
@pytest.mark.parametrize("code", ["1001", "1002", 1001.5, True, [1001], {"code": 1002}, -1, 0, 200])
def test_a_code_that_is_no_whole_number_is_none(outcome: Outcome, status: int, code: Any) -> None:
    answer = httpx.Response(status, json={"status": code, "message": "no"})
    assert outcome(usual(), answer) == UNKNOWN


@pytest.mark.parametrize("code", [1001.0, 1002.0])
def test_a_code_with_a_zero_fraction_is_the_same_number(outcome: Outcome, code: float) -> None:
    answer = httpx.Response(200, json={"status": code})
    assert outcome(usual(), answer) == by_the_table(200, int(code))


SPEAKING: list[dict[str, Any]] = [
    {"success": True},
    {"success": "true"},
    {"success": 1},
    {"ok": True},
    {"result": "success"},
    {"message": "success"},
    {"desc": "OK"},
    {"message": "the task was submitted"},
    {"message": "成功"},
    {"code": 0},
    {"code": 200},
    {"data": {"id": "a"}},
    {"data": {"task_id": None}},
    {"data": {"task_ids": []}},
    {"data": [{"task_id": "task_1"}]},
    {"data": [[]]},
    {"data": "task_1"},
    {"data": 0},
    {"data": False},
    {"task_ids": ["task_1"]},
    {"taskIdList": ["a"]},
    {"taskids": "a"},
    {"TASK-ID": "a"},
    {"id": 7},
    {"batch": 7},
    {"job": "a"},
    {"tasks": ["a"]},
    {"result": {"data": {"batchId": 7}}},
    {"output": {"id": "a"}},
    {"error": {"task_id": "a"}},
    {"errors": [{"message": "task_1 runs"}]},
    {"details": [[[["a"]]]]},
    {"requestId": "task_1"},
    {"message": "limit reached, task_8f3a2 was started"},
    {"message": "task id: abc"},
    {"message": 'retry {"taskIds":["abc"]}'},
    {"msg": "batch 123456789 goes on"},
    {"msg": "job=a1"},
    {"desc": "see 3f2a9c0d-1111-4222-8333-444455556666"},
    {"desc": "任务ID 7 已创建"},
    {"anything": "else"},
    {"details": ["long"] * 2000},
    {"message": "任务 12345678 正在处理"},
    {"message": "任务[abc123]处理中"},
    {"message": "您的请求已经提交"},
    {"message": "请求已被接受"},
    {"message": "任务创建完成"},
    {"message": "任务已进入队列"},
    {"message": "已扣除120积分"},
    {"message": "Your previous request is still being processed"},
    {"message": "Duplicate request: the first is still being processed"},
    {"message": "the earlier one is already running"},
    {"message": "This request is a duplicate"},
    {"message": "请勿重复提交"},
    {"message": "batch 7788"},
    {"message": "see job #4711"},
    {"message": "任务 7788 正在处理"},
    {"message": "120 credits have been charged"},
    {"message": "queued as #7788"},
    {"message": "poll /v1/generation/abc123/status"},
    {"message": "not refused: created successfully"},
    {"input": 7788},
    {"loc": [{"id": 5}]},
]


@pytest.mark.parametrize("more", SPEAKING, ids=lambda more: str(more)[:60])
def test_a_refusal_that_speaks_of_ids_or_of_success_is_of_unknown_fate(
    outcome: Outcome, more: dict[str, Any]
) -> None:
    for status, code in ((200, 1001), (429, 1001), (429, None), (200, 1002), (400, None)):
        envelope = {"message": "slowly", **({"status": code} if code else {}), **more}
        answer = httpx.Response(status, json=envelope)
        assert outcome(usual(), answer) == UNKNOWN, (status, code)


SILENT: list[dict[str, Any]] = [
    {"success": False, "data": None},
    {"success": None, "data": {}},
    {"data": []},
    {"data": ""},
    {"desc": None, "message": "More than 20 concurrent tasks", "msg": ""},
    {"message": "tasks: 20/20"},
    {"message": "task limit 20 reached; wait for one of the 20 tasks"},
    {"message": "no task was created"},
    {"message": "the first is always free; jobs per day: 200"},
    {"errors": [{"field": "images", "message": "duplicate entries"}]},
    {"message": "1080p is not for WERYDANCE_2_0_FAST, 4-15 s are"},
    {"message": "https://cdn.example.com/uploads/0123456789abcdef0123.png cannot be read"},
    {"message": "Rate limited (request id: 2026112516083512345)"},
    {"message": "image format is not accepted"},
    {"message": "工作流系统异常"},
    {"requestId": "8f3a2b1c9d0e4f5a", "traceId": 12345678901234, "timestamp": 1800000000000},
    {"timestamp": "2026-11-25T16:08:35.123+00:00", "path": "/v1/generation", "error": "No"},
    {"error": {"message": "no", "type": "limit", "param": None, "code": "rate_limit"}},
    {"errors": [{"field": "duration", "message": "must be 4 to 15"}]},
    {"limit": 20, "remaining": 0, "retry_after": 7.5},
    {"taskIds": [], "task_id": None, "batch_id": ""},
    {"message": "您已提交20个任务，请等待完成后再试"},  # noqa: RUF001
    {"message": "任务未创建成功"},
    {"message": "提交不成功"},
    {"message": "Could not be submitted successfully; no credits were charged"},
    {"message": "Daily limit: 1000/1000, resets at 2026-11-26T00:00:00.000+08:00"},
    {"message": "image too large: 123456789 bytes"},
    {"message": "must be one of ['9:16', '1:1', '720p']"},
    {"message": "user id: 12345678 has no permission"},
    {"message": ["duration must be a number", "model is required"], "statusCode": None},
    {"detail": [{"loc": ["body", "images", 0], "msg": "invalid", "type": "value_error"}]},
]


@pytest.mark.parametrize("more", SILENT, ids=str)
def test_a_refusal_that_says_why_and_no_more_is_a_clean_one(
    outcome: Outcome, more: dict[str, Any]
) -> None:
    for status, code in ((200, 1001), (429, None), (200, 1002), (422, 1011), (422, None)):
        envelope = {"message": "slowly", **({"status": code} if code else {}), **more}
        expected = AGAIN if code == 1001 or status == 429 else RAISED
        answer = httpx.Response(status, json=envelope)
        assert outcome(usual(), answer) == expected, (status, code)


SENT: dict[str, Any] = {
    "prompt": 'A successful launch, "id: 5", task_8f3a2',
    "caller_id": 123456789012345,
    "webhook_url": "https://example.org/hook?token=1234567890123",
    "images": ["https://example.com/0123456789abcdef0123"],
}


@pytest.mark.parametrize("name", SENT)
def test_what_repeats_the_request_says_nothing_new(outcome: Outcome, ask: Ask, name: str) -> None:
    echo = SENT[name][0] if name == "images" else SENT[name]
    for said, expected in (
        ({"message": f"refused: {name} = {echo}"}, RAISED),
        ({"message": "refused", "detail": [{"loc": ["body", name], "input": SENT[name]}]}, RAISED),
        ({"message": f"refused: {echo}7"}, UNKNOWN),
        ({"message": f"refused: {echo}, task_7"}, UNKNOWN),
        ({"message": "refused", "id": echo}, UNKNOWN),
    ):
        answer = httpx.Response(200, json={"status": 1002, **said})
        assert outcome(ask(**SENT), answer) == expected, said


@pytest.mark.parametrize("name", ["Location", "X-Task-Id", "taskid", "Batch_Id", "X-Job-ID"])
def test_a_refusal_whose_headers_point_to_a_task_is_of_unknown_fate(
    outcome: Outcome, name: str
) -> None:
    for status, body in ((200, {"status": 1001}), (429, {}), (400, {"status": 1002}), (404, {})):
        answer = httpx.Response(status, json=body, headers={name: "abc", "X-Request-Id": "abc"})
        assert outcome(usual(), answer) == UNKNOWN, (status, body)


@pytest.mark.parametrize("status", [200, 429, 400, 401])
@pytest.mark.parametrize(
    "content",
    [
        '{"status": 6003, "status": 1001}',
        '{"status": 1001, "data": {"task_ids": ["a"]}, "data": null}',
        '{"status": 1002, "message": "a", "message": "b"}',
        '{"status": 1001, "st\\u0061tus": 1001}',
        '{"status": 1001, "error": {"message": "a", "message": "b"}}',
        '{"message": "no", "data": {"id": 1}, "data": {}}',
        '{"status": 1001, "data": nu',
        '{"status": 1001}{"status": 0}',
    ],
)
def test_an_object_that_cannot_be_read_is_no_refusal(
    outcome: Outcome, status: int, content: str
) -> None:
    answer = httpx.Response(status, content=content.encode())
    assert outcome(usual(), answer) == UNKNOWN


@pytest.mark.parametrize(
    "page", ["<p>task_8f3a2 was started</p>", "task id: 7", "the task was submitted", "Success"]
)
def test_a_page_that_speaks_of_a_task_is_no_refusal(outcome: Outcome, page: str) -> None:
    assert outcome(usual(), httpx.Response(400, text=page)) == UNKNOWN


def test_a_success_whose_ids_come_twice_is_of_unknown_fate(outcome: Outcome) -> None:
    twice = b'{"status": 0, "data": {"task_ids": ["a"], "task_ids": ["b"]}}'
    assert outcome(usual(), httpx.Response(200, content=twice)) == UNKNOWN


@pytest.mark.parametrize("code", [500, 408, 409, 502, 6003, 9999])
def test_a_failure_inside_http_200_stays_in_the_journal(
    make_client: MakeClient, ask: Ask, journal: SQLiteJournal, code: int
) -> None:
    network = Network(httpx.Response(200, json={"status": code, "message": "failed"}))
    with pytest.raises(SubmissionUnknownError):
        make_client(handler=network, journal=journal).submit(ask(images=HTTPS))
    assert [entry.state for entry in journal.entries()] == ["unknown"]


@pytest.mark.parametrize("answer", [(200, 1002), (404, 1011), (401, None), (413, None)], ids=str)
def test_a_proven_refusal_leaves_no_entry(
    make_client: MakeClient, ask: Ask, journal: SQLiteJournal, answer: tuple[int, int | None]
) -> None:
    status, code = answer
    network = Network(httpx.Response(status, json={"status": code, "message": "no"}))
    with pytest.raises(ResponseError):
        make_client(handler=network, journal=journal).submit(ask(images=HTTPS))
    assert not [*journal.entries()]


def test_a_code_of_a_failed_server_is_one_for_what_is_free(make_client: MakeClient) -> None:
    failed = httpx.Response(200, json={"status": 503, "message": "busy"})
    well = httpx.Response(200, json={"status": 0, "data": 5})
    assert make_client(handler=Network(failed, failed, well)).balance() == 5
    with pytest.raises(ServerError, match="busy"):
        make_client(handler=Network(failed), retry_budget=0).balance()


def test_what_is_free_cannot_be_read_either_where_a_name_comes_twice(
    make_client: MakeClient,
) -> None:
    client: WeryAI = make_client(handler=Network(httpx.Response(200, text='{"data":1,"data":2}')))
    with pytest.raises(UnexpectedResponseError, match="name twice"):
        client.balance()
    assert json.loads('{"data":1,"data":2}') == {"data": 2}, "which most readers take in silence"
