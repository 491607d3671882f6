"""Name every file that a change of the contract leaves to be edited by hand, one line each, with
what to write there. Exits with 1 where there is any.

It reads the paid operations of the contract (POST with a JSON body) and looks for each of them, and
for each field of its request, in the sources as they stand. It runs nothing of them: after a change
they may not even load.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import documents

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = "wrapper/weryai/requests"
PACKAGE = "wrapper/weryai/__init__.py"
ENDPOINTS = "wrapper/weryai/_service/endpoints.py"
MODELS = "wrapper/weryai/testing/_wire/models.py"
FORBIDDEN = "contract_tests/support/forbidden_values.py"
BEYOND = "contract_tests/data/beyond_the_page.json"
PAGES = "contract_tests/data/pages"


class Paid(NamedTuple):
    """A paid operation of the contract."""

    name: str
    path: str
    schema: str
    fields: list[str]

    @property
    def limits(self) -> str:
        """What generate calls the limits of its request."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.schema).upper()


class Request(NamedTuple):
    """A request class, with the fields that it takes."""

    name: str
    limits: str
    fields: set[str]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="another checkout")
    lines = list(missing(parser.parse_args(arguments).root))
    print("\n".join(lines) or "nothing is left to be edited by hand")
    return 1 if lines else 0


def missing(root: Path) -> Iterator[str]:
    """A line for each file, and what to write there."""
    known, texts = requests(root), Texts(root)
    for operation in paid(documents.read((root / "openapi/weryai.yaml").read_text())):
        request = next((each for each in known if each.limits == operation.limits), None)
        yield from of_operation(texts, operation, request)
        yield from of_fields(texts, operation, request)


def paid(contract: Any) -> Iterator[Paid]:
    for path, item in contract["paths"].items():
        operation = item.get("post", {})
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media:
            schema = media["schema"]["$ref"].rpartition("/")[2]
            fields = contract["components"]["schemas"][schema]["properties"]
            yield Paid(operation["operationId"], path, schema, list(fields))


def requests(root: Path) -> list[Request]:
    """The request classes by their decorator, with the fields of their bases."""
    files = sorted((root / REQUESTS).glob("*.py"))
    bodies = [ast.parse(file.read_text()).body for file in files]
    classes = {
        node.name: node for body in bodies for node in body if isinstance(node, ast.ClassDef)
    }
    return [
        Request(name, limits, set(fields_of(node, classes)))
        for name, node in classes.items()
        for limits in re.findall(r"checked_by\(limits\.(\w+)\)", decorators(node))
    ]


def decorators(node: ast.ClassDef) -> str:
    return " ".join(map(ast.unparse, node.decorator_list))


def fields_of(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from fields_of(classes[base.id], classes)
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id


def of_operation(texts: Texts, operation: Paid, request: Request | None) -> Iterator[str]:
    name = operation.name
    if not texts.page_of(operation):
        yield f"{PAGES}/: record the page of POST {operation.path}"
    if not re.search(rf"^### .*\b{name}\b", texts["openapi/NOTES.md"], re.MULTILINE):
        yield f"openapi/NOTES.md: ### {name}, with the rows of `make drift PAGE='--rows PAGE'`"
    if request is None:
        yield f"{REQUESTS}/_videos.py: a class with @checked_by(limits.{operation.limits})"
    else:
        for file, where in ((f"{REQUESTS}/_videos.py", ""), (PACKAGE, ", imported, and in _HOMES")):
            if f'"{request.name}"' not in texts[file]:
                yield f"{file}: {request.name}, in __all__{where}"
    if not re.search(rf"\b{name}\b", texts[ENDPOINTS]):
        yield f"{ENDPOINTS}: a row of ENDPOINTS with {name}"
    for table in ("REQUIRED", "BAD"):
        if name not in keys_of(texts[FORBIDDEN], table):
            yield f"{FORBIDDEN}: {table}[{name!r}], written from the page"
    if f'"{name.removeprefix("submit_")}"' not in texts[MODELS]:
        yield f"{MODELS}: the rows of the mode {name.removeprefix('submit_')!r}"


@cache
def keys_of(source: str, table: str) -> set[str]:
    """The keys of a dictionary that a module binds to a name."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        value = getattr(node, "value", None)
        if names == [table] and isinstance(value, ast.Dict):
            return {str(key.value) for key in value.keys if isinstance(key, ast.Constant)}
    return set()


def of_fields(texts: Texts, operation: Paid, request: Request | None) -> Iterator[str]:
    page, decided = texts.page_of(operation), texts.decided(operation.name)
    for field in operation.fields:
        if request and field not in request.fields:
            yield f"{REQUESTS}/: {field} of {request.name} or its base, with a docstring line"
        if page and not re.search(rf"^ *{field}:$", page, re.MULTILINE) and field not in decided:
            yield f"{BEYOND}: {operation.name}: {field}, or record the page that has it in {PAGES}/"
        if not re.search(rf'"{field}":', texts[FORBIDDEN]):
            yield f"{FORBIDDEN}: values of {field} that {operation.name} forbids"
    for field in sorted((request.fields if request else set()) - {*operation.fields, "_checks"}):
        yield f"{REQUESTS}/: {field} of {request.name if request else ''} is not in the contract"


class Texts(dict[str, str]):
    """The files of a checkout, each read once; what is not there is empty."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __missing__(self, file: str) -> str:
        path = self.root / file
        self[file] = path.read_text() if path.is_file() else ""
        return self[file]

    def page_of(self, operation: Paid) -> str:
        """The recorded page of an operation, in its markdown form."""
        pages = (self[str(page)] for page in sorted((self.root / PAGES).glob("*.md")))
        return next((text for text in pages if f"POST {operation.path}\n" in text), "")

    def decided(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self[BEYOND] or "{}").get(name, {})
        return found


if __name__ == "__main__":
    sys.exit(main())
