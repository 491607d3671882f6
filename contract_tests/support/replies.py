"""Replies generated from the contract, and what a client must make of each.

Generation: each response schema becomes the request body of a mirror document, because that is
what schemathesis generates data for, good and bad. Judgement: `expected` is written apart from the
client, from the contract's prose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import schemathesis
from hypothesis.strategies import SearchStrategy, deferred
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode

from contract_tests.support.contract import CONTRACT, OPERATIONS, PAID, success
from contract_tests.support.examples import values

SCHEMAS = {name: success(name) for name in OPERATIONS}
WORDS = ("desc", "message", "msg")
# One value of each kind that JSON has, and an empty text: most are wrong in most places.
KINDS: tuple[Any, ...] = (None, True, 5, "text", "", [], {})
ABSENT = object()
# Hosts that RFC 6761 keeps out of the public internet: no client lets itself be sent there.
RESERVED = re.compile(r'https?://[^/"]*\.(test|example|invalid|localhost)[.:/?#"]', re.IGNORECASE)


def body(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@cache
def mirror(mode: GenerationMode) -> Any:
    """A document whose requests are the contract's replies."""
    paths = {
        f"/{name}": {
            "post": {
                "operationId": name,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": each}},
                },
                "responses": {"200": {"description": "unused"}},
            }
        }
        for name, each in SCHEMAS.items()
    }
    longest = 2 if mode is GenerationMode.NEGATIVE else 3
    schemas = shortened(CONTRACT["components"]["schemas"], longest)
    head = {"openapi": "3.1.0", "info": {"title": "Replies", "version": "1"}}
    document = {**head, "paths": paths, "components": {"schemas": schemas}}
    return schemathesis.openapi.from_dict(document)


def shortened(node: Any, longest: int) -> Any:
    """The schemas with lists of this many at the most: a reply of 600 bytes shows every wrong place
    that one of 4 kB does, and a fourth item is read as the third is; both are drawn in half the
    time. What breaks this length and nothing else keeps the contract, and `breaks_what_is_read`
    says so."""
    if isinstance(node, list):
        return [shortened(each, longest) for each in node]
    if not isinstance(node, dict):
        return node
    short = {name: shortened(each, longest) for name, each in node.items()}
    return {"maxItems": longest, **short} if "array" in node.get("type", ()) else short


def generated(operation: str, mode: GenerationMode) -> SearchStrategy[Any]:
    """Bodies of one operation's replies that keep or break the contract. The document they come of
    is made once one is drawn: most runs have kept theirs."""
    cases: SearchStrategy[Any] = deferred(
        lambda: mirror(mode)[f"/{operation}"]["POST"].as_strategy(generation_mode=mode)
    )
    return (
        cases.map(lambda case: asked_for(operation, case.body))
        .filter(is_json)
        .filter(names_no_reserved_host)
    )


def asked_for(operation: str, node: Any) -> Any:
    """A task's status, of the task that test_replies.py asks for: one of another is no answer."""
    if operation != "get_task_status":
        return node
    if isinstance(node, list):
        return [asked_for(operation, each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: "task_1"
        if value and isinstance(value, str) and name in ("task_id", "taskId")
        else asked_for(operation, value)
        for name, value in node.items()
    }


def whole(operation: str) -> list[Any]:
    """Replies that keep the contract: the examples, a success with each of its marks, refusals with
    every field, and every field of a task in every form."""
    told = values(operation, "200")
    one = next(body["data"] for body in told if is_success(operation, body))
    marks: list[dict[str, Any]] = [{"status": 0}, {"status": 200}, {"success": True}]
    refused = {"success": False, "status": 1003, "message": "gone", "data": None}
    spelled = {"status": 1003, "desc": "gone", "msg": "gone"}
    # That an address is none is for the download to say.
    odd = {"task_status": "succeed", "videos": ["no address: not ours"]}
    tasks: list[Any] = []
    if operation == "get_task_status":
        tasks = [odd, *forms(), forms()[-1:]]
    if operation == "get_batch_status":
        tasks = [odd, forms(), forms()[-1]]
    made = [{"success": True, "data": data} for data in tasks]
    bodies = [*told, refused, spelled, *({**mark, "data": one} for mark in marks), *made]
    return [asked_for(operation, body) for body in bodies]


def forms(state: str = "failed") -> list[dict[str, Any]]:
    """A task with every field there is, in each of its forms."""
    names = iter(range(100))

    def url() -> str:
        return f"https://cdn.example.com/{next(names)}.mp4"

    def videos() -> dict[str, Any]:
        several = [{"url": url(), "video_url": None, "src": None}, {"video_url": url()}]
        one = {"src": url(), "cover_image_url": url(), "cover_url": url()}
        return {"videos": several, "video_urls": [url()], "video_url": url(), "video": one}

    outcomes = {name: {**videos(), "message": "why"} for name in ("task_result", "output")}
    plain = {"task_id": "task_1", "task_status": state, **videos(), **outcomes, "msg": "why"}
    told = {"task_result": {"message": "why"}, "output": videos()}
    camel = {"taskId": "task_1", "taskStatus": state, **videos(), **told}
    empty = dict.fromkeys(plain.keys() - {"task_status"}) | {"task_id": "task_1"}
    reasoned = {**empty, "task_status": state, "task_result": {"message": "why"}}
    return [plain, camel, {"output": reasoned}, {"output": camel}, reasoned]


def broken(bodies: list[Any], fits: Callable[[Any], bool]) -> Iterator[tuple[Any, Any]]:
    """Each of these in turn with one wrong value, or with one value left out.

    Each place of the contract is broken once in each way; items of a list share theirs.

    Parameters:
        fits: whether it keeps the contract all the same; then it is not given.

    Returns: pairs of what was whole and what is broken.
    """
    done: set[tuple[Any, str]] = set()
    for body in bodies:
        for place in places(body):
            shared = tuple("*" if isinstance(step, int) else step for step in place)
            for value in (*KINDS, ABSENT) if place else KINDS:
                key = shared, "absent" if value is ABSENT else repr(value)
                if key not in done and not fits(changed := put(body, place, value)):
                    done.add(key)
                    yield body, changed


def places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inside = node.items() if isinstance(node, dict) else []
    for step, child in enumerate(node) if isinstance(node, list) else inside:
        yield from places(child, (*place, step))


def put(node: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    step, *rest = place
    copy = node.copy()
    if value is ABSENT and not rest:
        del copy[step]
    else:
        copy[step] = put(node[step], tuple(rest), value)
    return copy


def names_no_reserved_host(body: Any) -> bool:
    return RESERVED.search(json.dumps(body)) is None


def is_json(body: Any) -> bool:
    try:
        json.dumps(body).encode()
    except (TypeError, ValueError):
        return False
    return True


@cache
def validator(operation: str, part: str = "") -> Draft202012Validator:
    """Validates a reply, or only its `Ok` half."""
    schema = SCHEMAS[operation]
    if part:
        name = schema["$ref"].rpartition("/")[2].replace("Reply", part)
        schema = {"$ref": f"#/components/schemas/{name}"}
    return Draft202012Validator({**schema, "components": CONTRACT["components"]})


NOTICE = Draft202012Validator(
    {"$ref": "#/components/schemas/TaskNotice", "components": CONTRACT["components"]}
)
STATES = CONTRACT["components"]["schemas"]["KnownTaskStatus"]["enum"]


def is_success(operation: str, body: Any) -> bool:
    return validator(operation, "Ok").is_valid(body)


def breaks_what_is_read(operation: str, body: Any) -> bool:
    """Whether a body breaks the contract in a part that a client must read to act on it."""
    if isinstance(body, dict):
        refused = body.get("status") not in (0, 200) and "status" in body
        unread = [*WORDS, *(["success", "data"] if refused else [])]
        body = {name: value for name, value in body.items() if name not in unread}
        data = body.get("data")
        if operation in PAID and isinstance(data, dict):
            body["data"] = {name: data[name] for name in data if name != "task_status"}
        if operation == "list_video_models" and isinstance(data, dict):
            body["data"] = {table(data): data[table(data)]} if table(data) in data else {}
        if operation == "get_task_status" and isinstance(data, list):
            body["data"] = data[:1]
    return not validator(operation).is_valid(body)


def table(data: dict[str, Any]) -> str:
    """Where the models for several images are."""
    own = "multi_image_to_video"
    return own if data.get(own) is not None else "image_to_video"


def expected(operation: str, body: Any) -> Any:
    """What a client must make of a success: plain values."""
    data = body["data"]
    match operation:
        case _ if operation in PAID:
            batch = data.get("batch_id")
            ids = {
                *(data.get("task_ids") or []),
                *([data["task_id"]] if data.get("task_id") else []),
            }
            whole = int(batch) if isinstance(batch, float) else batch
            return ids, str(whole) if batch not in (None, "") else None
        case "get_task_status":
            return told(data[0] if isinstance(data, list) else data)
        case "get_batch_status":
            return [told(each) for each in (data if isinstance(data, list) else [data])]
        case "upload_file":
            return data["object_url_list"][0]
        case "get_balance":
            return data["balance"] if isinstance(data, dict) else data
        case "list_video_models":
            return [row["model_key"] for row in data.get(table(data)) or []]
    raise NotImplementedError(f"say in expected of replies.py what is made of {operation}")


def told(form: dict[str, Any]) -> tuple[str, set[str]]:
    """The state and the videos of one task."""
    if not {"task_status", "taskStatus"} & form.keys():
        form = form["output"]
    plain = "task_status" in form
    report = form if plain or "taskStatus" in form else form["output"]
    status = report["task_status"] if plain else report["taskStatus"]
    places = [report, report.get("task_result") or {}, report.get("output") or {}]
    forms = [form for place in places for form in videos(place)]
    urls = [form if isinstance(form, str) else address(form) for form in forms]
    return status, {url for url in urls if url}


def videos(place: dict[str, Any]) -> list[Any]:
    several = [*(place.get("videos") or []), *(place.get("video_urls") or [])]
    return [*several, *(place[name] for name in ("video_url", "video") if place.get(name))]


def address(form: dict[str, Any]) -> str | None:
    return form.get("url") or form.get("video_url") or form.get("src")
