"""Says in two digests which cases are generated: the replies, and the calls of the simulator.

python -m contract_tests.house.digest
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, HookContext
from schemathesis.core import NotSet

from contract_tests.simulator import schema_cases
from contract_tests.simulator.schema_cases import Case
from contract_tests.simulator.schema_checks import Watch
from contract_tests.support import replies
from contract_tests.support.run import hypothesis_profiles

# One of the simplest, one of the widest, and the one that must not go wrong.
SOME = ("get_balance", "get_task_status", "submit_multi_image_to_video")
REDUCED: dict[str, Any] = {
    "phases": {
        "fuzzing": {"generation": {"max-examples": 3}},
        "stateful": {"max-steps": 3, "generation": {"max-examples": 3}},
    },
    "operations": [],  # none is tried more often than these say
}


def of_replies() -> str:
    """A digest of the first replies of some operations, good and bad."""
    cases: list[str] = []
    few = settings(
        max_examples=3,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for operation in SOME:
        for mode in GenerationMode:
            strategy = replies.generated(operation, mode)
            few(given(strategy)(lambda body: cases.append(json.dumps(body))))()
    return digest(cases)


def of_calls() -> str:
    """A digest of the first calls that schemathesis makes in each phase."""
    cases, watch = list[str](), Watch()

    def prepare(context: HookContext, case: Case, options: dict[str, Any]) -> None:
        watch.prepare(context, case, options)
        body = None if isinstance(case.body, NotSet) else case.body
        parts = (case.method, case.path, case.path_parameters, case.query, case.headers, body)
        cases.append(repr(parts))

    with (
        tempfile.TemporaryDirectory() as folder,
        watch.simulator as simulator,
        watch.http,
    ):
        app, key = simulator.app, simulator.api_key
        report = schema_cases.run(app, key, prepare, [], Path(folder), REDUCED, SOME)
    assert report.errors == [], report.errors
    return digest(cases)


def digest(cases: list[str]) -> str:
    """Of this many cases, in this order."""
    return f"{len(cases)} {hashlib.sha256(repr(cases).encode()).hexdigest()}"


def digests() -> list[str]:
    """Both."""
    return [of_replies(), of_calls()]


if __name__ == "__main__":
    hypothesis_profiles.load()
    print(*digests(), sep="\n")
