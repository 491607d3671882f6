"""generated_client/ is what the contract generates, reads every example, and keeps its repairs."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import python_multipart
import yaml

import weryai_api
from contract_tests.support.contract import CONTRACT, OPERATIONS, SCHEMAS, success
from contract_tests.support.examples import EXAMPLES, REPLIES, Example, values
from weryai_api import models
from weryai_api.api.account import get_balance
from weryai_api.api.files import upload_file
from weryai_api.client import AuthenticatedClient, Client
from weryai_api.types import File

ROOT = Path(__file__).resolve().parents[2]
GENERATED = Path(weryai_api.__file__).parent
GENERATOR = ROOT / "openapi" / "generate.py"

TAGS = {name: operation["tags"][0] for name, operation in OPERATIONS.items()}
OK = {name: success(name)["$ref"].rpartition("/")[2].replace("Reply", "Ok") for name in OPERATIONS}
BODIES: dict[str, Any] = {
    "request": models.MultiImageToVideoRequest,
    "notice": models.TaskNotice,
}
REQUIRED = "submit_multi_image_to_video.request.required-only"
TOKEN = "sk-never-shown"
BASE = "https://api.example.com"


def subschemas(where: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """The schema and all below it, each with its place; a dot stands before a property."""
    yield where, schema
    if not isinstance(schema, dict):
        return
    for name, child in schema.get("properties", {}).items():
        yield from subschemas(f"{where}.{name}", child)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for child in schema.get(keyword, []):
            yield from subschemas(f"{where}/{keyword}", child)
    for keyword in {"items", "additionalProperties"} & schema.keys():
        yield from subschemas(f"{where}/{keyword}", schema[keyword])


def generate(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(GENERATOR), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def generator(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(GENERATOR.parent))
    return importlib.import_module(GENERATOR.stem)


def operation_module(operation_id: str) -> ModuleType:
    return importlib.import_module(f"weryai_api.api.{TAGS[operation_id]}.{operation_id}")


def answering(status: int) -> AuthenticatedClient:
    """A client whose every request is answered with `status` and its own Authorization."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"message": request.headers["Authorization"]})

    transport = httpx.MockTransport(answer)
    return AuthenticatedClient(base_url=BASE, token=TOKEN, httpx_args={"transport": transport})


# The tree is what the contract generates


@pytest.fixture
def astray(tmp_path: Path) -> Path:
    """A copy of the tree with a file too many and a file too few."""
    target = tmp_path / "weryai_api"
    shutil.copytree(GENERATED, target, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "models" / "stale.py").touch()
    (target / "models" / "submit_ok.py").unlink()
    return target


def test_a_file_too_many_and_a_file_too_few_are_noticed_and_the_rest_is_up_to_date(
    astray: Path,
) -> None:
    done = generate("--check", "--target", astray)
    assert done.returncode == 1
    names = [line.split(":")[0] for line in done.stderr.splitlines()]
    assert names == ["models/stale.py", "models/submit_ok.py"]


def test_to_generate_makes_the_tree_that_is_here(
    astray: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generate("--target", astray).returncode == 0
    assert generator(monkeypatch).differences(GENERATED, astray) == []


# One change in each kind of place, and the one file that can show it.
CHANGES = {
    "models/upload_data.py": ("object_url_list:", "object_urls:"),
    "models/known_task_status.py": ("- waiting\n", "- queued\n"),
    "api/files/upload_file.py": ("/v1/generation/upload-file:", "/v1/generation/file:"),
    "models/balance_object.py": ('"Credits. Evidence', '"Money. Evidence'),
    "openapi.json": ("Credits.\n", "Money.\n"),
    "limits.py": ("maxLength: 1000\n", "maxLength: 900\n"),
    "api/account/balance.py": ("operationId: get_balance", "operationId: balance"),
}


def test_a_change_of_the_contract_is_noticed(tmp_path: Path) -> None:
    text = (ROOT / "openapi" / "weryai.yaml").read_text()
    for line, changed in CHANGES.values():
        assert line in text
        text = text.replace(line, changed)
    contract = tmp_path / "weryai.yaml"
    contract.write_text(text)
    done = generate("--check", "--contract", contract)
    assert done.returncode == 1
    for file in CHANGES:
        assert f"{file}: not what the contract generates" in done.stderr


def test_a_schema_that_the_generator_drops_stops_the_run(tmp_path: Path) -> None:
    lossy = {**SCHEMAS, "UploadData": {**SCHEMAS["UploadData"], "anyOf": [{"required": ["a"]}]}}
    components = {**CONTRACT["components"], "schemas": lossy}
    contract = tmp_path / "weryai.yaml"
    contract.write_text(yaml.safe_dump({**CONTRACT, "components": components}))
    done = generate("--check", "--contract", contract)
    assert done.returncode == 1
    assert "dropped UploadData" in done.stderr


def test_a_repair_with_nothing_to_repair_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repair = 'repair = [{template = "client.py.jinja", why = "a reason", find = "not there"}]'
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "repairs.toml").write_text(repair)
    module = generator(monkeypatch)
    monkeypatch.setattr(module, "HERE", tmp_path)
    with pytest.raises(SystemExit, match=r"client\.py\.jinja: nothing to repair \(a reason\)"):
        module.repaired_templates(tmp_path / "repaired")


def test_each_file_says_that_it_is_generated_and_by_what() -> None:
    files = list(GENERATED.rglob("*.py"))
    assert len(files) > len(TAGS)
    mark = "# Generated from openapi/weryai.yaml by `make generate`. Do not edit.\n"
    assert [file for file in files if not file.read_text().startswith(mark)] == []
    assert (GENERATED / "py.typed").exists()


def test_each_operation_has_the_two_functions_that_the_wrapper_uses_and_no_other_stands() -> None:
    for module in map(operation_module, TAGS):
        assert callable(module._get_kwargs)
        assert callable(module._parse_response)
    modules = [file.stem for file in GENERATED.glob("api/*/*.py") if file.stem != "__init__"]
    assert sorted(modules) == sorted(TAGS) == sorted(OK)


# The contract has nothing that the generator drops in silence or turns into code that breaks


def test_security_stands_on_operations_and_integer_enums_become_literals() -> None:
    assert "security" not in CONTRACT
    config = yaml.safe_load((ROOT / "openapi" / "generator.yaml").read_text())
    assert config["literal_enums"] is True


@pytest.mark.parametrize("component", SCHEMAS)
def test_no_schema_has_a_form_that_the_generator_breaks_on(component: str) -> None:
    for where, schema in subschemas(component, SCHEMAS[component]):
        assert isinstance(schema, dict), f"{where}: a boolean schema aborts the run"
        assert "not" not in schema, f"{where}: mock servers misread it"
        assert schema.get("format") not in {"date", "date-time"}, f"{where}: does not round-trip"
        assert "contentMediaType" not in schema, f"{where}: is not read as a file"
        reserved = {"d", "to_dict", "additional_properties"} & schema.get("properties", {}).keys()
        assert not reserved, f"{where}: the generated code uses {reserved} itself"
        if "." in where:
            assert "properties" not in schema, f"{where}: an object needs a name of its own"
            assert "default" not in schema or where == "UploadForm.fixed", f"{where}: always sent"


# A closed list of values makes a reply with a new one unreadable. These two numbers are what tells
# a success from a business error, and any other is read as the latter.
CLOSED = {"OkStatus"}


def test_no_reply_lists_values_without_leaving_room_for_others() -> None:
    reached, found = set[tuple[str, bool]](), set[str]()

    def walk(name: str, room: bool) -> None:
        if (name, room) in reached:
            return
        reached.add((name, room))
        for where, schema in subschemas(name, SCHEMAS[name]):
            if where.endswith("/anyOf") and "$ref" in schema:
                continue  # seen with what stands beside it
            beside = schema.get("anyOf", [])
            open_ended = [each for each in beside if each.keys() <= {"type", "description"}]
            inner = any(each.get("type") != "null" for each in open_ended)
            if "enum" in schema and not room:
                found.add(where)
            targets = [each["$ref"] for each in [schema, *beside] if "$ref" in each]
            for target in {each.rpartition("/")[2] for each in targets}:
                walk(target, inner)

    replies = [success(name)["$ref"].rpartition("/")[2] for name in OPERATIONS]
    for reply in (*replies, "TaskNotice", "BusinessError", "HttpError"):
        walk(reply, room=False)
    assert found == CLOSED
    assert ("KnownTaskStatus", True) in reached


def test_a_body_sends_nothing_that_was_not_asked_for_but_the_fixed_flag() -> None:
    required = EXAMPLES[REQUIRED].value
    assert models.MultiImageToVideoRequest(**required).to_dict() == required
    four = models.MultiImageToVideoRequest(**required, video_number=4)
    assert four.to_dict() == {**required, "video_number": 4}
    form = models.UploadForm(file=File(io.BytesIO(b"")))
    assert form.to_dict().keys() == {"file", "fixed"}


def expected_type(example: Example) -> str:
    if isinstance(example.value, str):
        return "str"
    if example.kind != "200":
        return "HttpError"
    return example.component.partition(".")[0]


@pytest.mark.parametrize("name", REPLIES)
def test_each_reply_is_read_as_what_it_is_and_written_back_unchanged(name: str) -> None:
    told = REPLIES[name]
    response = httpx.Response(int(told.kind), content=told.body)
    client = Client(base_url=BASE)
    parsed = operation_module(told.operation)._parse_response(client=client, response=response)
    assert type(parsed).__name__ == expected_type(told)
    assert (parsed if isinstance(parsed, str) else parsed.to_dict()) == told.value


@pytest.mark.parametrize("name", sorted({*EXAMPLES} - {*REPLIES}))
def test_each_body_is_read_and_written_back_unchanged(name: str) -> None:
    told = EXAMPLES[name]
    assert BODIES[told.kind].from_dict(told.value).to_dict() == told.value


@pytest.mark.parametrize("name", ["get_task_status", "get_batch_status"])
def test_an_id_stays_one_step_of_the_path(name: str) -> None:
    url = operation_module(name)._get_kwargs("a/../b?c#d")["url"]
    assert url.endswith("/a%2F..%2Fb%3Fc%23d/status")


# The repairs to the generator's templates


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
    "body",
    [
        *values("submit_multi_image_to_video", "request"),
        *[{**EXAMPLES[REQUIRED].value, "generate_audio": each} for each in (True, "true", "false")],
    ],
    ids=str,
)
def test_a_request_arrives_as_it_was_given(body: dict[str, Any]) -> None:
    operation = operation_module("submit_multi_image_to_video")
    arrived = sent(operation, models.MultiImageToVideoRequest.from_dict(body))
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
