"""What a journal says where its database is not to be had: in one line, without the password."""

from __future__ import annotations

import secrets
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.journals import only
from contract_tests.support.requests import usual
from contract_tests.support.run import patience
from contract_tests.support.servers.postgres import PostgresServer
from weryai import JournalError
from weryai.journal import PostgresJournal, SQLiteJournal, open_journal
from weryai.testing import Simulator

PASSWORD = "correct-horse-battery"


@pytest.fixture
def place(postgres: PostgresServer) -> str:
    """The address of a new journal, with a password that nobody asks for."""
    return postgres.url(f"s_{secrets.token_hex(6)}", f"postgres:{PASSWORD}")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"postgresql://guest:{PASSWORD}@no-such-host.invalid/videos", "no-such-host.invalid"),
        (f"postgresql://guest:{PASSWORD}@127.0.0.1:1/videos", "127.0.0.1:1/videos.*refused"),
        (f"postgresql://guest:{PASSWORD}@127.0.0.1:port/videos", "invalid integer value"),
        (f"postgresql://guest:x@{PASSWORD}@127.0.0.1/videos", "%40 for an @"),
        (f"postgresql://guest:{PASSWORD}@127.0.0.1/videos?no-such=1", "is none: write it as"),
        (f"postgresql://guest:{PASSWORD}@[::1/videos", "is none: write it as"),
    ],
)
def test_a_database_that_is_not_there_is_told_in_one_line_without_the_password(
    address: str, told: str
) -> None:
    with pytest.raises(JournalError, match=told) as caught:
        open_journal(address)
    assert "\n" not in str(caught.value)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_password_is_told_in_one_line_without_it(postgres: PostgresServer) -> None:
    postgres.run("DROP ROLE IF EXISTS guest")
    postgres.run("CREATE ROLE guest LOGIN PASSWORD 'another'")
    with pytest.raises(JournalError, match="authentication failed") as caught:
        open_journal(postgres.url("guest", f"guest:{PASSWORD}"))
    assert "\n" not in str(caught.value)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_no_journal_shows_its_password(place: str) -> None:
    journal = PostgresJournal(place)
    assert PASSWORD not in repr(journal)
    assert repr(journal).startswith("PostgresJournal('postgresql://")
    journal.close()


def test_a_place_is_a_database_by_how_it_begins(place: str, tmp_path: Path) -> None:
    for address in (place, place.replace("postgresql://", "postgres://")):
        journal = open_journal(address)
        assert isinstance(journal, PostgresJournal)
        journal.close()
    file = open_journal(tmp_path / "postgresql.journal")
    assert isinstance(file, SQLiteJournal)
    file.close()


def test_a_client_takes_the_address_of_a_database(
    make_client: MakeClient, simulator: Simulator, place: str
) -> None:
    client = make_client(simulator, journal=place)
    job = client.submit(usual(), idempotency_key="shot-17")
    other = make_client(simulator, journal=place)
    assert other.submit(usual(), idempotency_key="shot-17") == job
    assert len(simulator.ledger) == 1
    journal = PostgresJournal(place)
    assert (only(journal).state, only(journal).job) == ("running", job)
    journal.close()


def test_without_psycopg_it_is_said_what_to_install() -> None:
    script = f"""
import sys
sys.modules["psycopg"] = None
from weryai import JournalError
from weryai.journal import open_journal
try:
    open_journal("postgresql://guest:{PASSWORD}@127.0.0.1/videos")
except JournalError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=patience.SECONDS,
    )
    assert "its extra `postgres`, in a clone of it: pip install '.[postgres]'" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
