"""Changes of a YAML document at one place, which leave every other byte as it is.

A place is the way there from the root: names in mappings, numbers in sequences. To read a document
and write it anew changes other lines too, even with a library that keeps comments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import yaml

from contract_tests.support.contract import LOADER

Place = Sequence[str | int]
Span = tuple[int, int]


class NoSuchPlaceError(LookupError):
    """The document has no such place, or has one already where a new one was to be."""


class Document:
    """A YAML document as text. Each method returns another text, or raises NoSuchPlaceError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = yaml.compose(text, Loader=LOADER)

    def replaced(self, place: Place, value: object) -> str:
        """With another value at a place."""
        return self._put(self._node(place), _flow(value))

    def renamed(self, place: Place, name: str) -> str:
        """With another name for a field of a mapping."""
        parent, number = self._entry(place)
        if not isinstance(parent, yaml.MappingNode):
            raise NoSuchPlaceError(f"{list(place)} has no name")
        _require_new(parent, [*place[:-1], name])
        return self._put(parent.value[number][0], _flow(name))

    def removed(self, place: Place) -> str:
        """Without a field or an item, and without the comments between it and the one before."""
        parent, number = self._entry(place)
        spans = self._entries(parent)
        if len(spans) == 1:
            empty = "{}" if isinstance(parent, yaml.MappingNode) else "[]"
            return self._put(parent, empty)
        if number == 0:
            return self._spliced((spans[0][0], spans[1][0]), "")
        return self._spliced((spans[number - 1][1], spans[number][1]), "")

    def inserted(self, place: Place, value: object) -> str:
        """With a new first field of a mapping, or a new item before one of a sequence."""
        parent, number, told = self._node(place[:-1]), 0, _flow(value)
        if isinstance(parent, yaml.MappingNode) and parent.value:
            _require_new(parent, place)
            told = f"{_flow(place[-1])}: {told}"
        else:
            parent, number = self._entry(place)
        start, _ = self._entries(parent)[number]
        if parent.flow_style:
            return self._spliced((start, start), f"{told}, ")
        dash = "- " if isinstance(parent, yaml.SequenceNode) else ""
        line = f"{dash}{told}\n{' ' * parent.start_mark.column}"
        return self._spliced((start, start), line)

    def _put(self, node: yaml.Node, told: str) -> str:
        span = start, end = self._span(node)
        below = isinstance(node, yaml.SequenceNode) and not node.flow_style
        # An empty value has no space before it; a block sequence begins on the next line.
        return self._spliced(span, f" {told}" if start == end or below else told)

    def _spliced(self, span: Span, told: str) -> str:
        return self._text[: span[0]] + told + self._text[span[1] :]

    def _node(self, place: Place) -> yaml.Node:
        if not place:
            if self._root is None:
                raise NoSuchPlaceError("the document is empty")
            return self._root
        parent, number = self._entry(place)
        entry = parent.value[number]
        found: yaml.Node = entry[1] if isinstance(parent, yaml.MappingNode) else entry
        return found

    def _entry(self, place: Place) -> tuple[yaml.CollectionNode, int]:
        """The mapping or sequence that a place is in, and its number there."""
        step: Any = place[-1] if place else None
        parent = self._node(place[:-1])
        if isinstance(parent, yaml.MappingNode) and step in _names(parent):
            return parent, _names(parent).index(step)
        if isinstance(parent, yaml.SequenceNode) and step in range(len(parent.value)):
            return parent, step
        raise NoSuchPlaceError(f"there is no {list(place)}")

    def _entries(self, parent: yaml.CollectionNode) -> list[Span]:
        """The span of each field, name and value, or of each item, its dash included."""
        if isinstance(parent, yaml.MappingNode):
            return [(name.start_mark.index, self._span(node)[1]) for name, node in parent.value]
        spans = [self._span(node) for node in parent.value]
        if not parent.flow_style:
            dash = re.compile(rf"^ {{{parent.start_mark.column}}}(?=-)", re.MULTILINE)
            for number, (_, end) in enumerate(spans[:-1], 1):
                if found := dash.search(self._text, end):
                    spans[number] = found.end(), spans[number][1]
            spans[0] = parent.start_mark.index, spans[0][1]
        return spans

    def _span(self, node: yaml.Node) -> Span:
        """From where to where a node goes. The mark of a block is behind comments and blank lines
        that follow it."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            end = self._entries(node)[-1][1]
        return start, start + len(self._text[start:end].rstrip())


@lru_cache(maxsize=4)
def document(text: str) -> Document:
    """The document of a text, composed once for all faults that are planted in it."""
    return Document(text)


def _names(mapping: yaml.MappingNode) -> list[str]:
    return [str(name.value) for name, _ in mapping.value]


def _require_new(mapping: yaml.MappingNode, place: Place) -> None:
    if place[-1] in _names(mapping):
        raise NoSuchPlaceError(f"there is a {list(place)} already")


def _flow(value: object) -> str:
    """The value in one line, which can stand anywhere."""
    return str(yaml.safe_dump([value], default_flow_style=True, width=float("inf"))).strip()[1:-1]
