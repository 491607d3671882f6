"""Tests that use the tables of an earlier one know nothing of it, and it can do nothing to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contract_tests.support.journals import only
from contract_tests.support.servers.postgres import PostgresServer
from weryai import Job, JournalError, Limits, Task, Video
from weryai.journal import PostgresJournal, Turn

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"
JOB = Job(["task_a"], submitted_at=NOW)
TURN = Turn(Limits(running=1, interval=60))
NUMBERS = "SELECT last_value FROM pg_sequences WHERE schemaname = %s"
TABLES = "SELECT oid FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"


@pytest.fixture
def earlier(database: str) -> PostgresJournal:
    """What a test leaves that closes nothing: rows, a claim, and a transaction that goes on."""
    journal = PostgresJournal(database)
    for name in "ab":
        journal.begin(name, URL, {}, NOW, turn=TURN)
    journal.accept("a", JOB)
    journal.note("a", [Task("task_a", "succeed", (Video("https://e.com/a.mp4", "task_a"),))])
    tables: Any = journal._db
    tables._open.execute("BEGIN")
    tables._open.execute("UPDATE entries SET reason = 'of an earlier test'")
    return journal


def test_an_emptied_journal_is_as_a_new_one(
    earlier: PostgresJournal, postgres: PostgresServer
) -> None:
    schema = postgres.emptied()
    with pytest.raises(JournalError, match="is another journal than it was when it was opened"):
        earlier.begin("c", URL, {}, NOW)
    earlier.close()
    assert {*postgres.run(NUMBERS, schema)} == {(None,)}
    journal = PostgresJournal(postgres.url(schema))
    assert [*journal.entries()] == []
    assert not any(journal.counts().values())
    assert journal.begin("b", URL, {}, NOW, turn=TURN) is None, "nobody has had a turn"
    assert only(journal).held
    journal.close()


def test_tables_that_are_there_are_not_made_anew(postgres: PostgresServer) -> None:
    made = list[set[object]]()
    for _ in range(2):
        schema = postgres.emptied()
        PostgresJournal(postgres.url(schema)).close()
        made.append({*postgres.run(TABLES, schema)})
    assert made[0] == made[1] != set()
