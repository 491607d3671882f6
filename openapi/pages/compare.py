"""How a page and the contract differ: whatever one of them tells and the other does not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator

from .facts import (
    ENDPOINT,
    FIELD,
    REFUSAL,
    SHOWN,
    Facts,
    child,
    example_of,
    facts_of,
    media_of,
    resolved,
    shown,
)
from .page import MALFORMED, Page, PageError, endpoint

# Of a field that one side lacks, what is told first, or not at all.
TOLD = {FIELD, "type", "required", "example", "words"}
# Of these lists only what differs is shown.
LISTS = {"enum", "example", "replies", "words"}


class Difference(NamedTuple):
    """What the page says of a field and what the contract says, `-` where it says nothing."""

    field: str
    kind: str
    page: str
    contract: str


def differences(page: Page, contract: Any) -> tuple[str, list[Difference]]:
    """The operationId of what the page tells of, if the contract has it, and how the two differ."""
    ours = endpoint(contract, page.method, page.path)
    if ours is None:
        name = f"{page.method.upper()} {page.path}"
        return "", [Difference(ENDPOINT, "operation", name, "-")]
    try:
        said = facts_of(page)
    except MALFORMED as error:
        raise PageError(f"has OpenAPI that is not well-formed: {error!r}") from error
    # Where the contract has no example of a body, the page's own can only be tried, see misfits.
    silent = {SHOWN[side] for side in SHOWN if example_of(ours, side) is None}
    said = {key: values for key, values in said.items() if key[1] not in silent}
    return ours.operation["operationId"], [*compared(said, facts_of(ours)), *misfits(page, ours)]


def compared(page: Facts, contract: Facts) -> Iterator[Difference]:
    """Every fact of either side that the other has not, or has otherwise, field by field."""
    lone = fields(page) ^ fields(contract)
    keys = dict.fromkeys([*page, *contract])
    places = {field: at for at, field in enumerate(dict.fromkeys(field for field, _ in keys))}
    for field, kind in sorted(keys, key=lambda key: places[key[0]]):
        if any(field.startswith((f"{each}.", f"{each}[]")) for each in lone):
            continue  # told of where the field above it is
        if field in lone:
            if kind == FIELD:
                yield Difference(field, kind, summary(page, field), summary(contract, field))
            continue
        said, ours = page.get((field, kind), ()), contract.get((field, kind), ())
        if set(said) != set(ours):
            yield differing(field, kind, said, ours)


def fields(facts: Facts) -> set[str]:
    return {field for field, kind in facts if kind == FIELD}


def summary(facts: Facts, field: str) -> str:
    """Whether there is such a field, and what holds for it, but for its words."""
    if (field, FIELD) not in facts:
        return "-"
    required = ["required"] if (field, "required") in facts else []
    limits = [
        f"{kind} {' '.join(values)}"
        for (place, kind), values in facts.items()
        if place == field and kind not in TOLD
    ]
    return ", ".join([*sorted(facts.get((field, "type"), ("any",))), *required, *limits])


def differing(
    field: str, kind: str, page: tuple[str, ...], contract: tuple[str, ...]
) -> Difference:
    if kind in LISTS:  # what both have is left out
        both = {*page} & {*contract}
        page, contract = (tuple(v for v in side if v not in both) for side in (page, contract))
    if kind == "type":
        page, contract = tuple(sorted(page)), tuple(sorted(contract))
    return Difference(field, kind, ", ".join(page) or "-", ", ".join(contract) or "-")


def misfits(page: Page, ours: Page) -> Iterator[Difference]:
    """Where an example of the page is not what the contract says."""
    for side in SHOWN:
        example = example_of(page, side)
        schema = resolved(ours.root, media_of(ours, side).get("schema", {}))
        if example is None or not schema:
            continue
        told = [branch for branch in schema.get("oneOf", []) if branch != REFUSAL]
        alone = told[0] if len(told) == 1 else schema  # for a message that says where
        rooted = {**alone, "components": ours.root["components"]}
        for error in validator(json.dumps(rooted, default=str)).iter_errors(example):
            field = located(side, error.instance_path)
            yield Difference(field, "example refused", shown(error.instance), error.message)


@cache  # to make one takes longer than to ask it
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), validate_formats=True)


def located(side: str, path: Iterable[str | int]) -> str:
    field = side
    for step in path:
        field = f"{field}[]" if isinstance(step, int) else child(field, step)
    return field
