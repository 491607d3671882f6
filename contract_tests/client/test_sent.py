"""What is asked for arrives byte for byte as the contract says.

From the wrapper in both modes, and from the generated client.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import httpx
import pytest
import python_multipart
import schemathesis
from anyio.from_thread import BlockingPortal
from hypothesis.strategies import SearchStrategy, deferred
from schemathesis import GenerationMode

from contract_tests.simulator.schema_cases import CONTRACT, Case
from contract_tests.support import generated
from contract_tests.support.clients import KEY, TWO_MODES, Network, clients
from contract_tests.support.contract import PAID, PLACES, SCHEMAS, resolved
from contract_tests.support.contract import request as body_of
from contract_tests.support.requests import CLASSES
from contract_tests.support.requests import body as usual_body
from contract_tests.support.run.kept_cases import KeptCases
from contract_tests.support.servers.simulator_http import assert_fits
from weryai import PermissionDeniedError
from weryai_api import AuthenticatedClient, models
from weryai_api.api.files import upload_file
from weryai_api.api.generation import get_batch_status, get_task_status
from weryai_api.types import File

IMAGE = "#/components/schemas/ImageAddress"
UPLOAD = "/v1/generation/upload-file"
STATUSES = {
    "get_task_status": ("task_id", "/v1/generation/{}/status", get_task_status),
    "get_batch_status": ("batch_id", "/v1/generation/batch/{}/status", get_batch_status),
}
OF_HTTPX = {"host", "accept", "accept-encoding", "connection", "user-agent"}
REFUSED = httpx.Response(200, json={"status": 1009})


@cache
def contract() -> Any:
    return schemathesis.openapi.from_path(CONTRACT)


def asked(path: str, method: str) -> SearchStrategy[Case]:
    """Calls that keep the contract, which is read once one is drawn."""
    mode = GenerationMode.POSITIVE
    return deferred(lambda: contract()[path][method].as_strategy(generation_mode=mode))


class Sender:
    """Sends through each client, and gives back the request that arrived; all are refused."""

    def __init__(self, made: dict[str, Any], api: AuthenticatedClient, network: Network) -> None:
        self.made, self.api, self.network = made, api, network

    def wrapper(self, mode: str, method: str, *arguments: Any) -> httpx.Request:
        with pytest.raises(PermissionDeniedError):
            getattr(self.made[mode], method)(*arguments)
        return self.last()

    def generated(
        self, portal: BlockingPortal, mode: str, module: Any, *ids: str, **options: Any
    ) -> httpx.Request:
        if mode == "sync":
            module.sync_detailed(*ids, client=self.api, **options)
        else:
            portal.call(lambda: module.asyncio_detailed(*ids, client=self.api, **options))
        return self.last()

    def last(self) -> httpx.Request:
        (request,) = self.network.seen
        self.network.seen.clear()
        return request


@pytest.fixture
def sender(portal: BlockingPortal) -> Iterator[Sender]:
    network = Network(REFUSED)
    with clients("sync", portal) as sync, clients("asyncio", portal) as other:
        made = {"sync": sync(handler=network), "asyncio": other(handler=network)}
        api = AuthenticatedClient(
            base_url="https://api.weryai.com",
            token=KEY,
            httpx_args={"transport": httpx.MockTransport(network)},
        )
        yield Sender(made, api, network)


def assert_arrived(request: httpx.Request, method: str, *own: str) -> None:
    """The method and the host are right, the key is there, and no header is but those named."""
    assert (request.method, request.url.scheme) == (method, "https")
    assert request.url.host == "api.weryai.com"
    names = [name.decode().lower() for name, _ in request.headers.raw]
    assert len(names) == len(set(names))
    assert set(names) - OF_HTTPX == {"authorization", *own}
    assert request.headers["Authorization"] == f"Bearer {KEY}"


def assert_json(request: httpx.Request, operation: str, body: dict[str, Any]) -> None:
    """The body is this one, in UTF-8, each field once, with nothing more than was asked for."""
    assert_arrived(request, "POST", "content-type", "content-length")
    assert request.url.raw_path == PLACES[operation][0].encode()
    assert request.headers["Content-Type"] == "application/json"
    pairs = json.loads(request.content, object_pairs_hook=list) if body else []
    assert sorted(name for name, _ in pairs) == sorted(body)
    arrived = json.loads(request.content)
    # As text, because 1, 1.0 and true are equal in Python.
    assert json.dumps(arrived, sort_keys=True) == json.dumps(body, sort_keys=True)
    plain = json.dumps(arrived, ensure_ascii=False, separators=(",", ":")).encode()
    assert request.content == plain
    assert request.headers["Content-Length"] == str(len(plain))
    assert_fits(body_of(operation), arrived)


def narrowed(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the wrapper can be asked for: https alone, audio as a boolean, no further fields."""
    fields = SCHEMAS[body_of(operation)]["properties"]
    ours = {name: as_int(value) for name, value in body.items() if name in fields}
    for name in ours:
        if fields[name].get("$ref") == IMAGE:
            ours[name] = f"https://example.com/{name}.png"
        if fields[name].get("items", {}).get("$ref") == IMAGE:
            ours[name] = [f"https://example.com/{n}.png" for n, _ in enumerate(ours[name])]
    ours["duration"] = int(min(body["duration"], 2**63 - 1))
    if "webhook_url" in ours:
        ours["webhook_url"] = "https://example.com/hook?a=1"
    if isinstance(ours.get("generate_audio"), str):
        ours["generate_audio"] = ours["generate_audio"] == "true"
    return ours


def as_int(value: Any) -> Any:
    """JSON knows no integers: 5.0 is one. The wrapper takes an int alone."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def assert_sent(
    sender: Sender, portal: BlockingPortal, operation: str, ours: dict[str, Any], whole: Any
) -> None:
    """A submission arrives from the wrapper, which is asked for `ours`, and from the generated
    client, which is asked for the whole body."""
    request = CLASSES[operation](**ours)
    body = generated.body(operation, whole)
    for mode in TWO_MODES:
        assert_json(sender.wrapper(mode, "submit", request), operation, ours)
        arrived = sender.generated(portal, mode, generated.module(operation), body=body)
        assert_json(arrived, operation, whole)


@pytest.mark.parametrize("operation", PAID)
def test_a_submission_arrives_byte_for_byte(
    sender: Sender, portal: BlockingPortal, kept_cases: KeptCases, operation: str
) -> None:
    seen: set[str] = set()

    def check(body: Any) -> None:
        ours = narrowed(operation, body)
        seen.update(ours)
        assert_sent(sender, portal, operation, ours, body)

    bodies = asked(PLACES[operation][0], "POST").map(lambda case: case.body)
    kept_cases.each(f"sent-{operation}", bodies, check)
    assert seen == {*SCHEMAS[body_of(operation)]["properties"]}, "every field was asked for"


@pytest.mark.parametrize("operation", PAID)
def test_each_value_that_a_field_names_arrives(
    sender: Sender, portal: BlockingPortal, operation: str
) -> None:
    fields = SCHEMAS[body_of(operation)]["properties"]
    bodies = [
        usual_body(operation, **{name: value})
        for name, field in fields.items()
        for value in resolved(field).get("enum", ())
    ]
    assert len(bodies) > 2
    for body in bodies:
        assert_sent(sender, portal, operation, body, body)


@pytest.mark.parametrize("operation", PAID)
@pytest.mark.parametrize("audio", ["true", "false"])
def test_audio_as_text_leaves_the_generated_client_as_text(
    sender: Sender, portal: BlockingPortal, operation: str, audio: str
) -> None:
    body = usual_body(operation, generate_audio=audio)
    for mode in TWO_MODES:
        whole = generated.body(operation, body)
        arrived = sender.generated(portal, mode, generated.module(operation), body=whole)
        assert_json(arrived, operation, body)


@pytest.mark.parametrize("operation", STATUSES)
def test_a_read_asks_for_the_id_as_it_is_and_for_nothing_old(
    sender: Sender, portal: BlockingPortal, kept_cases: KeptCases, operation: str
) -> None:
    name, path, module = STATUSES[operation]

    def arrived(request: httpx.Request, asked_for: str) -> None:
        assert_arrived(request, "GET", "cache-control")
        assert request.headers["Cache-Control"] == "no-cache"
        assert request.content == b""
        assert request.url.raw_path.count(b"/") == path.count("/")
        assert b"?" not in request.url.raw_path
        assert unquote_to_bytes(request.url.raw_path) == path.format(asked_for).encode()

    def check(asked_for: str) -> None:
        method = operation.removeprefix("get_").replace("task_status", "status")
        for mode in TWO_MODES:
            arrived(sender.wrapper(mode, method, asked_for), asked_for)
            fresh = {"cache_control": "no-cache"}
            arrived(sender.generated(portal, mode, module, asked_for, **fresh), asked_for)

    calls = asked(path.format(f"{{{name}}}"), "GET")
    quoted = calls.map(lambda case: str(case.path_parameters[name]))  # for the wire
    kept_cases.each(f"sent-{operation}", quoted.map(unquote), check)


def parts(request: httpx.Request) -> list[tuple[str, str | None, str | None, bytes]]:
    """The parts of a form as a server reads them: name, file name, media type, content."""
    found: list[tuple[str, str | None, str | None, bytes]] = []

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        told = (file.field_name.decode(), file.file_name.decode(), file.content_type)
        found.append((*told, file.file_object.read()))

    def on_field(field: Any) -> None:
        found.append((field.field_name.decode(), None, None, field.value))

    headers = {"Content-Type": request.headers["content-type"].encode()}
    python_multipart.parse_form(headers, io.BytesIO(request.content), on_field, on_file)
    return found


@pytest.mark.parametrize("mode", TWO_MODES)
def test_an_upload_arrives_as_a_form_of_its_file_and_the_one_default_of_the_contract(
    sender: Sender, portal: BlockingPortal, pictures: tuple[Path, Path], mode: str
) -> None:
    content = pictures[0].read_bytes()
    whole = models.UploadForm(file=File(io.BytesIO(content), "image.png", "image/png"))
    for request in (
        sender.wrapper(mode, "upload", pictures[0]),
        sender.generated(portal, mode, upload_file, body=whole),
    ):
        assert_arrived(request, "POST", "content-type", "content-length")
        assert request.url.raw_path == UPLOAD.encode()
        assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
        assert request.headers["Content-Length"] == str(len(request.content))
        assert [told[0] for told in parts(request)] == ["file", "fixed"]
        (name, file_name, _, arrived), (_, _, _, fixed) = parts(request)
        assert (name, file_name, arrived, fixed) == ("file", "image.png", content, b"false")
        assert b"Content-Type: image/png\r\n" in request.content[:300]
