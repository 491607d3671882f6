"""What any journal promises: ours keep it, and one that does not is told."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from contract_tests.journal.sabotage import SABOTAGES, Sabotage
from contract_tests.support.memory_journal import MemoryJournal, Storage
from weryai import JournalError
from weryai.journal import Journal, PostgresJournal, SQLiteJournal
from weryai.testing import JOURNAL_PROMISES, check_journal

Make = Callable[[str], Journal]


def in_memory(kind: type[MemoryJournal] = MemoryJournal) -> Make:
    storages: defaultdict[str, Storage] = defaultdict(Storage)
    return lambda name: kind(storages[name])


@pytest.fixture(params=["SQLite", "PostgreSQL", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "memory":
        return in_memory()
    if request.param == "SQLite":
        return lambda name: SQLiteJournal(tmp_path / name)
    place: str = request.getfixturevalue("database")  # each promise asks for one name alone
    return lambda _: PostgresJournal(place, clock="caller")


@pytest.mark.parametrize("promise", JOURNAL_PROMISES)
def test_a_journal_keeps_its_promise(make: Make, promise: str) -> None:
    check_journal(make, promise)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=str)
def test_a_journal_that_does_not_keep_a_promise_is_told(sabotage: Sabotage) -> None:
    with pytest.raises(AssertionError, match=f"^1 of 1 promises .*: {sabotage.promise}: "):
        check_journal(in_memory(sabotage.journal), sabotage.promise)


def test_each_promise_was_seen_to_be_broken() -> None:
    assert {sabotage.promise for sabotage in SABOTAGES} == set(JOURNAL_PROMISES)


class Refusing(MemoryJournal):
    """It raises what no journal should, and loses uploads."""

    def settle(self, *_: object) -> None:
        raise KeyError("settle")

    def uploaded(self, *_: object) -> None:
        return None


def test_all_promises_are_tried_at_once_and_those_that_are_broken_named() -> None:
    check_journal(in_memory())
    with pytest.raises(AssertionError) as caught:
        check_journal(in_memory(Refusing))
    lines = str(caught.value).splitlines()
    assert f" of {len(JOURNAL_PROMISES)} promises of a journal are not kept: " in lines[0]
    assert "what_is_settled_is_closed_until_its_ids_are_found: KeyError: 'settle'" in lines
    assert any(line.startswith("an_upload_is_known_by_its_content") for line in lines)
    cause = caught.value.__cause__
    assert isinstance(cause, ExceptionGroup)
    assert len(cause.exceptions) == len(lines)


def test_a_promise_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is none of JOURNAL_PROMISES"):
        check_journal(in_memory(), "to_cost_nothing")


def test_each_promise_is_tried_on_a_new_journal_that_is_closed_at_the_end() -> None:
    opened, closed = list[str](), list[str]()

    class Counted(MemoryJournal):
        def close(self) -> None:
            closed.append("")
            super().close()

    make = in_memory(Counted)

    def count(name: str) -> Journal:
        opened.append(name)
        return make(name)

    check_journal(count)
    assert len(set(opened)) == len(JOURNAL_PROMISES)
    assert all(name.isidentifier() and len(name) <= 40 for name in opened)
    assert len(closed) == len(opened) > len(JOURNAL_PROMISES)


def test_it_needs_no_test_runner_and_no_assertions_of_python() -> None:
    script = """
import sys
from collections import defaultdict
from contract_tests.support.memory_journal import MemoryJournal, Storage
from weryai.testing import check_journal
storages = defaultdict(Storage)
check_journal(lambda name: MemoryJournal(storages[name]))
MemoryJournal.accept = MemoryJournal.refuse
try:
    make = lambda name: MemoryJournal(storages[name])
    check_journal(make, "what_was_accepted_is_known_by_its_ids")
except AssertionError as error:
    print("told", "pytest" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-O", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "told False\n", done.stderr


def test_an_error_of_opening_is_told_too() -> None:
    def fail(_: str) -> Journal:
        raise JournalError("the database is down")

    with pytest.raises(AssertionError, match="JournalError: the database is down"):
        check_journal(fail, JOURNAL_PROMISES[0])
