"""What a journal promises of submissions: the intent before, the ids after, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weryai import Job, JournalError

from .case import AT, PAYLOAD, URL, Case, Promise, equal, ids, refused, videos


def an_intent_is_there_for_everybody_when_begin_returns(case: Case) -> None:
    payload = {"prompt": "雪 \U0001f98a", "images": ["https://e.com/a.jpg"], "video_number": 2}
    told = payload | {"deep": {"a": [1, 0.5, None, True, {}]}}
    options: dict[str, Any] = {
        "operation": "submit_another",
        "idempotency_key": "shot-17",
        "fingerprint": "f",
    }
    case.journal.begin("a", URL, told, AT, **options)
    for journal in (case.journal, case.open()):
        entry = case.entry("a", journal)
        equal("id", entry.id, "a")
        equal("base_url", entry.base_url, URL)
        equal("payload", dict(entry.payload), told)
        equal("sent_at", entry.sent_at, AT)
        equal("operation", entry.operation, "submit_another")
        equal("idempotency_key", entry.idempotency_key, "shot-17")
        equal("fingerprint", entry.fingerprint, "f")
        equal("state", (entry.state, entry.held, entry.job), ("sending", True, None))
        equal("nothing is known", (entry.tasks, dict(entry.files), entry.reason), ((), {}, None))
        equal("nothing is decided", (entry.settled, entry.final), (False, False))


def an_entry_that_is_there_is_not_begun_again(case: Case) -> None:
    case.begin("a")
    for journal in (case.journal, case.open()):
        with refused("begin, while it is being sent", JournalError):
            journal.begin("a", URL, {}, AT)
    equal("the one that was there", case.state("a"), "sending")
    case.journal.release("a")
    for journal in (case.journal, case.open()):
        with refused("begin, when its claim is free", JournalError):
            journal.begin("a", URL, {}, AT)
    equal("payload", dict(case.entry("a").payload), PAYLOAD)
    equal("state", case.state("a"), "unknown")
    case.begin("b")
    case.journal.accept("b", Job(["task_b"]))
    equal("one that was begun later", case.state("b"), "running")


def what_was_accepted_is_known_by_its_ids(case: Case) -> None:
    case.journal.begin("a", URL, PAYLOAD | {"video_number": 2, "caller_id": 7}, AT)
    later = AT + timedelta(seconds=2)
    job = Job(["task_1", "task_2"], "9001", later, 7, 2)
    case.journal.accept("a", job)
    for journal in (case.journal, case.open()):
        entry = case.entry("a", journal)
        equal("job", entry.job, job)
        equal("state", (entry.state, entry.held, entry.reason), ("running", False, None))
        equal("when it was sent", entry.sent_at, AT)
    case.begin("b")
    case.journal.accept("b", Job((), "9002"))
    job = case.entry("b").job or Job(["none"])
    equal("one that is known by its batch alone", (job.task_ids, job.batch_id), ((), "9002"))
    equal("how many videos a request without a number makes", job.video_number, 1)
    equal("when it was accepted, where nobody says", job.submitted_at is None, False)


def an_intent_that_started_nothing_is_gone(case: Case) -> None:
    other = case.open()
    case.begin("a")
    case.journal.refuse("a")
    equal("the entry", (case.journal.entry("a"), other.entry("a")), (None, None))
    equal("all of them", ids(other.entries()), [])
    case.begin("a")
    equal("the same id again", case.state("a"), "sending")


def what_anything_is_known_of_is_not_refused(case: Case) -> None:
    for entry_id in ("accepted", "doubted", "settled"):
        case.begin(entry_id)
    case.journal.accept("accepted", Job(["task_1"]))
    case.journal.doubt("doubted", "lost")
    case.journal.settle("settled")
    for entry_id in ("accepted", "doubted", "settled"):
        before = case.entry(entry_id)
        case.journal.refuse(entry_id)
        equal(f"{entry_id}, when it was refused", case.entry(entry_id).job, before.job)


def a_doubt_is_kept_with_its_reason_until_the_ids_are_found(case: Case) -> None:
    case.begin("a")
    case.journal.doubt("a", "the connection broke: 雪")
    for journal in (case.journal, case.open()):
        entry = case.entry("a", journal)
        equal("state", (entry.state, entry.held, entry.result), ("unknown", False, None))
        equal("reason", entry.reason, "the connection broke: 雪")
    case.journal.settle("a", Job(["task_1"], "9001"))
    entry = case.entry("a")
    equal(
        "what was found",
        entry.job and (entry.job.task_ids, entry.job.batch_id),
        (("task_1",), "9001"),
    )
    equal("its state", (entry.state, entry.reason, entry.settled), ("running", None, False))


def what_is_settled_is_closed_until_its_ids_are_found(case: Case) -> None:
    case.journal.begin("a", URL, PAYLOAD | {"video_number": 2}, AT)
    case.journal.settle("a")
    equal("without ids", (case.state("a"), case.entry("a").settled), ("settled", True))
    case.journal.settle("a", Job(["task_1"]))
    entry = case.entry("a")
    equal("with ids", (entry.state, entry.settled), ("running", False))
    equal("how many videos were paid for", entry.job and entry.job.video_number, 2)
    case.journal.settle("a")
    entry = case.entry("a")
    equal("given up", (entry.state, entry.open), ("settled", False))
    equal("its ids stay", entry.job and entry.job.task_ids, ("task_1",))


def ids_that_cannot_be_asked_for_leave_for_those_that_can(case: Case) -> None:
    case.begin("a")
    case.journal.accept("a", Job(["not/an/id", "task_1", "../task"]))
    case.journal.settle("a", Job(["task_2"]))
    job = case.entry("a").job or Job(["none"])
    equal("ids", set(job.task_ids), {"task_1", "task_2"})


def what_is_forgotten_is_gone_and_nothing_else(case: Case) -> None:
    case.accept("a", "b", "c")
    for entry_id in ("a", "b"):
        case.note(entry_id, *videos(entry_id, entry_id))
    case.journal.forget(["a", "none", "c"])
    other = case.open()
    equal("the entries", ids(other.entries()), ["b"])
    equal("one of them", other.entry("a"), None)
    equal("by its task", other.find(URL, Job(["task_a"])), None)
    case.accept("a")
    equal("the same id again knows nothing of the first", case.entry("a").tasks, ())
    equal("what stays", len(case.entry("b").unfetched), 1)


PROMISES: tuple[Promise, ...] = (
    an_intent_is_there_for_everybody_when_begin_returns,
    an_entry_that_is_there_is_not_begun_again,
    what_was_accepted_is_known_by_its_ids,
    an_intent_that_started_nothing_is_gone,
    what_anything_is_known_of_is_not_refused,
    a_doubt_is_kept_with_its_reason_until_the_ids_are_found,
    what_is_settled_is_closed_until_its_ids_are_found,
    ids_that_cannot_be_asked_for_leave_for_those_that_can,
    what_is_forgotten_is_gone_and_nothing_else,
)
