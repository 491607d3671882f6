"""Values as plain JSON data, and back: read by the annotations of their fields."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Self, Union, cast, get_args, get_origin, get_type_hints

from attrs import AttrsInstance, fields

from . import errors
from .errors import WeryAIError


class Plain:
    """A value that can be written down as JSON and read again."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, for a file or a database."""
        return {each.name: told(getattr(self, each.name)) for each in _fields(type(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The value that `to_dict` wrote down. What it does not know is passed over: a newer
        version may have written it. Raises TypeError or ValueError for anything else."""
        if not isinstance(data, Mapping):
            raise TypeError(f"{data!r:.80} is no object of JSON")
        kinds: dict[str, Any] = _kinds(cls)  # type: ignore[arg-type]
        return cls(
            **{name: _field(name, kinds[name], data[name]) for name in kinds if name in data}
        )


def told(value: Any) -> Any:
    """A value of a field as JSON data. A time is told in UTC, a path as its text."""
    if isinstance(value, Plain):
        return value.to_dict()
    if isinstance(value, WeryAIError):
        return told_error(value)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {name: told(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [told(each) for each in value]
    return value


def read(kind: Any, value: Any) -> Any:
    """The value that `told` made JSON of, for a field of this kind. Raises TypeError."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(inner, value)
    if origin is Literal:
        return _require(value in inner, value, kind)
    if origin in (tuple, list, Sequence):
        items = _require(isinstance(value, (list, tuple)), value, kind)
        kinds = inner if origin is tuple and inner[-1] is not ... else repeat(inner[0])
        return (list if origin is list else tuple)(map(read, kinds, items))
    if origin is Mapping:
        pairs = _require(isinstance(value, Mapping), value, kind)
        return {name: read(inner[1], each) for name, each in pairs.items()}
    if kind is WeryAIError:
        return _error_of(value)
    if isinstance(kind, type) and issubclass(kind, Plain):
        return kind.from_dict(value)
    return _simple(kind, value)


def told_error(error: WeryAIError) -> dict[str, Any]:
    """An error as JSON data: its class, its words, and all that it carries."""
    return {"type": type(error).__name__, "args": told(error.args), "carries": told(vars(error))}


# What errors carry that is no plain JSON, by the names of their attributes; whoever has such values
# adds them.
CARRIED: dict[str, Any] = {
    "raw": bytes,
    "sent_at": datetime,
    "paths": list[Path],
    "faults": tuple[str, ...],
    "_failures": tuple[WeryAIError, ...],
}


def _error_of(data: Mapping[str, Any]) -> WeryAIError:
    """The error that `told_error` made JSON of. Raises TypeError or ValueError."""
    _require(isinstance(data, Mapping), data, WeryAIError)
    kind = getattr(errors, str(data.get("type")), None)
    if not isinstance(kind, type) or not issubclass(kind, WeryAIError):
        raise ValueError(f"{data!r:.80} is no error of weryai")
    error = kind.__new__(kind)
    error.args = read(tuple[Any, ...], data.get("args"))
    for name, value in read(Mapping[str, Any], data.get("carries")).items():
        vars(error)[name] = read(CARRIED[name], value) if name in CARRIED else value
    return error


def _field(name: str, kind: Any, value: Any) -> Any:
    """The value of a field, which an error names."""
    try:
        return read(kind, value)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def _simple(kind: Any, value: Any) -> Any:
    if kind in READ:
        return READ[kind](_require(isinstance(value, str), value, kind))
    if kind is float and type(value) is int:
        return float(value)
    fits = kind is Any or (isinstance(value, kind) and (kind is bool or type(value) is not bool))
    return _require(fits, value, kind)


# What JSON has no kind for, by how its text is read.
READ: Mapping[Any, Callable[[str], Any]] = {
    datetime: datetime.fromisoformat,
    Path: Path,
    bytes: lambda text: text.encode("latin-1"),
}


def _one_of(kinds: Sequence[Any], value: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    for kind in kinds:
        if kind is not NoneType and get_origin(kind) is not os.PathLike:
            try:
                return read(kind, value)
            except TypeError:
                continue
    raise TypeError(f"{value!r:.80} is none of {kinds}")


def _require(fits: bool, value: Any, kind: Any) -> Any:
    if not fits:
        raise TypeError(f"{value!r:.80} is no {getattr(kind, '__name__', kind)}")
    return value


@lru_cache(maxsize=64)
def _kinds(kind: type[Any]) -> dict[str, Any]:
    """What the fields of a class hold."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]))
    return {each.name: hints[each.name] for each in _fields(kind)}


def _fields(kind: type[Any]) -> Any:
    every = fields(cast(type[AttrsInstance], kind))
    return [each for each in every if each.metadata.get("plain", True)]
