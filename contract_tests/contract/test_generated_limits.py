"""weryai_api.limits says what the contract allows in the body and the path of a request, all of it,
and openapi.json is the contract."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import weryai_api
from contract_tests.contract.generate_in_process import generate
from contract_tests.support.contract import CONTRACT, OPENAPI, OPERATIONS, SCHEMAS, TEXT
from weryai_api import limits
from weryai_api.limits import Limits

BODIES = {
    name: media["schema"]["$ref"].rpartition("/")[2]
    for name, operation in OPERATIONS.items()
    for media in operation.get("requestBody", {"content": {}})["content"].values()
}
ANNOTATIONS = {"default", "description", "examples"}
KEYWORDS = {
    "least": "minimum",
    "most": "maximum",
    "shortest": "minLength",
    "longest": "maxLength",
    "pattern": "pattern",
    "format": "format",
    "fewest": "minItems",
    "most_items": "maxItems",
}


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(OPENAPI))
    return importlib.import_module("limits")


def as_schema(limits: Limits) -> dict[str, Any]:
    """The JSON Schema that says the same."""
    told: dict[str, Any] = {"type": limits.kind} if limits.kind else {}
    plain = {word: getattr(limits, name) for name, word in KEYWORDS.items()}
    told |= {word: value for word, value in plain.items() if value is not None}
    told |= {"enum": list(limits.enum)} if limits.enum else {}
    told |= {"required": list(limits.required)} if limits.required else {}
    told |= {"items": as_schema(limits.items)} if limits.items else {}
    told |= {"anyOf": [as_schema(each) for each in limits.any_of]} if limits.any_of else {}
    fields = {name: as_schema(each) for name, each in limits.fields.items()}
    return told | ({"properties": fields} if fields else {})


def written_out(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of the contract without references and annotations; oneOf as anyOf."""
    told = {key: value for key, value in schema.items() if key not in ANNOTATIONS}
    if "$ref" in told:
        return written_out(SCHEMAS[told["$ref"].rpartition("/")[2]])
    if "oneOf" in told:
        told["anyOf"] = told.pop("oneOf")
    if "anyOf" in told:
        told["anyOf"] = list(map(written_out, told["anyOf"]))
    if "items" in told:
        told["items"] = written_out(told["items"])
    if "properties" in told:
        told["properties"] = {name: written_out(each) for name, each in told["properties"].items()}
    return told


def constant(name: str) -> Limits:
    """The one of a schema, by the name of the module of its model."""
    model = getattr(importlib.import_module("weryai_api.models"), name)
    found: Limits = getattr(limits, model.__module__.rpartition(".")[2].upper())
    return found


def made(generator: ModuleType, schemas: dict[str, Any]) -> dict[str, Limits]:
    """The limits of a contract with these schemas, the first of which is the body of a request."""
    reference = {"$ref": f"#/components/schemas/{next(iter(schemas))}"}
    body = {"content": {"application/json": {"schema": reference}}}
    post = {"operationId": "ask", "requestBody": body}
    document = {"paths": {"/": {"post": post}}, "components": {"schemas": schemas}}
    text: str = generator.module(document)
    constants: dict[str, Any] = {"Limits": Limits}
    exec(text.removeprefix(generator.HEAD), constants)
    return constants


# What stands in the tree


@pytest.mark.parametrize("operation", BODIES)
def test_the_limits_of_a_request_are_those_of_the_contract_and_all_of_them(operation: str) -> None:
    name = BODIES[operation]
    assert as_schema(constant(name)) == written_out(SCHEMAS[name])


def test_the_limits_of_a_step_of_a_path_are_those_of_the_contract(generator: ModuleType) -> None:
    assert as_schema(limits.PATH_ID) == written_out(SCHEMAS["PathId"])
    step = {"name": "color", "in": "path", "schema": {"$ref": "#/components/schemas/Color"}}
    shared = {"schemas": {"Color": COLOR}, "parameters": {"Color": step}}
    reference = {"$ref": "#/components/parameters/Color"}
    for path in (
        {"get": {"operationId": "ask", "parameters": [step]}},
        {"get": {"operationId": "ask", "parameters": [reference]}},
        {"parameters": [reference], "get": {"operationId": "ask"}},
    ):
        text = generator.module({"paths": {"/{color}": path}, "components": shared})
        assert text.removeprefix(generator.HEAD) == (
            "COLOR = Limits(kind='string', enum=('red', 'green'))\n"
        )
    with pytest.raises(generator.CannotCarryError, match="ask, color: there is no schema"):
        generator.module(
            {
                "paths": {"/{color}": {"get": {"operationId": "ask", "parameters": [step]}}},
                "components": {"schemas": {}},
            }
        )


def test_limits_can_not_be_changed() -> None:
    prompt = limits.MULTI_IMAGE_TO_VIDEO_REQUEST.fields["prompt"]
    with pytest.raises(AttributeError):
        prompt.longest = 5000  # type: ignore[misc]
    with pytest.raises(TypeError):
        limits.MULTI_IMAGE_TO_VIDEO_REQUEST.fields["prompt"] = Limits()  # type: ignore[index]


def test_the_contract_can_be_read_from_the_package() -> None:
    text = resources.files("weryai_api").joinpath("openapi.json").read_text("utf-8")
    assert json.loads(text) == json.loads(json.dumps(CONTRACT))


def in_a_fresh_interpreter(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_limits_bring_no_httpx() -> None:
    code = "import sys, weryai_api.limits; print({'httpx', 'weryai_api.client'} & {*sys.modules})"
    assert in_a_fresh_interpreter(code) == "set()\n"


def test_the_client_comes_from_the_package_as_ever() -> None:
    names, everything, doc = in_a_fresh_interpreter(
        "import weryai_api; print(dir(weryai_api))\n"
        "from weryai_api import *; print(Client.__name__, AuthenticatedClient.__name__)\n"
        "print(weryai_api.Client(base_url='').__doc__)"
    ).split("\n", 2)
    assert set(weryai_api.__all__) <= set(json.loads(names.replace("'", '"')))
    assert everything == "Client AuthenticatedClient"
    assert doc.startswith("A class for keeping track of data")
    with pytest.raises(AttributeError, match="module 'weryai_api' has no attribute 'Gone'"):
        weryai_api.Gone  # type: ignore[attr-defined]  # noqa: B018


# Whatever a contract says of a request is carried, or it ends the run


COLOR = {"type": "string", "enum": ["red", "green"]}
COLOR_LIMITS = Limits(kind="string", enum=("red", "green"))
CARRIED: dict[str, tuple[Any, Limits]] = {
    "a number": (
        {"type": "number", "minimum": 0.5, "maximum": 2},
        Limits(kind="number", least=0.5, most=2),
    ),
    "a whole number with a point": (
        {"type": "integer", "minimum": 2.0},
        Limits(kind="integer", least=2),
    ),
    "a component": ({"$ref": "#/components/schemas/Color", "description": "A"}, COLOR_LIMITS),
    "a list of components": (
        {"type": "array", "minItems": 0, "items": {"$ref": "#/components/schemas/Color"}},
        Limits(kind="array", fewest=0, items=COLOR_LIMITS),
    ),
    "anyOf": (
        {"anyOf": [{"$ref": "#/components/schemas/Color"}, {"type": "integer", "maximum": 0}]},
        Limits(any_of=(COLOR_LIMITS, Limits(kind="integer", most=0))),
    ),
    "anyOf alone": ({"anyOf": [COLOR]}, Limits(any_of=(COLOR_LIMITS,))),
    "anyOf beside others": (
        {"type": "string", "maxLength": 9, "anyOf": [{"type": "string", "pattern": "'\""}]},
        Limits(kind="string", longest=9, any_of=(Limits(kind="string", pattern="'\""),)),
    ),
    "oneOf of types that are apart": (
        {"oneOf": [{"$ref": "#/components/schemas/Color"}, {"type": "null"}]},
        Limits(any_of=(COLOR_LIMITS, Limits(kind="null"))),
    ),
    "several types": (
        {"type": ["integer", "string", "null"], "minLength": 1, "minimum": 5, "enum": ["a", 7]},
        Limits(
            enum=("a", 7),
            any_of=(
                Limits(kind="integer", least=5),
                Limits(kind="string", shortest=1),
                Limits(kind="null"),
            ),
        ),
    ),
    "an object": (
        {"type": "object", "required": ["a"], "properties": {"a": COLOR}},
        Limits(kind="object", required=("a",), fields={"a": COLOR_LIMITS}),
    ),
    "what limits nothing": (
        {"type": "boolean", "title": "T", "default": True, "examples": [True], "x-of": "mine"},
        Limits(kind="boolean"),
    ),
    "anything": ({}, Limits()),
}


@pytest.mark.parametrize("case", CARRIED)
def test_what_a_contract_says_of_a_field_is_carried(generator: ModuleType, case: str) -> None:
    schema, expected = CARRIED[case]
    ask = {"type": "object", "properties": {"field": schema}}
    carried = made(generator, {"Ask": ask, "Color": COLOR})["ASK"].fields
    assert repr(dict(carried)) == repr({"field": expected})  # 2.0 equals 2 and is told otherwise


LOST: dict[str, tuple[Any, str]] = {
    "allOf": ({"allOf": [COLOR]}, "Ask.field: allOf of any type"),
    "not": ({"type": "string", "not": COLOR}, "Ask.field: not of string"),
    "const": ({"type": "string", "const": "a"}, "Ask.field: const of string"),
    "multipleOf": ({"type": "integer", "multipleOf": 5}, "Ask.field: multipleOf of integer"),
    "exclusive": (
        {"type": "number", "exclusiveMinimum": 0},
        "Ask.field: exclusiveMinimum of number",
    ),
    "unique": ({"type": "array", "uniqueItems": True}, "Ask.field: uniqueItems of array"),
    "closed": (
        {"type": "object", "additionalProperties": False},
        "Ask.field: additionalProperties",
    ),
    "below": ({"type": "array", "items": {"allOf": []}}, r"Ask.field\[\]: allOf"),
    "no type": ({"maxLength": 5}, "Ask.field: maxLength of any type"),
    "another type": ({"type": "integer", "maxLength": 5}, "Ask.field: maxLength of integer"),
    "an unknown type": ({"type": "text", "maxLength": 5}, "Ask.field: maxLength of text"),
    "types beside anyOf": (
        {"type": ["null", "string"], "anyOf": [COLOR]},
        "Ask.field: several types",
    ),
    "neither of several types": (
        {"type": ["null", "string"], "minimum": 5},
        "Ask.field: minimum of",
    ),
    "oneOf of one type": ({"oneOf": [COLOR, {"type": "string"}]}, "Ask.field: oneOf, where more"),
    "oneOf of numbers": ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "Ask.field: oneOf"),
    "oneOf of anything": ({"oneOf": [COLOR, {}]}, "Ask.field: oneOf, where more"),
    "a boolean": (True, "Ask.field: True is no schema"),
    "keywords beside a reference": (
        {"$ref": "#/components/schemas/Color", "maxLength": 3},
        r"Ask.field: must be a \$ref to a component and nothing else",
    ),
    "nowhere": (
        {"$ref": "#/components/schemas/Gone"},
        "Ask.field: there is no schema Gone in components",
    ),
    "elsewhere": ({"$ref": "other.yaml#/Color"}, "Ask.field: there is no schema other.yaml#/Color"),
    "a format": (
        {"type": "string", "format": "date-time"},
        "Ask.field: format date-time, which no check knows",
    ),
    "a pattern": (
        {"type": "string", "pattern": r"^\p{L}$"},
        r"Ask.field: pattern \^\\p\{L\}\$, for Python bad escape",
    ),
    "itself": ({"$ref": "#/components/schemas/Ask"}, "Ask.field: Ask holds itself"),
    "a name twice": ({"$ref": "#/components/schemas/ask"}, "ask and Ask have the same constant"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_cannot_be_carried_is_named(generator: ModuleType, case: str) -> None:
    schema, told = LOST[case]
    ask = {"type": "object", "properties": {"field": schema}}
    with pytest.raises(generator.CannotCarryError, match=told):
        made(generator, {"Ask": ask, "ask": COLOR, "Color": COLOR})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"$ref": "#/components/requestBodies/Ask"}, "ask: write its body out"),
        ({"content": {"text/plain": {"schema": COLOR}}}, r"ask, text/plain: must be a \$ref"),
        ({"content": {"text/plain": {}}}, r"ask, text/plain: must be a \$ref"),
    ],
    ids=["elsewhere", "without-a-name", "without-a-schema"],
)
def test_a_body_that_is_no_named_schema_is_named(
    generator: ModuleType, body: dict[str, Any], told: str
) -> None:
    post = {"operationId": "ask", "requestBody": body}
    with pytest.raises(generator.CannotCarryError, match=told):
        generator.module({"paths": {"/": {"post": post}}, "components": {"schemas": {}}})


def test_a_step_of_a_path_that_is_defined_nowhere_is_named(generator: ModuleType) -> None:
    get = {"operationId": "ask", "parameters": [{"$ref": "#/components/parameters/Gone"}]}
    with pytest.raises(generator.CannotCarryError, match="ask: Gone is no parameter"):
        generator.module({"paths": {"/": {"get": get}}, "components": {}})


def test_a_limit_that_cannot_be_carried_ends_the_run(tmp_path: Path) -> None:
    contract = tmp_path / "weryai.yaml"
    contract.write_text(TEXT.replace("maxItems: 3\n", "maxItems: 3\n          uniqueItems: true\n"))
    code, said = generate("--check", "--contract", contract)
    assert code == 1
    told = "MultiImageToVideoRequest.images: uniqueItems of array: limits.py cannot carry it"
    assert said.startswith(told), said
