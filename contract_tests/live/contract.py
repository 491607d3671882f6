"""The contract as these checks read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.support.contract import OPERATIONS, PLACES, SCHEMAS, resolved

STATES = frozenset(SCHEMAS["KnownTaskStatus"]["enum"])
_EXPLAINED = SCHEMAS["BusinessError"]["description"]
CODES = frozenset(map(int, re.findall(r"\b\d{4}\b", _EXPLAINED))).union(
    *(range(int(a), int(b)) for a, b in re.findall(r"\b(\d{4}) to (\d{4})\b", _EXPLAINED))
)


def operation_of(method: str, path: str) -> str | None:
    """The operationId of a call; None where the contract has no such call."""
    for name, (template, known) in PLACES.items():
        shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if method == known.upper() and re.fullmatch(f".*{shape}", path):
            return name
    return None


def responses(operation: str) -> dict[str, Any]:
    """The documented replies by HTTP status."""
    return {status: resolved(told) for status, told in OPERATIONS[operation]["responses"].items()}


def forms(schema: Any) -> Iterator[Any]:
    """A schema and each form that it allows a value to have."""
    whole = resolved(schema)
    yield whole
    for keyword in ("allOf", "anyOf", "oneOf"):
        for form in whole.get(keyword, []):
            yield from forms(form)
