"""The simulator answers whatever the contract lets anybody send, and as the contract says.

Every operation is called with generated data, good and bad, in all phases of schemathesis. A
failure names the operation and the check, and shows the calls that led to it.
"""

from __future__ import annotations

import pytest

from contract_tests.simulator.schema_cases import Report, run
from contract_tests.simulator.schema_checks import BATCH, OPERATIONS, STATUS, UPLOAD, Watch
from contract_tests.support.contract import PAID
from contract_tests.support.servers.no_network import loopback_only

BUILT_IN = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "positive_data_acceptance",
    "ignored_auth",
    "unsupported_method",
    "allow_header_conformance",
)
OWN = {
    "good_data_is_accepted": OPERATIONS,
    "only_an_accepted_submission_costs": OPERATIONS,
    "bad_data_is_refused": (*PAID, STATUS, BATCH, UPLOAD),
    "states_are_known": (*PAID, STATUS, BATCH),
    "states_never_go_back": (*PAID, STATUS, BATCH),
    "no_task_is_lost": PAID,
    "each_video_has_a_task": PAID,
}
CHECKS = {**dict.fromkeys(BUILT_IN, OPERATIONS), **OWN}
# Of the examples and of the links, the other operations have none.
REACH = {
    "examples": (*PAID, STATUS, BATCH),
    "coverage": OPERATIONS,
    "fuzzing": OPERATIONS,
    "stateful": (*PAID, STATUS, BATCH),
}
HINTS = {
    "good_data_is_accepted": "the contract allows it: make generate, else mend _wire/checks.py",
    "bad_data_is_refused": "the contract forbids it: make generate, else mend _wire/checks.py",
}
# One fixture makes all calls, on whatever machine.
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
PAIRS = [(operation, check) for check in CHECKS for operation in CHECKS[check]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    watch = Watch()
    checks = [getattr(watch, name) for name in OWN]
    folder = tmp_path_factory.mktemp("hypothesis")
    with watch.simulator as simulator, watch.http, loopback_only() as called:
        report = run(simulator.app, simulator.api_key, watch.prepare, checks, folder)
    assert called == []
    return report


@pytest.mark.parametrize(("operation", "check"), PAIRS)
def test_every_generated_call_passes(report: Report, operation: str, check: str) -> None:
    verdict = report.verdicts[operation, check]
    told = "\n\n".join(verdict.failures[:3])
    assert not verdict.failures, f"{HINTS[check]}\n\n{told}" if check in HINTS else told
    assert verdict.passed, "nothing was checked"


def test_the_run_met_no_errors_and_no_other_checks_failed(report: Report) -> None:
    assert report.errors == []
    assert [pair for pair, verdict in report.verdicts.items() if verdict.failures] == []


@pytest.mark.parametrize(
    ("phase", "operation"), [(phase, operation) for phase in REACH for operation in REACH[phase]]
)
def test_each_phase_calls_each_operation_in_its_reach(
    report: Report, phase: str, operation: str
) -> None:
    assert report.calls[phase, operation]


@pytest.mark.parametrize("operation", [STATUS, BATCH])
def test_the_links_of_a_submission_are_followed(report: Report, operation: str) -> None:
    assert report.links[operation]
