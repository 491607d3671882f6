"""Whether a value keeps one keyword of a schema, of those that have no schemas in them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from jsonschema_rs import Draft202012Validator

Test = Callable[[Any], bool]


def _is(*kinds: type) -> Test:
    return lambda value: isinstance(value, kinds)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


TYPES: dict[str, Test] = {
    "array": _is(list),
    "boolean": _is(bool),
    "integer": _is_integer,
    "null": _is(type(None)),
    "number": _is_number,
    "object": _is(dict),
    "string": _is(str),
}
# The values that a format, and each other keyword, says anything about.
FORMATS: dict[str, Test] = {"binary": _is(str), "int64": _is_integer, "uri": _is(str)}
SCOPES: dict[str, Test] = {
    "const": _is(object),
    "enum": _is(object),
    "exclusiveMaximum": _is_number,
    "exclusiveMinimum": _is_number,
    "format": _is(object),
    "maxItems": _is(list),
    "maxLength": _is(str),
    "maximum": _is_number,
    "minItems": _is(list),
    "minLength": _is(str),
    "minimum": _is_number,
    "pattern": _is(str),
    "required": _is(dict),
    "type": _is(object),
}
# What these say of an array or an object depends on what is in it.
SIZES = {"maxItems", "minItems", "required"}


def countable(keyword: str, wanted: Any) -> Any:
    """The value of a keyword.

    Raises:
        ValueError: nobody has said here yet what keeps it.
    """
    values = {"enum": wanted, "const": [wanted]}.get(keyword, [])
    known = wanted in FORMATS if keyword == "format" else keyword in SCOPES
    if not known or any(isinstance(value, list | dict) for value in values):
        raise ValueError(f"say in coverage/keywords.py what keeps {keyword}: {wanted}")
    return wanted


def keeps(keyword: str, wanted: Any, value: Any) -> bool | None:
    """Whether a value keeps a keyword; None where that says nothing of such a value."""
    if not SCOPES[keyword](value) or (keyword == "format" and not FORMATS[wanted](value)):
        return None
    match keyword:
        case "type":
            return any(TYPES[name](value) for name in listed(wanted))
        case "required":
            return all(name in value for name in wanted)
        case "minItems":
            return len(value) >= int(wanted)
        case "maxItems":
            return len(value) <= int(wanted)
        case "format" if wanted == "int64":
            return bool(-(2**63) <= value < 2**63)
    return not isinstance(value, dict | list) and fits(keyword, wanted, value)


def fits(keyword: str, wanted: Any, value: Any) -> bool | None:
    """What a validator says of a scalar; None for a text that is not Unicode."""
    try:
        return _validator(keyword, json.dumps(wanted)).is_valid(value)
    except UnicodeEncodeError:
        return None


@functools.cache
def _validator(keyword: str, wanted: str) -> Draft202012Validator:
    return Draft202012Validator({keyword: json.loads(wanted)}, validate_formats=True)


def listed(names: str | list[str]) -> list[str]:
    """The types of a schema, which may be one."""
    return [names] if isinstance(names, str) else names
