"""openapi/weryai.yaml is valid, complete, and in step with its evidence.

`generate.py --check` sees that a limit changes, and not that it is wrong. The boundary values under
data/ and the recorded pages, both written apart from the contract, can: see test_page.py too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests.support.contract import (
    CONTRACT,
    OPENAPI,
    OPERATIONS,
    PAID,
    PLACES,
    SCHEMAS,
    TEXT,
    WEBHOOKS,
    fits,
    reply,
    request,
    resolved,
)
from contract_tests.support.recorded_pages import PAGES

DATA = Path(__file__).resolve().parents[1] / "data"
NOTES = (OPENAPI / "NOTES.md").read_text()
COMPONENTS = CONTRACT["components"]
BOUNDARIES = json.loads((DATA / "boundaries.json").read_text())
KEY = re.compile(r"(?<![\w-])(?:[DVU]-[a-z]\w*|[DVUI](?=[,.)]))")


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


@pytest.mark.parametrize("operation", PAID)
def test_links_lead_from_the_ids_of_a_submission_to_the_operations_that_take_them(
    operation: str,
) -> None:
    links = reply(operation)["links"]
    targets = [link["operationId"] for link in links.values()]
    assert targets == ["get_task_status", "get_batch_status"]
    for link in links.values():
        ((name, expression),) = link["parameters"].items()
        target = OPERATIONS[link["operationId"]]["parameters"]
        found = PAGES[operation].example_reply
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


# Evidence


def test_every_key_is_explained_once_and_no_other() -> None:
    row = re.compile(r"^\| `([\w-]+)` \|.*$", re.MULTILINE)
    used = {*KEY.findall(TEXT), *KEY.findall(row.sub("", NOTES))}
    assert sorted(row.findall(NOTES)) == sorted(used)


def test_each_property_that_is_not_on_the_page_carries_evidence() -> None:
    on_a_page = {(request(name), key) for name in PAID for key in PAGES[name].request["properties"]}
    silent = []
    for name, schema in SCHEMAS.items():
        for key, value in schema.get("properties", {}).items():
            told = [schema, value, *(resolved({"$ref": ref}) for ref in references(value))]
            if (name, key) not in on_a_page and not any(map(evidence, told)):
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
