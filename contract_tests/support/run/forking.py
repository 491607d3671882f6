"""The server of forked.py: it has loaded what a child process may need, and forks for who asks.

python -m contract_tests.support.run.forking ADDRESS
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import socket
import sys
import threading
import warnings
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any, NoReturn, TextIO, cast

from weryai import WeryAI

# What commands load when they need it, and with that what it loads itself.
MODULES = (
    *("PIL.JpegImagePlugin", "PIL.PngImagePlugin", "asyncio", "encodings.idna", "rich.live"),
    *("pi_heif", "platformdirs", "weryai._client", "weryai.cli._main", "weryai.journal"),
)
PACKAGES = (
    *("weryai._calls", "weryai._files", "weryai._flows", "weryai._network", "weryai._service"),
    *("weryai.batch", "weryai.cli._commands", "weryai_api"),
)


def load(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # no collection of a fork has to look through it, and copy its pages


def modules() -> Iterable[str]:
    """Of all commands."""
    yield from MODULES
    for name in PACKAGES:
        yield name
        module = importlib.import_module(name)
        yield from (each.name for each in pkgutil.walk_packages(module.__path__, f"{name}."))


def serve(address: str) -> list[str]:
    """Fork for each that asks, until stdin ends. Returns in each fork, with its argv."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("loaded", flush=True)
        while select.select([listener, sys.stdin], [], [])[0] == [listener]:
            reap()
            asking, _ = listener.accept()
            first, streams, _, _ = socket.recv_fds(asking, 1, 3)
            with asking, asking.makefile("rb") as rest:
                told = json.loads(first + rest.readline())
                load(told.get("load", ()))
                if os.fork() == 0:
                    listener.close()
                    if os.fork() == 0:
                        become(told, streams)
                        asking.sendall(b"%d\n" % os.getpid())
                        return cast(list[str], told["argv"])
                    for stream in streams:
                        os.close(stream)
                    _, status = os.wait()
                    with suppress(BrokenPipeError):  # whoever asked may have ended before
                        asking.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                    os._exit(0)
            for stream in streams:
                os.close(stream)
    reap()
    os._exit(0)


def reap() -> None:
    """Let go of those who have answered."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def become(told: dict[str, Any], streams: list[int]) -> None:
    """What the operating system and the interpreter do for a process that starts."""
    if told.get("group", -1) != -1:
        os.setpgid(0, told["group"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number in told.get("closed", ()):
        os.close(number)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["settings"])
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [each for each in folders if each and each not in sys.path]
    options = os.environ.get("PYTHONWARNINGS", "").split(",")
    cast(Any, warnings)._processoptions([*filter(None, options)])
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        made = None if number in told.get("closed", ()) else opened(number)
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)


def opened(number: int) -> TextIO:
    """A stream, as the interpreter makes it."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    usual = "backslashreplace" if number == 2 else "strict"
    at_once = number > 0 and bool(os.environ.get("PYTHONUNBUFFERED"))
    raw: Any = os.fdopen(number, "wb" if number else "rb", 0 if at_once else -1, closefd=False)
    lines = number == 2 or raw.isatty()
    return io.TextIOWrapper(raw, encoding, errors or usual, None, lines, write_through=at_once)


def be(argv: list[str]) -> None:
    """Run a module or a script, as the main one, and end."""
    kind, what, *words = argv
    sys.argv = [kind, *words]
    code: object = None
    try:
        if kind == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            main = sys.modules["__main__"] = ModuleType("__main__")
            exec(what, vars(main))
    except SystemExit as ended:
        code = ended.code
    if code is not None and not isinstance(code, int):
        sys.exit(str(code))
    end(code or 0)


def end(code: int) -> NoReturn:
    """What the interpreter does in the end, but for taking apart all that was loaded: half the time
    of a short process."""
    cast(Any, threading)._shutdown()
    cast(Any, atexit)._run_exitfuncs()
    gc.collect()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    load(modules())
    WeryAI("sk-loaded").close()  # reads the certificates, once a process
    be(serve(sys.argv[1]))
