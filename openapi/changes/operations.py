"""What differs between two versions of the contract, operation by operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from .examples import of_examples
from .findings import BREAKING, COMPATIBLE, DOCS, UNKNOWN, Change, Finding, findings
from .messages import (
    PRESENCE,
    Part,
    Parts,
    bare,
    leftovers,
    of_deprecation,
    of_replies,
    of_values,
)
from .schemas import READ, SENT, Schema, flat, lookup, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(NamedTuple):
    """One operation in one version of the contract."""

    doc: Schema
    webhook: bool
    path: str
    method: str
    item: Schema
    node: Schema

    @property
    def name(self) -> str:
        return str(self.node.get("operationId", f"{self.method} {self.path}"))

    @property
    def tag(self) -> str:
        return str((self.node.get("tags") or ["default"])[0])

    def get(self, key: str, default: Any) -> Any:
        """From the operation, else from its path, else from the contract."""
        return self.node.get(key, self.item.get(key, self.doc.get(key, default)))


def compare(old: Schema, new: Schema) -> tuple[list[Finding], int]:
    """The findings, and how many operations have none."""
    told = [of_operation(*pair) for pair in matched([*operations(old)], [*operations(new)])]
    classes = findings("components", of_classes(old, new))
    contract = findings("contract", of_contract(old, new))
    return [*chain(*told), *classes, *contract], told.count([])


def operations(doc: Schema) -> Iterator[Operation]:
    for section in ("paths", "webhooks"):
        for path, item in doc.get(section, {}).items():
            item = resolved(doc, item)
            for method in METHODS:
                if method in item:
                    hook = section == "webhooks"
                    yield Operation(doc, hook, path, method, item, item[method])


def matched(
    old: list[Operation], new: list[Operation]
) -> Iterator[tuple[Operation | None, Operation | None]]:
    """The same operation of both versions: by its name, else by its method and path."""
    names = {(each.webhook, each.name) for each in old}
    by_name = {(each.webhook, each.name): each for each in new}
    by_address = {each[1:4]: each for each in new if (each.webhook, each.name) not in names}
    for each in old:
        heir = by_name.pop((each.webhook, each.name), None) or by_address.get(each[1:4])
        yield each, heir
        if heir:
            by_name.pop((heir.webhook, heir.name), None)
    yield from ((None, each) for each in by_name.values())


def of_operation(old: Operation | None, new: Operation | None) -> list[Finding]:
    if old and new:
        if source(old) == source(new):
            return []
        before, now = (inlined(each.doc, each.node) for each in (old, new))
        found = findings(old.name, [*of_both(old, new), *of_examples(before, now)])
        if found or before == now:
            return found
        return [Finding(DOCS, old.name, "", "descriptions, examples or spelling")]
    event = "gone" if old else "new"
    return [
        Finding(PRESENCE[SENT, event], one.name, "", f"{event}: {one.method.upper()} {one.path}")
        for one in (old, new)
        if one
    ]


def of_both(old: Operation, new: Operation) -> Iterator[Change]:
    # A webhook's requests come to the users, and the replies are theirs.
    request, reply = (READ, SENT) if old.webhook else (SENT, READ)
    yield from of_identity(old, new)
    yield from of_values(parameters(old), parameters(new), request)
    yield from of_values(body(old), body(new), request)
    before, now = (Part(each.doc, each.node).children("responses") for each in (old, new))
    yield from of_replies(before, now, reply)
    yield from of_security(old, new, request)
    if not old.webhook:
        yield from of_servers(old, new)
    yield from of_deprecation(old.node, new.node, "")
    yield from leftovers("operation", old.node, new.node, "")
    yield from leftovers("path", old.item, new.item, "path")


def of_identity(old: Operation, new: Operation) -> Iterator[Change]:
    """Names and addresses. Nothing is generated from a webhook, and its key is on no wire."""
    level = COMPATIBLE if old.webhook else BREAKING
    facts = (
        (level, "operationId {}, was {}: the function's name", old.name, new.name),
        (level, "first tag {}, was {}: the module's folder", old.tag, new.tag),
        (level, "path {}, was {}", old.path, new.path),
        (BREAKING, "method {}, was {}", old.method.upper(), new.method.upper()),
    )
    for weight, text, before, now in facts:
        if before != now:
            yield Change(weight, "", text.format(now, before))


def parameters(operation: Operation) -> Parts:
    found: Parts = {}
    for node in [*operation.item.get("parameters", ()), *operation.node.get("parameters", ())]:
        part = resolved(operation.doc, node)
        name = part["name"].lower() if part["in"] == "header" else part["name"]
        found[f"{part['in']} parameter {name}"] = Part(operation.doc, part)
    return found


def body(operation: Operation) -> Parts:
    part = Part(operation.doc, operation.node).child("requestBody")
    return {"request": part} if part.node else {}


def of_security(old: Operation, new: Operation, side: str) -> Iterator[Change]:
    """Each way to get in must still be enough: one that asks for nothing more has to be there."""
    before, now = ways_in(old), ways_in(new)
    kept, offered = (before, now) if side == SENT else (now, before)
    enough = all(any(way <= other for way in offered) for other in kept)
    if before != now:
        yield Change(COMPATIBLE if enough else BREAKING, "", "security changed")


def ways_in(operation: Operation) -> set[frozenset[str]]:
    """Alternatives; each is the set of what it asks for."""
    schemes = operation.doc.get("components", {}).get("securitySchemes", {})
    return {
        frozenset(
            json.dumps([name, scope, bare(schemes.get(name, {}))], sort_keys=True)
            for name, scopes in way.items()
            for scope in [None, *scopes]
        )
        for way in operation.get("security", []) or [{}]
    }


def of_servers(old: Operation, new: Operation) -> Iterator[Change]:
    before, now = (
        {server["url"]: bare(server) for server in each.get("servers", [])} for each in (old, new)
    )
    for url in sorted(before.keys() ^ now.keys()):
        event = "new" if url in now else "gone"
        yield Change(PRESENCE[SENT, event], "", f"server {url} {event}")
    for url in sorted(before.keys() & now.keys()):
        if before[url] != now[url]:
            yield Change(UNKNOWN, "", f"server {url} changed; its variables are not compared")
    if before.keys() == now.keys() and [*before] != [*now]:
        yield Change(UNKNOWN, "", "another server comes first")


def of_classes(old: Schema, new: Schema) -> Iterator[Change]:
    """Schemas whose name is the name of a Python class."""
    before, now = classes(old), classes(new)
    added = sorted(now.keys() - before.keys())
    for name in sorted(before.keys() - now.keys()):
        was = flat(old, before[name], SENT)
        heir = next((other for other in added if flat(new, now[other], SENT) == was), None)
        users = ", ".join(users_of(old, name)) or "no operation"
        what = f"renamed to {heir}" if heir else "gone"
        yield Change(BREAKING, name, f"{what}; a class that {users} has")
    for name in added:
        yield Change(COMPATIBLE, name, "new class")


def classes(doc: Schema) -> dict[str, Schema]:
    found = doc.get("components", {}).get("schemas", {})
    return {
        name: schema for name, schema in found.items() if "properties" in schema or "enum" in schema
    }


def users_of(doc: Schema, name: str) -> list[str]:
    ref = f"#/components/schemas/{name}"
    return [
        operation.name for operation in operations(doc) if ref in references(doc, operation.node)
    ]


def references(doc: Schema, node: Any) -> frozenset[str]:
    """Every reference in this part of the contract and in what it points to."""
    found, left = set[str](), [node]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            ref = part.get("$ref")
            if isinstance(ref, str) and ref not in found:
                found.add(ref)
                left.append(lookup(doc, ref))
            left += part.values()
        elif isinstance(part, list | tuple):
            left += part
    return frozenset(found)


def of_contract(old: Schema, new: Schema) -> Iterator[Change]:
    yield from leftovers("contract", old, new, "")
    if any(old.get(key) != new.get(key) for key in ("info", "tags", "externalDocs")):
        yield Change(DOCS, "", "what it says about itself")


def source(operation: Operation) -> Any:
    """All that makes the operation what it is, as it is written."""
    path = {key: operation.item[key] for key in operation.item if key not in METHODS}
    parts = [*operation[1:4], path, operation.node, operation.get("servers", [])]
    used = references(operation.doc, parts)
    return parts, ways_in(operation), {ref: lookup(operation.doc, ref) for ref in used}


def inlined(doc: Schema, node: Any, seen: tuple[str, ...] = ()) -> Any:
    """With every reference replaced, prose and all."""
    if isinstance(node, list):
        return [inlined(doc, child, seen) for child in node]
    if not isinstance(node, dict):
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return inlined(doc, {**lookup(doc, ref), **beside}, (*seen, ref))
    return {key: inlined(doc, child, seen) for key, child in node.items()}
