"""The page of the HTTP API, as the contract has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contract_tests.support.contract import CONTRACT, resolved

HEAD = """\
# The HTTP API

What the service is asked and what it answers, as `openapi/weryai.yaml` has it: `make reference`
writes this page from it.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, CONTRACT["info"]["description"]]
    for path, item in CONTRACT["paths"].items():
        servers = item.get("servers", CONTRACT["servers"])
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                address = servers[0]["url"] + path
                parts += _operation(operation, f"`{method.upper()} {address}`")
    for operation in (item["post"] for item in CONTRACT["webhooks"].values()):
        parts += _operation(operation, "`POST` to the `webhook_url` of a request")
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _operation(operation: Any, where: str) -> Iterator[str]:
    yield f"## {operation['summary']}"
    yield f"{where}, in the contract `{operation['operationId']}`."
    yield _text(operation.get("description", ""))
    if given := [resolved(each) for each in operation.get("parameters", [])]:
        yield "**Parameters**"
        yield "\n".join(
            _row(each["name"], each["schema"], each.get("description"), each.get("required", False))
            for each in given
        )
    if body := operation.get("requestBody"):
        ((media_type, media),) = body["content"].items()
        schema = resolved(media["schema"])
        yield f"**Request**, `{media_type}`"
        if fields := schema.get("properties"):
            needed = schema.get("required", [])
            yield "\n".join(_row(name, each, None, name in needed) for name, each in fields.items())
        yield from _example(media)
    yield "**Answers**"
    answers = {status: resolved(each) for status, each in operation["responses"].items()}
    yield "\n".join(
        f"- **{status}**: {_text(each['description'])}" for status, each in answers.items()
    )
    yield from _example(next(iter(answers["200"].get("content", {}).values()), {}))


def _row(name: str, given: Any, description: str | None, required: bool) -> str:
    schema = resolved(given)
    said = description or given.get("description") or schema.get("description", "")
    kind = ", ".join(filter(None, [_kind(schema), "required" if required else ""]))
    return f"- **`{name}`** ({kind}): {_text(said)}".removesuffix(": ")


def _kind(schema: Any) -> str:
    """What a value may be, in a few words."""
    if "enum" in schema:
        return "one of " + ", ".join(f"`{json.dumps(each)}`" for each in schema["enum"])
    if several := schema.get("anyOf", schema.get("oneOf")):
        return " or ".join(dict.fromkeys(_kind(resolved(each)) for each in several))
    kinds = schema.get("type", "anything")
    words = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    limits = [
        f"`{keyword}: {schema[keyword]}`"
        for keyword in (
            *("format", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
            *("pattern", "default"),
        )
        if keyword in schema
    ]
    return ", ".join([words, *limits])


def _example(media: Any) -> Iterator[str]:
    """The first example: the contract has the plainest one there."""
    for each in list(media.get("examples", {}).values())[:1]:
        value = json.dumps(resolved(each)["value"], indent=2, ensure_ascii=False)
        yield f"```text\n{value}\n```"


def _text(description: str) -> str:
    return " ".join(description.split())
