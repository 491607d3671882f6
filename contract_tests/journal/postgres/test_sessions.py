"""What becomes of a journal whose connection is lost: told, made anew, and nothing pretended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from contract_tests.support.journals import only
from contract_tests.support.servers.postgres import PostgresServer
from weryai import Job, JournalError, Limits, Task, Video
from weryai._journal.postgres import session
from weryai.journal import PostgresJournal, Turn

pytestmark = pytest.mark.long
NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://api.weryai.com"
JOB = Job(["task_a"], submitted_at=NOW)
SPACED = Turn(Limits(interval=60))


class Interrupting(dict[str, Any]):
    """A payload that does something else when it is written down: in the middle of `begin`."""

    def __init__(self, what: Callable[[], object]) -> None:
        super().__init__(prompt="The sun sets")
        self._what = what

    def items(self) -> Any:
        self._what()
        return super().items()


def test_a_server_that_restarts_between_two_calls_stops_none(
    journal: PostgresJournal, postgres: PostgresServer
) -> None:
    journal.begin("a", URL, {}, NOW)
    postgres.restart()
    journal.accept("a", JOB)
    postgres.restart()
    assert [entry.job for entry in journal.entries()] == [JOB]
    postgres.restart()
    assert journal.claim("a")
    assert only(journal).held


def test_a_connection_lost_in_the_middle_is_told_and_nothing_is_begun(
    journal: PostgresJournal, postgres: PostgresServer
) -> None:
    with pytest.raises(JournalError, match=r"^postgresql://.* cannot be used: ") as caught:
        journal.begin("a", URL, Interrupting(postgres.end_sessions), NOW)
    assert "\n" not in str(caught.value)
    assert [*journal.entries()] == []
    journal.begin("a", URL, {}, NOW)
    assert only(journal).state == "sending"


def test_ids_of_a_video_that_is_told_while_the_connection_is_lost_can_be_told_again(
    journal: PostgresJournal, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.begin("a", URL, {}, NOW)
    journal.accept("a", JOB)
    told = [Task("task_a", "succeed", (Video("https://e.com/a.mp4", "task_a"),))]
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", _ending(postgres, b"INSERT INTO videos"))
        with pytest.raises(JournalError, match="cannot be used"):
            journal.note("a", told)
    assert only(journal).state == "running"
    journal.note("a", told)
    assert only(journal).state == "ready"


def _ending(postgres: PostgresServer, before: bytes, after: bool = False) -> Callable[..., Any]:
    """What executes statements, and ends all sessions before, or after, the first such one."""
    real, ended = psycopg.Connection.execute, list[str]()

    def execute(self: Any, sql: Any, *args: Any, **options: Any) -> Any:
        text = sql if isinstance(sql, bytes) else str(sql).encode()
        if text.strip().startswith(before) and not ended and "weryai" in self.info.dsn:
            ended.append("")
            if after:
                real(self, sql, *args, **options)
            postgres.end_sessions()
        return real(self, sql, *args, **options)

    return execute


def test_what_was_claimed_is_free_when_the_connection_is_lost(
    journal: PostgresJournal, other: PostgresJournal, postgres: PostgresServer
) -> None:
    journal.begin("a", URL, {}, NOW)
    assert (only(other).state, only(other).held) == ("sending", True)
    postgres.end_sessions()
    assert (only(other).state, only(other).held) == ("unknown", False)
    assert (only(journal).state, only(journal).held) == ("unknown", False)
    assert other.counts()["unknown"] == 1
    assert other.claim("a")
    journal.release("a")  # which is another's by now
    assert only(journal).held


def test_who_has_lost_a_claim_may_claim_it_anew(
    journal: PostgresJournal, other: PostgresJournal, postgres: PostgresServer
) -> None:
    assert journal.claim("a")
    postgres.end_sessions()
    assert (journal.claim("a"), journal.claim("a"), other.claim("a")) == (True, False, False)


def test_ids_that_come_after_the_claim_was_lost_are_written(
    journal: PostgresJournal, other: PostgresJournal, postgres: PostgresServer
) -> None:
    journal.begin("a", URL, {}, NOW)
    postgres.end_sessions()
    other.doubt("a", "whoever sent it is gone")
    journal.accept("a", JOB)
    assert (only(other).state, only(other).job, only(other).reason) == ("running", JOB, None)


def test_an_entry_whose_claim_was_lost_is_not_sent_again(
    journal: PostgresJournal, postgres: PostgresServer
) -> None:
    """Somebody may have taken it for unknown, and paid for another."""
    assert journal.begin("a", URL, {}, NOW, turn=Turn(Limits(interval=0))) is None
    postgres.end_sessions()
    with pytest.raises(JournalError, match="was lost, and with it the claim on the entry a"):
        journal.turn("a", NOW, Turn(Limits(interval=0)))


def test_a_claim_that_was_lost_before_its_intent_was_written_is_told(
    journal: PostgresJournal, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psycopg.Connection, "execute", _ending(postgres, session.WRITES.encode()))
    with pytest.raises(JournalError, match="was lost, and with it the claim on the entry a"):
        journal.begin("a", URL, {}, NOW)
    assert [*journal.entries()] == []


def test_an_intent_that_may_be_written_or_not_is_taken_back(
    journal: PostgresJournal, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was never sent would be looked up as what may have been paid."""
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", _ending(postgres, b"COMMIT", after=True))
        with pytest.raises(JournalError, match="cannot be used"):
            journal.begin("a", URL, {}, NOW, idempotency_key="k")
    assert [*journal.entries()] == []
    journal.begin("b", URL, {}, NOW, idempotency_key="k")


def test_who_stands_still_in_a_transaction_stops_nobody_for_long(
    dsn: str, other: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session.SETTINGS, "idle_in_transaction_session_timeout", "200ms")
    journal, stands, goes_on = PostgresJournal(dsn), threading.Event(), threading.Event()
    faults = list[Exception]()

    def wait() -> None:
        stands.set()
        goes_on.wait()

    def stand() -> None:
        try:
            journal.begin("a", URL, Interrupting(wait), NOW)
        except JournalError as error:
            faults.append(error)

    frozen = threading.Thread(target=stand)
    frozen.start()
    stands.wait()
    other.begin("b", URL, {}, NOW)
    goes_on.set()
    frozen.join()
    assert ["cannot be used" in str(each) for each in faults] == [True]
    assert only(journal).id == "b"
    journal.close()


def test_every_session_is_one_whose_end_is_noticed(journal: PostgresJournal) -> None:
    found = journal._db.rows("SELECT name, setting FROM pg_settings WHERE unit IS NOT NULL")
    settings = {row["name"]: row["setting"] for row in found}
    assert settings["idle_in_transaction_session_timeout"] == "5000"
    assert settings["lock_timeout"] == "30000"
    assert settings["idle_session_timeout"] == "0"


def test_what_is_written_survives_a_crash_whatever_the_settings_say(
    postgres: PostgresServer,
) -> None:
    for given, used in (("off", "on"), ("remote_apply", "remote_apply")):
        options = f"-csearch_path=lasting -csynchronous_commit={given}"
        postgres.dsn("lasting")
        journal = PostgresJournal(postgres.address(options=options))
        (told,) = journal._db.rows("SHOW synchronous_commit")
        assert told["synchronous_commit"] == used
        journal.close()


def test_what_is_read_beside_a_forget_is_of_one_moment(
    journal: PostgresJournal, other: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry_id in ("a", "b"):
        journal.begin(entry_id, URL, {}, NOW)
        journal.accept(entry_id, Job([f"task_{entry_id}"], submitted_at=NOW))
    before, to_forget, real = [*journal.entries()], ["a"], psycopg.Connection.execute

    def beside(self: Any, sql: Any, *args: Any, **options: Any) -> Any:
        if "FROM tasks" in str(sql) and to_forget:
            other.forget([to_forget.pop()])
        return real(self, sql, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", beside)
        assert [*journal.entries()] == before
    assert [entry.id for entry in journal.entries()] == ["b"]


def test_a_text_that_postgresql_does_not_take_is_mended(journal: PostgresJournal) -> None:
    journal.begin("a", URL, {"prompt": "a\0b"}, NOW)
    journal.accept("a", Job(["task\0a"], submitted_at=NOW))
    journal.note("a", [Task("task\0a", "failed", message="no\0good")])
    entry = only(journal)
    assert (entry.payload, entry.tasks[0].message) == ({"prompt": "a\0b"}, "no\ufffdgood")
    assert journal.find(URL, Job(["task\0a"])) == entry


def test_turns_go_by_the_clock_of_the_server(
    journal: PostgresJournal, other: PostgresJournal
) -> None:
    """The clocks of two machines differ: by an hour, one of them would never have to wait."""
    assert journal.begin("a", URL, {}, NOW + timedelta(hours=1), turn=SPACED) is None
    delay = other.begin("b", URL, {}, NOW, turn=SPACED)
    assert delay is not None
    assert (delay.reason, 0 < delay.seconds <= 60) == ("interval", True)
    again = journal.turn("a", NOW + timedelta(hours=3), SPACED)
    assert again is not None
    other.hold_back(URL, NOW - timedelta(hours=1), 90)
    held = other.begin("b", URL, {}, NOW + timedelta(hours=5), turn=SPACED)
    assert held is not None
    assert held.reason == "refused"


def test_a_journal_that_was_closed_is_not_opened_again(dsn: str) -> None:
    journal = PostgresJournal(dsn)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="was closed"):
        journal.begin("a", URL, {}, NOW)
    with pytest.raises(JournalError, match="was closed"):
        next(journal.entries())
