"""How the simulator spells its replies: each way fits the contract and is what it claims."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest
from attrs import define, field

from contract_tests.support.contract import PAID
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    IDS,
    IMAGE,
    OPERATIONS,
    UPLOAD,
    ask,
    assert_fits,
    batch_status,
    raw,
    status,
    submit,
)
from weryai.testing import ManualClock, Outcome, Simulator, Variant

CHOICES = Variant.choices()
SUCCESS = {"0": (0, None), "200": (200, None), "true": (None, True)}
STATES = {
    "live": ["waiting", "processing", "succeed", "failed"],
    "documented": ["PENDING", "PROCESSING", "SUCCESS", "FAILED"],
    "noted": ["WAITING", "RUNNING", "SUCCEED", "FAILED"],
    "mapped": ["pending", "running", "success", "fail"],
    "canceled": ["waiting", "processing", "succeed", "canceled"],
    "error": ["waiting", "processing", "succeed", "error"],
}
PLACES: dict[str, Any] = {
    "strings": lambda task: task["videos"],
    "objects": lambda task: [video["url"] for video in task["videos"]],
    "src": lambda task: [video["src"] for video in task["videos"]],
    "video_urls": lambda task: task["video_urls"],
    "video_url": lambda task: [task["video_url"]],
    "video": lambda task: [task["video"]],
    "task_result": lambda task: task["task_result"]["videos"],
    "output": lambda task: task["output"]["videos"],
}


@define
class Told:
    """Every reply about two tasks: the first succeeds, the second fails."""

    submitted: list[Any] = field(factory=list)
    tasks: list[Any] = field(factory=list)  # waiting, processing, succeed, failed
    batches: list[Any] = field(factory=list)
    notices: list[Any] = field(factory=list)  # likewise
    reads: dict[str, Any] = field(factory=dict)  # of what asks for no id, by schema
    upload: Any = None
    refused: Any = None
    ids: list[str] = field(factory=list)

    def replies(self) -> list[tuple[str, Any]]:
        """The successes, each with its schema."""
        return [
            *(("SubmitOk", reply) for reply in self.submitted),
            *(("TaskStatusOk", reply) for reply in self.tasks),
            *(("BatchStatusOk", reply) for reply in self.batches),
            *self.reads.items(),
            ("UploadOk", self.upload),
        ]


@cache
def told(operation: str = PAID[0], **fields: Any) -> Told:
    """What a simulator of this variant says."""
    found, clock = Told(), ManualClock()
    with Simulator(variant=Variant(**fields), clock=clock) as simulator, raw(simulator) as http:
        simulator.outcomes.extend([Outcome(), Outcome("failed", "flagged")])
        found.submitted = [ask(http, operation), ask(http, operation)]
        found.ids = [line.task_ids[0] for line in simulator.ledger]
        for seconds in (0, 10):
            clock.advance(seconds)
            found.tasks.append(status(http, found.ids[0]))
            found.notices.append(json.loads(simulator.notice(found.ids[0])))
        clock.advance(20)
        found.tasks += [status(http, task_id) for task_id in found.ids]
        found.batches = [batch_status(http, line.batch_id) for line in simulator.ledger]
        found.notices += [json.loads(simulator.notice(task_id)) for task_id in found.ids]
        found.upload = http.post(UPLOAD, files={"file": ("a.png", IMAGE)}).json()
        found.reads = {
            f"{kind}Ok": http.get(path).json()
            for method, path, kind in OPERATIONS.values()
            if method == "GET" and not {*IDS.values()} & {*path.split("/")}
        }
        http.headers["Authorization"] = "Bearer sk-other"
        found.refused = http.get(BALANCE)
    return found


@cache
def several(operation: str = PAID[0], **fields: Any) -> tuple[Any, Any, Any]:
    """The replies to a submission of four videos: the ids, the first task and the batch."""
    clock = ManualClock()
    with Simulator(variant=Variant(**fields), clock=clock) as simulator, raw(simulator) as http:
        ids = ask(http, operation, video_number=4)
        (line,) = simulator.ledger
        clock.advance(30)
        return ids, status(http, line.task_ids[0]), batch_status(http, line.batch_id)


def assert_in_contract(fields: dict[str, Any], operation: str = PAID[0]) -> None:
    found = told(operation, **fields)
    for schema, reply in found.replies():
        assert_fits(schema, reply)
    for notice in found.notices:
        assert_fits("TaskNotice", notice)
    assert_fits("HttpError", found.refused.json())
    for schema, reply in zip(
        ("Submit", "TaskStatus", "BatchStatus"), several(operation, **fields), strict=True
    ):
        assert_fits(f"{schema}Ok", reply)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in CHOICES for value in CHOICES[name]]
)
@pytest.mark.parametrize("operation", PAID)
def test_each_choice_keeps_the_contract(operation: str, name: str, value: Any) -> None:
    assert_in_contract({name: value}, operation)


@pytest.mark.parametrize("shape", CHOICES["shape"])
@pytest.mark.parametrize("videos", CHOICES["videos"])
def test_each_place_of_the_videos_keeps_the_contract_in_each_shape(videos: str, shape: str) -> None:
    assert_in_contract({"videos": videos, "shape": shape})


@pytest.mark.parametrize("seed", range(60))
def test_any_mixture_of_choices_keeps_the_contract(seed: int) -> None:
    dice = random.Random(seed)
    assert_in_contract({name: dice.choice(values) for name, values in CHOICES.items()})


@pytest.mark.parametrize("name", CHOICES)
def test_nothing_else_can_be_chosen(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is one of"):
        told(**{name: "else"})


@pytest.mark.parametrize("success", CHOICES["success"])
def test_success_is_a_status_or_a_flag_in_every_reply(success: str) -> None:
    found = told(success=success)
    for reply in [*(reply for _, reply in found.replies()), *found.notices]:
        assert (reply.get("status"), reply.get("success")) == SUCCESS[success]


@pytest.mark.parametrize("success", CHOICES["success"])
@pytest.mark.parametrize("operation", PAID)
def test_a_refusal_is_spelled_by_those_who_spell_success_so(operation: str, success: Any) -> None:
    with Simulator(variant=Variant(success=success)) as simulator, raw(simulator) as http:
        refusals = (ask(http, operation, duration=0), 1002), (status(http, "task_1"), 1003)
        for refused, code in refusals:
            assert_fits("BusinessError", refused)
            assert refused["status"] == code
            assert refused.get("success") == (False if success == "true" else None)
            assert refused.get("message") or refused.get("msg")
            assert ("msg" in refused) == (success == "200")


@pytest.mark.parametrize("ids", CHOICES["ids"])
def test_the_id_of_a_single_task_is_where_it_is_said_to_be(ids: str) -> None:
    data = told(ids=ids).submitted[0]["data"]
    assert data.keys() - {"batch_id", "task_status"} == (
        {"task_ids", "task_id"} if ids == "both" else {ids}
    )
    assert data.get("task_id", data.get("task_ids", [None])[0]).startswith("task_")
    assert data.get("task_status", "waiting") == "waiting"
    assert len(several(ids=ids)[0]["data"]["task_ids"]) == 4


@pytest.mark.parametrize("named", CHOICES["named"])
def test_a_submission_names_all_tasks_or_the_first_beside_a_batch_of_all(named: str) -> None:
    ids, task, batch = several(named=named)
    whole = [each["task_id"] for each in batch["data"]]
    assert len(whole) == 4
    assert ids["data"]["task_ids"] == (whole[:1] if named == "first" else whole)
    assert task["data"]["task_id"] == whole[0]


@pytest.mark.parametrize("late", CHOICES["late"])
@pytest.mark.parametrize("one_task", CHOICES["one_task"])
def test_what_is_told_late_is_told_in_the_end_and_nothing_before_is_made_up(
    one_task: bool, late: Any
) -> None:
    clock = ManualClock()
    usual, variant = Variant(one_task=one_task), Variant(one_task=one_task, late=late)
    with (
        Simulator(variant=variant, clock=clock, late_seconds=7) as simulator,
        raw(simulator) as http,
    ):
        submit(http, video_number=4)
        (line,) = simulator.ledger
        looks = []
        for seconds in (29.9, 0.1, 6.9, 0.1, 1e6):
            clock.advance(seconds)
            for simulator.variant in (usual, variant):
                tasks = batch_status(http, line.batch_id)["data"]
                assert_fits("BatchStatusOk", {"status": 0, "data": tasks})
                looks.append((tasks, status(http, line.task_ids[0])["data"]))
    pairs = list(zip(looks[::2], looks[1::2], strict=True))
    same = [whole == told for whole, told in pairs]
    quiet = late == "nothing" or (late == "tasks" and one_task)
    # States and videos can be late only once tasks have ended; a list of tasks at any time.
    assert same == ([True] * 5 if quiet else [late != "tasks", False, False, True, True])
    ((whole, _), (told, one)) = pairs[1]
    match late:
        case "videos":
            urls = [[task.get("videos", []) for task in each] for each in (whole, told)]
            assert urls[1] == [url[:-1] for url in urls[0]]
        case "tasks":
            assert told == whole[:1]
        case "state":
            assert {(task["task_status"], "videos" in task) for task in told} == {("failed", False)}
            assert one == told[0]


def test_a_failure_is_told_at_once_whatever_is_late() -> None:
    for late in CHOICES["late"]:
        with Simulator(variant=Variant(late=late)) as simulator, raw(simulator) as http:
            simulator.outcomes.append(Outcome("failed", "flagged"))
            submit(http)
            simulator.clock.sleep(30)
            told = status(http, simulator.ledger[0].task_ids[0])["data"]
            assert (told["task_status"], told["msg"]) == ("failed", "flagged")


@pytest.mark.parametrize("one_task", CHOICES["one_task"])
def test_several_videos_are_several_tasks_or_one(one_task: bool) -> None:
    ids, task, batch = several(one_task=one_task)
    assert len(ids["data"]["task_ids"]) == len(batch["data"]) == (1 if one_task else 4)
    assert len(set(task["data"]["videos"])) == (4 if one_task else 1)
    assert len({url for each in batch["data"] for url in each["videos"]}) == 4


@pytest.mark.parametrize("states", CHOICES["states"])
def test_the_states_are_spelled_as_they_are_said_to_be(states: str) -> None:
    found = told(states=states)
    for replies in (found.tasks, found.notices):
        assert [reply["data"]["task_status"] for reply in replies] == STATES[states]
    ended = STATES[states][2:]
    assert [reply["data"][0]["task_status"] for reply in found.batches] == ended


@pytest.mark.parametrize("shape", CHOICES["shape"])
def test_a_task_has_the_shape_it_is_said_to_have(shape: str) -> None:
    found = told(shape=shape)
    task, notice, batch = (
        found.tasks[2]["data"],
        found.notices[2]["data"],
        found.batches[0]["data"],
    )
    assert isinstance(task, list) == (shape == "list")
    for each in (task[0] if shape == "list" else task, notice, batch[0]):
        assert (each.keys() == {"output"}) == (shape == "wrapped")
        inner = each["output"] if shape == "wrapped" else each
        names = {"taskId", "taskStatus"} if shape == "camel" else {"task_id", "task_status"}
        assert inner.keys() == names | {"videos"}
        assert inner["taskId" if shape == "camel" else "task_id"] == found.ids[0]


@pytest.mark.parametrize("batch", CHOICES["batch"])
def test_a_batch_is_a_list_or_a_lone_task(batch: str) -> None:
    found = told(batch=batch).batches[0]["data"]
    assert isinstance(found, list) == (batch == "list")
    assert len(several(batch=batch)[2]["data"]) == 4


@pytest.mark.parametrize("videos", CHOICES["videos"])
def test_the_videos_are_where_they_are_said_to_be(videos: str) -> None:
    found = told(videos=videos)
    for task in (found.tasks[2]["data"], found.batches[0]["data"][0], found.notices[2]["data"]):
        assert PLACES[videos](task) == [f"http://localhost/results/{found.ids[0]}-1.mp4"]
    for unfinished in (*found.tasks[:2], found.tasks[3]):
        assert "mp4" not in str(unfinished)
    many = several(videos=videos, one_task=True)[1]["data"]
    assert len(PLACES["strings" if videos in ("video", "video_url") else videos](many)) == 4


@pytest.mark.parametrize("reason", CHOICES["reason"])
def test_a_task_that_failed_says_why(reason: str) -> None:
    found = told(reason=reason)
    for task in (found.tasks[3]["data"], found.batches[1]["data"][0], found.notices[3]["data"]):
        assert (task if reason == "msg" else task["task_result"])[
            "msg" if reason == "msg" else "message"
        ] == "flagged"
    assert "flagged" not in str(found.tasks[:3])


@pytest.mark.parametrize("nulls", CHOICES["nulls"])
def test_absent_fields_of_a_task_are_missing_or_null(nulls: bool) -> None:
    waiting = told(nulls=nulls).tasks[0]["data"]
    absent = {"videos": None, "task_result": None, "msg": None} if nulls else {}
    assert {key: waiting[key] for key in waiting if not key.startswith("task_s")} == (
        {"task_id": waiting["task_id"]} | absent
    )


@pytest.mark.parametrize("balance", CHOICES["balance"])
def test_the_balance_is_a_number_or_an_object(balance: str) -> None:
    assert told(balance=balance).reads["BalanceOk"]["data"] == (
        990 if balance == "number" else {"balance": 990}
    )


@pytest.mark.parametrize("registry", CHOICES["registry"])
def test_the_registry_has_rows_for_several_images_or_those_they_fall_back_to(registry: str) -> None:
    tables = told(registry=registry).reads["ModelsOk"]["data"]
    assert tables["image_to_video"]
    assert ("multi_image_to_video" in tables) == (registry == "full")
    assert tables.get("multi_image_to_video", tables["image_to_video"])


@pytest.mark.parametrize("bad_key", CHOICES["bad_key"])
def test_a_bad_key_is_refused_as_it_is_said_to_be(bad_key: str) -> None:
    refused = told(bad_key=bad_key).refused
    assert refused.status_code == {"401": 401, "403": 403, "1002": 200}[bad_key]
    assert refused.json()["status"] == 1002


def test_the_spelling_may_change_at_any_time() -> None:
    with Simulator() as simulator, raw(simulator) as http:
        assert http.get(BALANCE).json()["status"] == 0
        simulator.variant = Variant(success="200")
        assert http.get(BALANCE).json()["status"] == 200
        assert simulator.variant.success == "200"


@pytest.mark.parametrize(
    ("success", "fields"),
    [
        ("0", {"status", "desc", "message"}),
        ("200", {"status", "msg"}),
        ("true", {"success", "status", "message"}),
    ],
)
def test_a_refusal_is_spelled_as_its_successes_are(success: Any, fields: set[str]) -> None:
    with Simulator(variant=Variant(success=success)) as simulator, raw(simulator) as http:
        refusals = {
            1002: (
                submit(http, prompt=""),
                http.post(UPLOAD, files={"batch_no": (None, "1")}).json(),
            ),
            1003: (status(http, "unknown"), batch_status(http, 1)),
        }
    for code, told in refusals.items():
        for each in told:
            assert_fits("BusinessError", each)
            assert (each.keys(), each["status"]) == (fields, code)


@pytest.mark.parametrize("state", ["canceled", "error", "fail", "success", "failed", "succeed"])
def test_an_end_in_any_spelling_gives_its_place_free(state: str) -> None:
    with Simulator(credits=1e6) as simulator, raw(simulator) as http:
        simulator.outcomes.extend([Outcome(state)] * 20)
        for _ in range(5):
            assert submit(http, video_number=4)["status"] == 0
        assert submit(http)["status"] == 6010
        simulator.clock.sleep(30)
        assert submit(http)["status"] == 0
