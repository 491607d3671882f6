"""The generated client keeps the repairs to its generator's templates."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import python_multipart

from contract_tests.support import generated, requests
from contract_tests.support.contract import OPENAPI, PAID
from contract_tests.support.examples import values
from weryai_api import models
from weryai_api.api.account import get_balance
from weryai_api.api.files import upload_file
from weryai_api.client import AuthenticatedClient, Client
from weryai_api.types import File

TOKEN = "sk-never-shown"
BASE = "https://api.example.com"


def answering(status: int) -> AuthenticatedClient:
    """A client whose every request is answered with `status` and its own Authorization."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"message": request.headers["Authorization"]})

    transport = httpx.MockTransport(answer)
    return AuthenticatedClient(base_url=BASE, token=TOKEN, httpx_args={"transport": transport})


def test_a_repair_with_nothing_to_repair_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repair = 'repair = [{template = "client.py.jinja", why = "a reason", find = "not there"}]'
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "repairs.toml").write_text(repair)
    monkeypatch.syspath_prepend(str(OPENAPI))
    module = importlib.import_module("generate")
    monkeypatch.setattr(module, "HERE", tmp_path)
    with pytest.raises(SystemExit, match=r"client\.py\.jinja: nothing to repair \(a reason\)"):
        module.repaired_templates(tmp_path / "repaired")


FORGED = b'\r\n--+++\r\nContent-Disposition: form-data; name="fixed"\r\n\r\nforged\r\n--+++--\r\n'
HOSTILE = b"\x89PNG" + FORGED + b"end"


def sent(operation: ModuleType, body: Any) -> list[httpx.Request]:
    """What arrives where the generated client sends a body, blocking and async."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(401, json={})

    arguments = {"transport": httpx.MockTransport(answer)}
    client = AuthenticatedClient(base_url=BASE, token=TOKEN, httpx_args=arguments)
    operation.sync_detailed(client=client, body=body)
    asyncio.run(operation.asyncio_detailed(client=client, body=body))
    return seen


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (operation, body)
        for operation in PAID
        for body in (
            *values(operation, "request"),
            *(requests.body(operation, generate_audio=each) for each in (True, "true", "false")),
        )
    ],
    ids=str,
)
def test_a_request_arrives_as_it_was_given(operation: str, body: dict[str, Any]) -> None:
    arrived = sent(generated.module(operation), generated.body(operation, body))
    assert [json.loads(request.content) for request in arrived] == [body, body]


def read_parts(request: httpx.Request) -> list[tuple[bytes, bytes]]:
    """The parts of a form as a server reads them."""
    parts: list[tuple[bytes, bytes]] = []

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        parts.append((file.field_name, file.file_object.read()))

    def on_field(field: Any) -> None:
        parts.append((field.field_name, field.value))

    headers = {"Content-Type": request.headers["content-type"].encode()}
    python_multipart.parse_form(headers, io.BytesIO(request.content), on_field, on_file)
    return parts


@pytest.mark.parametrize("fixed", [True, False])
def test_a_file_arrives_whole_with_no_field_forged_behind_it(fixed: bool) -> None:
    file = File(io.BytesIO(HOSTILE), "image.png", "image/png")
    form = models.UploadForm(file=file, batch_no="batch", fixed=fixed)
    parts = [(b"file", HOSTILE), (b"batch_no", b"batch"), (b"fixed", str(fixed).lower().encode())]
    assert [read_parts(request) for request in sent(upload_file, form)] == [parts, parts]


@pytest.mark.parametrize("status", [299, 499, 520, 599])
def test_a_status_outside_the_standard_list_does_not_raise(status: int) -> None:
    replies = [
        get_balance.sync_detailed(client=answering(status)),
        asyncio.run(get_balance.asyncio_detailed(client=answering(status))),
    ]
    assert [(reply.status_code, reply.parsed) for reply in replies] == [(status, None)] * 2


def test_the_repr_never_shows_the_token_before_or_after_it_is_sent() -> None:
    client = answering(401)
    assert TOKEN not in repr(client)
    assert get_balance.sync(client=client) == models.HttpError(message=f"Bearer {TOKEN}")
    assert TOKEN not in repr(client) + repr(client.with_headers({"Accept": "*/*"}))


@pytest.mark.parametrize(
    "client",
    [Client(base_url=BASE), AuthenticatedClient(base_url=BASE, token=TOKEN)],
    ids=["plain", "authenticated"],
)
def test_a_request_waits_30_seconds_unless_told_otherwise(
    client: Client | AuthenticatedClient,
) -> None:
    assert client.get_httpx_client().timeout == httpx.Timeout(30.0)
    assert client.get_async_httpx_client().timeout == httpx.Timeout(30.0)
