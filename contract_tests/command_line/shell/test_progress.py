"""How far everything is: a line for each thing on a terminal, and no control code elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import (
    GENERATE,
    HASTY,
    HTTPS,
    Cli,
    jobs,
    on_terminal,
    submit,
)
from weryai import Limits, MultiImageToVideo, Video, WeryAI
from weryai.cli import _progress
from weryai.cli._clock import TellingClock
from weryai.cli._invocation import Invocation
from weryai.cli._progress import Progress
from weryai.testing import Outcome, Simulator


@pytest.mark.parametrize("stdout", [False, True], ids=["paths are piped", "all is seen"])
def test_resume_shows_each_job_and_its_paths_as_they_come(
    cli: Cli,
    address: str,
    file: Path,
    ask: Callable[..., MultiImageToVideo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stdout: bool,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    unspaced = Limits(interval=0)
    with WeryAI("sk-simulator", base_url=address, journal=file, limits=unspaced) as client:
        submitted = [client.submit(ask(images=[HTTPS])).task_ids[0] for _ in range(2)]
    entries = [job["entry"] for job in jobs(cli)]
    how: Any = {"module": HASTY, "stdout": stdout, "address": address}
    code, out, shown = on_terminal(["resume"], tmp_path, **how)
    assert code == 0
    for entry in entries:
        assert re.search(rf"{entry}  (running|ready) +\d of 1 video  The sun sets", shown)
    paths = [f"{task_id}.mp4" for task_id in submitted]
    if not stdout:
        assert sorted(out.decode().split()) == sorted(paths)
        return
    for path in paths:
        behind = shown.partition(f"{path}\r\n")[2]
        assert behind, "the path has a line of its own"
        assert not re.match(r"(\x1b\[(\?25[lh]|2K)|\r)*\x1b\[\d*A", behind), "nothing goes over it"


def test_each_task_of_a_job_is_told_where_there_are_several(cli: Cli, simulator: Simulator) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="flagged")])
    said = cli("-v", *GENERATE, "--video-number", 2)
    first, second = simulator.ledger[0].task_ids
    lines = said.err.splitlines()
    for line in (f"{first}  waiting", f"{first}  succeeded", f"{second}  flagged"):
        assert lines.count(line) == 1


def test_a_pipe_gets_no_control_code_whatever_is_said_of_colours(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # the fixture `cli` refuses control codes
    [task_id] = submit(cli)
    for command in (["-v", "wait", task_id], ["jobs"], ["models"], ["resume"], ["--help"]):
        assert cli(*command).code == 0


def test_the_bytes_of_a_download_and_the_next_look_are_told(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress(Invocation(), "waiting")
    video = Video("https://example.com/v.mp4", "task_1")
    progress.arrives(video, 1_500_000, 20_000_000)
    seen: list[str] = []
    monkeypatch.setattr("time.sleep", lambda _: seen.append(progress.__rich__().plain))
    TellingClock().sleep(7)
    assert re.fullmatch(r"waiting  0:\d\d, next look in 7 s\n  task_1  1.5 of 20.0 MB", seen[0])
    progress.arrives(video, 1_500_000, None)
    progress.tell("x" * 200)
    lines = progress.__rich__().plain.splitlines()
    assert (max(map(len, lines)), lines[1]) == (80, "  task_1  1.5 MB")
    assert _progress.due is None
