"""What is public: names, errors, the same of both clients, and what of it the contract says."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import attrs
import pytest

import weryai
import weryai.batch
import weryai.journal
import weryai.report
import weryai.testing
from contract_tests.house import public_surface
from contract_tests.support.contract import PAID, SCHEMAS
from weryai import AsyncWeryAI, MultiImageToVideo, WeryAI, WeryAIError, _states, errors
from weryai.journal import Entry
from weryai.testing import REFUSALS, Simulator

ROOT = Path(__file__).parents[2]
WRAPPER = Path(weryai.__file__).parent


def test_every_module_is_private_but_those_that_users_import_from() -> None:
    public = {"__init__", "errors", "journal", "requests", "results", "webhooks"}
    assert {file.stem for file in WRAPPER.glob("*.py") if file.stem not in public} == {
        file.stem for file in WRAPPER.glob("_*.py") if file.stem != "__init__"
    }


@pytest.mark.parametrize("module", [weryai, weryai.report, weryai.testing])
def test_the_public_names_are_sorted_and_complete(module: Any) -> None:
    order = sorted(module.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert order == list(module.__all__)
    assert {name for _, name in imported(module)} == set(module.__all__)


def imported(module: Any) -> list[tuple[str, str]]:
    """What a package imports as its public names, for a type checker at least, and from where."""
    tree = ast.parse(Path(module.__file__).read_text())
    return [
        (f".{node.module or ''}", alias.asname or alias.name)
        for statement in tree.body
        for node in (statement.body if isinstance(statement, ast.Try | ast.If) else [statement])
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    ]


@pytest.mark.parametrize("module", [weryai, weryai.testing])
def test_what_is_loaded_when_it_is_first_used_is_what_a_type_checker_sees(module: Any) -> None:
    for home, name in imported(module):
        assert getattr(module, name) is getattr(import_module(home, module.__name__), name)
    assert dir(module) == sorted(module.__all__)
    for name in ("WeryAi", "AsyncIO", "testing_"):
        with pytest.raises(AttributeError, match=name):
            getattr(module, name)


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert weryai.__version__ == project["version"], "wrapper/weryai/_version.py follows it"


def test_every_error_is_public_and_drawn_in_the_tree() -> None:
    tree = {WeryAIError, *subclasses(WeryAIError)}
    ours = {kind.__name__ for kind in tree if kind.__module__ == "weryai.errors"}
    names = {name for name in ours if not name.startswith("_")}
    assert names == {name for name in weryai.__all__ if name.endswith("Error")}
    assert errors.__doc__ is not None
    assert names == set(re.findall(r"\w+Error\b", errors.__doc__))


def subclasses(kind: type) -> set[type]:
    found: set[type] = set(kind.__subclasses__())
    return found.union(*map(subclasses, found))


def test_each_section_of_a_docstring_is_a_block_of_its_own() -> None:
    """What stands behind `Raises:` in its line is words to the site, and no link to an error."""
    inline = re.compile(r"^ *(?:Parameters|Attributes|Returns|Yields|Raises): .*", re.MULTILINE)
    several = re.compile(r"^ +[A-Z]\w+Error(?:, [A-Z]\w+Error)+(?:: .*|\.)$", re.MULTILINE)
    texts = {path.name: path.read_text() for path in WRAPPER.rglob("*.py")}
    found = [
        f"{name}: {match[0].strip()}"
        for name, text in texts.items()
        for match in [*inline.finditer(text), *several.finditer(text)]
    ]
    assert found == []


def test_both_clients_have_the_same_names_parameters_and_docstrings() -> None:
    def surface(kind: type) -> dict[str, Any]:
        return {name: value for name, value in vars(kind).items() if not name.startswith("_")}

    sync, other = surface(WeryAI), surface(AsyncWeryAI)
    assert list(sync) == list(other)
    for name in sync:
        assert sync[name].__doc__
        assert f"WeryAI.{name}" in other[name].__doc__ or name == "close"
        if inspect.isfunction(sync[name]):
            blocks, awaits = (str(inspect.signature(each[name])) for each in (sync, other))
            iterates = "AsyncIterator" in awaits
            assert blocks == awaits.replace("AsyncIterator", "Iterator")
            assert inspect.iscoroutinefunction(other[name]) != iterates
    one, two = inspect.signature(WeryAI).parameters, inspect.signature(AsyncWeryAI).parameters
    assert list(one) == list(two)
    assert all(one[name].default == two[name].default for name in one)


def test_every_paid_operation_can_be_asked_for_by_a_class_of_requests() -> None:
    assert set(weryai.REQUESTS) == set(PAID), "wrapper/weryai/_service/endpoints.py: ENDPOINTS"
    assert len(set(weryai.REQUESTS.values())) == len(PAID)


def test_every_field_of_the_request_can_be_given() -> None:
    in_contract = set(SCHEMAS["MultiImageToVideoRequest"]["properties"])
    in_python = {field.name for field in attrs.fields(MultiImageToVideo)}
    assert in_contract ^ in_python == set(), "wrapper/weryai/requests/_videos.py: MultiImageToVideo"


def test_the_states_are_those_of_the_contract() -> None:
    known = SCHEMAS["KnownTaskStatus"]["enum"]
    untold = {spelled.lower() for spelled in known} ^ set(_states.STATES)
    assert untold == set(), "wrapper/weryai/_states.py: STATES says what each comes to"


def test_the_codes_are_those_of_the_contract() -> None:
    from weryai._service import refusals

    described = SCHEMAS["BusinessError"]["description"]
    codes = {int(code) for code in re.findall(r"\b\d{4}\b", described)} | set(range(6001, 6005))
    assert codes == set(refusals.CODES) - {429}
    assert codes == set(REFUSALS.values())


@pytest.mark.usefixtures("quick_videos")
def test_every_public_name_is_used_in_the_typed_example(tmp_path: Path) -> None:
    text = (ROOT / "contract_tests" / "house" / "public_surface.py").read_text()
    used = text[text.index("def request(") :]
    public = (weryai, weryai.batch, weryai.journal, weryai.report, weryai.testing)
    # A class of requests is typed as its siblings are: one of them stands for all.
    siblings = {kind.__name__ for kind in weryai.REQUESTS.values()} - {"MultiImageToVideo"}
    for name in {name for module in public for name in module.__all__} - siblings:
        assert re.search(rf"\b{name}\b", used), f"{name}: use it in public_surface.py"
    for kind in (WeryAI, AsyncWeryAI, Simulator, Entry):
        for name in (name for base in kind.__mro__[:-1] for name in vars(base)):
            shown = name.startswith("_") or name == "close" or f".{name}" in used
            assert shown, f"{name}: use it in public_surface.py"
    assert public_surface.tour(tmp_path)[0].credits == 20
    assert anyio.run(public_surface.tour_async, tmp_path)[0].exists()
    assert public_surface.recorded(tmp_path) == 7
