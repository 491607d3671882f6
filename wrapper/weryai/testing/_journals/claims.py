"""What a journal promises of who does what: claims, threads, and uploads that are known."""

from __future__ import annotations

from datetime import timedelta

from weryai import Job

from .case import AT, BEFORE, OTHER, PAYLOAD, URL, Case, Promise, equal, run_all


def a_claim_is_one_holders_until_it_is_given_back(case: Case) -> None:
    case.accept("a")
    other = case.open()
    equal("the first", case.journal.claim("a"), True)
    equal("the same once more", case.journal.claim("a"), False)
    equal("another", other.claim("a"), False)
    equal("another entry", other.claim("b"), True)
    other.release("a")
    equal("another, which has given back what is not its own", other.claim("a"), False)
    case.journal.release("a")
    case.journal.release("a")
    equal("another, when it was given back", other.claim("a"), True)
    case.close(other)
    equal("when its holder was closed", case.journal.claim("a"), True)


def who_holds_an_entry_is_seen_by_all(case: Case) -> None:
    case.accept("a")
    other = case.open()
    for journal in (case.journal, other):
        equal("held by nobody", case.entry("a", journal).held, False)
    case.journal.claim("a")
    for journal in (case.journal, other):
        equal("held", case.entry("a", journal).held, True)
        equal("in the list", [entry.held for entry in journal.entries()], [True])
        equal(
            "in the list of open ones",
            [open_entry.held for open_entry in journal.open_entries()],
            [True],
        )
        found = journal.find(URL, Job(["task_a"]))
        equal("as it is found", found.held if found else None, True)
        equal("its state", case.entry("a", journal).state, "running")
    case.journal.release("a")
    equal("given back", case.entry("a", other).held, False)


def what_ends_a_submission_gives_its_claim_back(case: Case) -> None:
    other = case.open()
    for entry_id in ("accepted", "refused", "doubted"):
        case.begin(entry_id)
        equal(f"while it is sent, {entry_id}", other.claim(entry_id), False)
    case.journal.accept("accepted", Job(["task_1"]))
    case.journal.refuse("refused")
    case.journal.doubt("doubted", "lost")
    for entry_id in ("accepted", "refused", "doubted"):
        equal(f"when it was {entry_id}", other.claim(entry_id), True)


def one_that_is_claimed_by_another_is_not_begun(case: Case) -> None:
    other = case.open()
    other.claim("a")
    try:
        case.begin("a")
    except Exception:
        equal("what was not begun", case.journal.entry("a"), None)
        equal("its holder has it still", case.journal.claim("a"), False)
        return
    raise AssertionError("it was begun, though another holds it")


def threads_share_a_journal(case: Case) -> None:
    journals, faults = [case.journal, case.open()], list[Exception]()

    def run(number: int) -> None:
        journal = journals[number % 2]
        try:
            for each in range(5):
                name = f"{number}_{each}"
                journal.begin(name, URL, PAYLOAD, AT, idempotency_key=name)
                journal.accept(name, Job([f"task_{name}"]))
        except Exception as error:
            faults.append(error)

    run_all(run, 4)
    equal("what they raised", faults, [])
    for journal in journals:
        found = {entry.id: entry.job and entry.job.task_ids for entry in journal.entries()}
        names = [f"{number}_{each}" for number in range(4) for each in range(5)]
        equal("what all wrote", found, {name: (f"task_{name}",) for name in names})


def an_upload_is_known_by_its_content_for_as_long_as_is_asked(case: Case) -> None:
    one, two = "ab" * 32, "cd" * 32
    later = AT + timedelta(hours=1)
    case.journal.uploaded(URL, one, "https://cdn.example.com/1.jpg", AT)
    case.journal.uploaded(URL, two, "https://cdn.example.com/2.jpg", AT)
    for journal in (case.journal, case.open()):
        found = journal.address_of(URL, one, BEFORE)
        equal("the address", found, "https://cdn.example.com/1.jpg")
        equal("at another service", journal.address_of(OTHER, one, BEFORE), None)
        equal("uploaded then, and not after it", journal.address_of(URL, one, AT), None)
        equal("of what nobody uploaded", journal.address_of(URL, "ef" * 32, BEFORE), None)
    case.journal.uploaded(URL, one, "https://cdn.example.com/3.jpg", later)
    found = case.journal.address_of(URL, one, AT)
    equal("uploaded again", found, "https://cdn.example.com/3.jpg")
    case.journal.uploaded(URL, one, None, later)
    equal("forgotten", case.journal.address_of(URL, one, BEFORE), None)
    found = case.journal.address_of(URL, two, BEFORE)
    equal("the other one", found, "https://cdn.example.com/2.jpg")


PROMISES: tuple[Promise, ...] = (
    a_claim_is_one_holders_until_it_is_given_back,
    who_holds_an_entry_is_seen_by_all,
    what_ends_a_submission_gives_its_claim_back,
    one_that_is_claimed_by_another_is_not_begun,
    threads_share_a_journal,
    an_upload_is_known_by_its_content_for_as_long_as_is_asked,
)
