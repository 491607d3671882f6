"""The usual changes of the contract go through: a field, a value, a limit, a whole operation.

docs/maintaining.md tells by hand what these tests do to a copy.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from contract_tests.contract.breaking.changes_in_process import (
    COMPATIBLE,
    DOCS,
    JSON,
    ROOT,
    STATUS,
    SUBMIT,
    Change,
    Doc,
    asked,
    compared,
    schema,
)
from contract_tests.contract.generate_in_process import generate

ZEST = "/v1/generation/{task_id}/zest"
ADDRESS = {"$ref": "#/components/schemas/ImageAddress"}


def add_field(doc: Doc) -> None:
    asked(doc)["zest"] = {"type": "integer", "minimum": 0}


def add_values(doc: Doc) -> None:
    schema(doc, "VideoNumber")["enum"].append(99)
    schema(doc, "KnownTaskStatus")["enum"].append("zesting")


def add_operation(doc: Doc) -> None:
    operation = json.loads(json.dumps(doc["paths"][STATUS]["get"]))
    doc["paths"][ZEST] = {"get": operation | {"operationId": "get_zest_of_task"}}


def lower_limit(doc: Doc) -> None:
    asked(doc)["prompt"]["maxLength"] = 3


def add_paid_operation(doc: Doc) -> None:
    """One that takes its images in other fields."""
    request = json.loads(json.dumps(schema(doc, "MultiImageToVideoRequest")))
    request["required"].remove("images")
    request["required"].append("first")
    images = request["properties"].pop("images")
    request["properties"] |= {"first": ADDRESS, "more": images}
    doc["components"]["schemas"]["ZestToVideoRequest"] = request
    operation = json.loads(json.dumps(doc["paths"][SUBMIT]["post"]))
    operation["operationId"] = "submit_zest_to_video"
    body = {"schema": {"$ref": "#/components/schemas/ZestToVideoRequest"}}
    operation["requestBody"]["content"]["application/json"] = body
    doc["paths"]["/v1/generation/zest-to-video"] = {"post": operation}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client that is generated from the contract with all of them."""
    folder = tmp_path_factory.mktemp("changed")
    doc = json.loads(JSON)
    changes = add_field, add_values, lower_limit, add_operation, add_paid_operation
    for change in changes:
        change(doc)
    contract = folder / "weryai.yaml"
    contract.write_text(json.dumps(doc))
    assert generate("--contract", contract, "--target", folder / "changed_api") == (0, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield importlib.import_module("changed_api")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (add_field, {"request zest: new"}),
        (
            add_values,
            {
                "request video_number: enum: now also 99",
                *(
                    f'{where} {form}: enum: now also "zesting"'
                    for where in ("reply 200", "request")
                    for form in ("TaskReport.task_status", "TaskReportCamel.taskStatus")
                ),
            },
        ),
        (add_operation, {f"new: GET {ZEST}"}),
    ],
    ids=["field", "values", "operation"],
)
def test_what_is_added_breaks_nobody_and_is_told(change: Change, told: set[str]) -> None:
    found = compared(change)
    assert {each.level for each in found} == {COMPATIBLE}
    assert {str(each) for each in found} == told


def test_a_model_that_is_new_in_an_open_set_is_told_by_its_key() -> None:
    (found,) = compared(lambda doc: asked(doc)["model"]["examples"].append("ZEST_1"))
    assert (found.level, str(found)) == (DOCS, 'request model: examples: now also "ZEST_1"')


def test_a_field_and_a_value_that_are_added_can_be_sent(changed: Any) -> None:
    models = importlib.import_module("changed_api.models")
    sent: dict[str, Any] = {
        "model": "KLING_O1",
        "prompt": "The sun sets",
        "images": ["https://example.com/a.jpg"],
        "aspect_ratio": "16:9",
        "duration": 5,
        "video_number": 99,
        "zest": 7,
    }
    assert models.MultiImageToVideoRequest(**sent).to_dict() == sent
    told = {"task_id": "task_1", "task_status": "zesting"}
    assert models.TaskReport.from_dict(told).to_dict() == told


def test_an_operation_that_is_added_can_be_called(changed: Any) -> None:
    module = importlib.import_module("changed_api.api.generation.get_zest_of_task")
    kwargs = module._get_kwargs("task_1")
    assert (kwargs["method"], kwargs["url"]) == ("get", "/v1/generation/task_1/zest")
    assert Path(module.__file__ or "").is_relative_to(Path(changed.__file__).parent)


@pytest.fixture(scope="module")
def simulated(changed: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the simulator answers, of which no line was changed by hand."""
    folder = tmp_path_factory.mktemp("simulated")
    shutil.copytree(Path(changed.__file__).parent, folder / "weryai_api")
    own = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), *own]))}
    command = [sys.executable, "-m", "contract_tests.contract.changed_simulator"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("prompt", "prompt is longer than 3 characters"),
        ("zest", "zest is less than the minimum of 0"),
    ],
)
def test_a_limit_that_is_changed_or_added_is_kept_by_the_simulator(
    simulated: Any, field: str, words: str
) -> None:
    told = simulated[field]
    assert (told["status"], told["message"]) == (1002, f"Parameter error: {words}")


def test_a_value_that_is_added_is_taken_by_the_simulator(simulated: Any) -> None:
    assert simulated["videos"] == {"-99.mp4": 200, "-100.mp4": 404}


def test_an_operation_that_is_added_is_simulated_by_the_schema_of_its_reply(simulated: Any) -> None:
    assert {"get_zest_of_task", "submit_zest_to_video"} <= set(simulated["operations"])
    assert simulated["read"]["data"]["task_status"] == "waiting"


def test_a_paid_operation_that_is_added_is_checked_planned_paid_and_shown(simulated: Any) -> None:
    assert simulated["planned"]["status"] == 1001
    words = "model, prompt, aspect_ratio, duration, first is required"
    assert simulated["nothing"]["message"] == f"Parameter error: {words}"
    assert simulated["ledger"] == [
        ["submit_multi_image_to_video", 5],
        ["submit_zest_to_video", 5],
        ["submit_multi_image_to_video", 5 * 99],
    ]
    assert simulated["shown"] == [0, 1, 2]
