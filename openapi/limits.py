"""Writes weryai_api/limits.py: what the contract allows in the bodies and paths of requests.

A keyword that cannot be carried raises: a limit that got lost would let through what the service
refuses, and a request is paid for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import snake_case

HEAD = '''"""What the contract allows in the bodies and paths of requests, by schema and field.

A constant for each schema that a request reaches. Importing it brings neither httpx nor the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen


def _frozen(fields: Mapping[str, Limits]) -> Mapping[str, Limits]:
    return MappingProxyType(dict(fields))


@frozen(kw_only=True)
class Limits:
    """What a value must be. All of it holds at once; what is None or empty limits nothing.

    Attributes:
        kind: array, boolean, integer, null, number, object or string, as JSON Schema has them:
            5.0 is an integer, and True is none.
        enum: the values that are possible.
        least, most: of a number; both are possible.
        shortest, longest: of a string, in characters.
        pattern: a regular expression of ECMA 262 that is found somewhere in the string.
        format: what a string or number is, such as `uri`; a string of format `binary` is a file.
        fewest, most_items: of an array, how many items.
        items: of each item of an array.
        fields: of an object, by name; fields with other names are possible.
        required: of an object, the fields that it must have.
        any_of: at least one of these holds.
    """

    kind: str | None = None
    enum: tuple[str | float | bool | None, ...] = ()
    least: float | None = None
    most: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    format: str | None = None
    fewest: int | None = None
    most_items: int | None = None
    items: Limits | None = None
    fields: Mapping[str, Limits] = field(factory=dict, converter=_frozen)
    required: tuple[str, ...] = ()
    any_of: tuple[Limits, ...] = ()


'''
PLAIN = {
    "enum": "enum",
    "minimum": "least",
    "maximum": "most",
    "minLength": "shortest",
    "maxLength": "longest",
    "pattern": "pattern",
    "format": "format",
    "minItems": "fewest",
    "maxItems": "most_items",
    "required": "required",
}
ANYWHERE = {"enum", "anyOf", "oneOf"}
OF_KIND: dict[str, set[str]] = {
    "array": {"minItems", "maxItems", "items"},
    "boolean": set(),
    "integer": {"minimum", "maximum", "format"},
    "null": set(),
    "number": {"minimum", "maximum", "format"},
    "object": {"properties", "required"},
    "string": {"minLength", "maxLength", "pattern", "format"},
}
# What the checks of requests know; another would be a limit that nobody keeps.
FORMATS = {"binary", "int32", "int64", "uri"}
# Annotations, which limit nothing; so do those that begin with x-.
PROSE = {"$comment", "default", "deprecated", "description", "examples", "title"}
COMPONENT = "#/components/schemas/"

Schema = dict[str, Any]


class CannotCarryError(ValueError):
    """A request's schema says what limits.py has no word for."""


def module(contract: dict[str, Any]) -> str:
    """The text of limits.py, not yet formatted. Raises CannotCarryError."""
    constants = _Constants(contract["components"].get("schemas", {}))
    for name, body in _bodies(contract):
        for kind, media in body.get("content", {}).items():
            constants.named(f"{name}, {kind}", media.get("schema", {}))
    for name, parameter in _steps(contract):
        constants.named(f"{name}, {parameter['name']}", parameter.get("schema", {}))
    return HEAD + "".join(f"{name} = {limits}\n" for name, limits in constants.found.items())


def _bodies(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body of each operation that has one, by operationId; webhooks are others' requests."""
    for path in contract["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                if "content" not in operation["requestBody"]:
                    raise CannotCarryError(f"{operation['operationId']}: write its body out")
                yield operation["operationId"], operation["requestBody"]


def _steps(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands for a step of the path of each operation, by operationId."""
    shared = contract["components"].get("parameters", {})
    for path in contract["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                for each in [*path.get("parameters", ()), *operation.get("parameters", ())]:
                    name = each.get("$ref", "").rpartition("/")[2]
                    if name and name not in shared:
                        raise CannotCarryError(
                            f"{operation['operationId']}: {name} is no parameter"
                        )
                    parameter = shared[name] if name else each
                    if parameter["in"] == "path":
                        yield operation["operationId"], parameter


class _Constants:
    """The constants that have been made, by name, each after those that it is made of."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.found: dict[str, str] = {}
        self._schemas = schemas
        self._origins: dict[str, str] = {}

    def named(self, where: str, schema: Schema) -> str:
        """The name of the constant that a reference stands for."""
        name = str(schema.get("$ref", "")).removeprefix(COMPONENT)
        if name and name not in self._schemas:
            raise CannotCarryError(f"{where}: there is no schema {name} in components")
        if not name or _limiting(schema).keys() != {"$ref"}:
            raise CannotCarryError(f"{where}: must be a $ref to a component and nothing else")
        constant = snake_case(name).upper()
        if self._origins.setdefault(constant, name) != name:
            raise CannotCarryError(f"{name} and {self._origins[constant]} have the same constant")
        if constant not in self.found:
            self.found[constant] = ""
            limits = self._limits(name, self._schemas[name])
            del self.found[constant]  # it comes behind those that it is made of
            self.found[constant] = limits
        if not self.found[constant]:
            raise CannotCarryError(f"{where}: {name} holds itself")
        return constant

    def _limits(self, where: str, schema: Schema) -> str:
        """The expression that makes the limits of a schema."""
        if not isinstance(schema, dict):
            raise CannotCarryError(f"{where}: {schema} is no schema to carry")
        if "$ref" in schema:
            return self.named(where, schema)
        told = _one_kind(where, _limiting(schema))
        kind = told.pop("type", None)
        if lost := told.keys() - ANYWHERE - OF_KIND.get(kind, set()):
            raise CannotCarryError(f"{where}: {', '.join(sorted(lost))} of {kind or 'any type'}")
        if "oneOf" in told and not self._exclusive(told["oneOf"]):
            raise CannotCarryError(f"{where}: oneOf, where more than one can hold")
        arguments = [f"kind={kind!r}"] if kind else []
        arguments += [self._argument(where, keyword, told[keyword]) for keyword in told]
        return f"Limits({', '.join(arguments)})"

    def _argument(self, where: str, keyword: str, value: Any) -> str:
        if keyword == "items":
            return f"items={self._limits(f'{where}[]', value)}"
        if keyword == "properties":
            fields = (f"{name!r}: {self._limits(f'{where}.{name}', value[name])}" for name in value)
            return f"fields={{{', '.join(fields)}}}"
        if keyword in {"anyOf", "oneOf"}:
            return f"any_of=({''.join(f'{self._limits(where, each)}, ' for each in value)})"
        if keyword == "format" and value not in FORMATS:
            raise CannotCarryError(f"{where}: format {value}, which no check knows")
        if keyword == "pattern":
            _read_by_python(where, value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as a fault tells it
        return f"{PLAIN[keyword]}={tuple(value) if isinstance(value, list) else value!r}"

    def _exclusive(self, alternatives: list[Schema]) -> bool:
        """Whether they are of types no two of which have a value in common."""
        kinds = [self._kind(alternative) for alternative in alternatives]
        number = {"integer", "number"} <= set(kinds)
        return len(set(kinds)) == len(kinds) and set(kinds) <= OF_KIND.keys() and not number

    def _kind(self, schema: Schema) -> str:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(COMPONENT)]
        return str(schema.get("type"))


def _read_by_python(where: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise CannotCarryError(f"{where}: pattern {pattern}, for Python {error}") from error


def _limiting(schema: Schema) -> Schema:
    """Its keywords that are no annotations."""
    return {
        keyword: value
        for keyword, value in schema.items()
        if keyword not in PROSE and not keyword.startswith("x-")
    }


def _one_kind(where: str, told: Schema) -> Schema:
    """The same with each of several types as an alternative of its own; a keyword such as
    maxLength speaks of one type only."""
    kinds = told.get("type")
    if not isinstance(kinds, list):
        return told
    if {"anyOf", "oneOf"} & told.keys():
        raise CannotCarryError(f"{where}: several types beside anyOf or oneOf")
    own = {keyword for kind in kinds for keyword in OF_KIND.get(kind, ())}
    rest = {keyword: value for keyword, value in told.items() if keyword not in {"type", *own}}
    alternatives = [
        {"type": kind, **{key: told[key] for key in told if key in OF_KIND.get(kind, ())}}
        for kind in kinds
    ]
    return {**rest, "anyOf": alternatives}
