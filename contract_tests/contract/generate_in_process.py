"""openapi/generate.py in process."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from typing import Any

from contract_tests.support.contract import OPENAPI

if str(OPENAPI) not in sys.path:
    sys.path.append(str(OPENAPI))  # its scripts find each other there
generator: Any = importlib.import_module("generate")


def generate(*arguments: object) -> tuple[int, str]:
    """How it ended, and what it said on stderr."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            return generator.main([*map(str, arguments)]), said.getvalue()
        except SystemExit as ended:
            return 1, str(ended)
