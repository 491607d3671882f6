"""What a journal promises of what is asked for twice: it is paid once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from weryai import AlreadySubmittedError, Job
from weryai.journal import Journal

from .case import (
    AT,
    BEFORE,
    OTHER,
    PATH,
    PAYLOAD,
    URL,
    Case,
    Promise,
    equal,
    ids,
    refused,
    run_all,
    videos,
)

ROUNDS = (
    6  # of threads that begin at once: one of them errs where looking and writing are two steps
)
THREADS = 6


def of_many_that_begin_with_one_key_at_once_one_does(case: Case) -> None:
    journals = [case.journal, case.open()]
    for number in range(ROUNDS):
        told = _at_once(journals, number, idempotency_key=f"{number}")
        found = [each for each in case.journal.entries() if each.idempotency_key == f"{number}"]
        equal("those that began", [entry.state for entry in found], ["sending"])
        equal("what the others are told of", told, [found[0].id] * (THREADS - 1))


def of_many_that_ask_for_the_same_at_once_one_begins(case: Case) -> None:
    journals = [case.journal, case.open()]
    for number in range(ROUNDS):
        told = _at_once(journals, number, fingerprint=f"{number}", none_since=BEFORE)
        found = [each for each in case.journal.entries() if each.fingerprint == f"{number}"]
        equal("those that began", [entry.state for entry in found], ["sending"])
        equal("what the others are told of", told, [found[0].id] * (THREADS - 1))


def _at_once(journals: Sequence[Journal], round_number: int, **options: Any) -> list[str]:
    """Threads begin at once. Returns the entries that the refused ones were told of."""
    start, told, faults = threading.Barrier(THREADS), list[str](), list[Exception]()

    def run(number: int) -> None:
        start.wait()
        try:
            journals[number % 2].begin(f"{round_number}_{number}", URL, PAYLOAD, AT, **options)
        except AlreadySubmittedError as error:
            told.append(error.entry.id)
        except Exception as error:
            faults.append(error)

    run_all(run, THREADS)
    equal("what they raised", faults, [])
    return told


def a_key_that_is_taken_is_told_with_its_entry_whatever_its_state(case: Case) -> None:
    case.begin("a", idempotency_key="k", fingerprint="f")
    steps: dict[str, Callable[[], None]] = {
        "sending": lambda: None,
        "running": lambda: case.journal.accept("a", Job(["task_a"])),
        "ready": lambda: case.note("a", *videos("a", "x")),
        "settled": lambda: case.journal.settle("a"),
    }
    for state, step in steps.items():
        step()
        equal("its state", case.state("a"), state)
        with refused("the key again", AlreadySubmittedError) as caught:
            case.begin("b", idempotency_key="k")
        equal("the entry of the error", caught[0].entry, case.entry("a"))
        equal("the earlier one", case.journal.earlier(URL, idempotency_key="k"), case.entry("a"))
        equal("what was refused", case.journal.entry("b"), None)
        case.begin("b")
        case.journal.refuse("b")
    equal("another key", case.journal.earlier(URL, idempotency_key="l"), None)


def a_key_is_one_services_and_free_when_its_entry_is_gone(case: Case) -> None:
    case.begin("a", idempotency_key="k")
    case.begin("b", url=OTHER, idempotency_key="k")
    case.journal.refuse("a")
    equal("after a refusal", case.journal.earlier(URL, idempotency_key="k"), None)
    case.accept("c", idempotency_key="k")
    case.journal.forget(["c"])
    case.begin("d", idempotency_key="k")
    case.begin("e")
    case.begin("f")
    equal("those without a key are as many as they are", len(ids(case.journal.entries())), 4)


def a_repeat_is_refused_while_the_videos_of_the_same_are_to_come(case: Case) -> None:
    case.begin("a", fingerprint="f")
    steps: dict[str, Callable[[], None]] = {
        "sending": lambda: None,
        "unknown": lambda: case.journal.doubt("a", "lost"),
        "running": lambda: case.journal.settle("a", Job(["task_a"])),
        "ready": lambda: case.note("a", *videos("a", "x")),
    }
    for state, step in steps.items():
        step()
        earlier = case.journal.earlier(URL, fingerprint="f", since=BEFORE)
        equal("the earlier one", earlier, case.entry("a"))
        equal("its state", case.state("a"), state)
        with refused(f"the same again, while it is {state}", AlreadySubmittedError) as caught:
            case.begin("b", fingerprint="f", none_since=BEFORE)
        equal("the entry of the error", caught[0].entry, earlier)


def a_repeat_is_free_where_nothing_of_the_same_is_to_come(case: Case) -> None:
    case.begin("a", fingerprint="f")
    for what, url, fingerprint, since in (
        ("sent at that time and not after it", URL, "f", AT),
        ("at another service", OTHER, "f", BEFORE),
        ("another request", URL, "g", BEFORE),
    ):
        earlier = case.journal.earlier(url, fingerprint=fingerprint, since=since)
        equal(f"an earlier one {what}", earlier, None)
        case.begin("b", url=url, fingerprint=fingerprint, none_since=since)
        case.journal.refuse("b")
    equal("nobody looks", case.journal.earlier(URL, fingerprint="f"), None)
    for close in (_settle, _end_short, _fail, _fetch):
        close(case)
        earlier = case.journal.earlier(URL, fingerprint="f", since=BEFORE)
        equal(f"an earlier one, {case.state('a')}", earlier, None)
        case.begin("b", fingerprint="f", none_since=BEFORE)
        case.journal.refuse("b")


def _settle(case: Case) -> None:
    case.journal.settle("a")


def _end_short(case: Case) -> None:
    case.journal.settle("a", Job(["task_a"]))
    case.note("a", state="failed")


def _fail(case: Case) -> None:
    case.note("a", state="failed", final=True)


def _fetch(case: Case) -> None:
    (video,) = videos("a", "x")
    case.note("a", video)
    case.journal.fetched(URL, video, PATH)


def the_key_is_looked_for_first_and_then_the_latest_of_the_same(case: Case) -> None:
    for number, entry_id in enumerate(("old", "late", "early", "keyed")):
        at = AT + timedelta(seconds=(0, 9, 5, 1)[number])
        case.begin(entry_id, at=at, fingerprint="f", idempotency_key=entry_id)
    earlier = case.journal.earlier(URL, fingerprint="f", since=BEFORE)
    equal("the latest", earlier, case.entry("late"))
    both = case.journal.earlier(URL, idempotency_key="keyed", fingerprint="f", since=BEFORE)
    equal("with a key", both, case.entry("keyed"))
    new = case.journal.earlier(URL, idempotency_key="new", fingerprint="f", since=BEFORE)
    equal("with a key that is free", new, case.entry("late"))


PROMISES: tuple[Promise, ...] = (
    of_many_that_begin_with_one_key_at_once_one_does,
    of_many_that_ask_for_the_same_at_once_one_begins,
    a_key_that_is_taken_is_told_with_its_entry_whatever_its_state,
    a_key_is_one_services_and_free_when_its_entry_is_gone,
    a_repeat_is_refused_while_the_videos_of_the_same_are_to_come,
    a_repeat_is_free_where_nothing_of_the_same_is_to_come,
    the_key_is_looked_for_first_and_then_the_latest_of_the_same,
)
