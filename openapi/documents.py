"""YAML as plain data, and the contract in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
PARTS = ("paths", "components")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The one in C is ten times as fast, but not every build of PyYAML has it. Of a key that stands
    twice both would take the last, and what stood first were lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        keys = set[tuple[str, str]]()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and (key.tag, key.value) in keys:
                raise yaml.MarkedYAMLError(
                    problem=f'"{key.value}" stands twice in one place', problem_mark=key.start_mark
                )
            keys.add((key.tag, str(key.value)))
        return super().construct_mapping(node, deep)


class UnreadableError(ValueError):
    """A contract that nothing can be made of, and where."""


def read(text: str) -> Any:
    """What a document says. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 # a safe one


def load(path: Path) -> dict[str, Any]:
    """The contract in a file, of which at least the operations can be found; `make valid` looks at
    all the rest. Raises UnreadableError."""
    try:
        found = read(path.read_text())
    except (OSError, UnicodeError) as error:
        raise UnreadableError(f"{path.name} cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UnreadableError(f"{path.name}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise UnreadableError(f"{path.name}: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(found.get(each), dict) for each in PARTS):
        raise UnreadableError(f"{path.name} is no contract: it needs {' and '.join(PARTS)}")
    for step, item in found["paths"].items():
        for method in METHODS & item.keys():
            if "operationId" not in item[method]:
                told = f"{method.upper()} {step} has no operationId, after which its code is named"
                raise UnreadableError(f"{path.name}: {told}")
    return found
