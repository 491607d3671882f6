"""A request of each paid operation, for rules that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual
from weryai.journal import PostgresJournal, SQLiteJournal

Kept = SQLiteJournal | PostgresJournal


@pytest.fixture(params=PAID)
def operation(request: pytest.FixtureRequest) -> str:
    """The operationId of this run."""
    name: str = request.param
    return name


@pytest.fixture
def asked(operation: str) -> Any:
    """The usual request of this run's operation, whose images are addresses."""
    return usual(operation)


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """A journal in a file, and one in a database."""
    journal: Kept
    if request.param == "sqlite":
        journal = SQLiteJournal(request.getfixturevalue("journal_file"))
    else:
        journal = PostgresJournal(request.getfixturevalue("database"), clock="caller")
    yield journal
    journal.close()
