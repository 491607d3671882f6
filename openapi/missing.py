"""Name every file that a change of the contract leaves to be edited by hand, one line each, with
what to write there. Exits with 1 where there is any.

It looks in the sources for each operation of the contract, for each field of the request of one
that is paid (POST with a JSON body) and for each state of a task; then for what they have and the
contract has no longer. It runs nothing of them: after a change they may not even load. Values that
a field may have now, or may have no longer, are named by the tests.
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
CONTRACT = "openapi/weryai.yaml"
REQUESTS = "wrapper/weryai/requests"
PACKAGE = "wrapper/weryai/__init__.py"
ENDPOINTS = "wrapper/weryai/_service/endpoints.py"
SERVICE = "wrapper/weryai/_service/operations.py"
STATES = "wrapper/weryai/_states.py"
KINDS = f"{REQUESTS}/_fields.py"
CALLS = "contract_tests/support/operation_calls.py"
MODELS = "wrapper/weryai/testing/_wire/models.py"
FORBIDDEN = "contract_tests/support/forbidden_values.py"
BEYOND = "contract_tests/data/beyond_the_page.json"
PAGES = "contract_tests/data/pages"


class Paid(NamedTuple):
    """A paid operation of the contract."""

    name: str
    path: str
    schema: str
    fields: dict[str, Any]
    required: list[str]

    @property
    def limits(self) -> str:
        """What generate calls the limits of its request."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.schema).upper()


class Request(NamedTuple):
    """A request class, with the fields that it takes, and whether each has a default."""

    name: str
    limits: str
    fields: dict[str, bool]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="another checkout")
    try:
        lines = list(missing(parser.parse_args(arguments).root))
    except documents.UnreadableError as error:
        sys.exit(str(error))
    print("\n".join(lines) or "nothing is left to be edited by hand")
    return 1 if lines else 0


def missing(root: Path) -> Iterator[str]:
    """A line for each file, and what to write there. Raises documents.UnreadableError."""
    known, texts = requests(root), Texts(root)
    contract = documents.load(root / CONTRACT)
    operations = list(paid(contract))
    for operation in operations:
        request = next((each for each in known if each.limits == operation.limits), None)
        yield from of_operation(texts, operation, request)
        yield from of_fields(texts, operation, request)
        yield from of_required(texts, operation, request)
    names = [operation["operationId"] for _, _, operation in operations_of(contract)]
    yield from of_others(texts, names, {each.name for each in operations})
    yield from of_states(texts, contract)
    yield from gone(texts, names, operations, known)


def operations_of(contract: Any) -> Iterator[tuple[str, str, Any]]:
    """The path and the method of each operation, and what the contract says of it."""
    for path, item in contract["paths"].items():
        for method in sorted(documents.METHODS & item.keys()):
            yield path, method, item[method]


def paid(contract: Any) -> Iterator[Paid]:
    schemas = contract["components"].get("schemas", {})
    for path, method, operation in operations_of(contract):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media and method == "post":
            name = operation["operationId"]
            schema = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if schema not in schemas:
                told = f"the body of {name} must be a $ref to a schema of its components"
                raise documents.UnreadableError(f"{CONTRACT}: {told}")
            body = schemas[schema]
            yield Paid(name, path, schema, body.get("properties", {}), body.get("required", []))


def requests(root: Path) -> list[Request]:
    """The request classes by their decorator, with the fields of their bases."""
    files = sorted((root / REQUESTS).glob("*.py"))
    bodies = [ast.parse(file.read_text()).body for file in files]
    classes = {
        node.name: node for body in bodies for node in body if isinstance(node, ast.ClassDef)
    }
    return [
        Request(name, limits, dict(fields_of(node, classes)))
        for name, node in classes.items()
        for limits in re.findall(r"checked_by\(limits\.(\w+)\)", decorators(node))
    ]


def decorators(node: ast.ClassDef) -> str:
    return " ".join(map(ast.unparse, node.decorator_list))


def fields_of(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, bool]]:
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from fields_of(classes[base.id], classes)
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name)) if "ClassVar" not in ast.unparse(each):
                yield name, has_default(each.value)


def has_default(value: ast.expr | None) -> bool:
    """Of what an annotated field is set to; `field(...)` has one where it names one."""
    if isinstance(value, ast.Call):
        return any(each.arg in {"default", "factory"} for each in value.keywords)
    return value is not None


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
def table_of(source: str, name: str) -> ast.Dict:
    """The dictionary that a module binds to a name; an empty one if it binds none."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        value = getattr(node, "value", None)
        if names == [name] and isinstance(value, ast.Dict):
            return value
    return ast.Dict([], [])


def rows_of(source: str, table: ast.Dict) -> dict[str, ast.expr]:
    """Its values by key, with those of the dictionaries that it spreads."""
    rows: dict[str, ast.expr] = {}
    for key, value in zip(table.keys, table.values, strict=True):
        if isinstance(key, ast.Constant):
            rows[str(key.value)] = value
        elif isinstance(value, ast.Name):
            rows |= rows_of(source, table_of(source, value.id))
    return rows


def keys_of(source: str, name: str) -> set[str]:
    """The keys of a dictionary that a module binds to a name."""
    return set(rows_of(source, table_of(source, name)))


def of_fields(texts: Texts, operation: Paid, request: Request | None) -> Iterator[str]:
    page, decided = texts.page_of(operation), texts.decided(operation.name)
    bad = rows_of(texts[FORBIDDEN], table_of(texts[FORBIDDEN], "BAD")).get(operation.name)
    forbidden = rows_of(texts[FORBIDDEN], bad) if isinstance(bad, ast.Dict) else {}
    kinds = {*re.findall(r'\("(\w+)", \w+_faults\)', texts[KINDS])}
    for field, schema in operation.fields.items():
        if request and field not in request.fields:
            yield f"{REQUESTS}/: {field} of {request.name} or its base, with a docstring line"
        types = schema.get("type", [])
        if types and not {*([types] if isinstance(types, str) else types)} & kinds:
            yield f"{KINDS}: a row of KINDS for {field}, which is of type {types}"
        if page and not re.search(rf"^ *{field}:$", page, re.MULTILINE) and field not in decided:
            yield f"{BEYOND}: {operation.name}: {field}, or record the page that has it in {PAGES}/"
        if bad and field not in forbidden:
            yield f"{FORBIDDEN}: values of {field} that {operation.name} forbids"
    for field in sorted((request.fields if request else {}).keys() - operation.fields):
        yield f"{REQUESTS}/: {field} of {request.name if request else ''} is not in the contract"


def of_required(texts: Texts, operation: Paid, request: Request | None) -> Iterator[str]:
    """A field that is required has no default, and one that is not has one."""
    known = request.fields if request else {}
    for field in (each for each in operation.fields if each in known):
        if known[field] == (field in operation.required):
            now = "no default: it is required" if known[field] else "None as its default"
            yield f"{REQUESTS}/: {field} of {request.name if request else ''} has {now} now"
    row = rows_of(texts[FORBIDDEN], table_of(texts[FORBIDDEN], "REQUIRED")).get(operation.name)
    if row and {*ast.literal_eval(row)} != {*operation.required}:
        yield f"{FORBIDDEN}: REQUIRED[{operation.name!r}]: {', '.join(operation.required)}"


def of_others(texts: Texts, names: list[str], paid: set[str]) -> Iterator[str]:
    """What calls the operations that are free, and is called with them in the tests."""
    for name in names:
        if name not in paid and not re.search(rf"\.{name}\b", texts[SERVICE]):
            yield f"{SERVICE}: a call of {name}; docs/maintaining.md has what follows from it"
        if name not in paid and f'"{name}"' not in texts[CALLS]:
            yield f"{CALLS}: a row with {name}"


def of_states(texts: Texts, contract: Any) -> Iterator[str]:
    states = contract["components"].get("schemas", {}).get("KnownTaskStatus", {}).get("enum", [])
    known = keys_of(texts[STATES], "STATES")
    for state in dict.fromkeys(str(state).lower() for state in states):
        if state not in known:
            yield f"{STATES}: STATES[{state!r}], and an example TaskStatusOk.state-{state}"


def gone(
    texts: Texts, names: list[str], operations: list[Paid], known: list[Request]
) -> Iterator[str]:
    """What is left of operations that the contract has no longer, or under another name."""
    limits = {each.limits for each in operations}
    for request in known:
        if request.limits not in limits:
            yield f"{REQUESTS}/_videos.py: {request.name} is sent by no operation of the contract"
            yield f"{PACKAGE}: {request.name}, in __all__ and in _HOMES, goes with its class"
    left = {
        ENDPOINTS: re.findall(r'Endpoint\(\s*\w+,\s*"(\w+)"', texts[ENDPOINTS]),
        SERVICE: re.findall(r"module = \w+\.(\w+)", texts[SERVICE]),
        CALLS: re.findall(r'^ +"(\w+)": (?:client|lambda)', texts[CALLS], re.MULTILINE),
        FORBIDDEN: sorted(keys_of(texts[FORBIDDEN], "REQUIRED") | keys_of(texts[FORBIDDEN], "BAD")),
        BEYOND: json.loads(texts[BEYOND] or "{}"),
    }
    for file, used in left.items():
        for name in used:
            if name not in names:
                yield f"{file}: {name} is not in the contract"


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
