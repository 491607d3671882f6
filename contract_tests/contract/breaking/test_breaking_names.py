"""What `make breaking` promises: a Python name that changed for its users is found and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import weryai
from contract_tests.contract.breaking.changes_in_process import (
    API,
    BREAKING,
    CLIENT,
    COMPATIBLE,
    INIT,
    LIBRARY,
    MODEL,
    RESULTS,
    ROOT,
    SIMULATOR,
    UNKNOWN,
    changed,
    names,
    operations,
    surface,
    write,
)
from contract_tests.support.contract import CONTRACT
from weryai import testing


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found: dict[str, Any] = names.read(write(tmp_path_factory.mktemp("old"), LIBRARY))
    return found


PYTHON: dict[str, tuple[str, str, str, str]] = {
    "weryai lonely: gone": (BREAKING, INIT, "def lonely", "def _lonely"),
    "weryai Client.send: gone": (BREAKING, CLIENT, "def send", "def post"),
    "weryai Client.send(size): now required": (BREAKING, CLIENT, "size: int = 0", "size: int"),
    "weryai Client.send(to): new and required": (
        BREAKING, CLIENT, "size: int", "to: int, size: int"
    ),
    "weryai Client.send(size): moved": (BREAKING, CLIENT, "size: int", "to: int = 0, size: int"),
    "weryai Client.send(size): by name only": (BREAKING, CLIENT, "size: int", "*, size: int"),
    "weryai Client.send(size): gone": (BREAKING, CLIENT, ", size: int = 0", ""),
    "weryai Client.send(size): default 1, was 0": (
        BREAKING, CLIENT, "size: int = 0", "size: int = 1"
    ),
    "weryai Client(timeout): default 60.0, was 30.0": (BREAKING, CLIENT, "30.0", "60.0"),
    "weryai Client.send(source): type str, was bytes | str": (
        BREAKING, CLIENT, "str | bytes", "str"
    ),
    "weryai Client.send: type int | str, was int": (BREAKING, CLIENT, ") -> int", ") -> int | str"),
    "weryai Client.wait: function, was async function": (BREAKING, CLIENT, "async def", "def"),
    "weryai Client.name: function, was property": (BREAKING, CLIENT, "@property", ""),
    "weryai Task: gone": (BREAKING, RESULTS, "class Task", "class Job"),
    "weryai results.Special: is no Base any more": (BREAKING, RESULTS, "l(Base)", "l(Exception)"),
    "weryai Task(size): new and required": (BREAKING, RESULTS, "id: str", "id: str; size: int"),
    "weryai Task(state): now required": (BREAKING, RESULTS, ' = "new"', ""),
    "weryai testing.Simulator.play: gone": (BREAKING, SIMULATOR, "def play", "def run"),
    "weryai_api models.Purse.note: gone": (BREAKING, MODEL, "note:", "words:"),
    "weryai_api api.account.sync(page): new and required": (
        BREAKING, API, "client: object", "client: object, page: int"
    ),
    "weryai Task.id: type None | str, was str": (UNKNOWN, RESULTS, "id: str", "id: str | None"),
    "weryai_api models.Purse.note: type bytes, was None | str": (
        UNKNOWN, MODEL, "None | str", "bytes"
    ),
    "weryai_api models.Purse.note: type str, was None | str": (
        COMPATIBLE, MODEL, "None | str", "str"
    ),
    "weryai Client.send(to): new": (
        COMPATIBLE, CLIENT, "size: int = 0", "size: int = 0, to: int = 0"
    ),
    "weryai Client.send(source): type bytes | int | str, was bytes | str": (
        COMPATIBLE, CLIENT, "str | bytes", "str | bytes | int"
    ),
    "weryai Client.wait: type Never, was Never | None": (
        COMPATIBLE, CLIENT, "Never | None", "Never"
    ),
    "weryai Client.shown: new": (COMPATIBLE, CLIENT, "def _hidden", "def shown"),
}  # fmt: skip


@pytest.mark.parametrize("what", PYTHON)
def test_a_changed_python_name_is_found(library: dict[str, Any], tmp_path: Path, what: str) -> None:
    level, *change = PYTHON[what]
    found = surface.compare(library, names.read(changed(tmp_path, *change)))
    assert (level, what) in {(each.level, f"{each.subject} {each}") for each in found}
    assert level == BREAKING or {each.level for each in found} == {level}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (CLIENT, "def _hidden", "def _secret"),
        (CLIENT, "class Client:", 'class Client:\n            """Words."""'),
        (CLIENT, "source: Source", "source: str | bytes"),
        (CLIENT, "float = LIMIT", "float = 30.0"),
        (CLIENT, "float = LIMIT", "float = _config.LIMIT"),
        ("wrapper/weryai/cli/__init__.py", "def main", "def run"),
        (API, "def _get_kwargs", "def _kwargs"),
        (RESULTS, "Plain(_Inner)", "Plain(Exception)"),
    ],
)
def test_what_is_private_or_only_said_otherwise_is_nothing(
    library: dict[str, Any], tmp_path: Path, file: str, old: str, new: str
) -> None:
    assert surface.compare(library, names.read(changed(tmp_path, file, old, new))) == []


def test_a_class_that_comes_or_goes_is_told_without_what_it_has(
    library: dict[str, Any], tmp_path: Path
) -> None:
    other = names.read(changed(tmp_path, CLIENT, "class Client", "class Other"))
    assert [str(each) for each in surface.compare(library, other)] == ["Client: gone"]
    assert [str(each) for each in surface.compare(other, library)] == ["Client: new"]


def test_the_projects_own_names_are_all_seen() -> None:
    seen = names.read(ROOT)
    public = {f"weryai.{name}" for name in weryai.__all__}
    public |= {f"weryai.testing.{name}" for name in testing.__all__}
    assert public <= seen.keys()
    for operation in operations.operations(CONTRACT):
        module = f"weryai_api.api.{operation.tag}.{operation.name}"
        assert operation.webhook or {f"{module}.sync", f"{module}.asyncio"} <= seen.keys()
    assert {f"weryai_api.models.{name}" for name in operations.classes(CONTRACT)} <= seen.keys()
