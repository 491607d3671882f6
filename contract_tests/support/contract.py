"""The contract, read once for all tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
TEXT = (OPENAPI / "weryai.yaml").read_text()
CONTRACT: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
# By operationId: the path and the method, and what is there.
PLACES = {
    operation["operationId"]: (path, method)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict) and "operationId" in operation
}
OPERATIONS = {name: CONTRACT["paths"][path][method] for name, (path, method) in PLACES.items()}
WEBHOOKS = {item["post"]["operationId"]: item["post"] for item in CONTRACT["webhooks"].values()}


def resolved(node: Any) -> Any:
    """What `node` refers to, or `node`."""
    found = CONTRACT if "$ref" in node else node
    for step in node.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found


def reply(operation: str, status: str = "200") -> Any:
    """What an operation answers, which several may share."""
    return resolved(OPERATIONS[operation]["responses"][status])


def success(operation: str) -> Any:
    """The schema of what an operation answers under 200: its `...Reply`."""
    return reply(operation)["content"]["application/json"]["schema"]
