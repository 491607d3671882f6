"""Child processes that have loaded everything: each is a fork of one server (forking.py).

Most of what a short process takes is to start and to import. Where that is what a test is about, it
starts one (children.py); streams, signals, files and how it ends are those of a fork as well.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import IO, Any, cast

from contract_tests.support.run import children

ROOT = Path(__file__).resolve().parents[3]


STARTING = threading.Lock()
# A command for a shell: it hands its words, folder, environment and streams to the server, and ends
# as the fork did.
COMMAND = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = {{"argv": ["-m", {module!r}, *sys.argv[1:]], "folder": os.getcwd()}}
    told["settings"] = dict(os.environ)
    socket.send_fds(server, [b"{{"], [0, 1, 2])
    server.sendall(json.dumps(told).encode()[1:] + b"\\n")
    with server.makefile() as answers:
        sys.exit([int(line) for line in answers][-1])
"""
# What `weryai simulate` and `weryai listen` load, and what `weryai mcp` does.
SERVERS = (
    "anyio._backends._asyncio",
    "uvicorn",
    "weryai.testing._asgi",
    "weryai.testing._simulator",
)
AGENTS = ("anyio._backends._asyncio", "weryai.mcp")


@functools.cache
def server() -> str:
    """The address of the server of this process, which ends with it."""
    folder = tempfile.TemporaryDirectory(prefix="weryai-")
    address = str(Path(folder.name, "socket"))
    running = subprocess.Popen(
        [sys.executable, "-m", "contract_tests.support.run.forking", address],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": children.python_path(str(ROOT))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(folder.cleanup)
    atexit.register(end, running)
    with cast(IO[bytes], running.stdout) as told:
        assert told.readline() == b"loaded\n"
    return address


def end(running: subprocess.Popen[bytes]) -> None:
    """At the end of its stdin the server ends, whatever forks there still are."""
    cast(IO[bytes], running.stdin).close()
    running.wait()


class Popen(subprocess.Popen[str]):
    """A fork that runs `python -m MODULE ARGUMENTS...` or `python -c SCRIPT ARGUMENTS...`.

    Parameters:
        closed: the numbers of streams that are closed, as by `>&-` in a shell.
        load: modules that the server is to load first, for this fork and those after it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        closed: Sequence[int] = (),
        load: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self._told: dict[str, Any] = {"closed": closed, "load": load}
        super().__init__(argv, **{"text": True} | options)

    def _execute_child(self, argv: Sequence[str], *given: Any) -> None:
        """What starts a process; `given` is as CPython has it since 3.11."""
        folder, settings, pipes = given[4], given[5], given[9:15]
        self._told |= {"argv": argv[1:], "folder": os.fspath(folder or "."), "group": given[-1]}
        self._told["folder"] = os.path.abspath(self._told["folder"])
        self._told["settings"] = dict(os.environ if settings is None else settings)
        streams = [
            number if theirs == -1 else theirs
            for number, theirs in enumerate((pipes[0], pipes[3], pipes[5]))
        ]
        try:
            self._server = asked(self._told, streams)
            self._said = self._server.makefile()
            self.pid = int(self._said.readline())
        finally:
            cast(Any, self)._close_pipe_fds(*pipes)
        self._child_created = True

    def _wait(self, timeout: float | None) -> int:
        """Hear from the server how it has ended: it is no child of this process."""
        if self.returncode is None:
            if not connection.wait([self._server], timeout):
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            self.returncode = int(self._said.readline())
            self._said.close()
            self._server.close()
        return self.returncode

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        try:
            return self._wait(0)
        except subprocess.TimeoutExpired:
            return None


def put(command: Path, module: str = "weryai.cli") -> None:
    """Make a command that is a fork which runs a module."""
    with STARTING:
        address = server()
    command.write_text(COMMAND.format(python=sys.executable, address=address, module=module))
    command.chmod(0o755)


def asked(told: Mapping[str, Any], streams: Sequence[int]) -> socket.socket:
    """Ask the server for a fork. What it says: the process id, and the exit code in the end."""
    asking = socket.socket(socket.AF_UNIX)
    with STARTING:
        address = server()
    asking.connect(address)
    socket.send_fds(asking, [b"{"], streams)
    asking.sendall(json.dumps(told).encode()[1:] + b"\n")
    return asking
