"""Each paid operation is in step with its recorded page, field by field, and with what was decided
beyond it in data/beyond_the_page.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support.contract import (
    CONTRACT,
    OPERATIONS,
    PLACES,
    SCHEMAS,
    fits,
    reply,
    request,
    resolved,
    success,
)
from contract_tests.support.examples import EXAMPLES
from contract_tests.support.forbidden_values import REQUIRED
from contract_tests.support.recorded_pages import PAGES, words

DATA = Path(__file__).resolve().parents[1] / "data"
# By operationId and field: why, and the keywords and examples that the page does not have; null
# takes a keyword away.
DECIDED: dict[str, dict[str, Any]] = json.loads((DATA / "beyond_the_page.json").read_text())
FIELDS = {name: PAGES[name].request["properties"] for name in PAGES}
ON_A_PAGE = [(operation, name) for operation in FIELDS for name in FIELDS[operation]]


def fields(operation: str) -> dict[str, Any]:
    """What the contract says of each field."""
    found: dict[str, Any] = SCHEMAS[request(operation)]["properties"]
    return found


def keywords(schema: Any) -> Any:
    """The schema with its references replaced by their targets and its prose left out."""
    if isinstance(schema, list):
        return [keywords(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    left_out = {"$ref", "description", "examples"}
    whole = {**resolved(schema), **schema}
    return {key: keywords(value) for key, value in whole.items() if key not in left_out}


def given(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value is not None}


def one_line(prose: str) -> str:
    return " ".join(prose.split())


@pytest.mark.parametrize("operation", PAGES)
def test_the_page_and_the_contract_tell_of_the_same_operation(operation: str) -> None:
    page, ours = PAGES[operation], OPERATIONS[operation]
    path, method = PLACES[operation]
    assert (CONTRACT["servers"][0]["url"], path, method) == (page.host, page.path, page.method)
    assert ours["summary"] == page.operation["summary"]
    assert ours["requestBody"]["required"] is True
    assert list(ours["requestBody"]["content"]) == [page.content_type]
    assert reply(operation)["description"].startswith(page.reply["description"])
    scheme = CONTRACT["components"]["securitySchemes"]["bearerAuth"]
    assert scheme.keys() == page.security.keys()
    for key, value in page.security.items():
        assert one_line(scheme[key]) == one_line(value)


@pytest.mark.parametrize("operation", PAGES)
def test_the_page_and_the_contract_have_the_same_fields(operation: str) -> None:
    elsewhere = [name for name in DECIDED.get(operation, {}) if name not in FIELDS[operation]]
    in_the_contract = list(fields(operation))
    unknown = set(in_the_contract) ^ {*FIELDS[operation], *elsewhere}
    assert unknown == set(), (
        "record the page as it is now in data/pages/; what no page has, data/beyond_the_page.json"
    )
    assert in_the_contract == [*FIELDS[operation], *elsewhere], "the order is that of the page"
    schema = SCHEMAS[request(operation)]
    of_the_page = PAGES[operation].request["required"]
    assert [name for name in schema["required"] if name not in elsewhere] == of_the_page
    assert {*schema["required"]} == {*REQUIRED[operation]}
    assert schema.keys() - {"description"} == {"type", "required", "properties"}


@pytest.mark.parametrize(("operation", "name"), ON_A_PAGE)
def test_each_field_has_the_type_the_limits_and_the_words_of_the_page(
    operation: str, name: str
) -> None:
    field, schema = FIELDS[operation][name], fields(operation)[name]
    decided = DECIDED.get(operation, {}).get(name, {})
    expected = {key: field[key] for key in field if key not in {"description", "example"}}
    assert keywords(schema) == given(expected | decided.get("keywords", {}))
    told = {**resolved(schema), **schema}["description"]
    assert one_line(told).startswith(words(field))
    shown = [field["example"]] if "example" in field else []
    if name == "model":
        shown += [key for key in PAGES[operation].models.values() if key not in shown]
    assert schema.get("examples", []) == decided.get("examples", shown)


@pytest.mark.parametrize(
    ("operation", "name"),
    [(operation, name) for operation in DECIDED for name in DECIDED[operation]],
)
def test_each_keyword_that_is_not_from_the_page_was_decided_and_says_why(
    operation: str, name: str
) -> None:
    decided = DECIDED[operation][name]
    assert decided["why"]
    told, found = given(decided.get("keywords", {})), keywords(fields(operation)[name])
    assert told.items() <= found.items()
    assert told == found or name in FIELDS[operation]


@pytest.mark.parametrize("operation", PAGES)
def test_each_model_of_the_page_is_named(operation: str) -> None:
    prose = one_line(fields(operation)["model"]["description"])
    models = PAGES[operation].models.items()
    named = {(name, key) for name, key in models if f"{name} `{key}`" in prose}
    assert named == models != set()


@pytest.mark.parametrize(
    ("operation", "name"),
    [(operation, name) for operation in PAGES for name in PAGES[operation].reply_fields],
)
def test_each_field_of_the_pages_reply_is_in_the_contract(operation: str, name: str) -> None:
    field = PAGES[operation].reply_fields[name]
    ok = success(operation)["$ref"].rpartition("/")[2].replace("Reply", "Ok")
    schema = resolved(SCHEMAS[ok]["properties"][name])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert field["type"] in types
    assert "example" not in field or fits(schema, field["example"])


@pytest.mark.parametrize("operation", PAGES)
def test_the_pages_own_examples_are_shown(operation: str) -> None:
    page = PAGES[operation]
    assert EXAMPLES[f"{operation}.request.page"].value == page.example
    assert page.example_reply in [
        each.value for name, each in EXAMPLES.items() if name.startswith(f"{operation}.200.")
    ]
