"""The parts of the generated client by operation."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from contract_tests.support.contract import OPERATIONS, request
from weryai_api import models


def module(operation: str) -> ModuleType:
    """What asks for an operation and reads its reply."""
    tag = OPERATIONS[operation]["tags"][0]
    return importlib.import_module(f"weryai_api.api.{tag}.{operation}")


def body(operation: str, data: dict[str, Any]) -> Any:
    """The model of what is sent to an operation, from plain data."""
    return getattr(models, request(operation)).from_dict(data)
