"""The contract as cells, and which of them a request, a reply or a notice exercises.

A cell is one thing that tests can do with the contract: call an operation, read a status, send a
field, meet a value of an enum, keep a keyword of a schema or break it, follow a link.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from attrs import frozen

from contract_tests.coverage.bodies import carried, media_of, read
from contract_tests.coverage.schemas import TEXT, Mark, Node, Schemas, bit, marks_of
from contract_tests.support.contract import read_yaml

CONTRACT = Path(__file__).parents[2] / "openapi" / "weryai.yaml"
# Bytes of a body that is counted: a longer one takes seconds, and has nothing that no other has.
LONGEST = 100_000
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
KINDS = ("operation", "webhook", "status", "parameter", "field", "value", "keyword", "link")


class Cell(NamedTuple):
    """One thing of the contract that tests can exercise.

    Parameters:
        operation: its operationId.
        place: `request`, `notice` (of a webhook), or `reply 200` and so on.
        kind: one of KINDS.
        name: which one of its kind.
        wrong: a value that this keyword forbids; else one that it allows.
    """

    operation: str
    place: str
    kind: str
    name: str = ""
    wrong: bool = False

    def __str__(self) -> str:
        words = (self.operation, self.place, self.kind, self.name, "wrong" if self.wrong else "")
        return " ".join(filter(None, words))


@frozen
class Link:
    """A value in a reply that is an argument of another operation."""

    cell: Cell
    status: str
    target: str
    parameter: str
    steps: tuple[str, ...]

    def value(self, body: Any) -> Any:
        """The value in this reply, or None."""
        for step in self.steps:
            if isinstance(body, list):
                body = {str(place): item for place, item in enumerate(body)}
            body = body.get(step) if isinstance(body, dict) else None
        return body


@frozen
class Place:
    """What the contract says of a request, of a reply of one status, or of a notice.

    Parameters:
        parameters: what a path or a header holds, by that word and the name.
        bodies: by media type.
    """

    operation: str
    name: str
    parameters: dict[tuple[str, str], Node]
    bodies: dict[str, Node]

    def cells(self) -> set[Cell]:
        """All that there are in this place."""
        marks = {self._visit()}
        for (where, name), node in self.parameters.items():
            marks |= {("parameter", f"{where} {name}", False)}
            marks |= set(_prefixed(name, node.marks(TEXT)))
        for media, node in self.bodies.items():
            marks |= {("parameter", f"body {media}", False), *node.marks(carried(media))}
        return self._cells(marks)

    def touched(
        self, headers: Mapping[str, str], body: bytes, arguments: Mapping[str, str]
    ) -> set[Cell]:
        """Those that these bytes exercise.

        Parameters:
            arguments: what stands in the path, by the parameter's name.
        """
        marks = {self._visit()}
        held = {("path", name): unquote(text) for name, text in arguments.items()}
        held |= {("header", name.lower()): text for name, text in headers.items()}
        for (where, name), node in self.parameters.items():
            text = held.get((where, name.lower() if where == "header" else name))
            if text is not None:
                _, *found = node.told(node.read(text))
                marks |= {("parameter", f"{where} {name}", False)}
                marks |= set(_prefixed(name, marks_of(*found)))
        return self._cells(marks) | self._held(held.get(("header", "content-type"), ""), body)

    def _held(self, content_type: str, body: bytes) -> Set[Cell]:
        """What a body exercises: nothing, if it is not what it says it is, or is too long."""
        media = media_of(content_type)
        if media not in self.bodies or len(body) > LONGEST:
            return set()
        try:
            value = read(content_type, body, self.bodies[media])
        except ValueError:
            return set()
        _, right, wrong = self.bodies[media].told(value)
        right |= bit("parameter", f"body {media}")
        return _cells_of(self.operation, self.name, right, wrong)

    def _visit(self) -> Mark:
        return {"request": "operation", "notice": "webhook"}.get(self.name, "status"), "", False

    def _cells(self, marks: set[Mark]) -> set[Cell]:
        return {Cell(self.operation, self.name, *mark) for mark in marks}


@functools.lru_cache(maxsize=10_000)
def _cells_of(operation: str, place: str, right: int, wrong: int) -> frozenset[Cell]:
    """Those of the marks of these bits: bodies have the same few."""
    return frozenset(Cell(operation, place, *mark) for mark in marks_of(right, wrong))


def _prefixed(name: str, marks: Iterable[Mark]) -> Iterator[Mark]:
    return ((kind, f"{name}: {own}", wrong) for kind, own, wrong in marks)


class Contract:
    """A contract with its cells.

    Parameters:
        document: the OpenAPI document.

    Raises:
        ValueError: it has something that is not counted here.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document)
        self._routes: list[tuple[str, re.Pattern[str], str]] = []
        self.places = {(each.operation, each.name): each for each in self._found()}
        self.links = list(self._links())
        self.cells = frozenset(cell for place in self.places.values() for cell in place.cells())
        self.cells |= {link.cell for link in self.links}

    @classmethod
    def load(cls, path: Path = CONTRACT) -> Contract:
        return cls(read_yaml(path.read_text()))

    def operation(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The operationId of a request, and the arguments in its path."""
        for own, route, operation in self._routes:
            if own == method.lower() and (match := route.fullmatch(path)):
                return operation, match.groupdict()
        return None

    def _found(self) -> Iterator[Place]:
        for path, item in self._document["paths"].items():
            for method, operation in _operations(item):
                route = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
                self._routes.append((method, re.compile(route), operation["operationId"]))
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                yield self._place("request", operation, operation.get("requestBody"), parameters)
                yield from self._replies(operation)
        for item in self._document.get("webhooks", {}).values():
            for _, operation in _operations(item):
                yield self._place("notice", operation, operation.get("requestBody"), [])
                yield from self._replies(operation)

    def _replies(self, operation: dict[str, Any]) -> Iterator[Place]:
        for status, reply in operation["responses"].items():
            reply = self._resolved(reply)
            headers = reply.get("headers", {}).items()
            parameters = [{"name": name, "in": "header", **header} for name, header in headers]
            yield self._place(f"reply {status}", operation, reply, parameters)

    def _place(self, name: str, operation: Any, content: Any, parameters: list[Any]) -> Place:
        told = [self._resolved(parameter) for parameter in parameters]
        if unknown := {each["in"] for each in told} - {"path", "header"}:
            raise ValueError(f"not counted so far, see coverage/cells.py: parameters in {unknown}")
        media = self._resolved(content or {}).get("content", {})
        return Place(
            operation["operationId"],
            name,
            {(each["in"], each["name"]): self._schemas.node(each["schema"]) for each in told},
            {kind: self._schemas.node(each["schema"]) for kind, each in media.items()},
        )

    def _links(self) -> Iterator[Link]:
        for item in self._document["paths"].values():
            for _, operation in _operations(item):
                for status, reply in operation["responses"].items():
                    for name, link in self._resolved(reply).get("links", {}).items():
                        cell = Cell(operation["operationId"], f"reply {status}", "link", name)
                        for parameter, value in link["parameters"].items():
                            steps = tuple(value.removeprefix("$response.body#/").split("/"))
                            yield Link(cell, status, link["operationId"], parameter, steps)

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        found = self._document if "$ref" in node else node
        for step in node.get("$ref", "").split("/")[1:]:
            found = found[step]
        return found


def _operations(item: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(method, item[method]) for method in METHODS if method in item]
