"""Every public value can be written down as JSON and read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

import weryai
import weryai.batch
import weryai.journal
import weryai.requests
from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual
from weryai import (
    AuthenticationError,
    Delay,
    DownloadError,
    Ended,
    Estimate,
    Job,
    Limits,
    LocalImage,
    Model,
    Pictures,
    Purse,
    Result,
    SubmissionUnknownError,
    Task,
    TaskFailedError,
    Video,
    WaitTimeoutError,
    WeryAIError,
)
from weryai.batch import Added, Fault, Status
from weryai.journal import BatchState, Entry, PlannedRow, Resumed, Row
from weryai.requests import Findings

AT = datetime(2026, 11, 26, 1, 2, 3, 4, UTC)
VIDEO = Video("https://cdn.example.com/a.mp4?b=c", "task_1", "https://cdn.example.com/a.jpg")
JOB = Job(["task_1", "task_2"], "9", AT, 2**62, 2)
RESULT = Result(JOB, (Task("task_1", "SUCCESS", (VIDEO,)), Task("task_2", "fail", (), "no")))
ENTRY = Entry(
    id="a1",
    base_url="https://api.weryai.com",
    payload={"prompt": "The sun sets", "images": ["https://example.com/a.jpg"]},
    sent_at=AT,
    job=JOB,
    tasks=RESULT.tasks,
    files={"task_1": Path("out") / "task_1.mp4"},
    fingerprint="f",
)
FAULT = Fault(7, "duration", "must be a number", "renders.csv")
VALUES: list[Any] = [
    VIDEO,
    *RESULT.tasks,
    JOB,
    Job(batch_id="9"),
    RESULT,
    Ended(RESULT),
    Model("KLING_O1", durations=(5, 10), aspect_ratios=("1:1",), has_generate_audio=False),
    Limits(running=3, interval=2),
    Pictures(fit=True),
    Delay("queue", 1.5),
    Estimate(5, 3, least=5, most=7.5, last_at=AT),
    Purse("night", 50, price=5),
    LocalImage(Path("a.png"), 7, "image/png", 3, 4, 5),
    Findings(("no",), ("perhaps",), ("model",), {"prompt": "why"}),
    ENTRY,
    Entry(id="b", base_url="c", payload={}, sent_at=AT, reason="r"),
    Resumed(ENTRY, (Path("a.mp4"),)),
    PlannedRow(id="a", place=2, operation=PAID[0], request={"prompt": "b"}, digest="c"),
    Row(id="a", place=2, operation=PAID[0], request={}, digest="c", files=((Path("d"), "e"),)),
    BatchState(paused="why", credits_now=7),
    Added(("a",), changed=("b",), faults=(FAULT,)),
    Status({"done": 1, "failed": 2}, spent=7, seconds_left=1.5),
    FAULT,
    *(usual(operation) for operation in PAID),
]
# What is no value of a user's: a journal's own object or question, what describes a class, and a
# manifest, which is a file already.
NO_VALUES = {"BatchRows", "Manifest", "ManifestRow", "Parameter", "Turn"}


def public_values() -> set[type]:
    """The classes of values among the public names."""
    found = [
        getattr(module, name)
        for module in (weryai, weryai.batch, weryai.journal, weryai.requests)
        for name in module.__all__
    ]
    return {each for each in found if isinstance(each, type) and attrs.has(each)}


def there_and_back(value: Any) -> Any:
    return type(value).from_dict(json.loads(json.dumps(value.to_dict())))


def test_every_public_value_is_tried() -> None:
    tried = {type(value).__name__ for value in VALUES}
    assert {each.__name__ for each in public_values()} - NO_VALUES - {"VideoRequest"} == tried


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_from_json_as_it_was_and_knows_other_things_from_itself(
    value: Any,
) -> None:
    assert there_and_back(value) == value
    told = value.to_dict()
    newer = {**told, "written by": "a newer version"}
    assert type(value).from_dict(newer) == value
    odd: Any
    for odd in (None, [], "a", dict.fromkeys(told, object())):
        with pytest.raises((TypeError, ValueError, WeryAIError)):
            type(value).from_dict(odd)


def test_a_request_comes_back_with_the_paths_of_its_images_as_texts() -> None:
    request = usual(images=[Path("a") / "b.png"])
    assert there_and_back(request).images == (str(Path("a") / "b.png"),)


@pytest.mark.parametrize(
    "error",
    [
        TaskFailedError(RESULT),
        WaitTimeoutError(JOB, RESULT, 5.0),
        AuthenticationError("no", code=1002, raw=b"\xff{}", headers={"x-request-id": "r"}),
        DownloadError.of([DownloadError("gone", video=VIDEO)] * 2, 3, [Path("a.mp4")]),
        SubmissionUnknownError(
            "lost", operation="o", payload={"model": "m"}, sent_at=AT, entry="e"
        ),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_end_comes_back_with_an_error_that_says_and_carries_the_same(
    error: WeryAIError,
) -> None:
    for end in (Ended(RESULT, error), Resumed(ENTRY, (), error)):
        found = there_and_back(end).error
        assert (type(found), str(found)) == (type(error), str(error))
        assert there_and_back(Ended(RESULT, found)).to_dict() == Ended(RESULT, found).to_dict()
        for name, carried in vars(error).items():
            if name != "_failures":
                assert getattr(found, name) == carried
        if isinstance(found, DownloadError):
            assert [each.video for each in found.failures] == [VIDEO, VIDEO]


@pytest.mark.parametrize("odd", [1, {}, {"type": "KeyError", "args": []}, {"type": "annotations"}])
def test_what_is_no_error_of_ours_is_none(odd: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Ended.from_dict({"result": RESULT.to_dict(), "error": odd})
