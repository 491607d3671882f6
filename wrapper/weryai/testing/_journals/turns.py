"""What a journal promises of the limits of an account: who uses it holds them together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from weryai import Delay, Job, Limits, Task
from weryai.journal import Journal, Turn

from .case import AT, OTHER, PAYLOAD, URL, Case, Promise, equal

ONE_AT_A_TIME = Turn(Limits(running=1, interval=0))
SPACED = Turn(Limits(running=20, interval=60))


def _asks(
    journal: Journal, entry_id: str, turn: Turn, at: datetime = AT, url: str = URL, **payload: Any
) -> str:
    """What one that wants to begin waits for, an empty text where it has begun."""
    return _why(journal.begin(entry_id, url, {**PAYLOAD, **payload}, at, turn=turn))


def _why(delay: Delay | None) -> str:
    return delay.reason if delay else ""


def no_more_run_than_an_account_allows(case: Case) -> None:
    other = case.open()
    equal("the first", _asks(case.journal, "a", ONE_AT_A_TIME), "")
    equal("beside one that is being sent", _asks(other, "b", ONE_AT_A_TIME), "running")
    equal("what is written down of it", other.entry("b"), None)
    case.journal.accept("a", Job(["task_a"], submitted_at=AT))
    equal("beside one that runs", _asks(other, "b", ONE_AT_A_TIME), "running")
    case.note("a")
    equal("when that has ended", _asks(other, "b", ONE_AT_A_TIME), "")
    other.refuse("b")
    equal("when that was refused", _asks(other, "c", ONE_AT_A_TIME), "")


def each_video_that_is_paid_for_is_one_that_runs(case: Case) -> None:
    turn = Turn(Limits(running=3, interval=0))
    equal("two videos", _asks(case.journal, "a", turn, video_number=2), "")
    case.journal.accept("a", Job((), "9", submitted_at=AT))
    equal("two more", _asks(case.journal, "b", turn, video_number=2), "running")
    case.journal.refuse("b")
    equal("a third", _asks(case.journal, "c", turn), "")
    case.journal.refuse("c")
    case.journal.note("a", [Task("task_1", "succeed"), Task("task_2", "processing")])
    equal("two, when one has ended", _asks(case.journal, "d", turn, video_number=2), "")


def one_whose_fate_is_not_known_runs_for_an_hour(case: Case) -> None:
    equal("the first", _asks(case.journal, "a", ONE_AT_A_TIME), "")
    case.journal.doubt("a", "lost")
    for minutes, why in ((59, "running"), (61, "")):
        at = AT + timedelta(minutes=minutes)
        equal(f"{minutes} minutes later", _asks(case.journal, "b", ONE_AT_A_TIME, at), why)


def what_the_service_knows_no_more_does_not_run(case: Case) -> None:
    case.accept("a")
    equal("beside it", _asks(case.journal, "b", ONE_AT_A_TIME), "running")
    gone = Turn(ONE_AT_A_TIME.limits, gone=("a",))
    equal("when it is gone", _asks(case.journal, "b", gone), "")


def turns_are_an_interval_apart(case: Case) -> None:
    other = case.open()
    equal("the first", _asks(case.journal, "a", SPACED), "")
    delay = other.begin("b", URL, PAYLOAD, AT + timedelta(seconds=20), turn=SPACED)
    equal("20 s later", _why(delay), "interval")
    equal("how long it still is", round(delay.seconds) if delay else 0, 40)
    equal("60 s later", _asks(other, "b", SPACED, AT + timedelta(seconds=60)), "")
    later = Turn(SPACED.limits, lead=10)  # what it will take to write it down
    at = AT + timedelta(seconds=111)
    equal("one that will be sent at 121 s", _asks(case.journal, "c", later, at), "")
    at = AT + timedelta(seconds=180)
    equal("59 s after that", _asks(case.journal, "d", SPACED, at), "interval")


def one_that_is_begun_gets_another_turn(case: Case) -> None:
    equal("the first", _asks(case.journal, "a", SPACED), "")
    for seconds, why in ((30, "interval"), (61, "")):
        at = AT + timedelta(seconds=seconds)
        equal(f"{seconds} s later", _why(case.journal.turn("a", at, SPACED)), why)
    at = AT + timedelta(seconds=100)
    equal("the next, counted from that", _asks(case.journal, "b", SPACED, at), "interval")


def nobody_gets_a_turn_while_the_service_wants_patience(case: Case) -> None:
    turn = Turn(Limits(interval=0))
    case.journal.hold_back(URL, AT, 50)
    case.open().hold_back(URL, AT + timedelta(seconds=1), 5)
    for seconds, why in ((40, "refused"), (51, "")):
        at = AT + timedelta(seconds=seconds)
        equal(f"{seconds} s later", _asks(case.journal, "a", turn, at), why)


def who_waits_for_longest_is_first(case: Case) -> None:
    other = case.open()
    equal("the first", _asks(case.journal, "a", SPACED), "")
    at = AT + timedelta(seconds=55)
    equal("one that waits", _asks(other, "b", SPACED, at), "interval")
    at = AT + timedelta(seconds=61)
    equal("one that came later", _asks(case.journal, "c", SPACED, at), "queue")
    equal("the one that waits", _asks(other, "b", SPACED, at), "")
    at = AT + timedelta(seconds=122)
    equal("one that came later still", _asks(other, "d", SPACED, at), "")


def who_waited_and_was_not_seen_for_15_s_is_passed_over(case: Case) -> None:
    equal("the first", _asks(case.journal, "a", SPACED), "")
    equal("one that waits, and dies", _asks(case.journal, "b", SPACED, AT), "interval")
    at = AT + timedelta(seconds=61)
    equal("another", _asks(case.journal, "c", SPACED, at), "")


def who_gives_up_leaves_its_place(case: Case) -> None:
    equal("the first", _asks(case.journal, "a", SPACED), "")
    at = AT + timedelta(seconds=59)
    equal("one that waits", _asks(case.journal, "b", SPACED, at), "interval")
    case.journal.refuse("b")
    at = AT + timedelta(seconds=61)
    equal("another, when it has given up", _asks(case.open(), "c", SPACED, at), "")


def limits_are_those_of_one_service(case: Case) -> None:
    turn = Turn(Limits(running=1, interval=60))
    case.journal.hold_back(URL, AT, 50)
    equal("at another service", _asks(case.journal, "a", turn, url=OTHER), "")
    at = AT + timedelta(seconds=51)
    equal("beside one of another", _asks(case.journal, "b", turn, at), "")


PROMISES: tuple[Promise, ...] = (
    no_more_run_than_an_account_allows,
    each_video_that_is_paid_for_is_one_that_runs,
    one_whose_fate_is_not_known_runs_for_an_hour,
    what_the_service_knows_no_more_does_not_run,
    turns_are_an_interval_apart,
    one_that_is_begun_gets_another_turn,
    nobody_gets_a_turn_while_the_service_wants_patience,
    who_waits_for_longest_is_first,
    who_waited_and_was_not_seen_for_15_s_is_passed_over,
    who_gives_up_leaves_its_place,
    limits_are_those_of_one_service,
)
