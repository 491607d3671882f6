"""A journal in PostgreSQL among processes, of which some are killed; machines are no different."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from contract_tests.journal import test_file
from contract_tests.support.journals import only, opened_beside_another
from contract_tests.support.servers.postgres import PostgresServer
from weryai._journal.postgres import session
from weryai.journal import PostgresJournal

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"
run = partial(test_file.run, load=["weryai._journal.postgres.journal"])


def test_tables_that_another_one_makes_before_any_statement_are_made_once(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session.SETTINGS, "lock_timeout", "1ms")
    told = opened_beside_another(
        monkeypatch,
        session,
        "Session",
        lambda step: PostgresJournal(postgres.dsn(f"made_{step}")).close(),
    )
    assert told, "one waits for the other"
    assert all("lock timeout" in each for each in told)


def test_processes_share_a_journal_that_they_all_make(dsn: str) -> None:
    script = """
journal = PostgresJournal(sys.argv[1])
for number in range(15):
    name = f"{os.getpid()}-{number}"
    journal.begin(name, "https://e.com", {}, datetime.now(UTC))
    journal.accept(name, Job([name]))
journal.close()
"""
    done = list[Any]()
    running = [threading.Thread(target=lambda: done.append(run(script, dsn))) for _ in range(3)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert [each.stderr for each in done] == [""] * 3
    journal = PostgresJournal(dsn)
    assert [entry.state for entry in journal.entries()] == ["running"] * 45
    assert journal.counts()["running"] == 45
    journal.close()


def test_a_claim_is_one_processs_alone_and_ends_with_it(journal: PostgresJournal, dsn: str) -> None:
    script = "print(PostgresJournal(sys.argv[1]).claim('a'), flush=True); os.kill(os.getpid(), 9)"
    assert journal.claim("a")
    assert run(script, dsn).stdout == "False\n"
    journal.release("a")
    assert run(script, dsn).stdout == "True\n"
    _until_free(journal)
    assert journal.claim("a"), "its holder was killed"


def _until_free(journal: PostgresJournal) -> None:
    """The server sees at once that a process is gone, and gives its claims back when it has a
    moment."""
    while journal._claims.held(["a"]):
        pass


def test_a_process_killed_while_it_sends_leaves_an_unknown_entry(
    journal: PostgresJournal, dsn: str
) -> None:
    script = """
PostgresJournal(sys.argv[1]).begin("a", "https://e.com", {}, datetime.now(UTC))
os.kill(os.getpid(), 9)
"""
    run(script, dsn)
    _until_free(journal)
    entry = only(journal)
    assert (entry.state, entry.reason, entry.held) == ("unknown", None, False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_is_refused_and_takes_nothing_from_its_parent(dsn: str) -> None:
    script = """
import gc
journal = PostgresJournal(sys.argv[1])
journal.begin("a", "https://e.com", {}, datetime.now(UTC))
if os.fork():
    os.wait()
    other = PostgresJournal(sys.argv[1])
    journal.begin("b", "https://e.com", {}, datetime.now(UTC))
    print([entry.state for entry in other.entries()])
    other.close()
    journal.close()
else:
    try:
        next(journal.entries())
    except JournalError as error:
        print(error, flush=True)
    journal.release("a")
    journal.close()
    del journal
    gc.collect()
"""
    told = run(script, dsn).stdout.splitlines()
    assert told[0].endswith("was opened in another process: open it in this one")
    assert told[1] == "['sending', 'sending']"
