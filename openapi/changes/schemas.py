"""Schemas of the contract as plain values: without references, and asked whether one holds another.

What users send must still be taken, so there the new schema has to contain the old one. What they
read must have been possible before, so there the old schema has to contain the new one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jsonschema_rs import (
    CanonicalSchema,
    Draft202012Validator,
    ReferencingError,
    ValidationError,
    canonicalize,
)
from jsonschema_rs.canonical import CanonicalizationError, Satisfiability

Schema = dict[str, Any]
SENT, READ = "sent", "read"

PROSE = frozenset({"description", "summary", "example", "examples", "externalDocs", "$comment"})
# What generators of others call the values of an enum.
PROSE |= {"x-enum-varnames"}
NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
FORMS = ("allOf", "anyOf", "oneOf")
LISTED = (*FORMS, "prefixItems")
CONDITIONS = ("not", "if", "then", "else")
OTHER_NAMES = ("additionalProperties", "unevaluatedProperties", "propertyNames")
OPENERS = frozenset({*OTHER_NAMES, "patternProperties"})
SINGLE = frozenset({*CONDITIONS, *OTHER_NAMES, "items", "contains", "unevaluatedItems"})
# Where the name of a class is kept; no validator reads it, and prose is gone when it is written.
OWNER = "$comment"
# Below these the schema is still about the same value.
SAME_VALUE = frozenset({*FORMS, *CONDITIONS, "dependentSchemas"})
# Containment leaves open whether integers take every number; a value that shows it closes that.
PROBES: tuple[Any, ...] = (None, True, -1, 0, 0.5, 1, 1e6 + 0.5, "", "a", [], {})


class Dangling(Exception):
    """A reference without a target; no sense to be made of this contract."""


def flat(doc: Schema, node: Schema | bool, side: str, seen: tuple[str, ...] = ()) -> Schema:
    """The schema without references and prose. One that refers to itself keeps that reference,
    which containment cannot follow: a change there is unknown."""
    if isinstance(node, bool):
        return {} if node else {"not": {}}
    if ref := node.get("$ref"):
        if ref in seen:
            return {"$ref": ref}
        found = flat(doc, lookup(doc, ref), side, (*seen, ref))
        if "properties" in found:
            found[OWNER] = ref.rpartition("/")[2]
        beside = flat(doc, {key: node[key] for key in node if key != "$ref"}, side, seen)
        return {"allOf": [found, beside]} if beside else found
    kept = {key: value for key, value in node.items() if key not in PROSE}
    # Readers take the first form that fits and never ask whether a second one fits as well.
    if side == READ and "oneOf" in kept and "anyOf" not in kept:
        kept["anyOf"] = kept.pop("oneOf")
    return mapped(kept, lambda key, child: flat(doc, child, side, seen))


def resolved(doc: Schema, node: Schema) -> Schema:
    """The part itself, or what it refers to."""
    while "$ref" in node:
        node = lookup(doc, node["$ref"])
    return node


def lookup(doc: Schema, ref: str) -> Any:
    """What a reference of this document points to."""
    found: Any = doc
    for step in ref.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    if found is None:
        raise Dangling(f"{ref} points to nothing in the contract")
    return found


def mapped(node: Schema, change: Callable[[str, Any], Schema]) -> Schema:
    """The schema with each schema right below it changed; `change` gets the keyword too."""
    result: Schema = {}
    for key, value in node.items():
        if key in NAMED:
            result[key] = {name: change(key, child) for name, child in value.items()}
        elif key in LISTED:
            result[key] = [change(key, child) for child in value]
        else:
            result[key] = change(key, value) if key in SINGLE else value
    return result


def contains(old: Schema, new: Schema, side: str) -> str:
    """`yes`, `no` or `unknown`: do users get by with the new schema as they did with the old?"""
    wide, narrow = (new, closed(old, vocabulary(new))) if side == SENT else (old, new)
    return covers(json.dumps(wide, default=str), json.dumps(narrow, default=str))


# Shared schemas come up at dozens of places.
@cache
def covers(wide: str, narrow: str) -> str:
    try:
        inner = canonical(narrow)
        # Everything contains a schema that no value fits, which would prove too much.
        if inner.satisfiability() == Satisfiability.NO:
            return "unknown"
        verdict = str(canonical(wide).covers(inner))
        takes, gives = (validator(text) for text in (wide, narrow))
    except (CanonicalizationError, ReferencingError, ValidationError, ValueError):
        return "unknown"
    if verdict == "unknown" and any(gives.is_valid(x) and not takes.is_valid(x) for x in PROBES):
        return "no"
    return verdict


@cache
def canonical(text: str) -> CanonicalSchema:
    return canonicalize(json.loads(text), draft=20, validate_formats=True)


def validator(text: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(text), validate_formats=True)


def closed(node: Schema, to: frozenset[str], whole: bool = True) -> Schema:
    """Without the names of `to` that the schema does not declare, unless it speaks of such names.

    A field that is new was open to any value before, but as nobody knew it nobody had sent it.
    """
    result = mapped(node, lambda key, child: closed(child, to, key not in SAME_VALUE))
    declared = names(node)
    opened = any(OPENERS & form.keys() for form in forms(node))
    if whole and declared and not opened and to - declared:
        result["propertyNames"] = {"not": {"enum": sorted(to - declared)}}
    return result


def vocabulary(node: Schema) -> frozenset[str]:
    """The names of all fields, of the value and of what is in it."""
    found = set(names(node))

    def add(key: str, child: Schema) -> Schema:
        found.update(vocabulary(child))
        return child

    mapped(node, add)
    return frozenset(found)


def forms(node: Schema) -> Iterator[Schema]:
    """The schema and all below it that are about the same value."""
    yield node
    listed = [child for key in FORMS for child in node.get(key, ())]
    single = [node[key] for key in CONDITIONS if key in node]
    for child in [*listed, *single, *node.get("dependentSchemas", {}).values()]:
        yield from forms(child)


def names(node: Schema) -> frozenset[str]:
    """Every name that the schema knows for the fields of its value."""
    return frozenset(
        name
        for form in forms(node)
        for name in [*form.get("properties", ()), *form.get("required", ())]
    )
