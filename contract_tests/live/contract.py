"""The contract as these checks read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CONTRACT = yaml.safe_load((Path(__file__).parents[2] / "openapi" / "weryai.yaml").read_text())
SCHEMAS = CONTRACT["components"]["schemas"]
PLACES: dict[str, tuple[str, str]] = {
    operation["operationId"]: (method.upper(), path)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if "operationId" in operation
}
SUBMIT, UPLOAD = "submit_multi_image_to_video", "upload_file"
STATES = frozenset(SCHEMAS["KnownTaskStatus"]["enum"])
_EXPLAINED = SCHEMAS["BusinessError"]["description"]
CODES = frozenset(map(int, re.findall(r"\b\d{4}\b", _EXPLAINED))).union(
    *(range(int(a), int(b)) for a, b in re.findall(r"\b(\d{4}) to (\d{4})\b", _EXPLAINED))
)


def operation_of(method: str, path: str) -> str | None:
    """The operationId of a call; None where the contract has no such call."""
    for name, (known, template) in PLACES.items():
        shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if method == known and re.fullmatch(f".*{shape}", path):
            return name
    return None


def resolved(node: Any) -> Any:
    """What a node refers to, or the node."""
    found = CONTRACT if "$ref" in node else node
    for step in node.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found


def responses(operation: str) -> dict[str, Any]:
    """The documented replies by HTTP status."""
    method, path = PLACES[operation]
    found: dict[str, Any] = CONTRACT["paths"][path][method.lower()]["responses"]
    return {status: resolved(reply) for status, reply in found.items()}


def forms(schema: Any) -> Iterator[Any]:
    """A schema and each form that it allows a value to have."""
    whole = resolved(schema)
    yield whole
    for keyword in ("allOf", "anyOf", "oneOf"):
        for form in whole.get(keyword, []):
            yield from forms(form)
