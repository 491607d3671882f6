"""generated_client/ is what the contract generates, and reads every example."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import weryai_api
from contract_tests.contract.generate_in_process import generate, generator
from contract_tests.support import generated, requests
from contract_tests.support.contract import CONTRACT, OPERATIONS, PAID, SCHEMAS, request, success
from contract_tests.support.examples import EXAMPLES, REPLIES, Example
from contract_tests.support.forbidden_values import REQUIRED
from contract_tests.support.run.in_one import in_one
from weryai_api import models
from weryai_api.client import Client
from weryai_api.types import File

ROOT = Path(__file__).resolve().parents[2]
GENERATED = Path(weryai_api.__file__).parent
GENERATOR = ROOT / "openapi" / "generate.py"

TAGS = {name: operation["tags"][0] for name, operation in OPERATIONS.items()}
OK = {name: success(name)["$ref"].rpartition("/")[2].replace("Reply", "Ok") for name in OPERATIONS}
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
    command = [sys.executable, str(GENERATOR), "--check", "--target", str(astray)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    names = [line.split(":")[0] for line in done.stderr.splitlines()]
    assert names == ["models/stale.py", "models/submit_ok.py"]


def test_to_generate_makes_the_tree_that_is_here(astray: Path) -> None:
    assert generate("--target", astray) == (0, "")
    assert generator.differences(GENERATED, astray) == []


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
    code, said = generate("--check", "--contract", contract)
    assert code == 1
    for file in CHANGES:
        assert f"{file}: not what the contract generates" in said


def test_a_schema_that_the_generator_drops_stops_the_run(tmp_path: Path) -> None:
    lossy = {**SCHEMAS, "UploadData": {**SCHEMAS["UploadData"], "anyOf": [{"required": ["a"]}]}}
    components = {**CONTRACT["components"], "schemas": lossy}
    contract = tmp_path / "weryai.yaml"
    contract.write_text(yaml.safe_dump({**CONTRACT, "components": components}))
    code, said = generate("--check", "--contract", contract)
    assert code == 1
    assert "dropped UploadData" in said


def test_each_file_says_that_it_is_generated_and_by_what() -> None:
    files = list(GENERATED.rglob("*.py"))
    assert len(files) > len(TAGS)
    mark = "# Generated from openapi/weryai.yaml by `make generate`. Do not edit.\n"
    assert [file for file in files if not file.read_text().startswith(mark)] == []
    assert (GENERATED / "py.typed").exists()


def test_each_operation_has_the_two_functions_that_the_wrapper_uses_and_no_other_stands() -> None:
    for module in map(generated.module, TAGS):
        assert callable(module._get_kwargs)
        assert callable(module._parse_response)
    modules = [file.stem for file in GENERATED.glob("api/*/*.py") if file.stem != "__init__"]
    assert sorted(modules) == sorted(TAGS) == sorted(OK)


# The contract has nothing that the generator drops in silence or turns into code that breaks


def test_security_stands_on_operations_and_integer_enums_become_literals() -> None:
    assert "security" not in CONTRACT
    config = yaml.safe_load((ROOT / "openapi" / "generator.yaml").read_text())
    assert config["literal_enums"] is True


@in_one(SCHEMAS)
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
                continue  # counted with the alternatives beside it, below
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


@pytest.mark.parametrize("operation", PAID)
def test_a_request_sends_nothing_that_was_not_asked_for(operation: str) -> None:
    required = requests.body(operation)
    assert {*required} == {*REQUIRED[operation]}
    assert getattr(models, request(operation))(**required).to_dict() == required
    more = {**required, "caller_id": 7}
    assert getattr(models, request(operation))(**more).to_dict() == more


def test_an_upload_sends_nothing_that_was_not_asked_for_but_the_fixed_flag() -> None:
    form = models.UploadForm(file=File(io.BytesIO(b"")))
    assert form.to_dict().keys() == {"file", "fixed"}


def expected_type(example: Example) -> str:
    if isinstance(example.value, str):
        return "str"
    if example.kind != "200":
        return "HttpError"
    return example.component.partition(".")[0]


@in_one(REPLIES)
def test_each_reply_is_read_as_what_it_is_and_written_back_unchanged(name: str) -> None:
    told = REPLIES[name]
    response = httpx.Response(int(told.kind), content=told.body)
    client = Client(base_url=BASE)
    parsed = generated.module(told.operation)._parse_response(client=client, response=response)
    assert type(parsed).__name__ == expected_type(told)
    assert (parsed if isinstance(parsed, str) else parsed.to_dict()) == told.value


@in_one(sorted({*EXAMPLES} - {*REPLIES}))
def test_each_body_is_read_and_written_back_unchanged(name: str) -> None:
    told = EXAMPLES[name]
    if told.kind == "notice":
        assert models.TaskNotice.from_dict(told.value).to_dict() == told.value
    else:
        assert generated.body(told.operation, told.value).to_dict() == told.value


@pytest.mark.parametrize("name", ["get_task_status", "get_batch_status"])
def test_an_id_stays_one_step_of_the_path(name: str) -> None:
    url = generated.module(name)._get_kwargs("a/../b?c#d")["url"]
    assert url.endswith("/a%2F..%2Fb%3Fc%23d/status")
