"""The server on stdin and stdout, which a signal ends as the end of stdin does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

CHUNK = 65536  # bytes
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def serve(server: MCPServer[Any]) -> None:
    """Serve on stdin and stdout until stdin ends, or SIGINT, SIGTERM or SIGHUP comes. What is being
    paid for then is finished first. Only in the main thread, and once in a process.

    Parameters:
        server: from `make_server`.
    """
    # Without this a signal would unwind the event loop and close the journal while the thread of a
    # tool is about to write ids down, and the thread that reads stdin would keep the process alive.
    with _stdin_that_can_be_ended() as end, _handled(end):
        server.run()


@contextmanager
def _stdin_that_can_be_ended() -> Iterator[Callable[[], None]]:
    """Put a pipe in the place of stdin, filled from there. Gives what ends it."""
    wire, null = os.dup(0), os.open(os.devnull, os.O_WRONLY)
    reader, writer = os.pipe()
    os.dup2(reader, 0)
    os.close(reader)

    def end() -> None:
        os.dup2(null, writer)  # not closed: the copy may be about to write to this number

    def copy() -> None:
        while data := os.read(wire, CHUNK):
            while data:
                data = data[os.write(writer, data) :]
        end()

    # A daemon: it may wait for a line that never comes, which must not keep the process.
    threading.Thread(target=copy, daemon=True).start()
    try:
        yield end
    finally:
        os.dup2(wire, 0)


@contextmanager
def _handled(end: Callable[[], None]) -> Iterator[None]:
    """Let the signals that end a process do this."""
    numbers = [number for name in ENDING if (number := getattr(signal, name, None))]
    before = {number: signal.signal(number, lambda *_: end()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
