"""A request is checked by every limit of the contract, and what keeps them is not refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.support.contract import PAID, SCHEMAS, request, resolved
from contract_tests.support.forbidden_values import ADDRESS, BAD, REQUIRED, rows
from contract_tests.support.requests import CLASSES, usual
from contract_tests.support.run.in_one import in_one
from weryai import InvalidRequestError

FIELDS = {operation: SCHEMAS[request(operation)]["properties"] for operation in PAID}


@in_one(rows(BAD))
def test_what_the_contract_forbids_is_refused_by_the_name_of_the_field(
    operation: str, name: str, value: Any
) -> None:
    if value is None and name not in REQUIRED[operation]:
        assert name not in usual(operation, **{name: None}).payload()
        return
    with pytest.raises(InvalidRequestError) as caught:
        usual(operation, **{name: value})
    assert [fault for fault in caught.value.faults if not fault.startswith(name)] == []


@pytest.mark.parametrize("operation", PAID)
def test_a_required_field_has_no_default(operation: str) -> None:
    with pytest.raises(TypeError) as caught:
        CLASSES[operation]()
    assert {*re.findall(r"'(\w+)'", str(caught.value))} == {*REQUIRED[operation]}


AT: dict[str, Callable[[int], Any]] = {
    "minimum": lambda limit: limit,
    "maximum": lambda limit: limit,
    "minLength": lambda limit: "x" * limit,
    "maxLength": lambda limit: "x" * limit,
    "minItems": lambda limit: [ADDRESS] * limit,
    "maxItems": lambda limit: [ADDRESS] * limit,
}
OF_AN_ADDRESS: dict[str, Callable[[int], Any]] = {
    keyword: lambda limit: ADDRESS + "x" * (limit - len(ADDRESS))
    for keyword in ("minLength", "maxLength")
}
WORDS = ("ftp://a.jpg", "x", "5")  # few patterns have room for all of these


def edges(fields: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The least and the most that the contract allows of each field."""
    for name, schema in fields.items():
        told = resolved(schema)
        at = AT | (OF_AN_ADDRESS if told.get("format") == "uri" else {})
        limits = [at[keyword](told[keyword]) for keyword in at if keyword in told]
        # None leaves a field out, so null is never sent.
        yield name, [*limits, *(value for value in told.get("enum", []) if value is not None)]


# A value that breaks a limit, by its keyword.
BEYOND: dict[str, Callable[[Any], Any]] = {
    "minimum": lambda limit: limit - 1,
    "maximum": lambda limit: limit + 1,
    "minLength": lambda limit: "x" * (limit - 1),
    "maxLength": lambda limit: "x" * (limit + 1),
    "minItems": lambda limit: [ADDRESS] * (limit - 1),
    "maxItems": lambda limit: [ADDRESS] * (limit + 1),
    "enum": lambda values: max(values) + 1 if isinstance(values[0], int) else "another",
    "format": lambda kind: {"uri": "example.com", "int64": 2**63}[kind],
    "pattern": lambda pattern: next(word for word in WORDS if not re.search(pattern, word)),
    "items": lambda schema: [f"{ADDRESS} "],
    "oneOf": lambda schemas: [],
    "anyOf": lambda schemas: [],
    "type": lambda kind: object(),
}

# What is no address is the path of a local image.
OF_AN_IMAGE: dict[str, Callable[[Any], Any]] = {"format": lambda kind: f"{ADDRESS} "}


@in_one([(operation, name) for operation in PAID for name in FIELDS[operation]])
def test_every_limit_of_the_contract_is_checked(operation: str, name: str) -> None:
    schema = FIELDS[operation][name]
    told = {**resolved(schema), **schema}
    beyond = BEYOND if "$ref" not in schema else BEYOND | OF_AN_IMAGE
    for keyword in told.keys() - {"$ref", "description", "examples", "default"}:
        with pytest.raises(InvalidRequestError) as caught:
            usual(operation, **{name: beyond[keyword](told[keyword])})
        assert [fault for fault in caught.value.faults if not fault.startswith(name)] == []


@in_one(rows({operation: dict(edges(fields)) for operation, fields in FIELDS.items()}))
def test_the_least_and_the_most_that_the_contract_allows_are_allowed(
    operation: str, name: str, value: Any
) -> None:
    assert usual(operation, **{name: value}).payload()[name] == value
