"""openapi/weryai.yaml is valid, complete, and in step with its page and its evidence.

`generate.py --check` sees that a limit changes, and not that it is wrong. The recorded page and the
boundary values under data/, both written apart from the contract, can.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests.support import recorded_page
from contract_tests.support.contract import (
    CONTRACT,
    OPENAPI,
    OPERATIONS,
    PLACES,
    SCHEMAS,
    TEXT,
    WEBHOOKS,
    fits,
    reply,
    resolved,
)

DATA = Path(__file__).resolve().parents[1] / "data"
NOTES = (OPENAPI / "NOTES.md").read_text()
COMPONENTS = CONTRACT["components"]
REQUEST = SCHEMAS["MultiImageToVideoRequest"]
BEYOND_THE_PAGE = json.loads((DATA / "beyond_the_page.json").read_text())
BOUNDARIES = json.loads((DATA / "boundaries.json").read_text())
SUBMIT = OPERATIONS["submit_multi_image_to_video"]
KEY = re.compile(r"(?<![\w-])(?:[DVU]-[a-z]\w*|[DVUI](?=[,.)]))")


def keywords(schema: Any) -> Any:
    """The schema with its references replaced by their targets and its prose left out."""
    if isinstance(schema, list):
        return [keywords(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    left_out = {"$ref", "description", "examples"}
    whole = {**resolved(schema), **schema}
    return {key: keywords(value) for key, value in whole.items() if key not in left_out}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from references(child)


def one_line(prose: str) -> str:
    return " ".join(prose.split())


def evidence(node: Any) -> set[str]:
    return set(KEY.findall(node.get("description", "")))


# The document


def test_it_is_valid_openapi_3_1() -> None:
    assert CONTRACT["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(CONTRACT).iter_errors()) == []


def test_operation_ids_are_unique_and_snake_case() -> None:
    written = re.findall(r"^      operationId: (.+)$", TEXT, re.MULTILINE)
    assert sorted(written) == sorted({*OPERATIONS, *WEBHOOKS})
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in written)


def test_each_operation_and_webhook_has_one_tag_and_each_tag_one_of_them() -> None:
    told = [*OPERATIONS.values(), *WEBHOOKS.values()]
    tags = {tag for operation in told for (tag,) in [operation["tags"]]}
    assert tags == {tag["name"] for tag in CONTRACT["tags"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_needs_the_key_and_documents_401_and_429(name: str) -> None:
    assert OPERATIONS[name]["security"] == [{"bearerAuth": []}]
    assert {"200", "401", "429"} <= OPERATIONS[name]["responses"].keys()
    limited = resolved(OPERATIONS[name]["responses"]["429"])
    assert limited["headers"]["Retry-After"]["required"] is False


def test_a_webhook_carries_no_key_and_always_a_body_and_is_answered_with_200() -> None:
    for webhook in WEBHOOKS.values():
        assert (webhook["security"], webhook["requestBody"]["required"]) == ([], True)
        assert list(webhook["responses"]) == ["200"]


def test_the_model_registry_alone_has_a_host_of_its_own() -> None:
    assert [server["url"] for server in CONTRACT["servers"]] == ["https://api.weryai.com"]
    own = {path: item["servers"] for path, item in CONTRACT["paths"].items() if "servers" in item}
    assert list(own) == [PLACES["list_video_models"][0]]
    ((server,),) = own.values()
    assert server["url"] == "https://api-growth-agent.weryai.com"


def test_links_lead_from_the_ids_of_a_submission_to_the_operations_that_take_them() -> None:
    links = reply("submit_multi_image_to_video")["links"]
    targets = [link["operationId"] for link in links.values()]
    assert targets == ["get_task_status", "get_batch_status"]
    for link in links.values():
        ((name, expression),) = link["parameters"].items()
        target = OPERATIONS[link["operationId"]]["parameters"]
        found = recorded_page.EXAMPLE_REPLY
        for step in expression.removeprefix("$response.body#/").split("/"):
            found = found[int(step) if step.isdigit() else step]
        (parameter,) = (each for each in target if each.get("name") == name)
        assert fits(parameter["schema"], str(found))


def test_no_component_is_unused() -> None:
    used = {"#/components/securitySchemes/bearerAuth"}
    waiting = [*references(CONTRACT["paths"]), *references(CONTRACT["webhooks"])]
    while waiting:
        reference = waiting.pop()
        if reference not in used:
            used.add(reference)
            waiting += references(resolved({"$ref": reference}))
    assert used == {
        f"#/components/{kind}/{name}" for kind in COMPONENTS for name in COMPONENTS[kind]
    }


@pytest.mark.parametrize("name", BOUNDARIES)
def test_each_limit_lies_where_it_was_decided(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}"}
    refused = [value for value in BOUNDARIES[name]["accepts"] if not fits(schema, value)]
    accepted = [value for value in BOUNDARIES[name]["refuses"] if fits(schema, value)]
    assert (refused, accepted) == ([], [])


# The endpoint's page, field by field


def test_the_page_and_the_contract_tell_of_the_same_operation() -> None:
    path, method = PLACES["submit_multi_image_to_video"]
    assert (CONTRACT["servers"][0]["url"], path, method) == (
        recorded_page.HOST,
        recorded_page.PATH,
        recorded_page.METHOD,
    )
    assert SUBMIT["summary"] == recorded_page.OPERATION["summary"]
    assert SUBMIT["requestBody"]["required"] is True
    assert list(SUBMIT["requestBody"]["content"]) == [recorded_page.CONTENT_TYPE]
    told = reply("submit_multi_image_to_video")["description"]
    assert told.startswith(recorded_page.REPLY["description"])
    scheme = COMPONENTS["securitySchemes"]["bearerAuth"]
    assert scheme.keys() == recorded_page.SECURITY.keys()
    for key, value in recorded_page.SECURITY.items():
        assert one_line(scheme[key]) == one_line(value)


def test_the_page_and_the_contract_have_the_same_fields() -> None:
    on_the_page = list(recorded_page.REQUEST["properties"])
    elsewhere = [name for name in BEYOND_THE_PAGE if name not in on_the_page]
    in_the_contract = list(REQUEST["properties"])
    unknown = set(in_the_contract) ^ {*on_the_page, *elsewhere}
    assert unknown == set(), (
        "record the page as it is now in data/pages/; what no page has, data/beyond_the_page.json"
    )
    assert in_the_contract == [*on_the_page, *elsewhere], "the order is that of the page"
    assert REQUEST["required"] == recorded_page.REQUEST["required"]
    assert REQUEST.keys() == {"type", "required", "properties"}


@pytest.mark.parametrize("name", recorded_page.REQUEST["properties"])
def test_each_field_has_the_type_the_limits_and_the_words_of_the_page(name: str) -> None:
    field, schema = recorded_page.REQUEST["properties"][name], REQUEST["properties"][name]
    decided = BEYOND_THE_PAGE.get(name, {})
    expected = {key: field[key] for key in field if key not in {"description", "example"}}
    expected |= decided.get("keywords", {})
    assert keywords(schema) == {key: value for key, value in expected.items() if value is not None}
    assert one_line(resolved(schema)["description"]).startswith(recorded_page.words(field))
    shown = [field["example"]] if "example" in field else []
    shown += recorded_page.MODELS.values() if name == "model" else []
    assert schema.get("examples", []) == decided.get("examples", shown)


def test_each_keyword_that_is_not_from_the_page_was_decided_and_says_why() -> None:
    for name, decided in BEYOND_THE_PAGE.items():
        assert decided["why"]
        found = keywords(REQUEST["properties"][name])
        told = decided.get("keywords", {}).items()
        assert {key: value for key, value in told if value is not None}.items() <= found.items()


def test_each_model_of_the_page_is_named() -> None:
    prose = one_line(REQUEST["properties"]["model"]["description"])
    named = {
        (name, key) for name, key in recorded_page.MODELS.items() if f"{name} `{key}`" in prose
    }
    assert named == recorded_page.MODELS.items() != set()


@pytest.mark.parametrize("name", recorded_page.REPLY_FIELDS)
def test_each_field_of_the_pages_reply_is_in_the_contract(name: str) -> None:
    field, schema = (
        recorded_page.REPLY_FIELDS[name],
        resolved(SCHEMAS["SubmitOk"]["properties"][name]),
    )
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert field["type"] in types
    assert "example" not in field or fits(schema, field["example"])


# Evidence


def test_every_key_is_explained_once_and_no_other() -> None:
    row = re.compile(r"^\| `([\w-]+)` \|.*$", re.MULTILINE)
    used = {*KEY.findall(TEXT), *KEY.findall(row.sub("", NOTES))}
    assert sorted(row.findall(NOTES)) == sorted(used)


def test_each_property_that_is_not_on_the_page_carries_evidence() -> None:
    silent = []
    for name, schema in SCHEMAS.items():
        for key, value in schema.get("properties", {}).items():
            told = [schema, value, *(resolved({"$ref": ref}) for ref in references(value))]
            if schema is not REQUEST and not any(map(evidence, told)):
                silent.append(f"{name}.{key}")
    assert silent == []


def test_each_operation_parameter_and_response_carries_evidence() -> None:
    operations = [*OPERATIONS.values(), *WEBHOOKS.values()]
    parameters = [resolved(each) for found in operations for each in found.get("parameters", [])]
    told = [*operations, *parameters, *COMPONENTS["responses"].values(), *CONTRACT["servers"]]
    assert [one_line(each["description"]) for each in told if not evidence(each)] == []


def test_no_address_is_named_but_the_vendors_and_example_com() -> None:
    files = [
        file for file in OPENAPI.rglob("*") if file.suffix in {".html", ".json", ".md", ".yaml"}
    ]
    hosts = {host for file in files for host in re.findall(r"https?://([\w.-]+)", file.read_text())}
    assert {".".join(host.split(".")[-2:]) for host in hosts} == {"weryai.com", "example.com"}
