"""The examples that the contract shows, by where they stand: OPERATION.STATUS.NAME of a reply,
OPERATION.request.NAME of a request, and WEBHOOK.NAME."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from contract_tests.support.contract import OPERATIONS, WEBHOOKS, resolved


@frozen
class Example:
    """An example at one place; replies of other operations may show the same.

    Attributes:
        operation: its operationId, or that of the webhook.
        kind: the status of a reply, else `request` or `notice`.
        media: the media type of its body.
        component: its name in components/examples, empty where it stands at its place.
        schema: what the contract says of all that can stand there.
    """

    operation: str
    kind: str
    media: str
    component: str
    schema: dict[str, Any]
    value: Any

    @property
    def body(self) -> bytes:
        """As it would be sent: a text is a page, all else is JSON."""
        page = isinstance(self.value, str)
        return (self.value if page else json.dumps(self.value, ensure_ascii=False)).encode()


def _bodies() -> Iterator[tuple[str, str, Any]]:
    for name, operation in OPERATIONS.items():
        yield name, "request", operation.get("requestBody", {})
        yield from ((name, status, told) for status, told in operation["responses"].items())
    for name, webhook in WEBHOOKS.items():
        yield name, "notice", webhook["requestBody"]


def _all() -> Iterator[tuple[str, Example]]:
    for operation, kind, body in _bodies():
        for media, content in resolved(body).get("content", {}).items():
            for name, told in content.get("examples", {}).items():
                component = told.get("$ref", "").rpartition("/")[2]
                value = resolved(told)["value"]
                example = Example(operation, kind, media, component, content["schema"], value)
                yield f"{operation}.{kind}.{name}", example


EXAMPLES = dict(_all())
REPLIES = {name: each for name, each in EXAMPLES.items() if each.kind.isdigit()}


def values(operation: str, kind: str) -> list[Any]:
    """What is shown of one kind of body."""
    found = EXAMPLES.values()
    return [each.value for each in found if (each.operation, each.kind) == (operation, kind)]
