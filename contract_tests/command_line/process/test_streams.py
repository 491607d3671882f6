"""Nothing about a stream decides a paid run: closed, full or gone, all is fetched and noted."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import GENERATE, HASTY, SUBMIT, Cli, environment, jobs
from contract_tests.support.run import children, forked, patience
from weryai.testing import Lost, Simulator

pytestmark = pytest.mark.long
COMMAND = [sys.executable, "-m", HASTY]
PATHS = children.python_path(str(Path(__file__).parents[3]))
CLOSED, FULL, GONE = "closed", "full", "gone"
BROKEN = {
    "stdout-closed": {1: CLOSED},
    "stdout-full": {1: FULL},
    "stdout-gone": {1: GONE},
    "stderr-closed": {2: CLOSED},
    "stderr-full": {2: FULL},
    "stderr-gone": {2: GONE},
    "all-closed": {0: CLOSED, 1: CLOSED, 2: CLOSED},
    "all-full": {1: FULL, 2: FULL},
}


def broken(
    argv: Sequence[str], how: Mapping[int, str], folder: Path, address: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with streams that are broken so, by their numbers."""
    streams: dict[int, int] = {1: subprocess.PIPE, 2: subprocess.PIPE}
    with ExitStack() as stack:
        for number, what in how.items():
            if what is FULL:
                streams[number] = stack.enter_context(open("/dev/full", "wb", 0)).fileno()
            if what is GONE:
                ears, streams[number] = os.pipe()
                os.close(ears)
                stack.callback(os.close, streams[number])
        closed = [number for number, what in how.items() if what is CLOSED]
        running = forked.Popen(
            argv,
            closed=closed,
            cwd=folder,
            env=environment(address, PYTHONPATH=PATHS),
            stdout=streams[1],
            stderr=streams[2],
        )
        out, err = running.communicate(timeout=patience.SECONDS)
    return subprocess.CompletedProcess(argv, running.returncode, out or "", err or "")


def shell(
    argv: Sequence[str], redirection: str, folder: Path, address: str
) -> subprocess.CompletedProcess[str]:
    """Start a command with a redirection of a shell. Its exit code is that of the command."""
    told = folder / "code"
    script = f'cd {folder}; {{ "$@"; echo $? >{told}; }} {redirection}'
    environ = environment(address, PYTHONPATH=PATHS)
    ended = subprocess.run(
        ["sh", "-c", script, "sh", *argv],
        env=environ,
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
        check=False,
    )
    ended.returncode = int(told.read_text())
    told.unlink()
    return ended


@pytest.mark.parametrize("how", [*BROKEN.values(), ">&-"], ids=[*BROKEN, "by a shell"])
def test_a_paid_run_is_fetched_and_noted_whatever_becomes_of_its_streams(
    address: str, tmp_path: Path, cli: Cli, how: Any
) -> None:
    run = shell if isinstance(how, str) else broken
    ended = run([*COMMAND, "-v", *GENERATE], how, tmp_path, address)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    (job,) = jobs(cli)
    assert job["state"] == "fetched"
    (path,) = tmp_path.glob("*.mp4")
    assert job["files"] == {path.stem: str(path)}
    if how in (">&-", {1: CLOSED}, {1: FULL}):
        last = ended.stderr.splitlines()[-2:]
        assert last[0].startswith("weryai: stdout could not be written: ")
        assert last[1] == f"  {path.name}"


@pytest.mark.parametrize(
    ("redirection", "how", "words"),
    [
        (">&-", {1: CLOSED}, "weryai: stdout could not be written: Bad file descriptor\n"),
        (">/dev/full", {1: FULL}, "weryai: stdout could not be written: No space left on device\n"),
        (">/dev/full 2>&1", {1: FULL, 2: FULL}, ""),
    ],
)
def test_a_command_that_only_tells_is_exit_1_where_it_cannot(
    address: str, tmp_path: Path, redirection: str, how: dict[int, str], words: str
) -> None:
    help = shell([*COMMAND, "--help"], redirection, tmp_path, address)
    models = broken([*COMMAND, "models"], how, tmp_path, address)
    for ended in (help, models):
        assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", words), ended.args


def test_what_a_document_could_not_tell_is_told_in_words(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        said = cli(*GENERATE, "--json")
    assert said.code == 6
    assert "https://weryai.com/api/history" in said.err


def test_a_descriptor_of_a_closed_stream_is_no_file_of_ours(address: str, tmp_path: Path) -> None:
    script = (
        "import os, sys; from weryai.cli import main; main(['--version'])\n"
        "open('report', 'w').write(' '.join(os.readlink(f'/proc/self/fd/{n}') for n in range(3)))"
    )
    shell([sys.executable, "-c", script], "<&- >&- 2>&-", tmp_path, address)
    assert (tmp_path / "report").read_text() == " ".join(["/dev/null"] * 3)


def test_a_terminal_that_is_gone_ends_no_paid_run(address: str, tmp_path: Path, cli: Cli) -> None:
    master, slave = pty.openpty()
    environ = environment(address, PYTHONPATH=PATHS, TERM="xterm", COLUMNS="80")
    running = forked.Popen(
        [*COMMAND, *GENERATE, "--out", str(tmp_path)], env=environ, stdout=slave, stderr=slave
    )
    os.close(slave)
    assert os.read(master, 1)
    os.close(master)
    assert running.wait(timeout=patience.SECONDS) == 0
    assert [job["state"] for job in jobs(cli)] == ["fetched"]


def test_a_reader_that_is_slow_loses_nothing(address: str, tmp_path: Path) -> None:
    script = (
        "import os; from weryai.cli import _output; from weryai.cli._process import streams\n"
        "os.set_blocking(1, False)\n"
        "with streams.guarded(): [_output.document('x' * 999) for _ in range(999)]"
    )
    ended = shell([sys.executable, "-c", script], "| (sleep 0.3; wc -l)", tmp_path, address)
    assert ended.stdout.split() == ["999"], ended.stderr


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_paths_come_out_as_the_bytes_they_are(
    address: str, tmp_path: Path, cli: Cli, encoding: str, options: list[str]
) -> None:
    folder = b"f\xffchs\xc3\xa9"
    environ = environment(address, PYTHONPATH=PATHS, PYTHONIOENCODING=encoding)
    argv = [*COMMAND, *GENERATE, "--out", os.fsdecode(folder), *options]
    start = subprocess.Popen[str] if encoding == "ascii" and options else forked.Popen
    given: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape"}
    given |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = start(argv, cwd=tmp_path, env=environ, **given)
    out, err = running.communicate(timeout=patience.SECONDS)
    assert running.returncode == 0, err
    (job,) = jobs(cli)
    assert job["state"] == "fetched"
    printed = out.rstrip("\n")
    told = json.loads(printed)["paths"] if options else [printed]
    (path,) = (tmp_path / os.fsdecode(folder)).iterdir()
    assert [tmp_path / each for each in told] == [path]
    assert list(job["files"].values()) == [str(path)]
    assert cli("jobs").code == 0
