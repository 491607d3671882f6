"""What `make breaking` promises: what harms nobody is not called breaking, and what cannot be
decided does not pass for harmless."""

from __future__ import annotations

import copy
import json

import pytest
import yaml

from contract_tests.contract.breaking.changes_in_process import (
    BALANCE,
    BREAKING,
    COMPATIBLE,
    DOCS,
    JSON,
    STATUS,
    UNKNOWN,
    UPLOAD,
    Change,
    Doc,
    asked,
    compared,
    fields,
    operation,
    operations,
    request,
    schema,
)
from contract_tests.support.contract import CONTRACT, read_yaml


def extracted(doc: Doc) -> None:
    doc["components"]["schemas"]["ModelKey"] = asked(doc)["model"]
    asked(doc)["model"] = {"$ref": "#/components/schemas/ModelKey"}


def shared(doc: Doc) -> None:
    """Part of an object, written once for all who have it."""
    words = {name: fields(doc, "HttpError").pop(name) for name in ("desc", "message", "msg")}
    doc["components"]["schemas"]["Said"] = {"type": "object", "properties": words}
    schema(doc, "HttpError")["allOf"] = [{"$ref": "#/components/schemas/Said"}]


HARMLESS: dict[str, tuple[Change, str]] = {
    "limit widened": (lambda doc: asked(doc)["prompt"].update(maxLength=3000), COMPATIBLE),
    "limit lifted": (lambda doc: asked(doc)["prompt"].pop("maxLength"), COMPATIBLE),
    "optional request field": (
        lambda doc: asked(doc).update(zest={"type": "integer"}),
        COMPATIBLE,
    ),
    "request field no longer required": (
        lambda doc: request(doc)["required"].remove("duration"),
        COMPATIBLE,
    ),
    "enum value for requests": (
        lambda doc: schema(doc, "VideoNumber")["enum"].append(5),
        COMPATIBLE,
    ),
    "reply narrowed": (
        lambda doc: fields(doc, "ModelRow")["durations"].update(type="array"),
        COMPATIBLE,
    ),
    "optional reply field": (
        lambda doc: fields(doc, "SubmitData").update(queue={"type": "integer"}),
        COMPATIBLE,
    ),
    "reply field now required": (
        lambda doc: schema(doc, "VideoObject").update(required=["url"]),
        COMPATIBLE,
    ),
    "one more spelling where any was allowed": (
        lambda doc: schema(doc, "KnownTaskStatus")["enum"].append("lost"),
        COMPATIBLE,
    ),
    "one form less of a reply": (
        lambda doc: fields(doc, "BalanceOk")["data"]["oneOf"].pop(),
        COMPATIBLE,
    ),
    "new operation": (
        lambda doc: doc["paths"].update(
            {"/v2/ping": {"get": {"operationId": "ping", "responses": {"200": {}}}}}
        ),
        COMPATIBLE,
    ),
    "new optional parameter": (
        lambda doc: operation(doc, BALANCE).update(
            parameters=[{"name": "unit", "in": "query", "schema": {"type": "string"}}]
        ),
        COMPATIBLE,
    ),
    "new failure": (
        lambda doc: operation(doc, BALANCE)["responses"].update({"503": {"description": "Busy."}}),
        COMPATIBLE,
    ),
    "new header of a reply": (
        lambda doc: operation(doc, BALANCE)["responses"]["200"].update(
            headers={"X-Trace": {"schema": {"type": "string"}}}
        ),
        COMPATIBLE,
    ),
    "no security any more": (lambda doc: operation(doc, BALANCE).update(security=[]), COMPATIBLE),
    "a signature on the webhook": (
        lambda doc: doc["webhooks"]["taskCompleted"]["post"].update(security=[{"bearerAuth": []}]),
        COMPATIBLE,
    ),
    "links": (lambda doc: doc["components"]["responses"]["Submitted"].pop("links"), COMPATIBLE),
    "deprecated": (lambda doc: operation(doc, BALANCE).update(deprecated=True), COMPATIBLE),
    "new class": (
        lambda doc: doc["components"]["schemas"].update(
            Extra={"type": "object", "properties": {"a": {"type": "string"}}}
        ),
        COMPATIBLE,
    ),
    "names of a webhook, from which nothing is generated": (
        lambda doc: doc.update(webhooks={"done": doc["webhooks"]["taskCompleted"]}),
        COMPATIBLE,
    ),
    "the same values in other words": (
        lambda doc: asked(doc).update(prompt={"allOf": [asked(doc)["prompt"]]}),
        DOCS,
    ),
    "description": (lambda doc: operation(doc, BALANCE).update(description="Left."), DOCS),
    "description of a field": (lambda doc: asked(doc)["prompt"].update(description="?"), DOCS),
    "example": (lambda doc: asked(doc)["prompt"].update(examples=["A fox"]), DOCS),
    "what others call the values of an enum": (
        lambda doc: schema(doc, "KnownTaskStatus").update({"x-enum-varnames": []}),
        DOCS,
    ),
    "title of the contract": (lambda doc: doc["info"].update(title="Wery AI"), DOCS),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_nobody_is_told_as_harmless(name: str) -> None:
    change, level = HARMLESS[name]
    assert {each.level for each in compared(change)} == {level}


NOTHING: dict[str, Change] = {
    "itself": lambda doc: None,
    "a schema extracted to a reference": extracted,
    "a reference written out": lambda doc: asked(doc)["images"].update(
        items=copy.deepcopy(schema(doc, "ImageAddress"))
    ),
    "a shared reply written out": lambda doc: operation(doc, BALANCE)["responses"].update(
        {"401": copy.deepcopy(doc["components"]["responses"]["Unauthenticated"])}
    ),
    "another order": lambda doc: doc.update(
        json.loads(json.dumps(doc, sort_keys=True)), paths=dict(reversed(doc["paths"].items()))
    ),
    "an unused parameter": lambda doc: doc["components"]["parameters"].update(
        Unused={"name": "u", "in": "query", "schema": {}}
    ),
}


@pytest.mark.parametrize("name", NOTHING)
def test_another_spelling_of_the_same_is_nothing(name: str) -> None:
    assert compared(NOTHING[name]) == []


def test_fields_moved_to_a_shared_part_are_still_there() -> None:
    assert not [each for each in compared(shared) if each.level in (BREAKING, UNKNOWN)]


def test_the_layout_of_the_file_is_nothing() -> None:
    again = read_yaml(yaml.safe_dump(CONTRACT, width=60, default_flow_style=True))
    assert operations.compare(CONTRACT, again) == ([], len([*operations.operations(CONTRACT)]))


UNDECIDED: dict[str, Change] = {
    "other fields forbidden": lambda doc: request(doc).update(additionalProperties=False),
    "pattern": lambda doc: schema(doc, "PathId").update(pattern="^[A-Za-z0-9_:=+~.-]*$"),
    "a format nobody checks": lambda doc: asked(doc)["prompt"].update(format="prose"),
    "a default that is new": lambda doc: asked(doc)["resolution"].update(default="480p"),
    "a title, which may name a class": lambda doc: schema(doc, "ModelRow").update(title="Row"),
    "an extension": lambda doc: operation(doc, BALANCE).update({"x-paid": False}),
    "the style of a parameter": lambda doc: operation(doc, STATUS)["parameters"][0].update(
        style="matrix"
    ),
    "the encoding of a form": lambda doc: operation(doc, UPLOAD)["requestBody"]["content"][
        "multipart/form-data"
    ].update(encoding={"file": {"contentType": "image/png"}}),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_decided_is_told_as_unknown(name: str) -> None:
    assert {each.level for each in compared(UNDECIDED[name])} == {UNKNOWN}


def test_limits_that_no_value_can_keep_prove_nothing() -> None:
    found = compared(lambda doc: schema(doc, "GatewayPage").update(minLength=5, maxLength=2))
    assert UNKNOWN in {each.level for each in found}


def test_forms_that_may_both_fit_are_unknown_where_just_one_must() -> None:
    old = json.loads(JSON)
    forms = [{"type": "string", "pattern": "^(?=.*[0-9])"}, {"type": "integer"}]
    asked(old)["zest"] = {"oneOf": forms}
    new = copy.deepcopy(old)
    asked(new)["zest"]["oneOf"][1]["type"] = ["integer", "string"]
    assert UNKNOWN in {each.level for each in operations.compare(old, new)[0]}


def test_another_server_that_comes_first_is_unknown() -> None:
    old = json.loads(JSON)
    old["servers"].append({"url": "https://example.com"})
    new = {**old, "servers": old["servers"][::-1]}
    assert {each.level for each in operations.compare(old, new)[0]} == {UNKNOWN}


def test_a_schema_that_refers_to_itself_is_unknown_once_it_changes() -> None:
    old = json.loads(JSON)
    asked(old)["tree"] = {"$ref": "#/components/schemas/Tree"}
    below = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    old["components"]["schemas"]["Tree"] = {"type": "object", "properties": {"below": below}}
    assert operations.compare(old, copy.deepcopy(old))[0] == []
    new = copy.deepcopy(old)
    fields(new, "Tree")["below"]["maxItems"] = 3
    levels = {each.level for each in operations.compare(old, new)[0]}
    assert levels
    assert levels <= {BREAKING, UNKNOWN}
