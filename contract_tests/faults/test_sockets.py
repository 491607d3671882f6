"""Every fault at every step, through sockets on this machine: paid once, nothing lost."""

from __future__ import annotations

import pytest
from anyio.from_thread import BlockingPortal

from contract_tests.faults.behaviours import (
    ASTRAY,
    BARE,
    BUSINESS,
    CUT,
    ENDLESS,
    GATEWAYS,
    HARMLESS,
    LIMITS,
    LOST,
    NEVER_SENT,
    OF_EACH_ROW,
    REDIRECTS,
    UNREADABLE,
)
from contract_tests.faults.cases import Meet
from contract_tests.faults.outcomes import End, Fault
from contract_tests.faults.steps import (
    ALWAYS,
    BATCH,
    DOWNLOAD,
    STEPS,
    SUBMIT,
    UPLOAD,
    WAIT,
    Step,
    cases,
    judge_always,
    judge_once,
)
from weryai import SubmissionUnknownError
from weryai.journal import SQLiteJournal

# test_respx.py has all answers that are whole.
ONCE = cases([*NEVER_SENT, *LOST, *BARE, *OF_EACH_ROW], STEPS)
ONCE += cases(REDIRECTS[:-2], [SUBMIT, DOWNLOAD], in_turn=True) + cases(REDIRECTS[-2:], STEPS)
ONCE += cases([ENDLESS, CUT], [UPLOAD, SUBMIT, WAIT])
ONCE += cases([*HARMLESS, *ASTRAY], STEPS) + cases([CUT], [DOWNLOAD])
STAYING = cases([*NEVER_SENT[:2], *LOST[::5], LIMITS[0], *GATEWAYS[:1]], STEPS, staying=True)
STAYING += cases([REDIRECTS[-2], UNREADABLE[0]], [BATCH], staying=True)
# One of each row of the table, and of each way of losing an answer.
WRITTEN = [*NEVER_SENT[:2], *LOST[::3], LIMITS[0], *BUSINESS[:3], *GATEWAYS[:1]]
WRITTEN += [UNREADABLE[0], REDIRECTS[1], *ASTRAY, *HARMLESS]


@pytest.mark.parametrize(("step", "fault"), ONCE)
def test_a_fault_that_comes_once_is_paid_once_and_nothing_is_lost(
    meet: Meet, step: Step, fault: Fault
) -> None:
    case = meet(step, fault)
    case.play()
    judge_once(case.stage, step, fault, case.door.asked)
    case.end()


@pytest.mark.parametrize(("step", "fault"), STAYING)
def test_a_fault_that_stays_ends_in_its_error_and_nothing_is_lost(
    meet: Meet, step: Step, fault: Fault
) -> None:
    case = meet(step, fault, ALWAYS, retry_budget=6)
    case.stage.wait = 10
    case.play()
    assert case.door.played > 1
    judge_always(case.stage, step, fault)
    case.end()


@pytest.mark.parametrize(("step", "fault"), cases(WRITTEN, [SUBMIT], in_turn=True))
def test_the_journal_knows_what_became_of_a_submission(
    meet: Meet, step: Step, fault: Fault, journal: SQLiteJournal
) -> None:
    case = meet(step, fault, journal=journal)
    case.play()
    judge_once(case.stage, step, fault, case.door.asked)
    told = {
        End.AGAIN: ["running"],
        End.WELL: ["running"],
        End.UNKNOWN: ["unknown"],
        End.RAISED: [],
    }
    entries = [*journal.entries()]
    assert [entry.state for entry in entries] == told[fault.end(step.name)]
    assert [entry.job for entry in entries] == [case.stage.value] * len(entries)


def test_a_connection_that_was_closed_while_idle_is_not_used_for_a_submission(
    meet: Meet, doors: BlockingPortal
) -> None:
    case = meet(SUBMIT, LOST[0], times=0)
    assert case.stage.client.balance() == 1000
    doors.call(case.door.hang_up)
    case.stage.run(SUBMIT)
    SUBMIT.check(case.stage)
    assert (case.door.asked, case.door.connections) == (1, 2)


def test_a_submission_lost_on_a_connection_in_use_is_not_sent_on_another(meet: Meet) -> None:
    closed = next(fault for fault in LOST if fault.name == "closed before it was accepted")
    case = meet(SUBMIT, closed)
    assert case.stage.client.balance() == 1000
    case.play()
    judge_once(case.stage, SUBMIT, closed, case.door.asked)
    assert case.door.connections == 1


@pytest.mark.parametrize(
    "name", ["half of the body", "chunks that are cut", "half of the body below TLS"]
)
def test_what_arrived_of_a_submissions_answer_is_kept(meet: Meet, name: str) -> None:
    case = meet(SUBMIT, next(fault for fault in LOST if fault.name == name))
    case.play()
    assert isinstance(case.stage.error, SubmissionUnknownError)
    assert case.stage.error.raw.startswith(b'{"')
