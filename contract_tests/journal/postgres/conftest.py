"""Journals in a PostgreSQL database, each test with tables of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from contract_tests.support.servers.postgres import PostgresServer
from weryai.journal import PostgresJournal


@pytest.fixture
def dsn(postgres: PostgresServer) -> str:
    """The address of a journal that is made when it is first opened."""
    return postgres.dsn(f"s_{secrets.token_hex(6)}")


@pytest.fixture
def journal(dsn: str) -> Iterator[PostgresJournal]:
    journal = PostgresJournal(dsn)
    yield journal
    journal.close()


@pytest.fixture
def other(dsn: str) -> Iterator[PostgresJournal]:
    """The same journal, as another process opens it."""
    other = PostgresJournal(dsn)
    yield other
    other.close()
