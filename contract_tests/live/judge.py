"""Where an answer of the service differs from the contract. No value of it is ever quoted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract_tests.live.contract import CODES, STATES, forms, responses
from contract_tests.live.recorder import Exchange
from contract_tests.live.redact import words
from contract_tests.support.contract import CONTRACT, resolved

JSON = "application/json"


def differences(exchange: Exchange) -> list[str]:
    """Each difference once: status, media type, schema, undocumented fields, states and codes."""
    if exchange.status is None:
        return [f"no answer: {exchange.body.decode()}"]
    documented = responses(exchange.operation).get(str(exchange.status))
    if documented is None:
        return [f"HTTP {exchange.status} is undocumented"]
    media = media_type(exchange)
    if media not in documented["content"]:
        return [f"{words(media) or 'no media type'} is undocumented for HTTP {exchange.status}"]
    if media != JSON:
        return []
    try:
        body = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return ["the body is not JSON"]
    schema = half(documented["content"][media]["schema"], body)
    found = [*violations(schema, body), *undocumented([schema], body), *unknown_states(body)]
    return list(dict.fromkeys([*found, *(unknown_code(body) if exchange.status == 200 else [])]))


def media_type(exchange: Exchange) -> str:
    return str(exchange.headers.get("content-type", "")).partition(";")[0].strip().lower()


def half(schema: Any, body: Any) -> Any:
    """Of a success or a refusal the one that the body claims to be: it makes for plain words."""
    whole = resolved(schema)
    if "oneOf" not in whole:
        return whole
    status = body.get("status") if isinstance(body, dict) else None
    refused = isinstance(status, int) and status not in (0, 200)
    return whole["oneOf"][-1 if refused else 0]


def violations(schema: Any, body: Any) -> Iterator[str]:
    for error in _validator(json.dumps(schema)).iter_errors(body):
        steps = ("[]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
        yield f"{''.join(steps).lstrip('.') or 'body'}: {error.message}"


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Of a schema as JSON."""
    rooted = {**json.loads(schema), "components": CONTRACT["components"]}
    return Draft202012Validator(rooted, validate_formats=True, mask="it")


def undocumented(schemas: Iterable[Any], value: Any, place: str = "") -> Iterator[str]:
    """Fields that none of the forms has which the contract allows at their place."""
    known = [form for schema in schemas for form in forms(schema)]
    if isinstance(value, list):
        items = [form["items"] for form in known if "items" in form]
        for item in value:
            yield from undocumented(items, item, f"{place}[]")
    if isinstance(value, dict):
        for name, child in value.items():
            fields = [form.get("properties", {}) for form in known]
            found = [field[name] for field in fields if name in field]
            here = f"{place}.{words(name)}".lstrip(".")
            if found:
                yield from undocumented(found, child, here)
            else:
                yield f"{here}: undocumented"


def unknown_code(body: Any) -> Iterator[str]:
    """A business code that the contract does not explain."""
    code = body.get("status") if isinstance(body, dict) else None
    if isinstance(code, int) and code > 200 and code not in CODES:
        yield f"code {code} is unknown"


def unknown_states(body: Any) -> Iterator[str]:
    for state in states(body):
        if isinstance(state, str) and state not in STATES:
            yield f"state {words(state)!r} is unknown"


def states(value: Any) -> Iterator[Any]:
    children = value if isinstance(value, list) else []
    if isinstance(value, dict):
        yield from (value[name] for name in ("task_status", "taskStatus") if name in value)
        children = list(value.values())
    for child in children:
        yield from states(child)
