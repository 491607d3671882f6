"""The vendor's variants, as data under data/variants/, and the replies and calls that try each.

What a client must make of a row is written in the row, in plain values, apart from any code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from attrs import define

from contract_tests.support.contract import PAID, read_yaml
from contract_tests.support.requests import usual
from weryai import Job, Model, Result, Task, WeryAI

FOLDER = Path(__file__).parents[1] / "data" / "variants"
ELSEWHERE = read_yaml((FOLDER / "elsewhere.yaml").read_text())
BROKEN = "broken"
ENDED = {"succeeded", "failed"}
WAITS = {"wait": Job(["a"]), "wait_batch": Job(batch_id="9")}
# By the kind of a row: what a row of that kind is sent through. A paid operation has its own name.
WAYS = {
    "envelope": (
        *(*PAID, "status", "batch_status", "wait", "wait_batch", "webhook"),
        *("upload", "balance", "models"),
    ),
    "submission": (*PAID,),
    "task": ("status", "batch_status", "wait", "wait_batch", "webhook"),
    "batch": ("batch_status", "wait_batch"),
    "upload": ("upload",),
    "balance": ("balance",),
    "models": ("models",),
    "body": (*PAID, "status", "batch_status", "wait", "wait_batch", "upload"),
}
# The success of each operation: its schema, plain data, and what a client makes of that.
VIDEO = {"task_id": "a", "task_status": "succeed", "videos": ["https://example.com/v"]}
TOLD = {"id": "a", "state": "succeeded", "videos": ["https://example.com/v"]}
PLAIN: dict[str, tuple[str, Any, Any]] = {
    **dict.fromkeys(PAID, ("SubmitOk", {"task_ids": ["a"]}, {"task_ids": ["a"], "batch_id": None})),
    "status": ("TaskStatusOk", VIDEO, TOLD),
    "wait": ("TaskStatusOk", VIDEO, [TOLD]),
    "batch_status": ("BatchStatusOk", [VIDEO], [TOLD]),
    "wait_batch": ("BatchStatusOk", [VIDEO], [TOLD]),
    "webhook": ("TaskNotice", VIDEO, TOLD),
    "upload": ("UploadOk", {"object_url_list": ["https://example.com/i"]}, "https://example.com/i"),
    "balance": ("BalanceOk", 7, 7),
    "models": ("ModelsOk", {"multi_image_to_video": [{"model_key": "M"}]}, ["M"]),
}


@define
class Row:
    """One disagreement, one way the service has of it, and what a client must make of that."""

    disagreement: str
    row: str
    evidence: str
    kind: str
    given: Any
    expect: Any
    http: int = 200
    headers: dict[str, str] | None = None

    def __str__(self) -> str:
        """For people."""
        return f"{self.row} ({self.disagreement})"

    def ways(self) -> list[str]:
        """What it is sent through. Nothing published says that a webhook brings a list."""
        lists = isinstance(self.given, list) and self.kind == "task"
        return [way for way in WAYS[self.kind] if not (lists and way == "webhook")]

    def body(self, way: str) -> Any:
        """What is sent, as JSON or as it is."""
        if self.kind == "body":
            return self.given
        if self.kind == "envelope":
            return {**self.given, "data": PLAIN[way][1]}
        alone = self.kind == "task" and way in ("batch_status", "wait_batch")
        wrap = alone and not isinstance(self.given, list)
        return {"status": 0, "data": [self.given] if wrap else self.given}

    def answer(self, way: str) -> httpx.Response:
        """The reply."""
        body = self.body(way)
        content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return httpx.Response(self.http, headers=self.headers, content=content.encode())

    def expected(self, way: str) -> Any:
        """What a client must make of it, in the terms of `plain`."""
        if self.expect == BROKEN:
            return self.expect if way != "webhook" else PLAIN[way][2]
        if self.kind == "envelope":
            return PLAIN[way][2]
        several = way in ("batch_status", "wait_batch", "wait")
        return [self.expect] if several and self.kind == "task" else self.expect


def rows() -> Iterator[Row]:
    """Every row of the table."""
    for file in sorted(FOLDER.glob("*.yaml")):
        groups = read_yaml(file.read_text()) if file.stem != "elsewhere" else []
        for group in groups:
            for row in group["rows"]:
                (kind,) = row.keys() & WAYS.keys()
                given = row.pop(kind)
                yield Row(disagreement=group["disagreement"], kind=kind, given=given, **row)


def call(client: WeryAI, way: str, picture: Path) -> Any:
    """Make the call of a way that is no wait."""
    match way:
        case _ if way in PAID:
            return client.submit(usual(way))
        case "status":
            return client.status("a")
        case "batch_status":
            return client.batch_status("9")
        case "upload":
            return client.upload(picture)
        case "balance":
            return client.balance()
    return client.models()


def success(way: str, ids: list[str]) -> httpx.Response:
    """A submission that is accepted, or what ends a wait: each of these tasks has its video."""
    made: Any = [VIDEO | {"task_id": name} for name in ids]
    data = {"task_ids": ids} if way in PAID else made[0] if way == "wait" else made
    return httpx.Response(200, json={"status": 0, "data": data})


def plain(value: Any) -> Any:
    """What a client made of a reply, without what is empty."""
    match value:
        case Job():
            return {"task_ids": list(value.task_ids), "batch_id": value.batch_id}
        case Task():
            told = {
                "id": value.id,
                "state": value.state,
                "videos": [video.url for video in value.videos],
                "covers": [video.cover_url for video in value.videos if video.cover_url],
                "message": value.message,
            }
            return {name: each for name, each in told.items() if each}
        case Model():
            return value.key
        case Result():
            return plain(list(value.tasks))
        case list() | tuple():
            return [plain(each) for each in value]
    return value
