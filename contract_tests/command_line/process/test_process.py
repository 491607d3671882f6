"""The command line as a process: streams, terminals, imports, the simulator and the demo."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from contract_tests.command_line.invoke import (
    ESCAPE,
    FIVE,
    GENERATE,
    HASTY,
    HTTPS,
    REQUEST,
    SMALL,
    SUBMIT,
    Cli,
    Start,
    environment,
    on_terminal,
    process,
)
from contract_tests.support.run import children, forked, patience
from weryai import MultiImageToVideo, RateLimitError, WeryAI
from weryai.cli.demo import demo
from weryai.testing import Answer, Outcome, Simulator, Variant

pytestmark = pytest.mark.long


def test_what_a_service_wrote_cannot_drive_the_terminal_or_look_like_a_command(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed", message="\x1b[2Jbad\n  rm -rf ~\r"))
    said = cli(*GENERATE)  # the fixture `cli` refuses escape sequences
    assert ": " + "\x1b[2Jbad\n  rm -rf ~\r".translate(dict.fromkeys(b"\x1b\n\r", " ")) in said.err
    task_id = simulator.ledger[0].task_ids[0]
    assert len(cli("status", task_id).out.splitlines()) == 2


def test_ids_in_a_command_to_copy_are_quoted(cli: Cli, simulator: Simulator) -> None:
    body = {"status": 0, "data": {"task_ids": ["x; rm -rf ~\x1b"]}}
    simulator.next(SUBMIT, Answer(body=body))
    said = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL)
    assert shlex.split(said.err.splitlines()[-1]) == [
        "weryai",
        "wait",
        "x; rm -rf ~ ",
        "--out",
        ".",
    ]


def test_verbose_tells_each_change_once_and_a_pipe_hears_nothing_else(cli: Cli) -> None:
    lines = cli("-v", *GENERATE).err.splitlines()
    states = [line for line in lines if line.startswith("1 task: ")]
    assert states == ["1 task: waiting", "1 task: processing", "1 task: succeeded"]
    assert not [line for line in cli(*GENERATE).err.splitlines() if line.startswith("1 task")]


def test_a_terminal_sees_one_live_line_and_the_paths_stay_on_stdout(
    address: str, tmp_path: Path
) -> None:
    found: Any = {"address": address, "PYTHONPATH": children.python_path(str(forked.ROOT))}
    how: Any = {"module": HASTY, "start": subprocess.Popen[str]}
    code, out, shown = on_terminal(GENERATE, tmp_path, **how, **found)
    assert code == 0
    assert re.fullmatch(rb"task_\w+\.mp4\n", out)
    assert re.search(r"(waiting|processing|succeeded)  0:\d\d", shown)
    assert "downloading video 1 of 1" in shown
    last = shown.splitlines()[-1]
    assert last.endswith("\x1b[2K")  # erase line: nothing of it stays on the screen
    code, out, shown = on_terminal(["balance", "--json"], tmp_path, address=address)
    assert (code, json.loads(out), shown) == (0, {"balance": ANY}, "")


def test_sentences_are_wrapped_on_a_terminal_and_commands_to_copy_are_not(
    address: str, tmp_path: Path
) -> None:
    ids = [f"task_{number:016}" for number in range(6)]
    code, _, shown = on_terminal(
        ["status", *ids, "--base-url", address],
        tmp_path,
        address=address,
        WERYAI_API_KEY="sk-wrong-one",
    )
    lines = [line for line in shown.splitlines() if ESCAPE not in line]
    assert code == 3
    assert max(map(len, lines)) <= 80
    assert " ".join(shown.split()).count("check WERYAI_API_KEY against the WeryAI console") == 1
    code, _, shown = on_terminal(
        ["wait", *ids, "--timeout", "1", "--base-url", "http://127.0.0.1:9"], tmp_path, address="x"
    )
    assert code == 5
    assert "a poll failed, the wait goes on: no connection" in shown  # on the progress line
    assert f"  weryai wait --base-url http://127.0.0.1:9 {' '.join(ids)}" in shown


def test_a_closed_pipe_ends_quietly(address: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = process(
        "models",
        start=forked.Popen,
        env=environment(address, PYTHONUNBUFFERED=""),
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_any_file_name_and_any_encoding_will_do(
    pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    name = tmp_path / os.fsdecode(b"f\xffchs.png")
    name.write_bytes(pictures[0].read_bytes())
    cases = [
        (subprocess.Popen[str], "ascii", []),
        (forked.Popen, "utf-8", []),
        (forked.Popen, "ascii", ["--json"]),
    ]
    for start, encoding, option in cases:
        ended = process(
            *[
                "submit",
                str(name),
                *REQUEST,
                "--prompt",
                "狐\U0001f98a",
                *FIVE,
                "--dry-run",
                *option,
            ],
            start=start,
            env=environment(PYTHONIOENCODING=encoding),
        )
        assert ended.returncode == 0
        told = json.loads(ended.stdout)
        payload = told["payload"] if option else told
        assert (payload["prompt"], payload["images"]) == ("狐\U0001f98a", [str(name)])


def test_what_stands_behind_two_dashes_is_no_option(cli: Cli) -> None:
    assert cli("status", "--", "--json").err.startswith("weryai: ")
    assert cli("nonsense", "--", "--json").err.startswith("weryai: ")


def test_importing_it_loads_nothing_that_a_command_may_not_need() -> None:
    script = "import sys, weryai.cli; print(*sys.modules)"
    loaded = set(process(script=script).stdout.split())
    heavy = {"PIL", "av", "jinja2", "matplotlib", "starlette", "typer", "uvicorn", "weryai.testing"}
    assert "weryai.cli" in loaded
    assert not loaded & heavy
    loaded = set(process(script=script.replace(".cli", ".cli._commands.app")).stdout.split())
    assert not loaded & (heavy - {"typer"})


@pytest.mark.parametrize(
    ("module", "start", "extra"),
    [
        ("typer", "main(['balance'])", "cli"),
        ("rich", "main(['jobs'])", "cli"),
        ("starlette", "main(['simulate'])", "testing"),
        ("uvicorn", "main(['simulate'])", "testing"),
        ("uvicorn", "main(['listen'])", "webhooks"),
        ("av", "demo()", "testing"),
        ("typer", "demo()", "cli,testing"),
        ("jinja2", "main(['jobs', 'report'])", "report"),
        ("matplotlib", "main(['jobs', 'report'])", "report"),
    ],
)
def test_a_missing_extra_is_one_sentence(
    module: str, start: str, extra: str, tmp_path: Path
) -> None:
    script = f"import sys; sys.modules[{module!r}] = None\n"
    script += "from weryai.cli import main\n"
    script += "from weryai.cli.demo import demo\n" if start == "demo()" else ""
    ended = process(script=script + f"sys.exit({start})", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    words = f"install weryai with its extra `{extra}`, in a clone of it: pip install '.[{extra}]'\n"
    assert ended.stderr.endswith(words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("start", "ends_with", "credits", "told"),
    [
        (subprocess.Popen[str], signal.SIGTERM, "7", 7),
        (partial(forked.Popen, load=forked.SERVERS), signal.SIGINT, "inf", 1_000_000_000),
    ],
)
def test_simulate_serves_this_machine_until_it_is_told_to_end(
    start: Start,
    ends_with: signal.Signals,
    credits: str,
    told: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[..., MultiImageToVideo],
) -> None:
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from weryai.cli import main; sys.exit(main())"
    )
    argv = ["-v", "simulate", "--port", "0", "--credits", credits, "--variant", "success=200"]
    argv += ["--task-seconds", "60", "--speed", "10000", "--spread", "0.5", "--no-render"]
    argv += ["--spacing", "1000", "--max-running", "1", "--answer-seconds", "0.01"]
    running = start(
        [sys.executable, "-c", script, *argv],
        env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    exports = dict(running.stdout.readline().split()[1].split("=") for _ in range(2))
    assert exports["WERYAI_BASE_URL"].startswith("http://127.0.0.1:")
    answer = httpx.get(
        f"{exports['WERYAI_BASE_URL']}/v1/generation/balance",
        headers={"Authorization": f"Bearer {exports['WERYAI_API_KEY']}"},
        trust_env=False,
    )
    assert answer.json() == {"status": 200, "msg": "Success", "data": told}
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with WeryAI(exports["WERYAI_API_KEY"], base_url=exports["WERYAI_BASE_URL"]) as client:
        job = client.submit(ask(images=[HTTPS]))
        time.sleep(0.05)
        task = client.status(job.task_ids[0])
        assert task.state == "succeeded"  # speed 10,000: a task of 60 s takes 3 to 9 ms
        [path] = client.download(task, tmp_path)
        assert path.stat().st_size < 10_000
        path.unlink()
        with pytest.raises(RateLimitError):
            client.submit(ask(images=[HTTPS]), retry_budget=0)
    running.send_signal(ends_with)
    _, err = running.communicate(timeout=patience.SECONDS)
    assert running.returncode == 0
    assert "Ctrl-C ends it" in err
    assert f"{exports['WERYAI_BASE_URL']}/simulator shows" in err
    assert "GET /v1/generation/balance: HTTP 200 (" in err
    assert "POST /v1/generation/multi-image-to-video: HTTP 200, 1001 Request rate limit" in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--variant", "succes=200"], ", ".join(Variant.choices())),
        (["--variant", "videos=none"], "videos is one of strings, objects"),
        (["--variant", "nulls"], "nulls is one of false, true"),
        (["--speed", "0"], "--speed must be more than 0"),
        (["--task-seconds", "nan"], "--task-seconds must be 0 or more"),
        (["--credits", "nan"], "--credits is a number, 0 or more"),
        (["--credits=-1"], "--credits is a number, 0 or more"),
        (["--spacing=-1"], "--spacing is a number, 0 or more"),
        (["--spread", "2"], "--spread is a share from 0 to 1"),
        (["--fail-rate", "10"], "--fail-rate is a share from 0 to 1"),
        (["--lose-answers", "nan"], "--lose-answers is a share from 0 to 1"),
        (["--answer-seconds", "inf"], "--answer-seconds is finite"),
        (["--max-running", "0"], "--max-running is a whole number"),
        (["--seed", "0.5"], "--seed"),
        (["--video", "none.mp4"], "none.mp4: No such file"),
        (["--state", "none/file"], "none/file: No such file"),
        (["--state", __file__], "--state is a file that a simulator has written"),
        (["--port", "65536"], "--port"),
        (["--host", "0.0.0.0"], "No such option: --host"),
    ],
)
def test_simulate_refuses_what_it_cannot_do(cli: Cli, argv: list[str], words: str) -> None:
    said = cli("simulate", *argv)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_port_that_is_taken_is_told(cli: Cli, address: str) -> None:
    said = cli("simulate", "--port", address.rpartition(":")[2])
    assert said.code == 2
    assert "0 takes a free one" in said.err


def test_the_demo_makes_a_video_in_seconds_without_a_key(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://127.0.0.1:9")
    settings = environment() | nowhere | {"no_proxy": "example.com"}
    ended = process(module="weryai.cli.demo", cwd=tmp_path, env=settings)
    assert ended.returncode == 0, ended.stderr
    [path] = ended.stdout.splitlines()
    assert (tmp_path / path).read_bytes()[4:8] == b"ftyp"
    assert sorted(file.suffix for file in (tmp_path / "out").iterdir()) == [".mp4", ".png", ".png"]
    assert max(map(len, ended.stderr.splitlines())) <= 80


def test_a_demo_that_cannot_write_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").touch()
    assert demo() == 2
    assert capsys.readouterr().err.startswith("weryai: the images cannot be written")
