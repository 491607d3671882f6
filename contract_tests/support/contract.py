"""The contract, read once for all tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

# The one in C is ten times as fast, but not every build of PyYAML has it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """What a document says."""
    return yaml.load(text, Loader=LOADER)


OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
TEXT = (OPENAPI / "weryai.yaml").read_text()
CONTRACT: dict[str, Any] = read_yaml(TEXT)
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
# By operationId: the path and the method, and what is there.
PLACES: dict[str, tuple[str, str]] = {
    operation["operationId"]: (path, method)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict) and "operationId" in operation
}
OPERATIONS = {name: CONTRACT["paths"][path][method] for name, (path, method) in PLACES.items()}
READS = {name for name, (_, method) in PLACES.items() if method == "get"}
# Of what is no read, these are known to charge nothing (D-up). All else is taken to be paid: an
# operation that nobody has judged yet must not be sent twice.
FREE = {"upload_file"}
PAID = [name for name in OPERATIONS if name not in READS | FREE]
WEBHOOKS = {item["post"]["operationId"]: item["post"] for item in CONTRACT["webhooks"].values()}


def resolved(node: Any) -> Any:
    """What `node` refers to, or `node`."""
    found = CONTRACT if "$ref" in node else node
    for step in node.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found


def request(operation: str) -> str:
    """The name of the schema of what is sent to an operation."""
    ((_, media),) = OPERATIONS[operation]["requestBody"]["content"].items()
    name: str = media["schema"]["$ref"].rpartition("/")[2]
    return name


def reply(operation: str, status: str = "200") -> Any:
    """What an operation answers, which several may share."""
    return resolved(OPERATIONS[operation]["responses"][status])


def success(operation: str) -> Any:
    """The schema of what an operation answers under 200: its `...Reply`."""
    return reply(operation)["content"]["application/json"]["schema"]


def alike(operations: Iterable[str]) -> list[list[str]]:
    """The operations, together where the same values are a success of each."""
    groups: dict[str, list[str]] = {}
    for name in operations:
        groups.setdefault(repr(_meaning(success(name))), []).append(name)
    return list(groups.values())


def _meaning(node: Any, depth: int = 2) -> Any:
    """A schema without prose and order, with what references say in the place of the first."""
    if isinstance(node, list):
        return sorted((_meaning(each, depth) for each in node), key=repr)
    if not isinstance(node, dict):
        return node
    if depth and "$ref" in node:
        return _meaning(resolved(node), depth - 1)
    said = {name: each for name, each in node.items() if (name, type(each)) != ("description", str)}
    return sorted((name, _meaning(each, depth)) for name, each in said.items())


def fits(schema: Any, value: object) -> bool:
    """Whether a schema of the contract holds of a value, formats included."""
    rooted = {**schema, "components": CONTRACT["components"]}
    return Draft202012Validator(rooted, validate_formats=True).is_valid(value)
