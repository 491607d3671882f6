"""A simulator that is started again goes on where it was, however it ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support.run import forked, patience
from contract_tests.support.servers.simulator_http import (
    BALANCE,
    IMAGE,
    UPLOAD,
    ask,
    batch_status,
    raw,
    status,
    submit,
)
from weryai import MultiImageToVideo, WeryAI
from weryai.testing import ManualClock, Outcome, RunningClock, Simulator, Variant

HTTPS = "https://example.com/image1.jpg"
HOOK = {"webhook_url": "http://127.0.0.1:9/hook"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "simulator.state"


def test_all_that_was_paid_goes_on(file: Path, clock: ManualClock) -> None:
    rules: dict[str, Any] = {"clock": clock, "state": file, "spread": 0.3, "seed": 3}
    with Simulator(**rules) as simulator, raw(simulator) as http:
        simulator.outcomes.extend([Outcome("failed", "Blurred"), Outcome("stuck", ends=False)])
        batches = [submit(http, video_number=2)["data"]["batch_id"] for _ in range(2)]
        batches.append(ask(http, "submit_image_to_video")["data"]["batch_id"])
        submit(http, duration=0)
        clock.advance(25)
        told = [batch_status(http, batch)["data"] for batch in batches]
        ledger, credits, running = simulator.ledger, simulator.credits, simulator.running
    with Simulator(**rules) as simulator, raw(simulator) as http:
        assert [batch_status(http, batch)["data"] for batch in batches] == told
        assert (simulator.ledger, simulator.credits) == (ledger, credits)
        assert simulator.running == running
        assert http.get(BALANCE).json()["data"] == credits
        clock.advance(20)
        ended = [
            task["task_status"] for batch in batches for task in batch_status(http, batch)["data"]
        ]
        assert ended == ["failed", "stuck", "succeed", "succeed", "succeed"]
        assert submit(http)["data"]["batch_id"] == batches[-1] + 1
    with Simulator(**rules) as simulator:
        assert len(simulator.ledger) == 4


def test_one_task_with_several_videos_stays_one(file: Path, clock: ManualClock) -> None:
    rules: dict[str, Any] = {"clock": clock, "state": file, "render": False}
    with Simulator(variant=Variant(one_task=True), **rules) as simulator, raw(simulator) as http:
        (task_id,) = submit(http, video_number=3)["data"]["task_ids"]
    clock.advance(30)
    with Simulator(**rules) as simulator, raw(simulator) as http:
        urls = status(http, task_id)["data"]["videos"]
        assert [http.get(url).status_code for url in urls] == [200] * 3


def test_the_tasks_that_run_still_count(file: Path, clock: ManualClock) -> None:
    for expected in ([0] * 15, [0] * 5 + [6010]):
        with Simulator(clock=clock, state=file) as simulator, raw(simulator) as http:
            assert [submit(http)["status"] for _ in expected] == expected


def test_an_uploaded_image_keeps_its_address(file: Path) -> None:
    with Simulator(state=file) as simulator, raw(simulator) as http:
        told = http.post(UPLOAD, files={"file": IMAGE}).json()
    with Simulator(state=file) as simulator, raw(simulator) as http:
        assert http.get(told["data"]["object_url_list"][0]).content == IMAGE


def test_a_webhook_that_was_called_is_not_called_again(file: Path, clock: ManualClock) -> None:
    with Simulator(clock=clock, state=file) as simulator, raw(simulator) as http:
        ids = [submit(http, **HOOK)["data"]["task_ids"][0] for _ in range(2)]
        clock.advance(29)
        simulator.outcomes.append(Outcome(seconds=0))
        (ended,) = submit(http, **HOOK)["data"]["task_ids"]
        assert [task.id for task in simulator._account.due_notices()] == [ended]
    with Simulator(clock=clock, state=file) as simulator:
        assert simulator._account.due_notices() == []
        clock.advance(1)
        assert [task.id for task in simulator._account.due_notices()] == ids


def test_a_clock_that_was_turned_is_where_it_was_turned_to(file: Path) -> None:
    with Simulator(clock=RunningClock(), state=file) as simulator, raw(simulator) as http:
        http.post("/simulator/clock", data={"seconds": 3600})
        (task_id,) = submit(http)["data"]["task_ids"]
        http.post("/simulator/clock", data={"seconds": 60})
    with Simulator(clock=RunningClock(), state=file) as simulator, raw(simulator) as http:
        assert status(http, task_id)["data"]["task_status"] == "succeed"


@pytest.mark.parametrize("left", [b"{", b'{"accepted": {}}', b"\xff"])
def test_what_a_crash_has_left_of_a_line_is_cut_off(file: Path, left: bytes) -> None:
    with Simulator(state=file) as simulator, raw(simulator) as http:
        submit(http)
    with file.open("ab") as damaged:
        damaged.write(left)
    for lines in (1, 2):
        with Simulator(state=file) as simulator, raw(simulator) as http:
            assert len(simulator.ledger) == lines
            submit(http)


@pytest.mark.parametrize(
    "content",
    [b"my notes", b"my notes\n", b"{}\n", b'{"weryai simulator": 2}\n', b"\xff\n", b"[]\n"],
)
def test_a_file_of_something_else_is_refused_and_not_touched(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ValueError, match="state is a file that a simulator has written"):
        Simulator(state=file)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "line", ["nothing", "[]", '{"a": 1, "b": 2}', "7", '{"accepted": {}}', '{"notified": 5}']
)
def test_a_line_that_says_nothing_is_told_with_its_number(file: Path, line: str) -> None:
    with Simulator(state=file):
        pass
    file.write_text(f"{file.read_text()}{line}\n")
    with pytest.raises(ValueError, match="line 2"):
        Simulator(state=file)


def test_a_file_that_cannot_be_had_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        Simulator(state=tmp_path / "none" / "file")


def test_a_submission_that_cannot_be_written_down_is_not_paid(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    with Simulator(state=file) as simulator, raw(simulator) as http:
        monkeypatch.setattr(simulator._account.saved, "add", full)
        with pytest.raises(OSError, match="no space"):
            submit(http)
        assert (simulator.ledger, simulator.credits, simulator.running) == ([], 1000, 0)


def test_each_event_is_one_line_of_json(file: Path) -> None:
    with Simulator(state=file) as simulator, raw(simulator) as http:
        for _ in range(3):
            submit(http)
        documents = [json.loads(line) for line in file.read_text().splitlines()]
    assert [list(each) for each in documents] == [["weryai simulator"], *[["accepted"]] * 3]


def test_a_job_outlives_the_process_that_simulated_it(
    file: Path, tmp_path: Path, ask: Callable[..., MultiImageToVideo]
) -> None:
    def start(port: str) -> tuple[subprocess.Popen[str], str]:
        argv = ["simulate", "--port", port, "--state", str(file), "--task-seconds", "0.1"]
        running = forked.Popen(
            [sys.executable, "-m", "weryai.cli", *argv, "--no-render"],
            load=forked.SERVERS,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert running.stdout is not None
        return running, [running.stdout.readline() for _ in range(2)][1].strip().rpartition("=")[2]

    running, address = start("0")
    with WeryAI("sk-simulator", base_url=address) as client:
        job = client.submit(ask(images=[HTTPS]))
        running.send_signal(signal.SIGKILL)
        running.communicate()
        running, _ = start(address.rpartition(":")[2])
        result = client.wait(job, timeout=patience.SECONDS)
        assert len(client.download(result, tmp_path / "videos")) == 1
        assert client.balance() == 995
    running.terminate()
    running.communicate()
