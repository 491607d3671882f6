"""An ASGI application behind a real socket of this machine, on a thread."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import UsageError

HOST = "127.0.0.1"
GRACE = 2  # seconds for answers that are under way when it ends


@contextmanager
def serving(
    app: Any, port: int, name: str, host: str = HOST
) -> Iterator[tuple[str, threading.Event]]:
    """Serve. Gives the address, and what is set when it has ended by itself. Raises UsageError for
    a port that cannot be had.

    Parameters:
        name: of the thread.
    """
    import uvicorn

    # Not Thread.join: stopped by Ctrl-C up to Python 3.12, it takes a thread that runs for one that
    # has ended, and nothing waits for it any more.
    ended = threading.Event()

    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",  # in which the simulator calls webhooks
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = uvicorn.Server(config)
    with _listen(host, port) as listener:

        def serve() -> None:
            try:
                server.run(sockets=[listener])
            finally:
                ended.set()

        thread = threading.Thread(target=serve, name=name, daemon=True)
        thread.start()
        try:
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}", ended
        finally:
            server.should_exit = True
            thread.join()


def wait(ended: threading.Event) -> None:
    """Until it has ended by itself, or something is raised here."""
    while not ended.wait(0.5):
        pass


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that no client comes too early."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UsageError(f"--port {port}: {why}; 0 takes a free one") from error
