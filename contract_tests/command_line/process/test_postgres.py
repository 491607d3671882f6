"""The command line on a journal in a database, whose password nobody sees."""

from __future__ import annotations

import secrets

import pytest

from contract_tests.command_line.invoke import FIVE, GENERATE, HTTPS, REQUEST, SMALL, Cli, jobs
from contract_tests.support.servers.postgres import PostgresServer

PASSWORD = "correct-horse-battery"
# On the clock of the database, which no test turns: without an interval between two.
SUBMIT = ["submit", HTTPS, *REQUEST, *FIVE, *SMALL, "--submit-interval", "0"]


@pytest.fixture
def place(postgres: PostgresServer) -> str:
    """The address of a new journal, with a password that nobody asks for."""
    return postgres.url(f"s_{secrets.token_hex(6)}", f"postgres:{PASSWORD}")


def test_a_job_is_kept_in_a_database_and_resumed_from_it(
    cli: Cli, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = cli(*SUBMIT, "--journal", place).out.strip()
    monkeypatch.setenv("WERYAI_JOURNAL", place)
    assert [job["job"]["task_ids"] for job in jobs(cli)] == [[task]]
    assert cli("resume").code == 0
    assert [job["state"] for job in jobs(cli)] == ["fetched"]
    assert cli("jobs", "forget", "--older-than", "0").code == 0
    assert jobs(cli) == []


def test_what_to_type_next_holds_no_password(cli: Cli, place: str) -> None:
    said = cli(*SUBMIT, "--journal", place)
    assert "--journal" in said.err
    assert "postgresql://postgres@/postgres?host=" in said.err
    assert PASSWORD not in said.out + said.err
    for more in ("&password=", "?password="):
        other = place.replace(f":{PASSWORD}", "").replace("?", f"{more}{PASSWORD}&", 1)
        said = cli(*SUBMIT, "--again", "--journal", other.replace("&", "?", 1))
        assert PASSWORD not in said.out + said.err


def test_a_database_that_is_not_there_ends_a_command_before_anything_is_paid(cli: Cli) -> None:
    said = cli(*GENERATE, "--json", "--journal", f"postgresql://a:{PASSWORD}@127.0.0.1:1/b")
    assert said.code == 1
    assert said.error["type"] == "JournalError"
    assert PASSWORD not in said.out + said.err


@pytest.mark.parametrize("command", [["check"], ["backup", "copy.journal"]])
def test_what_is_about_a_file_is_refused_for_a_database(
    cli: Cli, place: str, command: list[str]
) -> None:
    said = cli("jobs", *command, "--journal", place)
    assert (said.code, "such as pg_dump" in said.err) == (2, True)
