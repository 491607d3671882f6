"""Reads the text of a documentation page, as a reader copies it, as the OpenAPI behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .fields import PageError, fields

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
PARAMETERS = {
    "Headers": "header",
    "Path Parameters": "path",
    "Query Parameters": "query",
    "Cookies": "cookie",
}
SECTIONS = ("Authorizations", *PARAMETERS, "Body", "Response")
JSON = "application/json"


def from_text(text: str) -> tuple[str, str, str, Any, Any]:
    """The method, the path, the whole call of the example, the operation, and its document."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    method, path, rest = _heading(lines)
    told = _sections(rest)
    if "Response" not in told:
        raise PageError("has no section 'Response': copy the whole page")
    call, headers, body, reply = _example("\n".join(told[""]))
    security, schemes = _security(fields(told.get("Authorizations", [])), headers)
    operation = {
        "summary": told[""][0] if told[""] else "",
        "security": security,
        "parameters": list(_parameters(told)),
        "responses": _responses(told, reply),
    }
    if "Body" in told:
        operation["requestBody"] = {"content": _content(told["Body"], headers, body)}
    return method, path, call, operation, {"components": {"securitySchemes": schemes}}


def _heading(lines: list[str]) -> tuple[str, str, list[str]]:
    """The method, the path below it, in one line or a line for each step, and what follows."""
    for at, line in enumerate(lines[:-1]):
        if line.lower() in METHODS and lines[at + 1].startswith("/"):
            path, end = "", at + 1
            while lines[end : end + 1] == ["/"] and end + 1 < len(lines):
                path, end = f"{path}/{lines[end + 1]}", end + 2
            if not path:
                path, end = lines[end], end + 1
            return line.lower(), path, lines[end:]
    raise PageError(
        "is not a page of an endpoint: looked for a fenced block of OpenAPI, and for a line such "
        "as POST with the path below it; copy the page's whole text, or add .md to its address"
    )


def _sections(lines: list[str]) -> dict[str, list[str]]:
    """The lines below each heading; below "" those before the first one."""
    told: dict[str, list[str]] = {"": []}
    current = ""
    for line in lines:
        if line in SECTIONS:
            current = line
            told.setdefault(current, [])
        else:
            told[current].append(line)
    return told


# The example


def _example(text: str) -> tuple[str, dict[str, str], Any, Any]:
    """What the curl command calls, its headers, its JSON body, and the JSON reply below it."""
    method, url = (_word(rf"--{option}\s+'?([^'\s]+)", text) for option in ("request", "url"))
    headers = dict(re.findall(r"--header\s+'([^':]+):\s*([^']*)'", text))
    start = re.search(r"--data(?:-raw|-binary)?\s+'\s*(?=[\[{])", text)
    body, end = _json_at(text, start.end()) if start else (None, 0)
    start = re.compile(r"^(?=[\[{])", re.MULTILINE).search(text, end)
    reply = _json_at(text, start.end())[0] if start else None
    return f"{method} {url}", headers, body, reply


def _word(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "-"


def _json_at(text: str, start: int) -> tuple[Any, int]:
    try:
        return json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        near = text[error.pos :].split("\n")[0][:40]
        raise PageError(f"has an example that is not JSON: {error.msg} at {near!r}") from error


# The parts of an operation


def _security(section: Any, headers: dict[str, str]) -> tuple[list[Any], dict[str, Any]]:
    """What the operation requires, and the schemes of that name."""
    security: list[Any] = []
    schemes: dict[str, Any] = {}
    for name, schema in section["properties"].items():
        bearer = headers.get(name, "").startswith("Bearer ") and name == "Authorization"
        key = {"type": "apiKey", "in": schema.get("x-place", "-"), "name": name}
        schemes[name] = {"type": "http", "scheme": "bearer"} if bearer else key
        security += [{name: []}] if name in section["required"] else [{name: []}, {}]
    return security, schemes


def _parameters(told: dict[str, list[str]]) -> Iterator[Any]:
    for heading, place in PARAMETERS.items():
        section = fields(told.get(heading, []))
        for name, schema in section["properties"].items():
            required = name in section["required"]
            yield {"name": name, "in": place, "required": required, "schema": schema}


def _content(section: list[str], headers: dict[str, str], body: Any) -> Any:
    """The body, under both of the types that the page names, should they differ."""
    media = {"schema": fields(section)} | ({} if body is None else {"example": body})
    types = [line for line in section[:1] if re.fullmatch(r"\w+/[\w.+*-]+", line)]
    types += [value for name, value in headers.items() if name == "Content-Type"]
    return dict.fromkeys(types or [JSON], media)


def _responses(told: dict[str, list[str]], reply: Any) -> Any:
    """The reply; a page names status codes only where it tells of several."""
    lines = [*told[""], *told["Response"][:2]]
    codes = [found[1] for line in lines if (found := re.fullmatch(r"([1-5]\d\d)(?: - .+)?", line))]
    media = {"schema": fields(told["Response"])} | ({} if reply is None else {"example": reply})
    return {code: {"content": {JSON: media}} for code in codes or ["200"]}
