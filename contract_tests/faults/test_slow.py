"""Silence and dripping at every step, in real time: all cases of a mode at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from contract_tests.faults.cases import Case, Meet
from contract_tests.faults.outcomes import Fault
from contract_tests.faults.slow_behaviours import FOR_EVER, SLOW, TIMEOUT
from contract_tests.faults.steps import DOWNLOAD, STEPS, SUBMIT, WAIT, Step, judge_once
from weryai import SubmissionUnknownError


def play(case: Case) -> str | None:
    """Returns what is wrong."""
    try:
        case.play()
        judge_once(case.stage, case.step, case.fault, case.door.asked)
        case.end()
    except AssertionError as error:
        return f"{case.fault.name} at {case.step.name}: {error}"
    return None


def wrong(cases: Sequence[Case]) -> list[str]:
    with ThreadPoolExecutor(len(cases)) as pool:
        return [each for each in pool.map(play, cases) if each]


def test_a_server_that_is_slow_or_silent_is_paid_once_and_nothing_is_lost(meet: Meet) -> None:
    def met(faults: Sequence[Fault], *steps: Step) -> list[Case]:
        return [meet(step, fault, timeout=TIMEOUT) for step in steps for fault in faults]

    new = met(SLOW, *STEPS) + met(FOR_EVER, SUBMIT, WAIT, DOWNLOAD)
    used = met(FOR_EVER, SUBMIT, WAIT)  # a connection that another call has opened
    for case in used:
        case.stage.client.balance()
    assert wrong(new + used) == []
    assert {case.door.connections for case in used if case.step is SUBMIT} == {1}
    silent = (case for case in new if case.fault.name == "silence in the body")
    (paid,) = (case.stage for case in silent if case.step is SUBMIT)
    assert isinstance(paid.error, SubmissionUnknownError)
    assert paid.simulator.ledger[0].task_ids[0] in paid.error.raw.decode()
