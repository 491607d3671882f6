"""`weryai` for the blocks of pages: loaded once, and each command is a fork of that.

Most of what a command takes is to load it. What is typed is a small script that hands its words,
its folder, its environment and its streams to a server, and ends as the fork did.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from contract_tests.house.docs.hurry import ROOT, hurry
from weryai import WeryAI
from weryai.cli import main

# What commands load when they need it, and with that what it loads itself.
MODULES = (
    *("PIL.JpegImagePlugin", "PIL.PngImagePlugin", "asyncio", "encodings.idna", "pi_heif"),
    *("platformdirs", "weryai._client", "weryai.cli._clock", "weryai.cli._main", "weryai.journal"),
)
PACKAGES = (
    *("weryai._calls", "weryai._files", "weryai._flows", "weryai._network", "weryai._service"),
    *("weryai.batch", "weryai.cli._commands", "weryai_api"),
)
SCRIPT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"
    socket.send_fds(server, [told[:1]], [0, 1, 2])
    server.sendall(told[1:])
    sys.exit(int(server.recv(9)))
"""


@contextmanager
def loaded() -> Iterator[Path]:
    """The folder of a `weryai` that starts so, for as long as this block runs."""
    with tempfile.TemporaryDirectory(prefix="weryai-") as name:
        folder, address = Path(name), f"{name}/socket"
        script = folder / "weryai"
        script.write_text(SCRIPT.format(python=sys.executable, address=address))
        script.chmod(0o755)
        command = [sys.executable, "-m", __name__, address]
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        settings = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}
        with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"loaded\n"
            yield folder
            server.terminate()


def load() -> None:
    """Import what a command would import."""
    for name in (*MODULES, *PACKAGES):
        module = importlib.import_module(name)
        if name in PACKAGES:
            for each in pkgutil.walk_packages(module.__path__, f"{name}."):
                importlib.import_module(each.name)
    WeryAI("sk-loaded").close()  # reads the certificates, once a process
    gc.freeze()  # no collection of a fork has to look through it, and copy its pages


def serve(address: str) -> NoReturn:
    """Fork for each that asks, until somebody ends this."""
    load()
    hurry(setattr)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what has answered
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("loaded", flush=True)
        while True:
            asking, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(asking)
            asking.close()


def _answer(asking: socket.socket) -> NoReturn:
    """Run what is asked for in a fork, and tell its exit code."""
    told, streams, _, _ = socket.recv_fds(asking, 1, 3)
    with asking.makefile("rb") as rest:
        argv, folder, settings = json.loads(told + rest.readline())
    running = os.fork()
    if running == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(settings)
        sys.argv = ["weryai", *argv]
        os._exit(main())
    for stream in streams:
        os.close(stream)
    _, status = os.waitpid(running, 0)
    asking.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
