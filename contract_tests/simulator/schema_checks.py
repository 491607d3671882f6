"""What schemathesis cannot know about the service: checks of our own on every generated call.

What a model allows stands in the registry and not in the contract. So each generated submission is
narrowed first: what is left wrong with it is wrong by the contract alone, and good data that is
refused inside an HTTP 200 is a failure. The files that are uploaded become images for the same
reason.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
from attrs import define, field
from schemathesis import CheckContext, GenerationMode, HookContext, Response
from schemathesis.core.parameters import ParameterLocation

from contract_tests.simulator.schema_cases import Case
from contract_tests.support.contract import PAID, SCHEMAS
from contract_tests.support.servers.simulator_http import OPERATIONS as SIMULATED
from weryai.testing import ManualClock, Outcome, Simulator, sample
from weryai.testing._transport import BlockingTransport
from weryai.testing._wire.models import rows_of

STATUS, BATCH = "get_task_status", "get_batch_status"
UPLOAD = "upload_file"
OPERATIONS = tuple(SIMULATED)
KNOWN = SCHEMAS["KnownTaskStatus"]["enum"]
RANKS = {"waiting": 0, "processing": 1, "succeed": 2, "failed": 2}
IMAGE = sample("night", (32, 18))
# Seconds. A task takes 30: it is read at once, on its way, when it has ended, and long after.
TURNS = (0, 12, 20, 1000)


def narrowed(operation: str, body: Any) -> Any:
    """A submission whose model, ratio, duration and resolution, where they are right by the
    contract, are those of one row of the registry."""
    if not isinstance(body, dict):
        return body
    rows = list(rows_of(operation).values())
    row = rows[len(str(body.get("prompt"))) % len(rows)]
    allowed = {
        "model": [row["model_key"]],
        "aspect_ratio": row["aspect_ratios"] or ["16:9", "21:9"],
        "resolution": row["resolutions"] or ["480p", "720p"],
        "duration": row["durations"],
    }
    right = {name for name in allowed.keys() & body.keys() if _is_right(name, body[name])}
    return body | {name: allowed[name][len(str(body)) % len(allowed[name])] for name in right}


def _is_right(name: str, value: Any) -> bool:
    if name != "duration":
        return isinstance(value, str)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and value >= 1 and value == value // 1


def operation_of(case: Case) -> str:
    """Its operationId."""
    return str(case.operation.definition.raw["operationId"])


@define
class Story:
    """What replies told about tasks, and what was wrong with that."""

    told: int = 0
    lost: list[str] = field(factory=list)
    unknown: list[str] = field(factory=list)
    back: list[str] = field(factory=list)


class Watch:
    """The checks. One that returns True did not apply."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(credits=1e12, clock=self.clock)
        # Every other task fails.
        self.simulator.outcomes.extend([Outcome(), Outcome("failed", "flagged")] * 10_000)
        # No client around it: of thousands of reads, that is half of each.
        self.http = BlockingTransport(self.simulator.app, self.simulator.app.at_once)
        self.headers = {"Authorization": f"Bearer {self.simulator.api_key}"}
        self.accounts: dict[str, tuple[int, float]] = {}  # by the id of a case, before it is sent
        self.modes: dict[str, GenerationMode | None] = {}  # likewise
        self.stories: dict[str, Story] = {}  # by the id of a case
        self.states: dict[str, str] = {}  # by the id of a task: the last that was told
        self.batches: set[str] = set()

    def prepare(self, _: HookContext, case: Case, __: dict[str, Any]) -> None:
        """Before each call: read the account, and narrow what is sent."""
        self.accounts[case.id] = len(self.simulator.ledger), self.simulator.credits
        self.modes[case.id] = None if _is_probe(case) else _mode(case)
        body: Any = case.body
        if operation_of(case) in PAID:
            case.body = narrowed(operation_of(case), body)
        if operation_of(case) == UPLOAD and isinstance(body, dict) and "file" in body:
            case.body = body | {"file": IMAGE}

    def good_data_is_accepted(self, _: CheckContext, response: Response, case: Case) -> bool:
        if self.modes[case.id] is not GenerationMode.POSITIVE:
            return True
        known = {STATUS: self.states.keys(), BATCH: self.batches}.get(operation_of(case))
        asked = {str(value) for value in case.path_parameters.values()}
        expected = 0 if known is None or asked <= known else 1003
        assert response.json()["status"] == expected, response.text
        return False

    def bad_data_is_refused(self, _: CheckContext, response: Response, case: Case) -> bool:
        if self.modes[case.id] is not GenerationMode.NEGATIVE:
            return True
        assert response.status_code >= 400 or response.json()["status"] > 200, response.text
        return False

    def only_an_accepted_submission_costs(
        self, _: CheckContext, response: Response, case: Case
    ) -> None:
        lines, credits = self.accounts[case.id]
        new = self.simulator.ledger[lines:]
        data = _started(case, response)
        if data is None:
            assert (new, self.simulator.credits) == ([], credits)
        else:
            assert len(new) == 1
            (line,) = new
            body: Any = case.body
            cost = body["duration"] * body.get("video_number", 1)
            assert (list(line.task_ids), line.batch_id) == (data["task_ids"], data["batch_id"])
            assert (line.credits, self.simulator.credits) == (cost, credits - cost)

    def each_video_has_a_task(self, _: CheckContext, response: Response, case: Case) -> bool:
        data = _started(case, response)
        if data is None:
            return True
        body: Any = case.body
        assert len(set(data["task_ids"])) == body.get("video_number", 1), response.text
        return False

    def no_task_is_lost(self, _: CheckContext, response: Response, case: Case) -> bool:
        story = self._story(case, response)
        assert not story.lost, story.lost
        return _started(case, response) is None

    def states_are_known(self, _: CheckContext, response: Response, case: Case) -> bool:
        story = self._story(case, response)
        assert not story.unknown, story.unknown
        return not story.told

    def states_never_go_back(self, _: CheckContext, response: Response, case: Case) -> bool:
        story = self._story(case, response)
        assert not story.back, story.back
        return not story.told

    def _story(self, case: Case, response: Response) -> Story:
        if case.id in self.stories:
            return self.stories[case.id]
        story = self.stories[case.id] = Story()
        started = _started(case, response)
        if started is not None:
            self._follow(started, story)
        elif operation_of(case) in (STATUS, BATCH) and response.status_code == 200:
            data = response.json().get("data", [])
            self._note(data if isinstance(data, list) else [data], story)
        return story

    def _follow(self, started: dict[str, Any], story: Story) -> None:
        """Read all tasks of a submission, alone and together, while time passes."""
        ids, batch = started["task_ids"], str(started["batch_id"])
        self.batches.add(batch)
        for seconds in TURNS:
            self.clock.advance(seconds)
            alone = [self._read(f"/v1/generation/{task_id}/status") for task_id in ids]
            if [task.get("task_id") for task in alone] != ids:
                story.lost.append(f"{ids} at {self.clock.now}: {alone}")
            together = self._read(f"/v1/generation/batch/{batch}/status")
            if together != alone:
                story.lost.append(f"{batch} at {self.clock.now}: {together}, not {alone}")
            self._note(alone, story)

    def _read(self, path: str) -> Any:
        request = httpx.Request("GET", f"http://localhost{path}", headers=self.headers)
        return json.loads(self.http.handle_request(request).read()).get("data", {})

    def _note(self, tasks: list[dict[str, Any]], story: Story) -> None:
        for task in tasks:
            state = task.get("task_status", "")
            before = self.states.get(task.get("task_id", ""), "waiting")
            story.told += 1
            if state not in KNOWN:
                story.unknown.append(f"{task}")
            rank = RANKS.get(before, 0)
            if rank > RANKS.get(state, -1) or (rank == 2 and state != before):
                story.back.append(f"{before}, then {task}")
            self.states[task.get("task_id", "")] = state


def _is_probe(case: Case) -> bool:
    """A method that the contract does not have: checks of schemathesis look at those."""
    return bool(case.method.upper() != case.operation.method.upper())


def _mode(case: Case) -> GenerationMode | None:
    """Whether it keeps the contract or breaks it; None where that cannot be seen on the wire."""
    if case.meta is None:
        return None
    if case.meta.generation.mode.is_positive:
        return GenerationMode.POSITIVE
    if operation_of(case) == UPLOAD:  # there 1 and "1" are the same bytes
        visible = not (isinstance(case.body, dict) and "file" in case.body)
    else:
        places = ParameterLocation.PATH, ParameterLocation.BODY
        visible = any(map(case.meta.is_negative_at, places))
    return GenerationMode.NEGATIVE if visible else None


def _started(case: Case, response: Response) -> dict[str, Any] | None:
    """The ids of a submission that was accepted."""
    if operation_of(case) not in PAID or response.status_code != 200:
        return None
    told = response.json()
    return told["data"] if told["status"] == 0 else None
