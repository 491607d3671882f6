"""Reads the fields of one section of a copied page as the schema of an object.

A page shows a field as lines: its name, its type, its flags and default, then prose, limits,
options and examples in any order. Blank lines carry nothing and are gone by now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

OPTIONS = "Available options:"
FLAGS = {"deprecated": "deprecated", "read-only": "readOnly", "write-only": "writeOnly"}
BOUNDS = {
    "<": "exclusiveMaximum",
    "<=": "maximum",
    ">": "exclusiveMinimum",
    ">=": "minimum",
}

_NAME = re.compile(r"[A-Za-z_][\w.\[\]-]*")
_KIND = "(?:string|integer|number|boolean|object|array|file|any|null)"
_ONE_TYPE = rf"(?:enum<{_KIND}>|{_KIND}(?:<[\w-]+>)?)(?:\[\])*"
_TYPE = re.compile(rf"(?:[^·]+ · )?{_ONE_TYPE}(?: \| {_ONE_TYPE})*")
_LIKE_A_TYPE = re.compile(rf"enum<|{_KIND}(?:[<\[]| \||$)")
_FLAGS = re.compile(r"(?:required|deprecated|read-only|write-only|header|path|query|cookie)+")
_LENGTH = re.compile(
    r"(Required|Minimum|Maximum) (string|array) length: (\d+)(?: - (\d+))?(?: [a-z]+)?"
)
_NUMBER = r"(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_RANGE = re.compile(rf"Required range: (?:{_NUMBER} (<=?) )?x(?: ([<>]=?) {_NUMBER})?")
_TABLE = re.compile(r"Model Name\s*Model Key(.*)")
# The cells of a row run together, of a third column too: `Kling O1KLING_O1`, `VeoVEO_3_19:16 1:1`.
_RATIO = r"(?:1:[1248]|[248]:1|2:3|3:[24]|4:[35]|5:4|9:16|9:21|16:9|21:9)"
_KEY_CELL = re.compile(rf"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)((?={_RATIO}|-).*)?")


class PageError(Exception):
    """This is not a page that can be read; says what was looked for."""


def fields(lines: list[str]) -> Any:
    """A section as the schema of an object. A nested field keeps its dotted name."""
    options = set(_option_lines(lines))
    starts = [at for at in range(len(lines)) if at not in options and _begins_field(lines, at)]
    properties, required = {}, []
    for start, end in pairwise([*starts, len(lines)]):
        name, schema = lines[start], _typed(lines[start + 1])
        rest = lines[start + 2 : end]
        if "required" in _take_flags(rest, schema):
            required.append(name)
        _take_details(rest, schema)
        properties[name] = schema
    return {"type": "object", "properties": properties, "required": required}


def _option_lines(lines: list[str]) -> Iterator[int]:
    inside = False
    for at, line in enumerate(lines):
        if inside:
            yield at
        inside = line == OPTIONS or (inside and line.endswith(","))


def _begins_field(lines: list[str], at: int) -> bool:
    """A name with a type below it; below a word of prose, a field may itself be named `file`."""
    return _is_named_type(lines[at : at + 2]) and not _is_named_type(lines[at + 1 : at + 3])


def _is_named_type(pair: list[str]) -> bool:
    if len(pair) < 2 or not _NAME.fullmatch(pair[0]):
        return False
    if _TYPE.fullmatch(pair[1]):
        return True
    if _LIKE_A_TYPE.match(pair[1]):
        raise PageError(f"has a type that cannot be read: {pair[1]!r} below {pair[0]!r}")
    return False


def _typed(notation: str) -> Any:
    """`string<uri>[]`, `enum<integer>` or `Task · object | null` as a schema."""
    kinds = [_one_type(kind) for kind in notation.rpartition(" · ")[2].split(" | ")]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _one_type(kind: str) -> Any:
    if kind.endswith("[]"):
        return {"type": "array", "items": _one_type(kind[:-2])}
    if kind == "file":
        return {"type": "string", "format": "binary"}
    outer, _, inner = kind.rstrip(">").partition("<")
    if outer in ("any", "enum"):
        return {"type": inner} if inner else {}
    return {"type": outer, "format": inner} if inner else {"type": outer}


def _take_flags(lines: list[str], schema: Any) -> str:
    """Take the lines between the type and the prose: flags, which are returned, and a default."""
    flags = ""
    while lines and (_FLAGS.fullmatch(lines[0]) or lines[0].startswith("default:")):
        line = lines.pop(0)
        if line.startswith("default:"):
            schema["default"] = _value(line.removeprefix("default:").strip(), schema)
        else:
            flags += line
    schema |= {keyword: True for flag, keyword in FLAGS.items() if flag in flags}
    if place := re.search("header|path|query|cookie", flags):
        schema["x-place"] = place[0]
    return flags


def _take_details(lines: list[str], schema: Any) -> None:
    """Take prose, the table of models, options, limits and examples, in any order."""
    prose = []
    while lines:
        line = lines.pop(0)
        if line in ("Example:", "Examples:"):
            schema["examples"] = _take_examples(lines)
        elif line.startswith(OPTIONS):
            _leaf(schema)["enum"] = _take_options(line, lines, schema)
        elif table := _TABLE.fullmatch(line):
            prose += [f"| Model Name | Model Key |{table[1]}", *_take_rows(lines)]
        elif not _add_limit(line, schema):
            prose.append(line)
    schema["description"] = "\n".join(prose)


def _take_examples(lines: list[str]) -> list[Any]:
    """The JSON values that end with a line; or else the line as it stands."""
    text, at, values = "\n".join(lines), 0, []
    while at < len(text):
        try:
            value, end = json.JSONDecoder().raw_decode(text, at)
        except json.JSONDecodeError:
            break
        if text[end : end + 1] not in ("", "\n"):
            break
        values.append(value)
        at = end + 1
    lines[:] = text[at:].splitlines()
    if lines and not values:
        values.append(lines.pop(0))
    return values


def _take_options(line: str, lines: list[str], schema: Any) -> list[Any]:
    text = line.removeprefix(OPTIONS)
    while lines and (not text.strip() or text.endswith(",")):
        text += lines.pop(0)
    return [_value(option.strip(), schema) for option in text.split(",") if option.strip()]


def _value(text: str, schema: Any) -> Any:
    """An option or a default, which a page shows without quotes whatever its type is."""
    if _leaf(schema).get("type") == "string":
        return text.strip('"')
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _leaf(schema: Any) -> Any:
    """What the limits of a string or a number belong to: the items of an array, the first type."""
    while "items" in schema or "anyOf" in schema:
        schema = schema["items"] if "items" in schema else schema["anyOf"][0]
    return schema


def _add_limit(line: str, schema: Any) -> bool:
    if found := _LENGTH.fullmatch(line):
        which, kind, low, high = found.groups()
        owner, noun = (_leaf(schema), "Length") if kind == "string" else (schema, "Items")
        if which != "Maximum":
            owner[f"min{noun}"] = int(low)
        if which != "Minimum":
            owner[f"max{noun}"] = int(high or low)
    elif found := _RANGE.fullmatch(line):
        low, least, sign, bound = found.groups()
        owner = _leaf(schema)
        if low:
            owner[BOUNDS[least.replace("<", ">")]] = json.loads(low)
        if bound:
            owner[BOUNDS[sign]] = json.loads(bound)
    elif line.startswith("Pattern: "):
        _leaf(schema)["pattern"] = line.removeprefix("Pattern: ")
    return bool(found) or line.startswith("Pattern: ")


# The table of models


def _take_rows(lines: list[str]) -> Iterator[str]:
    """The rows of a table whose cells have run together, as markdown."""
    while lines and (cells := _cells(lines[0])):
        lines.pop(0)
        yield f"| {' | '.join(cells)} |"


def _cells(row: str) -> list[str]:
    """Name, key and the rest of a row; the key begins as the name does, if one place allows it."""
    if "\t" in row:
        return row.split("\t")
    places = [at for at in range(1, len(row)) if row[at - 1] != "_"]
    found = [(at, key) for at in places if (key := _KEY_CELL.fullmatch(row, at))]
    first = re.split(r"[^A-Z0-9]", row.upper())[0]
    alike = [each for each in found if each[1][1].startswith(first)]
    for at, key in alike or found:
        return [row[:at], *(cell for cell in key.groups() if cell)]
    return []
