"""What an interpreter loads when something of the package is used: no more than that needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from contract_tests.support.run import children

# The first lines of a process whose clients are answered at once, and that notes what was loaded
# when each request came.
ANSWERED = """
import asyncio, sys, httpx
from weryai import AsyncWeryAI, MultiImageToVideo, WeryAI
BODY = {"status": 0, "data": {"task_ids": ["t1"], "batch_id": "b1", "task_id": "t1",
                              "task_status": "PROCESSING"}}
def loaded():
    return {name for name in sys.modules if name.startswith("weryai")}
def answer(request):
    seen.append(loaded())
    return httpx.Response(200, json=BODY)
seen = []
KEY, ON = "sk-0123456789abcdef", {"transport": httpx.MockTransport(answer)}
REQUEST = MultiImageToVideo(images=["https://example.com/a.jpg"], prompt="a", model="KLING_O1",
                            aspect_ratio="16:9", duration=5)
"""
HEAVY = {"httpx", "attr", "sqlite3", "anyio", "weryai_api", "typer", "rich", "mcp"}
COMMAND = HEAVY - {"typer"}
NETWORK = {"weryai._client", "weryai._flows", "weryai_api.client", "weryai_api.models", "sqlite3"}


def loaded(*steps: str) -> list[set[str]]:
    """What a fresh interpreter has loaded each time that it has run one more of these."""
    told = "print('\\nLOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(["import sys", *(f"{each}\n{told}" for each in steps)])],
        env={**os.environ, "PYTHONPATH": children.python_path()},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    assert len(lines) == len(steps)
    return [{*line[1:]} for line in lines]


def modules(code: str) -> set[str]:
    """What a fresh interpreter has loaded when it has run this."""
    (found,) = loaded(code)
    return found


# One interpreter for each list, because half of what one takes is to start. What a line has loaded
# counts against those below it as well, so what may bring the least comes first.
@pytest.mark.parametrize(
    "steps",
    [
        [
            # Until the command takes Ctrl-C, that shows where the interpreter was.
            ("import weryai._command", HEAVY | {"logging", "signal", "weryai.cli"}),
            ("import weryai; weryai.errors, dir(weryai)", HEAVY),
            ("from weryai import TransportError", HEAVY),
            ("import weryai.testing.pytest_plugin", HEAVY | {"weryai.testing._simulator"}),
            ("from weryai import Job, Result, Video", HEAVY - {"attr"}),
            ("from weryai import ImageToVideo, LocalImage, Clock", NETWORK),
            ("from weryai import WeryAI, AsyncWeryAI", NETWORK - {"weryai._client"}),
        ],
        [("import weryai_api.models, weryai_api.api.generation", {"httpx", "attr"})],
        [
            ("from weryai.cli import main; main(['--help']); main(['--version'])", COMMAND),
            ("main(['generate', '--help'])", {"httpx", "rich", "sqlite3"}),
            ("main(['jobs', '--help'])", {"httpx", "rich"}),
            ("main(['simulate', '--help'])", {"weryai.testing", "weryai.mcp", "mcp"}),
            ("main(['mcp', '--help'])", {"weryai.testing", "weryai.mcp", "mcp"}),
        ],
    ],
    ids=["package", "generated", "command line"],
)
def test_what_is_imported_brings_nothing_that_it_can_do_without(
    steps: list[tuple[str, set[str]]],
) -> None:
    found = loaded(*(code for code, _ in steps))
    for (code, never), names in zip(steps, found, strict=True):
        assert names & never == set(), code


def test_a_call_loads_the_generated_models_of_its_own_answer_alone() -> None:
    found = modules(f"{ANSWERED}\nWeryAI(KEY, **ON).status('t1')")
    models = {name.rpartition(".")[2] for name in found if name.startswith("weryai_api.models.")}
    assert {"task_status_ok", "task_report", "business_error"} <= models
    others = {"balance_ok", "model_row", "submit_ok", "task_notice", "upload_form"}
    assert not models & {*others, "multi_image_to_video_request"}


@pytest.mark.parametrize(
    "call",
    [
        "WeryAI(KEY, **ON).submit(REQUEST)",
        "asyncio.run(AsyncWeryAI(KEY, **ON).submit(REQUEST))",
    ],
)
def test_nothing_is_left_to_load_between_a_payment_and_its_answer(call: str) -> None:
    found = modules(f"{ANSWERED}\n{call}\nassert seen == [loaded()], loaded() - seen[0]")
    assert "weryai_api.models.submit_data" in found


def test_what_is_generated_is_loaded_when_it_is_first_used_and_then_stays() -> None:
    from weryai_api import models
    from weryai_api.api import generation

    for package in (models, generation):
        for name in package.__all__:
            assert getattr(package, name) is getattr(package, name)
        assert set(package.__all__) <= set(dir(package))
        with pytest.raises(AttributeError, match="no_such"):
            _ = package.no_such


def test_whoever_sets_up_no_logging_is_told_nothing() -> None:
    told = "import logging, weryai; weryai.Job; assert logging.getLogger('weryai').handlers"
    assert "logging" in modules(told)
