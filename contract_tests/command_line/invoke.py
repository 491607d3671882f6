"""What the tests of the command line share: a way to run it, and what it said."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

import weryai
import weryai.cli
from contract_tests.support.run import children, forked, patience

KEY = "sk-cli-0123456789abcdef"
SUBMIT = "submit_multi_image_to_video"
REQUEST = ["--prompt", "The sun sets", "--model", "KLING_O1", "--aspect-ratio", "1:1"]
SMALL = ["--resolution", "480p"]
FIVE = ["--duration", "5"]
HTTPS = "https://example.com/a.jpg"
GENERATE = ["generate", HTTPS, *REQUEST, *FIVE, *SMALL]
AGAIN = [*GENERATE, "--again"]  # where the same was submitted, and is not fetched
ESCAPE = "\x1b"
SOURCES = Path(weryai.cli.__file__).parent
HASTY = "contract_tests.chaos.command"  # the command line that looks at a job again at once


@frozen
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["error"]
        assert list(self.json) == ["error"]
        return found


Cli = Callable[..., Said]
Start = Callable[..., subprocess.Popen[str]]


def environment(address: str = "", **more: str) -> dict[str, str]:
    """Of a process that speaks to the simulator at `address`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WERYAI_")}
    ours = {"WERYAI_API_KEY": "sk-simulator", "WERYAI_BASE_URL": address} if address else {}
    if "XDG_STATE_HOME" in kept:  # in the journal that tests look into, whatever the address
        ours["WERYAI_JOURNAL"] = str(Path(kept["XDG_STATE_HOME"], "weryai", "jobs.journal"))
    usual = {"NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error"}
    return kept | usual | {"PYTHONPATH": children.python_path()} | ours | more


def process(
    *argv: str,
    module: str = "weryai.cli",
    script: str = "",
    start: Start = subprocess.Popen[str],
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own.

    Parameters:
        start: what starts it: a fork does where the start is not what is looked at.
    """
    what = ["-c", script] if script else ["-m", module]
    piped: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    options = {"env": environment(), "text": True} | piped | options
    with start([sys.executable, *what, *argv], **options) as running:
        try:
            out, err = running.communicate(timeout=patience.SECONDS)
        except BaseException:
            running.kill()
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def on_terminal(
    argv: list[str],
    folder: Path,
    *,
    module: str = "weryai.cli",
    stdout: bool = False,
    start: Start = forked.Popen,
    **settings: str,
) -> tuple[int, bytes, str]:
    """Run a command whose stderr is a terminal: its exit code, its stdout, what was shown.

    Parameters:
        module: the command line; HASTY where it waits for a job.
        stdout: whether stdout is that terminal too.
        start: as in `process`.
    """
    master, slave = pty.openpty()
    running = start(
        [sys.executable, "-m", module, *argv],
        cwd=folder,
        env=environment(**{"TERM": "xterm", "COLUMNS": "80"} | settings),
        stdout=slave if stdout else subprocess.PIPE,
        stderr=slave,
        text=True,
    )
    os.close(slave)
    shown = b""
    with open(master, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
        while data := terminal.read(
            65536
        ):  # a closed terminal is EIO on Linux, and an empty read elsewhere
            shown += data
    out, _ = running.communicate(timeout=patience.SECONDS)
    return running.returncode, (out or "").encode(), shown.decode()


def jobs(cli: Cli) -> list[Any]:
    found: list[Any] = cli("jobs", "--json").json["jobs"]
    return found


def submit(cli: Cli, *options: object) -> list[str]:
    """The ids of a job that nobody waits for."""
    asked = [*REQUEST, *FIVE, "--again", "--no-check-models"]
    return cli("submit", HTTPS, *asked, *options).out.split()
