"""A request is checked by every limit of the contract, and what keeps them is not refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.support.contract import SCHEMAS, resolved
from contract_tests.support.forbidden_values import ADDRESS, BAD, REQUIRED, each
from weryai import InvalidRequestError, MultiImageToVideo

Ask = Callable[..., MultiImageToVideo]
REQUEST = SCHEMAS["MultiImageToVideoRequest"]


@each(BAD)
def test_what_the_contract_forbids_is_refused_by_the_name_of_the_field(
    ask: Ask, name: str, value: Any
) -> None:
    if value is None and name not in REQUIRED:
        assert name not in ask(**{name: None}).payload()
        return
    with pytest.raises(InvalidRequestError) as caught:
        ask(**{name: value})
    assert [fault for fault in caught.value.faults if not fault.startswith(name)] == []


def test_a_required_field_has_no_default() -> None:
    with pytest.raises(TypeError) as caught:
        MultiImageToVideo()  # type: ignore[call-arg]
    assert {*re.findall(r"'(\w+)'", str(caught.value))} == {*REQUIRED}


AT: dict[str, Callable[[int], Any]] = {
    "minimum": lambda limit: limit,
    "maximum": lambda limit: limit,
    "minLength": lambda limit: "x" * limit,
    "maxLength": lambda limit: "x" * limit,
    "minItems": lambda limit: [ADDRESS] * limit,
    "maxItems": lambda limit: [ADDRESS] * limit,
}


def edges() -> Iterator[tuple[str, Any]]:
    """The least and the most that the contract allows of each field."""
    for name, schema in REQUEST["properties"].items():
        told = resolved(schema)
        yield from ((name, AT[keyword](told[keyword])) for keyword in AT if keyword in told)
        yield from ((name, value) for value in told.get("enum", []))


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
    "pattern": lambda pattern: {r"^https?://[^\s/?#]\S*$": "ftp://a.jpg"}[pattern],
    "items": lambda schema: [f"{ADDRESS} "],
    "oneOf": lambda schemas: [],
    "type": lambda kind: object(),
}


@pytest.mark.parametrize("name", REQUEST["properties"])
def test_every_limit_of_the_contract_is_checked(ask: Ask, name: str) -> None:
    schema = REQUEST["properties"][name]
    told = {**resolved(schema), **schema}
    for keyword in told.keys() - {"$ref", "description", "examples", "default"}:
        with pytest.raises(InvalidRequestError) as caught:
            ask(**{name: BEYOND[keyword](told[keyword])})
        assert [fault for fault in caught.value.faults if not fault.startswith(name)] == []


@pytest.mark.parametrize(("name", "value"), [*edges()], ids=lambda value: f"{value}"[:40])
def test_the_least_and_the_most_that_the_contract_allows_are_allowed(
    ask: Ask, name: str, value: Any
) -> None:
    assert ask(**{name: value}).payload()[name] == value
