"""Silence and dripping at every step, in real time: all cases of a colour at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from contract_tests.faults.conftest import Case, Meet
from contract_tests.faults.slow import SLOW, TIMEOUT
from contract_tests.faults.stage import STEPS, judge_once


def test_a_server_that_is_slow_or_silent_is_paid_once_and_nothing_is_lost(meet: Meet) -> None:
    cases = [meet(step, fault, timeout=TIMEOUT) for step in STEPS for fault in SLOW]

    def play(case: Case) -> str | None:
        try:
            case.play()
            judge_once(case.stage, case.step, case.fault, case.door.asked)
            case.end()
        except AssertionError as error:
            return f"{case.fault.name} at {case.step.name}: {error}"
        return None

    with ThreadPoolExecutor(len(cases)) as pool:
        wrong = [each for each in pool.map(play, cases) if each]
    assert wrong == []
