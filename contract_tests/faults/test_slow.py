"""Silence and dripping at every step, in real time: all cases of a mode at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from contract_tests.faults.cases import Case, Meet
from contract_tests.faults.outcomes import Fault
from contract_tests.faults.slow_behaviours import DRIPPING_HEADERS, FOR_EVER, PACE, SLOW
from contract_tests.faults.steps import DOWNLOAD, STEPS, SUBMIT, WAIT, Step, judge_once
from weryai import SubmissionUnknownError

pytestmark = pytest.mark.long


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


@pytest.fixture
def given(
    request: pytest.FixtureRequest, trust: None
) -> type[httpx.HTTPTransport | httpx.AsyncHTTPTransport]:
    """What makes a transport that the user gives, and that opens connections by itself."""
    sync = request.node.callspec.params["make_client"] == "sync"
    return httpx.HTTPTransport if sync else httpx.AsyncHTTPTransport


def test_a_server_that_is_slow_or_silent_is_paid_once_and_nothing_is_lost(
    meet: Meet, given: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport]
) -> None:
    """What is wrong is so at any pace; what only the machine was too slow for is right at the
    last one."""
    for PACE.timeout in (1.0, 2.0, 12.0):
        faults = met(meet, given)
        if not faults:
            break
    assert faults == []


def met(meet: Meet, given: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport]) -> list[str]:
    """What is wrong where each step meets each of the faults."""

    def cases(faults: Sequence[Fault], *steps: Step) -> list[Case]:
        return [meet(step, fault, timeout=PACE.timeout) for step in steps for fault in faults]

    own = [
        meet(WAIT, fault, timeout=PACE.timeout, transport=given())
        for fault in (*FOR_EVER, DRIPPING_HEADERS)
    ]

    new = cases(SLOW, *STEPS) + cases(FOR_EVER, SUBMIT, WAIT, DOWNLOAD)
    used = cases(FOR_EVER, SUBMIT, WAIT)  # a connection that another call has opened
    for case in used:
        case.stage.client.balance()
    found = wrong(new + used + own)
    found += [
        f"{case.fault.name}: it was sent on another connection"
        for case in used
        if case.step is SUBMIT and case.door.connections != 1
    ]
    silent = (case for case in new if case.fault.name == "silence in the body")
    (paid,) = (case.stage for case in silent if case.step is SUBMIT)
    if not isinstance(paid.error, SubmissionUnknownError):
        found.append("no error tells of the silence in the body")
    elif paid.simulator.ledger[0].task_ids[0] not in paid.error.raw.decode():
        found.append("what had arrived before the silence in the body is lost")
    return found
