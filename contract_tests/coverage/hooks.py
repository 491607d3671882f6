"""Note what tests do where every test passes: as a request leaves the client or reaches the
simulator's application, and as an answer is there to be read. Nothing is changed by it.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import pkgutil
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contract_tests.coverage.record import Seen
from contract_tests.support.contract import PLACES
from weryai import REQUESTS, InvalidRequestError
from weryai._network import hops, io
from weryai._service import operations, replies
from weryai._texts import is_address
from weryai.requests import Image, VideoRequest
from weryai.testing import _asgi
from weryai_api import api

TASK = "/v1/generation/{}/status"
BATCH = "/v1/generation/batch/{}/status"
NOTICE = "task_completed", "notice"
JSON = {"Content-Type": "application/json"}
ADDRESS = "https://example.com/a.jpg"
scripted: ContextVar[bool] = ContextVar("scripted", default=False)

Message = MutableMapping[str, Any]


def install(seen: Seen, patch: pytest.MonkeyPatch) -> None:
    """Note from now on, until the patch is undone."""

    def wrap(owner: Any, name: str, hook: Callable[..., Any], *more: Any) -> None:
        original = getattr(owner, name)
        patch.setattr(owner, name, functools.wraps(original)(hook(seen, original, *more)))

    for shell in (io.BlockingIO, io.AsyncIO):
        wrap(shell, "send", _sending)
    for found in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "_parse_response"):
            wrap(module, "_parse_response", _parsing, found.name.rpartition(".")[2])
    wrap(VideoRequest, "__attrs_post_init__", _checking)
    wrap(operations, "task_status", _asking, TASK)
    wrap(operations, "batch_status", _asking, BATCH)
    wrap(replies, "notice", _reading_a_notice)
    wrap(_asgi.App, "in_process", _answering)
    wrap(_asgi.App, "notice", _writing_a_notice)
    wrap(_asgi, "_planned", _playing)


# The client


def _sending(seen: Seen, original: Any) -> Any:
    async def send(io: Any, call: dict[str, Any], key: Any, answer: Any) -> httpx.Response:
        response: httpx.Response = await original(io, call, key, answer)
        operation = _sent(seen, _as_sent(call))
        if operation:
            _read(seen, operation, response, answer.body)
        return response

    return send


def _as_sent(call: dict[str, Any]) -> httpx.Request:
    """The request, without what is in its file: that is large, and read while it is sent."""
    parts = [
        (name, (file_name, content if isinstance(content, bytes) else b"file", kind))
        for name, (file_name, content, kind) in call.get("files", [])
    ]
    return hops.request({**call, "files": parts} if parts else call, 0.0, print)


def _parsing(seen: Seen, original: Any, operation: str) -> Any:
    """The generated client by itself. The wrapper reads a reply of its own kind, and what became
    that was noted as it arrived."""

    def parse(*, client: Any, response: Any) -> Any:
        if isinstance(response, httpx.Response):
            with suppress(RuntimeError):  # an answer that nobody asked for
                response.request.read()
                _sent(seen, response.request)
            _read(seen, operation, response, response.content)
        return original(client=client, response=response)

    return parse


def _sent(seen: Seen, request: httpx.Request) -> str | None:
    """Note a request. Returns its operationId, None for one that the contract does not have."""
    target = request.url.raw_path.decode("ascii")
    found = seen.contract.operation(request.method, target.partition("?")[0])
    if found is None:
        return None
    operation, arguments = found
    seen.request("sent", request.method, target, request.headers, request.read())
    seen.follow("client", operation, arguments)
    return operation


def _read(seen: Seen, operation: str, response: httpx.Response, body: bytes) -> None:
    place = f"reply {response.status_code}"
    seen.reply("read", operation, place, response.headers, body)
    seen.offer("client", operation, response.status_code, body)


def _checking(seen: Seen, original: Any) -> Any:
    def check(request: VideoRequest) -> None:
        try:
            original(request)
        except InvalidRequestError:
            places = [PLACES[name][0] for name, kind in REQUESTS.items() if type(request) is kind]
            for path in places:  # none for a class that a test has made up
                with suppress(ValueError):  # a number of thousands of digits
                    seen.request("withheld", "POST", path, JSON, _as_json(request))
            raise

    return check


def _as_json(request: VideoRequest) -> bytes:
    """What would be sent. An address stands for each local image, as after its upload."""
    body = {
        parameter.name: value
        for parameter in request.parameters()
        if (value := getattr(request, parameter.name)) is not None or parameter.required
    }
    for each in request.parameters():
        value = body.get(each.name)
        if each.annotation == Image and _is_local(value):
            body[each.name] = ADDRESS
        elif each.annotation == Sequence[Image] and isinstance(value, tuple):
            body[each.name] = [ADDRESS if _is_local(image) else image for image in value]
    return json.dumps(body, default=lambda _: None).encode()


def _is_local(image: object) -> bool:
    return isinstance(image, os.PathLike) or (isinstance(image, str) and not is_address(image))


def _asking(seen: Seen, original: Any, path: str) -> Any:
    def ask(name: str) -> Any:
        try:
            return original(name)
        except InvalidRequestError:
            if isinstance(name, str):
                target = path.format(quote(name, safe="", errors="replace"))
                seen.request("withheld", "GET", target, {}, b"")
            raise

    return ask


def _reading_a_notice(seen: Seen, original: Any) -> Any:
    def notice(body: bytes) -> Any:
        seen.reply("read", *NOTICE, JSON, body)
        return original(body)

    return notice


# The simulator


def _answering(seen: Seen, original: Any) -> Any:
    async def call(app: Any, scope: Message, receive: Any, send: Any) -> None:
        asked, told = bytearray(), list[Message]()

        async def receive_and_keep() -> Message:
            message: Message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def send_and_keep(message: Message) -> None:
            told.append(message)
            await send(message)

        path = scope.get("raw_path", b"").decode("ascii")
        found = seen.contract.operation(scope["method"], path) if path else None
        if found is None:
            await original(app, scope, receive, send)
            return
        scripted.set(False)
        await original(app, scope, receive_and_keep, send_and_keep)
        # An answer that a scenario loses ends in an exception, and was none.
        _answered(seen, found, scope, bytes(asked), told)

    return call


def _answered(
    seen: Seen,
    found: tuple[str, dict[str, str]],
    scope: Message,
    asked: bytes,
    told: list[Message],
) -> None:
    operation, arguments = found
    status: int = told[0]["status"]
    body = b"".join(message.get("body", b"") for message in told[1:])
    headers = _text(told[0]["headers"])
    seen.reply(
        "scripted" if scripted.get() else "said", operation, f"reply {status}", headers, body
    )
    seen.offer("simulator", operation, status, body)
    if not scripted.get() and status not in (401, 403):  # a key that is refused says nothing else
        name = "accepted" if status == 200 and _is_success(body) else "refused"
        target = scope["raw_path"].decode("ascii")
        seen.request(name, scope["method"], target, _text(scope["headers"]), asked)
        if name == "accepted":
            seen.follow("simulator", operation, arguments)


def _text(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}


def _is_success(body: bytes) -> bool:
    told = json.loads(body)
    return told.get("success") is True or told.get("status") in (0, 200)


def _writing_a_notice(seen: Seen, original: Any) -> Any:
    def notice(app: Any, task: Any) -> bytes:
        body: bytes = original(app, task)
        seen.reply("said", *NOTICE, JSON, body)
        return body

    return notice


def _playing(seen: Seen, original: Any) -> Any:
    def planned(answer: Any) -> Any:
        scripted.set(True)
        return original(answer)

    return planned
