"""Reads a documentation page of one endpoint, in either of its two forms, as OpenAPI.

The markdown form carries its OpenAPI in a fenced block; the text that a reader copies is turned
back into it. So a page and the contract are of one kind, and one comparison serves both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from .fields import PageError
from .text import METHODS, from_text

__all__ = ["MALFORMED", "Page", "PageError", "endpoint", "load", "read"]

# What comes of an OpenAPI document that has a list, say, in the place of an object.
MALFORMED = (AttributeError, KeyError, TypeError)

_FENCE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)(?:^ {0,3}(?P=fence)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_NAMED = re.compile(rf"\b({'|'.join(METHODS)})\s+(/\S*)", re.IGNORECASE)


class _Yaml(yaml.CSafeLoader):
    """YAML 1.2: by 1.1, PyYAML's own, an aspect ratio of 16:9 is the number 969."""


_SCALARS = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(?:0|[1-9][0-9]*)",
    "float": r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?",
}
_Yaml.yaml_implicit_resolvers = {}
for _tag, _pattern in _SCALARS.items():
    _Yaml.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), None)


class Page(NamedTuple):
    """One endpoint: the method and path that it goes by, and the OpenAPI that tells of it."""

    method: str
    path: str
    call: str  # method and whole address, as the page's example or the first server has it
    operation: Any
    root: Any  # the document that references in `operation` lead into


def load(source: str) -> Page:
    """Read the page in a file or at an https address; raises PageError."""
    if "://" in source:
        return read(_fetched(source))
    try:
        return read(Path(source).read_text(encoding="utf-8"))
    except OSError as error:
        raise PageError(f"cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PageError("is not UTF-8 text: save the page as text or markdown") from error


def _fetched(address: str) -> str:
    if not address.startswith("https://"):
        raise PageError("is not an https address; save the page and give the file")
    try:
        # Redirects are not followed: nothing is asked but the address that was given.
        answer = httpx.get(address, timeout=30, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PageError(f"cannot be fetched: {error}") from error
    if answer.status_code == httpx.codes.OK:
        return answer.text
    moved = answer.headers.get("location")
    hint = f"; it has moved to {moved}" if moved else ""
    raise PageError(f"cannot be fetched: HTTP {answer.status_code}{hint}")


def read(text: str) -> Page:
    """Read a page in whichever form it is; raises PageError."""
    # Documentation sites set their headings between zero-width spaces.
    text = re.sub("[\ufeff\u200b]", "", text).replace("\u00a0", " ")
    return _from_markdown(text) or Page(*from_text(text))


def endpoint(root: Any, method: str, path: str) -> Page | None:
    """The operation of an OpenAPI document, however its path's placeholders are named."""
    for known, item in root["paths"].items():
        if method in item and _shape(known) == _shape(path):
            operation = {**item[method]}
            operation["parameters"] = item.get("parameters", []) + operation.get("parameters", [])
            servers = (s for node in (operation, item, root) for s in node.get("servers", []))
            server = next(servers, {"url": ""})["url"].rstrip("/")
            return Page(method, known, f"{method.upper()} {server}{known}", operation, root)
    return None


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _from_markdown(text: str) -> Page | None:
    for fence in _FENCE.finditer(text):
        if not re.search(r'^\W*openapi"?\s*:', fence["body"], re.MULTILINE):
            continue
        try:
            page = _operation(_parsed(fence["body"]), fence["info"])
        except MALFORMED as error:
            raise PageError(f"has OpenAPI that is not well-formed: {error!r}") from error
        title = re.search(r"^# (.+)$", text[: fence.start()], re.MULTILINE)
        page.operation.setdefault("summary", title[1].strip() if title else "")
        return page
    return None


def _parsed(body: str) -> Any:
    try:
        root = yaml.load(body, _Yaml)  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f" in its line {mark.line + 1}" if mark else ""
        raise PageError(f"has a block of OpenAPI that is not YAML or JSON{where}") from error
    if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
        raise PageError("has a block of OpenAPI without paths")
    return root


def _operation(root: Any, info: str) -> Page:
    """The operation that the block holds, under the name that the fence gives to it."""
    found = [(m, path) for path, item in root["paths"].items() for m in METHODS if m in item]
    named = _NAMED.search(info)
    name = (named[1].lower(), named[2]) if named else None
    page = endpoint(root, *name) if name else None
    if page is None and len(found) == 1:
        page = endpoint(root, *found[0])
    if page is None:
        raise PageError(f"has a block of OpenAPI with {len(found)} operations: looked for one")
    return page._replace(method=name[0], path=name[1]) if name else page
