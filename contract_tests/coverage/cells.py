"""The contract as cells, and a mirror of it in which tracecov counts each of them.

tracecov tells, for every schema keyword of a request, whether a right and a wrong value was seen;
of replies it tells less. So the mirror has every reply, and every notice of a webhook, as the body
of a request to a path of its own. Enums have each value as a constant beside them, and a property
without any keyword has one in the mirror: tracecov counts keywords alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve, frozen
from tracecov import CoverageMap

CONTRACT = Path(__file__).parents[2] / "openapi" / "weryai.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
KINDS = ("operation", "webhook", "status", "parameter", "field", "value", "keyword", "link")
PROSE = {"description", "examples", "default", "title"}
ANYTHING = {"type": ["array", "boolean", "null", "number", "object", "string"]}
SCHEMAS = "/components/schemas/"


@frozen(order=True)
class Cell:
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


class Contract:
    """A contract with its cells.

    Parameters:
        document: the OpenAPI document.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._places: dict[tuple[str, str], tuple[str, str]] = {}  # by method and path
        self._routes: list[tuple[str, re.Pattern[str], str]] = []
        self._mirror: dict[str, Any] = countable({**document, "paths": {}, "webhooks": {}})
        self._fill_mirror()
        self.links = list(self._links())
        rows = {_row(gap): gap for gap in self.map().uncovered_keywords()}
        self._rows = {row: self._cells(gap) for row, gap in rows.items() if not _is_ours(row, rows)}
        self._fields: defaultdict[Cell, set[Cell]] = defaultdict(set)
        for row, (right, _) in self._rows.items():
            if field := re.search(r"(.*/properties/[^/]+)/[^/]+$", row[-1]):
                name = _short(field[1])
                self._fields[evolve(right, kind="field", name=name)].add(right)
        self.counted = frozenset(self.missing(self.map()))
        self.cells = self.counted | {link.cell for link in self.links}

    @classmethod
    def load(cls, path: Path = CONTRACT) -> Contract:
        return cls(yaml.safe_load(path.read_text()))

    def map(self) -> CoverageMap:
        """A map of the mirror with nothing in it."""
        return CoverageMap.from_dict(self._mirror)

    def operation(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The operationId of a request, and the arguments in its path."""
        for own, route, operation in self._routes:
            if own == method.lower() and (match := route.fullmatch(path)):
                return operation, match.groupdict()
        return None

    def missing(self, seen: CoverageMap) -> set[Cell]:
        """The cells that are not in a map. It knows nothing of links."""
        found = {cell for report in seen.operation_reports() for cell in self._unseen(report)}
        for gap in seen.uncovered_keywords():
            right, wrong = self._rows.get(_row(gap), (None, None))
            found |= {right} if right and gap["state"] != "needs_invalid" else set()
            found |= {wrong} if wrong and gap["state"] != "needs_valid" else set()
        return found | {field for field, cells in self._fields.items() if cells <= found}

    def _fill_mirror(self) -> None:
        for path, item in self._document["paths"].items():
            for method, operation in _operations(item):
                name = operation["operationId"]
                route = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
                self._routes.append((method, re.compile(route), name))
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                self._add(method, path, name, "request", operation, parameters)
                self._add_replies(operation)
        for item in self._document.get("webhooks", {}).values():
            for _, operation in _operations(item):
                self._add("post", "", operation["operationId"], "notice", operation, [])
                self._add_replies(operation)

    def _add_replies(self, operation: dict[str, Any]) -> None:
        for status, reply in operation["responses"].items():
            reply = self._resolved(reply)
            headers = reply.get("headers", {}).items()
            parameters = [{"name": name, "in": "header", **header} for name, header in headers]
            body = {"requestBody": {"content": reply["content"]}} if "content" in reply else {}
            self._add("post", "", operation["operationId"], f"reply {status}", body, parameters)

    def _add(
        self,
        method: str,
        path: str,
        operation: str,
        place: str,
        parts: dict[str, Any],
        parameters: list[Any],
    ) -> None:
        path = path or mirrored(operation, place)
        self._places[method.upper(), path] = operation, place
        self._mirror["paths"].setdefault(path, {})[method] = {
            **countable({"requestBody": parts["requestBody"]} if "requestBody" in parts else {}),
            "parameters": countable(parameters),
            "responses": {"default": {"description": ""}},
        }

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
        return self._at(node["$ref"][1:], self._document) if "$ref" in node else node

    @staticmethod
    def _at(pointer: str, document: Any) -> Any:
        for step in pointer.split("/")[1:]:
            document = document[int(step)] if isinstance(document, list) else document[step]
        return document

    def _unseen(self, report: Any) -> Iterator[Cell]:
        operation, place = self._places[report["method"], report["path"]]
        kind = {"request": "operation", "notice": "webhook"}.get(place, "status")
        if not report["hits"]:
            yield Cell(operation, place, kind)
        for part in report.get("parameters", []):
            if not part["hits"]:
                name = part.get("name") or part["media_type"]
                yield Cell(operation, place, "parameter", f"{part['location']} {name}")

    def _cells(self, gap: Any) -> tuple[Cell, Cell | None]:
        """Of one keyword: a right value of it, and a wrong one if there can be any."""
        operation, place = self._places[gap["method"], gap["path"]]
        pointer = gap["schema_path"]
        prefix = "" if gap["location"] == "body" else f"{gap['parameter']}: "
        if re.search(r"/anyOf/\d+/const$", pointer) and pointer.startswith(SCHEMAS):
            name = f"{_short(pointer.rsplit('/', 3)[0])} = {self._at(pointer, self._mirror)}"
            return Cell(operation, place, "value", prefix + name), None
        where, _, keyword = pointer.rpartition("/")
        right = Cell(operation, place, "keyword", f"{prefix}{_short(where)} {keyword}".strip())
        possible = gap["satisfiability"] == "Normal"
        return right, evolve(right, wrong=True) if possible else None


def mirrored(operation: str, place: str) -> str:
    """The path of a reply or a notice in the mirror."""
    return f"/-/{operation}/{place.removeprefix('reply ')}"


def countable(node: Any) -> Any:
    """The same with a keyword for everything that is to be counted."""
    if isinstance(node, list):
        return [countable(item) for item in node]
    if not isinstance(node, dict):
        return node
    whole = {
        key: _fields(value) if key == "properties" else value if key in PROSE else countable(value)
        for key, value in node.items()
    }
    if "enum" in node:
        if "anyOf" in node:
            raise ValueError(f"an enum beside anyOf: {node}")
        whole["anyOf"] = [{"const": value} for value in node["enum"]]
    return whole


def _fields(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: countable(schema) if schema.keys() - PROSE else {**schema, **ANYTHING}
        for name, schema in properties.items()
    }


def _operations(item: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(method, item[method]) for method in METHODS if method in item]


def _row(gap: Any) -> tuple[str, ...]:
    return tuple(gap[name] for name in ("method", "path", "location", "parameter", "schema_path"))


def _is_ours(row: tuple[str, ...], rows: Container[tuple[str, ...]]) -> bool:
    """Whether it is only in the mirror: what an enum is spelled with."""
    *where, pointer = row
    enum = pointer.removesuffix("anyOf") + "enum"
    return pointer.endswith("/anyOf") and (*where, enum) in rows


def _short(pointer: str) -> str:
    return pointer.removeprefix(SCHEMAS).replace("/properties/", ".")
