"""The contract as it comes with the package: which operations there are, and what each takes."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from attrs import frozen
from jsonschema_rs import Draft202012Validator

# Stands for the value in what the validator says of it: no fault repeats what was sent.
MASK = "\0"
IMAGE = "ImageAddress"


@frozen
class Operation:
    """One operation of the contract.

    Attributes:
        name: its operationId.
        method, path: as in the contract, ids of the path in braces.
        reply: the name of the schema of what it answers under 200.
        media_type: of its body, empty where it takes none.
        body: the name of the schema of its body, likewise.
    """

    name: str
    method: str
    path: str
    reply: str
    media_type: str
    body: str

    @property
    def paid(self) -> bool:
        """Whether it starts tasks, and costs credits."""
        return self.reply == "SubmitReply"

    @property
    def schema(self) -> Mapping[str, Any]:
        """What its body may hold."""
        found: Mapping[str, Any] = _document()["components"]["schemas"][self.body]
        return found

    @property
    def validator(self) -> Draft202012Validator:
        """Holds a body against the contract."""
        return _validator(self.body)

    def images(self, payload: Mapping[str, Any]) -> tuple[str, ...]:
        """The addresses of images in a body that was checked, field by field as the contract has
        them: fields that are one, and fields that are a list of them."""
        found: list[str] = []
        for name, field in self.schema["properties"].items():
            if _refers(field, IMAGE) and name in payload:
                found.append(payload[name])
            if _refers(field.get("items", {}), IMAGE):
                found += payload.get(name, [])
        return tuple(found)


def _refers(schema: Mapping[str, Any], name: str) -> bool:
    return bool(schema.get("$ref") == f"#/components/schemas/{name}")


@cache
def _document() -> Any:
    # importlib.resources would load zipfile and more for it.
    return json.loads(pkgutil.get_data("weryai_api", "openapi.json") or b"")


@cache
def _validator(name: str) -> Draft202012Validator:
    components = {"schemas": _document()["components"]["schemas"]}
    rooted = {"$ref": f"#/components/schemas/{name}", "components": components}
    return Draft202012Validator(rooted, validate_formats=True, mask=MASK)


def _operations() -> Iterator[Operation]:
    for path, item in _document()["paths"].items():
        for method, told in item.items():
            if isinstance(told, dict) and "operationId" in told:
                reply = _first(_resolved(told["responses"]["200"])["content"])[1]
                media_type, body = _first(_resolved(told.get("requestBody", {})).get("content", {}))
                yield Operation(told["operationId"], method.upper(), path, reply, media_type, body)


def _first(content: Mapping[str, Any]) -> tuple[str, str]:
    """The first media type of a body and the name of its schema, empty where there is none."""
    for media_type, media in content.items():
        return media_type, media["schema"].get("$ref", "").rpartition("/")[2]
    return "", ""


def _resolved(node: Any) -> Any:
    """What a node refers to, or the node."""
    found = _document() if "$ref" in node else node
    for step in node.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found


ALL = tuple(_operations())
