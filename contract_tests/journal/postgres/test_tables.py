"""The tables of a journal in PostgreSQL: made once, of one version, and nobody else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import psycopg
import pytest

from contract_tests.support.servers.postgres import PostgresServer
from weryai import JournalError
from weryai.journal import PostgresJournal

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"


def schema_of(dsn: str) -> str:
    (schema,) = re.findall(r"s_\w+", dsn)
    return str(schema)


def test_a_journal_of_a_newer_weryai_is_refused_and_left_as_it_is(
    dsn: str, postgres: PostgresServer
) -> None:
    PostgresJournal(dsn).close()
    version = f"{schema_of(dsn)}.weryai_journal"
    postgres.run(f"UPDATE {version} SET version = 99")
    with pytest.raises(JournalError, match=r"newer weryai .its version 99, ours \d+.: upgrade"):
        PostgresJournal(dsn)
    assert postgres.run(f"SELECT version FROM {version}") == [(99,)]


def test_tables_of_something_else_are_left_as_they_are(dsn: str, postgres: PostgresServer) -> None:
    schema = schema_of(dsn)
    postgres.run(f"CREATE TABLE {schema}.videos (title text)")
    with pytest.raises(JournalError, match=r"has tables of something else .*videos.*: give a data"):
        PostgresJournal(dsn)
    left = postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = %s", schema)
    assert left == [("videos",)]


def test_a_schema_that_is_not_there_is_told(postgres: PostgresServer) -> None:
    with pytest.raises(JournalError, match="cannot be used: no schema has been selected"):
        PostgresJournal(postgres.address(options="-csearch_path=nowhere"))


def test_a_database_that_does_not_take_every_text_is_refused(postgres: PostgresServer) -> None:
    postgres.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(JournalError, match="keeps texts as LATIN1: give a database of encoding"):
        PostgresJournal(postgres.address(dbname="latin"))


def test_journals_of_one_database_have_claims_of_their_own(postgres: PostgresServer) -> None:
    one, two = (PostgresJournal(postgres.dsn(f"apart_{each}")) for each in "ab")
    one.begin("a", URL, {}, NOW)
    two.begin("a", URL, {}, NOW)
    one.doubt("a", "lost")
    states = [entry.state for journal in (one, two) for entry in journal.entries()]
    assert states == ["unknown", "sending"]
    one.close()
    two.close()


def test_a_journal_that_was_replaced_while_it_was_open_is_written_to_no_more(
    dsn: str, postgres: PostgresServer
) -> None:
    journal = PostgresJournal(dsn)
    schema = schema_of(dsn)
    postgres.end_sessions()
    postgres.run(f"DROP SCHEMA {schema} CASCADE")
    postgres.dsn(schema)
    PostgresJournal(dsn).close()
    with pytest.raises(JournalError, match="is another journal than it was when it was opened"):
        journal.begin("a", URL, {}, NOW)
    journal.close()


def test_texts_sort_by_their_bytes_whatever_the_language(dsn: str) -> None:
    PostgresJournal(dsn).close()
    with psycopg.connect(dsn) as db:
        found = db.execute(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE table_name = 'entries' AND column_name = 'sent_at'"
            " AND table_schema = current_schema()"
        ).fetchone()
    assert found == ("C",)
