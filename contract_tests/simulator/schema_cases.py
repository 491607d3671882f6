"""Runs schemathesis against an application in process, and sorts what the checks said.

Nothing is sent to any address, nothing is written into the checkout, and the same code generates
the same calls: one seed, one worker, no database; see also profiles.py.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest import mock

import pytest
import schemathesis
import schemathesis.engine
from attrs import define, field
from hypothesis.internal import charmap
from schemathesis import CheckContext, Config, HookContext, Response
from schemathesis.checks import CHECKS
from schemathesis.engine.events import FatalError, NonFatalError, PhaseFinished, ScenarioFinished
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from starlette.middleware.errors import ServerErrorMiddleware

CONTRACT = Path(__file__).parents[2] / "openapi" / "weryai.yaml"
SETTINGS: dict[str, Any] = {
    "seed": 1,
    "workers": 1,
    "continue-on-failure": True,
    "warnings": False,
    "cache": {"enabled": False},
    "analysis": {"constants": {"enabled": False}},
    "generation": {"deterministic": True, "database": "none", "no-shrink": True},
    # Answered with HTTP 200 and a business code: a check of our own reads the body.
    "checks": {"negative_data_rejection": {"enabled": False}},
    "phases": {
        "fuzzing": {"generation": {"max-examples": 60}},
        "stateful": {"max-steps": 5, "generation": {"max-examples": 25}},
    },
    # An id in the path is all there is to try: of 60 calls 45 were among the first again.
    "operations": [
        {
            "include-operation-id": ["get_task_status", "get_batch_status"],
            "phases": {"fuzzing": {"generation": {"max-examples": 20}}},
        }
    ],
}

Case = schemathesis.Case[Any]
Application = Callable[[MutableMapping[str, Any], Any, Any], Any]
Check = Callable[[CheckContext, Response, Case], bool | None]
Prepare = Callable[[HookContext, Case, dict[str, Any]], None]


@define
class Verdict:
    """What one check said of one operation."""

    passed: int = 0
    failures: list[str] = field(factory=list)


@define
class Report:
    """What a run found: verdicts by operationId and check, and how much was tried."""

    verdicts: defaultdict[tuple[str, str], Verdict] = field(
        factory=lambda: defaultdict[tuple[str, str], Verdict](Verdict)
    )
    calls: Counter[tuple[str, str]] = field(factory=Counter)  # by phase and operationId
    links: Counter[str] = field(factory=Counter)  # by the operationId they lead to
    errors: list[str] = field(factory=list)


def run(
    app: Application,
    key: str,
    prepare: Prepare,
    checks: Sequence[Check],
    folder: Path,
    other: Mapping[str, Any] = MappingProxyType({}),
    only: Sequence[str] = (),
) -> Report:
    """Try every operation of the contract in all phases, with good data and bad.

    Parameters:
        app: the application; its lifespan is not run.
        key: sent with every call.
        prepare: called before each call, and may change it.
        checks: of our own, beside those of schemathesis. One that returns True did not apply.
        folder: for what hypothesis writes.
        other: settings of schemathesis in the place of those above.
        only: the operations to try, where not all.
    """

    async def without_lifespan(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        with suppress(Exception):  # answered with a 500 by now, which a check looks for
            await ServerErrorMiddleware(app)(scope, receive, send)

    headers = {"Authorization": f"Bearer {key}"}
    config = Config.from_dict({**SETTINGS, **other, "headers": headers})
    schema: Any = schemathesis.openapi.from_path(CONTRACT, config=config)
    if only:
        schema = schema.include(operation_id=[*only])
    schema.app = without_lifespan
    report = Report()
    # The ids of tasks come back in the calls that follow, and the simulator makes them up.
    counted = mock.patch.object(secrets, "token_hex", side_effect=map("{:016}".format, count()))
    with _registered(prepare, checks), _to_itself(folder), counted:
        for event in schemathesis.engine.from_schema(schema).execute():
            _sort(event, report)
    return report


def _sort(event: Any, report: Report) -> None:
    match event:
        case FatalError():
            raise event.exception
        case NonFatalError():
            report.errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
        case PhaseFinished() if event.status in ("error", "skip"):
            report.errors.append(f"{event.phase.name.value}: {event.status}")
        case ScenarioFinished():
            _sort_scenario(event, report)


def _sort_scenario(event: ScenarioFinished, report: Report) -> None:
    for case_id, node in event.recorder.cases.items():
        operation = node.value.operation.definition.raw["operationId"]
        report.calls[event.phase.value, operation] += 1
        report.links[operation] += node.is_transition_applied
        for check in event.recorder.checks.get(case_id, []):
            verdict = report.verdicts[operation, check.name]
            if check.failure_info is None:
                verdict.passed += 1
            else:
                found = check.failure_info
                lines = [f"{event.phase.value}: {found.failure.title}", found.failure.message]
                verdict.failures.append("\n".join([*lines, found.code_sample]))


@contextmanager
def _registered(prepare: Prepare, checks: Sequence[Check]) -> Iterator[None]:
    """Checks and hooks are global to schemathesis: other tests must not meet ours."""
    for check in checks:
        CHECKS.register(check)
    GLOBAL_HOOK_DISPATCHER.register_hook_with_name(prepare, "before_call")
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(prepare)
        for check in checks:
            CHECKS.unregister(check.__name__)


@contextmanager
def _to_itself(folder: Path) -> Iterator[None]:
    """Hypothesis, writing elsewhere. Which characters there are it keeps where it usually does: to
    find that out takes it seconds."""
    charmap.charmap()
    for coding in ("ascii", "utf-8"):
        charmap.intervals_from_codec(coding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hypothesis.configuration.__hypothesis_home_directory", folder)
        yield
