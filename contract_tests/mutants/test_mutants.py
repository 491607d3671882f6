"""The table of planted faults fits the tree, and its runner tells the dead from the living."""

from __future__ import annotations

import re
import symtable
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.mutants import running
from contract_tests.mutants.running import ROOT, ask, guards, judge
from contract_tests.mutants.table import EACH_REQUEST, TABLE, DoesNotApplyError, Mutant, load
from contract_tests.mutants.witness import WRONG_TREE
from contract_tests.support.contract import PAID, request

MUTANTS = load()
ROOMS = sorted(file.stem for file in TABLE.glob("*.toml"))
MakeTree = Callable[[str], Path]


def mutant(**given: Any) -> Mutant:
    """A fault of the small tree; what a test does not care about is filled in."""
    usual = {"name": "x", "room": "public", "breaks": "", "tests": ["test_it.py"]}
    place = {"file": "wrapper/weryai/__init__.py", "find": "VALUE = 1", "replace": "VALUE = 2"}
    return Mutant(**usual | place | given)


@pytest.fixture
def small(tmp_path: Path) -> MakeTree:
    """Make a tree with two packages of one module, the witness, and one test."""

    def make(test: str) -> Path:
        tree = tmp_path / "tree"
        for package in ("wrapper/weryai", "generated_client/weryai_api", "contract_tests/mutants"):
            (tree / package).mkdir(parents=True)
            (tree / package / "__init__.py").write_text("VALUE = 1\n")
        tests = tree / "contract_tests"
        (tests / "__init__.py").touch()
        (tests / "mutants" / "witness.py").write_text(
            (Path(running.__file__).parent / "witness.py").read_text()
        )
        (tests / "test_it.py").write_text(f"import weryai\n\n\ndef test_it():\n    {test}\n")
        return tree

    return make


# The table


@pytest.mark.parametrize("room", ROOMS)
def test_each_mutant_can_still_be_planted(room: str) -> None:
    wrong = dict[str, str]()
    for each in (each for each in MUTANTS if each.room == room):
        try:
            faulty = each.planted((ROOT / each.file).read_text())
            if each.file.endswith(".py"):
                symtable.symtable(faulty, each.file, "exec")  # half of what a tree of nodes takes
        except (DoesNotApplyError, SyntaxError) as error:
            wrong[each.name] = str(error)
    assert wrong == {}


def test_there_are_many_in_every_room_and_each_says_what_it_breaks() -> None:
    assert len(MUTANTS) >= 60
    rooms = [each.room for each in MUTANTS]
    assert min(map(rooms.count, ROOMS)) >= 10
    assert all(re.fullmatch(r"[a-zA-Z0-9-]{8,}", each.name) and each.breaks for each in MUTANTS)
    changes = [evolve(each, name="", room="", breaks="", tests=()) for each in MUTANTS]
    assert [each for number, each in enumerate(changes) if each in changes[:number]] == []


def test_a_fault_of_each_request_is_planted_for_each_paid_operation() -> None:
    rows = [
        each for file in TABLE.glob("*.toml") for each in tomllib.loads(file.read_text()).items()
    ]
    shared = [name for name, row in rows if EACH_REQUEST in row.get("at", [])]
    assert shared
    for name in shared:
        planted = [each.at[2] for each in MUTANTS if each.name.startswith(f"{name}-of-")]
        assert planted == [*map(request, PAID)]


def test_each_test_that_is_asked_is_there() -> None:
    for asked in {asked for each in MUTANTS for asked in guards(each)}:
        file, _, test = asked.partition("::")
        assert f"def {test}" in (ROOT / "contract_tests" / file).read_text()
    for pattern in {asked for each in MUTANTS for asked in each.tests}:
        assert guards(mutant(tests=[pattern])), f"no file of tests is a {pattern}"
    assert [each.name for each in MUTANTS if not each.tests] == []


def test_each_fault_of_the_wrapper_is_in_the_table_of_its_folder() -> None:
    rooms = {"testing": "simulator", "cli": "commands", "": "public"}
    for each in MUTANTS:
        if each.file.startswith("wrapper/"):
            folder = each.file.removeprefix("wrapper/weryai/").rpartition("/")[0].partition("/")[0]
            assert each.room == rooms.get(folder, folder.removeprefix("_")), each.name


def test_what_no_built_in_check_sees_is_planted() -> None:
    planted = {each.name for each in MUTANTS if each.escapes}
    assert {
        "valid-input-is-refused-inside-a-200",
        "a-task-is-lost-after-its-submission",
        "four-videos-are-three-tasks",
        "a-task-is-in-an-unknown-state",
        "a-state-goes-back",
        "a-task-that-has-ended-runs-again",
        "a-task-that-succeeded-fails-later",
        "a-body-that-is-refused-is-charged",
    } <= planted


# The runner


def test_a_fault_that_is_not_there_as_often_as_said_is_not_planted() -> None:
    for text in ("", "VALUE = 1; VALUE = 1"):
        with pytest.raises(DoesNotApplyError, match="times, not 1"):
            mutant().planted(text)
    with pytest.raises(DoesNotApplyError, match="changes nothing"):
        mutant(replace="VALUE = 1").planted("VALUE = 1")


def test_a_fault_is_planted_under_one_definition_alone_where_others_read_the_same() -> None:
    text = "ONE = f(\n    size=1,\n)\nTWO = f(\n    size=1,\n\n    more=2,\n)\n"
    planted = mutant(find="size=1", replace="size=2", under="TWO =").planted(text)
    assert planted == "size=2".join(text.rsplit("size=1", 1))
    for wrong in ({"find": "size=1", "under": "THREE ="}, {"find": "ONE", "under": "TWO ="}):
        with pytest.raises(DoesNotApplyError):
            mutant(replace="", **wrong).planted(text)


def test_a_fault_that_a_test_sees_is_killed_by_it_and_the_tree_stays_whole(small: MakeTree) -> None:
    tree = small("assert weryai.VALUE == 1")
    assert ask(tree, "test_it.py").killers == ()
    assert judge(mutant(), tree).outcome.killers == ("test_it.py::test_it",)
    assert (tree / "wrapper/weryai/__init__.py").read_text() == "VALUE = 1\n"


def test_a_fault_that_none_of_its_own_tests_sees_has_survived(small: MakeTree) -> None:
    tree = small("assert weryai")
    other = "import weryai\n\n\ndef test_other():\n    assert weryai.VALUE == 1\n"
    (tree / "contract_tests" / "test_other.py").write_text(other)
    assert judge(mutant(tests=["test_other.py"]), tree).died
    verdict = judge(mutant(), tree)
    assert not verdict.died
    assert verdict.outcome.trouble == ""


def test_a_fault_that_hangs_is_killed_and_that_is_said(
    small: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SECONDS", 1)
    tree = small("import time; time.sleep(600 * (weryai.VALUE == 2))")
    assert judge(mutant(), tree).outcome.killers == ("test_it.py (timeout)",)


def test_a_fault_that_ends_the_tests_is_killed_by_what_had_failed_before(small: MakeTree) -> None:
    ended = "def test_on():\n    import os; os.kill(os.getpid(), 15 * (weryai.VALUE == 2))"
    dead = small(f"assert weryai.VALUE == 1\n\n\n{ended}")
    assert judge(mutant(), dead).outcome.killers == ("test_it.py::test_it",)


def test_a_fault_that_ends_the_tests_before_any_has_failed_proves_nothing(small: MakeTree) -> None:
    verdict = judge(mutant(), small("import os; os.kill(os.getpid(), 15 * (weryai.VALUE == 2))"))
    assert not verdict.died
    assert "ended with -15" in verdict.outcome.trouble


def test_a_fault_with_which_nothing_runs_proves_nothing(small: MakeTree) -> None:
    tree = small("assert weryai")
    for broken in (mutant(replace="VALUE ="), mutant(file="gone.py"), mutant(find="gone")):
        verdict = judge(broken, tree)
        assert not verdict.died
        assert verdict.outcome.trouble


def test_a_run_that_would_test_another_tree_is_stopped(small: MakeTree) -> None:
    tree = small("assert weryai")
    for package in ("wrapper", "generated_client"):
        (tree / package).rename(tree / f"{package}-gone")
    assert f"ended with {WRONG_TREE}" in ask(tree, "test_it.py").trouble
