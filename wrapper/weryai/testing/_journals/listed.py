"""What a journal promises of what it lists: the order, each state, and that nothing is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

from weryai import Job, JournalError
from weryai.journal import STATES, Entry, Journal

from .case import AT, PATH, PAYLOAD, URL, Case, Promise, equal, ids, refused, videos

MANY = 120  # more than a page, most likely


def everything_is_there_when_it_is_opened_again(case: Case) -> None:
    one_in_each_state(case)
    case.journal.uploaded(URL, "ab" * 32, "https://cdn.example.com/a.jpg", AT)
    before = [entry for entry in case.journal.entries() if entry.state != "sending"]
    case.close(case.journal)
    case.journal = case.open()
    after = [entry for entry in case.journal.entries() if entry.id != "sending"]
    equal("entries", after, before)
    address = case.journal.address_of(URL, "ab" * 32, AT - timedelta(hours=1))
    equal("an upload", address, "https://cdn.example.com/a.jpg")


def an_intent_is_unknown_when_its_journal_was_closed(case: Case) -> None:
    other = case.open()
    case.begin("a")
    case.close(case.journal)
    entry = case.entry("a", other)
    equal("state", (entry.state, entry.held, entry.reason), ("unknown", False, None))


def entries_come_in_the_order_they_were_sent_in(case: Case) -> None:
    zone = timezone(timedelta(hours=9))
    for entry_id, seconds in (("late", 5), ("b", 1), ("early", -5), ("a", 1), ("soon", 2)):
        at = AT + timedelta(seconds=seconds)
        case.begin(entry_id, at=at.astimezone(zone) if entry_id == "soon" else at)
    order = ["early", "b", "a", "soon", "late"]
    equal("the oldest first, then as they began", ids(case.journal.entries()), order)
    newest = case.journal.entries(newest_first=True)
    equal("the newest first", ids(newest), order[::-1])
    equal("a time in another zone", case.entry("soon").sent_at, AT + timedelta(seconds=2))
    equal("one alone", case.entry("b"), list(case.journal.entries())[1])
    equal("one that is not there", case.journal.entry("none"), None)


def what_follows_an_entry_or_a_time_is_told_in_either_order(case: Case) -> None:
    order = ["e1", "e0", "e3", "e2", "e4"]
    for number, entry_id in enumerate(order):
        case.begin(entry_id, at=AT + timedelta(seconds=number // 2))  # two of each time
    expected: dict[tuple[Any, bool], list[str]] = {
        ("e1", False): order[1:],
        ("e2", False): ["e4"],
        ("e4", False): [],
        ("e2", True): ["e3", "e0", "e1"],
        ("e1", True): [],
        (AT - timedelta(seconds=1), False): order,
        (AT, False): order[2:],
        (AT + timedelta(seconds=9), False): [],
        (AT + timedelta(seconds=1), True): ["e0", "e1"],
        (AT, True): [],
    }
    for (after, newest_first), found in expected.items():
        told = case.journal.entries(after=after, newest_first=newest_first)
        equal(f"after {after}, newest first: {newest_first}", ids(told), found)
    told = case.journal.entries(state="unknown", after="e0")
    equal("after one, in a state that none is in", ids(told), [])
    told = case.journal.entries(state="sending", after="e0", newest_first=True)
    equal("after one, in a state", ids(told), ["e1"])


def what_is_no_state_and_no_entry_is_told_at_once(case: Case) -> None:
    state: Any = "runing"
    with refused("a state that is none", JournalError):
        case.journal.entries(state=state)
    with refused("an entry that is none", JournalError):
        case.journal.entries(after="none")


def each_entry_is_listed_and_counted_in_its_state(case: Case) -> None:
    agree(case)
    for _ in steps(case):
        agree(case)
    for state in STATES:
        equal(f"the entries in {state}", ids(case.journal.entries(state=state)), [state])
    equal("counts", dict(case.journal.counts()), dict.fromkeys(STATES, 1))
    open_ones = ["sending", "unknown", "running", "ready", "incomplete"]
    equal("what is open", ids(case.journal.open_entries()), open_ones)
    case.journal.settle("failed", Job(["task_again"]))
    case.journal.settle("incomplete")
    case.note("fetched", *videos("fetched", "another"))
    agree(case)
    case.journal.forget(STATES)
    agree(case)


def agree(case: Case) -> None:
    """All that tells of entries says the same, through each opening."""
    for journal in (case.journal, case.open()):
        entries = list(journal.entries())
        counts = Counter(entry.state for entry in entries)
        what = "where the entries are " + str({each.id: each.state for each in entries})
        equal(f"counts, {what}", dict(journal.counts()), {each: counts[each] for each in STATES})
        found = [each for each in entries if each.open]
        equal(f"open entries, {what}", list(journal.open_entries()), found)
        for state in STATES:
            found = [each for each in entries if each.state == state]
            equal(f"those in {state}, {what}", list(journal.entries(state=state)), found)
        if journal is not case.journal:
            case.close(journal)


def one_in_each_state(case: Case) -> None:
    for _ in steps(case):
        pass


def steps(case: Case) -> Iterator[None]:
    """On the way to one entry in each state, which is its id, in their order."""
    for number, state in enumerate(STATES):
        at = AT + timedelta(minutes=number)
        case.journal.begin(state, URL, PAYLOAD | {"video_number": 1}, at, idempotency_key=state)
        yield
        if state == "unknown":
            case.journal.doubt(state, "lost")
        elif state != "sending":
            case.journal.accept(state, Job([f"task_{state}"], submitted_at=at))
        yield
    (video,) = videos("fetched", "fetched")
    case.note("running", state="processing")
    case.note("ready", *videos("ready", "ready"))
    yield
    case.note("incomplete", state="failed")
    case.note("failed", state="failed")
    yield
    case.note("failed", state="failed", final=True)
    case.note("fetched", video)
    yield
    case.journal.fetched(URL, video, PATH)
    case.journal.settle("settled")
    yield


def many_are_listed_once_each_whatever_others_write_meanwhile(case: Case) -> None:
    other = case.open()
    for number in range(MANY):
        case.journal.begin(f"e{number:03}", URL, {}, AT + timedelta(seconds=number // 3))
    for newest_first in (False, True):
        before = {entry.id for entry in other.entries()}
        told = _while_others_write(case.journal, other, newest_first)
        seen = Counter(entry.id for entry in told)
        equal("told twice", [each for each, times in seen.items() if times > 1], [])
        stayed = before & {entry.id for entry in other.entries()}
        equal("not told", stayed - seen.keys(), set())
    equal("counts", other.counts()["sending"], len(ids(other.entries())))


def _while_others_write(journal: Journal, other: Journal, newest_first: bool) -> list[Entry]:
    told = journal.entries(newest_first=newest_first)
    found = [next(told), next(told)]
    middle = ids(other.entries())[MANY // 2]
    other.forget([found[0].id, found[1].id, middle])
    for days in (-1, 1):
        other.begin(f"{days} {newest_first}", URL, {}, AT + timedelta(days=days))
    return [*found, *told]


PROMISES: tuple[Promise, ...] = (
    everything_is_there_when_it_is_opened_again,
    an_intent_is_unknown_when_its_journal_was_closed,
    entries_come_in_the_order_they_were_sent_in,
    what_follows_an_entry_or_a_time_is_told_in_either_order,
    what_is_no_state_and_no_entry_is_told_at_once,
    each_entry_is_listed_and_counted_in_its_state,
    many_are_listed_once_each_whatever_others_write_meanwhile,
)
