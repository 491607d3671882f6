"""What a field shows as examples: where its values are an open set, those that are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .containment import amended
from .findings import DOCS, Change


def of_examples(old: Any, new: Any) -> Iterator[Change]:
    """Of an operation whose references are replaced; a field that is new is told of elsewhere."""
    before, now = dict(_fields(old)), dict(_fields(new))
    for place in before:
        if place in now and before[place] != now[place]:
            yield Change(DOCS, place, f"examples: {amended(before[place], now[place])}")


def _fields(operation: Any) -> Iterator[tuple[str, list[Any]]]:
    yield from _examples(operation.get("requestBody", {}), "request")
    for code, reply in operation.get("responses", {}).items():
        yield from _examples(reply, f"reply {code}")


def _examples(node: Any, where: str, field: str = "") -> Iterator[tuple[str, list[Any]]]:
    if isinstance(node, list):
        for child in node:
            yield from _examples(child, where, field)
    if isinstance(node, dict):
        for name, child in node.get("properties", {}).items():
            inner = f"{field}.{name}" if field else name
            yield f"{where} {inner}", child.get("examples", [])
            yield from _examples(child, where, inner)
        for key, child in node.items():
            if key not in ("properties", "examples", "example"):
                yield from _examples(child, where, field)
