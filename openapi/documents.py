"""YAML as plain data."""

from __future__ import annotations

from typing import Any

import yaml

# The one in C is ten times as fast, but not every build of PyYAML has it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """What a document says. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 # a safe one
