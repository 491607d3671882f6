"""openapi/breaking.py in process; a contract and a small library to change."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contract_tests.support.contract import CONTRACT, OPENAPI

ROOT = OPENAPI.parent
if str(OPENAPI) not in sys.path:
    sys.path.append(str(OPENAPI))  # its scripts and their packages find each other there
breaking: Any = importlib.import_module("breaking")
names: Any = importlib.import_module("changes.names")
operations: Any = importlib.import_module("changes.operations")
surface: Any = importlib.import_module("changes.surface")
Finding: Any = importlib.import_module("changes.findings").Finding
DOCS, COMPATIBLE, UNKNOWN, BREAKING = importlib.import_module("changes.findings").LEVELS

Doc = dict[str, Any]
Change = Callable[[Doc], object]
JSON = json.dumps(CONTRACT)

SUBMIT = "/v1/generation/multi-image-to-video"
STATUS = "/v1/generation/{task_id}/status"
BALANCE = "/v1/generation/balance"
UPLOAD = "/v1/generation/upload-file"


def compared(change: Change) -> list[Any]:
    """The findings for the contract with one change."""
    new = json.loads(JSON)
    change(new)
    found: list[Any] = operations.compare(CONTRACT, new)[0]
    return found


def schema(doc: Doc, name: str) -> Doc:
    found: Doc = doc["components"]["schemas"][name]
    return found


def fields(doc: Doc, name: str) -> Doc:
    found: Doc = schema(doc, name)["properties"]
    return found


def operation(doc: Doc, path: str) -> Doc:
    found: Doc = next(iter(doc["paths"][path].values()))
    return found


def request(doc: Doc) -> Doc:
    return schema(doc, "MultiImageToVideoRequest")


def asked(doc: Doc) -> Doc:
    return fields(doc, "MultiImageToVideoRequest")


LIBRARY = {
    "wrapper/weryai/__init__.py": """
        from ._client import Client
        from .results import Task
        __all__ = ["Client", "Task", "lonely"]
        def lonely(text: str, times: int = 1) -> str: ...
        """,
    "wrapper/weryai/_client.py": """
        from . import _config
        LIMIT = 30.0
        Source = str | bytes
        class Client:
            def __init__(self, key: str | None = None, *, timeout: float = LIMIT) -> None: ...
            def send(self, source: Source, size: int = 0) -> int: ...
            async def wait(self) -> Never | None: ...
            @property
            def name(self) -> str: ...
            def _hidden(self) -> None: ...
        """,
    "wrapper/weryai/_config.py": "LIMIT = 30.0",
    "wrapper/weryai/results.py": """
        from attrs import field, frozen
        class Base(Exception): ...
        class Special(Base): ...
        class _Inner(Exception): ...
        class Plain(_Inner): ...
        @frozen
        class Task:
            id: str
            state: str = "new"
            videos: tuple[str, ...] = field(factory=tuple)
        """,
    "wrapper/weryai/testing/__init__.py": """
        from ._sim import Simulator
        __all__ = ["Simulator"]
        """,
    "wrapper/weryai/testing/_sim.py": """
        class Simulator:
            def play(self, script: str) -> None: ...
        """,
    "wrapper/weryai/cli/__init__.py": "def main() -> None: ...",
    "generated_client/weryai_api/__init__.py": "",
    "generated_client/weryai_api/models/__init__.py": """
        from .purse import Purse
        __all__ = ("Purse",)
        """,
    "generated_client/weryai_api/models/purse.py": """
        from attrs import define as _attrs_define
        @_attrs_define
        class Purse:
            balance: float
            note: None | str
        """,
    "generated_client/weryai_api/api/__init__.py": "",
    "generated_client/weryai_api/api/account.py": """
        def sync(*, client: object) -> int | None: ...
        def _get_kwargs() -> None: ...
        """,
}
CLIENT, RESULTS = "wrapper/weryai/_client.py", "wrapper/weryai/results.py"
MODEL = "generated_client/weryai_api/models/purse.py"
API = "generated_client/weryai_api/api/account.py"
INIT, SIMULATOR = "wrapper/weryai/__init__.py", "wrapper/weryai/testing/_sim.py"


def write(root: Path, library: dict[str, str]) -> Path:
    for name, text in library.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(re.sub(r"^ {8}", "", line) for line in text.splitlines()))
    return root


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    assert old in LIBRARY[file]
    return write(tmp_path, LIBRARY | {file: LIBRARY[file].replace(old, new)})
