"""Spells out one endpoint as a flat table of facts: (field, kind) -> values.

Two endpoints differ where their tables do, so that nothing is compared one way only. A keyword of a
schema that is not named here becomes a fact as it stands: none is passed over in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .page import Page, PageError

Facts = dict[tuple[str, str], tuple[str, ...]]

FIELD = "field"  # the fact that there is such a field
BODY, REPLY, ENDPOINT = "body", "reply", "endpoint"
SHOWN = {BODY: "in the example", REPLY: "in the example reply"}
# A page tells of success alone; the contract's other answers in a 200 are in its NOTES.
REFUSAL = {"$ref": "#/components/schemas/BusinessError"}

_SPELLED = {"type", "nullable", "properties", "required", "items", "enum", "example", "examples"}
_SPELLED |= {"$ref", "allOf", "anyOf", "oneOf", "title", "description"}
_EVIDENCE = re.compile(r"\((?:[DVUI](?:-\w+)?(?:[,;] )?)+\)")


def facts_of(page: Page) -> Facts:
    """All that is told of an endpoint."""
    operation, root = page.operation, page.root
    facts: Facts = {
        (ENDPOINT, "title"): (str(operation.get("summary", "")),),
        (ENDPOINT, "call"): (page.call,),
        (ENDPOINT, "auth"): tuple(_auth(operation, root)),
        (ENDPOINT, "replies"): tuple(sorted(map(str, operation.get("responses", {})))),
        (ENDPOINT, "deprecated"): (shown(operation.get("deprecated", False)),),
    }
    for parameter in operation.get("parameters", []):
        facts |= _parameter_facts(root, resolved(root, parameter))
    for side in SHOWN:
        facts[ENDPOINT, f"{side} content type"] = tuple(content_of(page, side))
        facts |= _body_facts(page, side)
    return {key: values for key, values in facts.items() if any(values)}


def resolved(root: Any, node: Any) -> Any:
    """What `node` refers to, or `node`."""
    if "$ref" not in node:
        return node
    found = root
    try:
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    except (KeyError, TypeError) as error:
        raise PageError(f"refers to {node['$ref']}, which it does not have") from error
    return resolved(root, found)


def content_of(page: Page, side: str) -> Any:
    """The request's body or the reply to it, by content type."""
    if side == BODY:
        found = page.operation.get("requestBody", {})
    else:
        codes = page.operation.get("responses", {}).items()
        found = next((reply for code, reply in codes if str(code).startswith("2")), {})
    return resolved(page.root, found).get("content", {})


def media_of(page: Page, side: str) -> Any:
    """What is told of it as JSON, or else as the first type there is."""
    content = content_of(page, side)
    return content.get("application/json") or next(iter(content.values()), {})


def example_of(page: Page, side: str) -> Any:
    """The example of it, wherever that is."""
    media = media_of(page, side)
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        return resolved(page.root, example).get("value")
    return resolved(page.root, media.get("schema", {})).get("example")


def _auth(operation: Any, root: Any) -> Iterator[str]:
    schemes = root.get("components", {}).get("securitySchemes", {})
    for requirement in operation.get("security", root.get("security", [])):
        if not requirement:
            yield "none"
        for name in requirement:
            scheme = schemes.get(name, {})
            if scheme.get("type") == "http":
                yield f"header Authorization: {scheme['scheme'].capitalize()}"
            else:
                yield f"{scheme.get('in', scheme.get('type'))} {scheme.get('name', name)}"


def _parameter_facts(root: Any, parameter: Any) -> Facts:
    field = f"{parameter['in']} {parameter['name']}"
    facts = schema_facts(root, parameter.get("schema", {}), field) | {(field, FIELD): ("yes",)}
    return facts | ({(field, "required"): ("yes",)} if parameter.get("required") else {})


def _body_facts(page: Page, side: str) -> Facts:
    """What is told of it: its schema, the fields that only its example shows, and the example."""
    facts = schema_facts(page.root, media_of(page, side).get("schema", {}), side)
    example = example_of(page, side)
    if example is None:
        return facts
    told = {field for field, _ in facts}
    seen = {key: values for key, values in _seen(example, side).items() if key[0] not in told}
    listed = {_parent(field) for field, kind in facts if kind == FIELD}
    for field, kind in seen:
        if kind == FIELD and _parent(field) in listed:
            seen[field, kind] = ("only in the example",)
    values = {(field, SHOWN[side]): (shown(value),) for field, value in _leaves(example, side)}
    return facts | seen | values


def child(field: str, name: str) -> str:
    """What a field of `field` is called: those of the request by their name alone."""
    return str(name) if field == BODY else f"{field}.{name}"


def _parent(field: str) -> str:
    return field.rpartition(".")[0]


def shown(value: Any) -> str:
    """A value as JSON, so that false and "false" differ."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


# Schemas


def schema_facts(root: Any, schema: Any, field: str, inside: tuple[str, ...] = ()) -> Facts:
    """The facts of a schema and of all below it; `inside` ends what refers to itself."""
    facts: Facts = {}
    if (target := schema.get("$ref", "")) and target not in inside:
        facts |= schema_facts(root, resolved(root, schema), field, (*inside, target))
    for part in schema.get("allOf", []):
        facts |= schema_facts(root, part, field, inside)
    if _is_condition(schema.get("anyOf", [])):
        facts[field, "at least one of"] = tuple(
            n for part in schema["anyOf"] for n in part["required"]
        )
    else:
        branches = [b for b in schema.get("anyOf", []) + schema.get("oneOf", []) if b != REFUSAL]
        facts |= _either([schema_facts(root, branch, field, inside) for branch in branches])
    for name in schema.get("properties", {}):
        facts |= _property_facts(root, schema, name, field, inside)
    for name in schema.get("required", []):
        facts[child(field, name), "required"] = ("yes",)
    if "items" in schema:
        facts |= schema_facts(root, schema["items"], f"{field}[]", inside)
    return facts | _own_facts(schema, field)


def _is_condition(branches: list[Any]) -> bool:
    """Says only that some of the fields must be there."""
    return bool(branches) and all(
        "required" in b and not {"type", "$ref"} & b.keys() for b in branches
    )


def _either(branches: list[Facts]) -> Facts:
    """What holds if one of the branches does: required is only what each of them requires."""
    facts: Facts = {}
    for key in dict.fromkeys(key for branch in branches for key in branch):
        values = [branch.get(key, ()) for branch in branches]
        if key[1] != "required" or all(values):
            facts[key] = tuple(dict.fromkeys(value for each in values for value in each))
    return facts


def _property_facts(
    root: Any, schema: Any, name: str, field: str, inside: tuple[str, ...]
) -> Facts:
    value, known = schema["properties"][name], child(field, name)
    facts = {(known, FIELD): ("yes",)} | schema_facts(root, value, known, inside)
    if field == BODY:  # the words of a reply bind nobody
        prose = value.get("description") or resolved(root, value).get("description", "")
        rows = _rows(prose)
        facts[known, "words"] = tuple(_phrases(prose, rows))
        keys = [shown(key) for _, key, _ in rows]
        facts[known, "example"] = (*facts.get((known, "example"), ()), *keys)
    return facts


def _own_facts(schema: Any, field: str) -> Facts:
    facts: Facts = {}
    for keyword, value in schema.items():
        if keyword not in _SPELLED and not keyword.startswith("x-"):
            facts[field, keyword] = (shown(value),)
    if types := schema.get("type"):
        null = ["null"] if schema.get("nullable") else []
        facts[field, "type"] = (*([types] if isinstance(types, str) else map(str, types)), *null)
    if "enum" in schema:
        facts[field, "enum"] = tuple(map(shown, schema["enum"]))
    examples = [*schema.get("examples", []), *([schema["example"]] if "example" in schema else [])]
    if examples:
        facts[field, "example"] = tuple(map(shown, examples))
    return facts


# Prose


def _rows(prose: str) -> list[tuple[str, str, str]]:
    """Name, key and the rest of each row of a table of models in markdown."""
    lines = [line.strip().strip("|") for line in prose.splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip().strip("`") for cell in line.split("|")] for line in lines]
    if not rows or rows[0][:2] != ["Model Name", "Model Key"]:
        return []
    return [(row[0], row[1], " ".join(row[2:])) for row in rows[1:] if set(row[0]) - set(":- ")]


def _phrases(prose: str, rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """The sentences without an evidence key, which is what is not ours; then the table's rows."""
    text = " ".join(line for line in prose.splitlines() if not line.strip().startswith("|"))
    for sentence in re.split(r"(?<=\.)\s+", " ".join(text.split())):
        if not _EVIDENCE.search(sentence):
            for phrase in re.split(r"(?<=:)\s+|(?<=`),\s+", sentence):
                yield phrase.removesuffix(".")
    for name, key, rest in rows:
        yield f"{name} `{key}` {rest}".strip()


# Examples


def _leaves(value: Any, field: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, child(field, name))
    else:
        yield field, value


def _seen(value: Any, field: str) -> Facts:
    """The fields and types of an example."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer"}
    facts: Facts = {(field, "type"): ({**names, float: "number"}.get(type(value), "null"),)}
    if isinstance(value, dict):
        for name, inner in value.items():
            facts |= {(child(field, name), FIELD): ("yes",)} | _seen(inner, child(field, name))
    if isinstance(value, list) and value:
        facts |= _seen(value[0], f"{field}[]")
    return facts
