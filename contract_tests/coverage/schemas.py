"""Which keywords of a schema a value exercises, and whether it keeps or breaks each of them.

A validator judges a value as a whole. Here each keyword is judged by itself: also beside one that
is broken, and in a branch of `anyOf` that another branch makes needless.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from attrs import define, field

from contract_tests.coverage.keywords import SIZES, TYPES, countable, fits, keeps, listed

PROSE = {"default", "description", "example", "examples", "title"}
CHOICES = ("anyOf", "oneOf")
# What a place carries: any JSON; text alone, as a path or a header does; or a form of texts.
JSON, TEXT, FORM = "json", "text", "form"

Mark = tuple[str, str, bool]  # the kind, the name and the wrongness of a cell, see cells.py
# Whether a value is right, and what it exercises: as bits the marks that are not wrong, and those
# that are. To unite sets of marks instead takes twice as long.
Told = tuple[bool, int, int]
Known = dict[tuple[int, int], Told]  # by the identities of a schema and of a part of a value
_BITS: dict[tuple[str, str], int] = {}


def bit(kind: str, name: str) -> int:
    """The bit of a mark, right or wrong."""
    return _BITS.setdefault((kind, name), 1 << len(_BITS))


@functools.lru_cache(maxsize=10_000)
def marks_of(right: int, wrong: int) -> frozenset[Mark]:
    """The marks of these bits."""
    kinds = (False, right), (True, wrong)
    return frozenset(
        (*mark, is_wrong) for mark, own in _BITS.items() for is_wrong, bits in kinds if bits & own
    )


@define(eq=False)
class Node:
    """A schema.

    Parameters:
        name: as people name it: `Schema.property`, `Schema/oneOf/0`.
        rules: the keywords without schemas in them.
        parts: by keyword the schemas in it, by property or number.
    """

    name: str
    rules: dict[str, Any] = field(factory=dict)
    parts: dict[str, list[tuple[str, Node]]] = field(factory=dict)

    def told(self, value: Any) -> Told:
        """What a value exercises."""
        return self._told(value, {})

    def _told(self, value: Any, known: Known) -> Told:
        """The same for a part of a value; `known` has what was told of the other parts."""
        if not isinstance(value, (dict, list)):
            return self._of_scalar(value)
        if not self.parts and not self.rules.keys() & SIZES:
            return self._of_any(type(value))
        place = id(self), id(value)
        if place not in known:
            known[place] = self._judged(value, known)
        return known[place]

    @functools.lru_cache(maxsize=10_000, typed=True)  # noqa: B019 - replies have the same few
    def _of_scalar(self, scalar: Any) -> Told:
        return self._judged(scalar, {})

    @functools.cache  # noqa: B019 - as many as the contract has
    def _of_any(self, kind: type[Any]) -> Told:
        """What is the same of all arrays, or of all objects."""
        return self._judged(kind(), {})

    def _judged(self, value: Any, known: Known) -> Told:
        right = wrong = 0
        kept = {keyword: keeps(keyword, rule, value) for keyword, rule in self.rules.items()}
        if kept.get("enum"):
            for each in self.rules["enum"]:
                if fits("const", each, value):
                    right |= bit("value", f"{self.name} = {each}")
        for keyword in self.parts:
            kept[keyword], own_right, own_wrong = self._keeps_parts(keyword, value, known)
            right |= own_right
            wrong |= own_wrong
        for keyword, is_kept in kept.items():
            if is_kept:
                right |= self._bit(keyword)
            elif is_kept is not None:
                wrong |= self._bit(keyword)
        return False not in kept.values(), right, wrong

    @functools.cache  # noqa: B019 - as many as the contract has
    def _bit(self, keyword: str) -> int:
        return bit("keyword", f"{self.name} {keyword}".strip())

    @functools.cache  # noqa: B019 - as many as the contract has
    def _field(self, name: str) -> int:
        return bit("field", f"{self.name}.{name}")

    def _keeps_parts(self, keyword: str, value: Any, known: Known) -> tuple[bool | None, int, int]:
        found = []
        right = wrong = 0
        for name, node, each in self._parts(keyword, value):
            good, own_right, own_wrong = node._told(each, known)
            found.append(good)
            wrong |= own_wrong
            # What is right in a form that this value does not have shows nothing of that form.
            is_told = good or keyword not in CHOICES
            if is_told:
                right |= own_right
            if keyword == "properties" and good:
                right |= self._field(name)
        if keyword == "oneOf":
            return found.count(True) == 1, right, wrong
        kept = None if not found else any(found) if keyword == "anyOf" else all(found)
        return kept, right, wrong

    def _parts(self, keyword: str, value: Any) -> list[tuple[str, Node, Any]]:
        """What each part of a keyword says anything about."""
        parts = self.parts[keyword]
        if keyword == "properties":
            fields = value if isinstance(value, dict) else {}
            return [(name, node, fields[name]) for name, node in parts if name in fields]
        if keyword == "items":
            items = value if isinstance(value, list) else []
            return [(name, node, item) for name, node in parts for item in items]
        return [(name, node, value) for name, node in parts]

    def marks(self, carries: str, above: frozenset[Node] = frozenset()) -> Iterator[Mark]:
        """Every mark that there can be where a place carries this.

        Parameters:
            above: the schemas that this one is in.
        """
        if self in above:
            return
        for keyword in (*self.rules, *self.parts):
            name = f"{self.name} {keyword}".strip()
            yield "keyword", name, False
            if self._can_be_broken(keyword, carries):
                yield "keyword", name, True
        for value in self.rules.get("enum", []):
            yield "value", f"{self.name} = {value}", False
        for keyword, parts in self.parts.items():
            for name, node in parts:
                if keyword == "properties":
                    yield "field", f"{self.name}.{name}", False
                within = TEXT if (keyword, carries) == ("properties", FORM) else carries
                yield from node.marks(within, above | {self})

    def _can_be_broken(self, keyword: str, carries: str) -> bool:
        if keyword == "type" and carries != JSON:
            own = {TEXT: "string", FORM: "object"}[carries]
            return own not in listed(self.rules["type"])
        return (keyword, self.rules.get(keyword)) != ("format", "binary")

    def read(self, text: str) -> Any:
        """What a text stands for where this schema holds; the text, if that is nothing."""
        for _, node in self.parts.get("$ref", []):
            return node.read(text)
        types = listed(self.rules.get("type", "string"))
        if "string" in types:
            return text
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if any(TYPES[name](value) for name in types) else text

    def read_fields(self, texts: dict[str, str]) -> dict[str, Any]:
        """The same for the fields of a form; one that the schema does not have stays a text."""
        nodes = dict(self.parts.get("properties", []))
        return {name: nodes.get(name, Node("")).read(text) for name, text in texts.items()}


class Schemas:
    """The schemas of a document.

    Parameters:
        document: where references lead.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._named: dict[str, Node] = {}

    def node(self, schema: dict[str, Any]) -> Node:
        """A schema, or the one that it refers to.

        Raises:
            ValueError: it has a keyword that cannot be counted.
        """
        if schema.keys() == {"$ref"}:
            return self._referred(schema["$ref"])
        return self._filled(Node(""), schema)

    def _referred(self, reference: str) -> Node:
        if reference not in self._named:
            schema = self._document
            for step in reference.split("/")[1:]:
                schema = schema[step]
            self._named[reference] = node = Node(reference.rpartition("/")[2])
            self._filled(node, schema)
        return self._named[reference]

    def _filled(self, node: Node, schema: dict[str, Any]) -> Node:
        for keyword, wanted in schema.items():
            below = f"{node.name}/{keyword}"
            match keyword:
                case "$ref":
                    node.parts[keyword] = [("", self._referred(wanted))]
                case "items":
                    node.parts[keyword] = [("", self._filled(Node(below), wanted))]
                case "properties":
                    node.parts[keyword] = [
                        (name, self._filled(Node(f"{node.name}.{name}"), part))
                        for name, part in wanted.items()
                    ]
                case "allOf" | "anyOf" | "oneOf":
                    node.parts[keyword] = [
                        (f"{place}", self._filled(Node(f"{below}/{place}"), part))
                        for place, part in enumerate(wanted)
                    ]
                case _ if keyword not in PROSE and not keyword.startswith("x-"):
                    node.rules[keyword] = countable(keyword, wanted)
        return node
