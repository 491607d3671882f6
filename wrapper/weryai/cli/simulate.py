"""`weryai simulate`: the simulator behind a real socket, on this machine alone."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any

from . import _output
from ._errors import UsageError, needs

if TYPE_CHECKING:
    from weryai.testing import Simulator, Variant

HOST = "127.0.0.1"
GRACE = 2  # seconds for answers that are under way when it ends


def run_simulator(
    port: int, task_seconds: float, speed: float, variants: Sequence[str], **rules: Any
) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP. Raises UsageError, also where the extra is missing.

    Parameters:
        rules: what else a Simulator takes.
    """
    _require(speed > 0 and isfinite(speed), f"--speed must be more than 0, not {speed:g}")
    _require(0 <= task_seconds < float("inf"), "--task-seconds must be 0 or more")
    simulator = make_simulator(variants, task_seconds=task_seconds / speed, **rules)
    try:
        with simulator, serving(simulator, port) as (url, ended):
            _output.say(f"{url}/simulator shows what happens, and plans what goes wrong.")
            _output.say("A simulated WeryAI is running; Ctrl-C ends it. In another terminal:")
            print(f"export WERYAI_API_KEY={simulator.api_key}")
            print(f"export WERYAI_BASE_URL={url}", flush=True)
            while not ended.wait(0.5):
                pass
    except KeyboardInterrupt:
        _output.say("ended")


def make_simulator(variants: Sequence[str] = (), **options: Any) -> Simulator:
    """A simulator in real time. Raises UsageError."""
    with needs("testing"):
        import uvicorn  # noqa: F401 # told here, before anything starts

        from weryai.testing import RunningClock, Simulator
    variant = read_variant(variants)
    try:
        return Simulator(clock=RunningClock(), variant=variant, **options)
    except ValueError as error:  # it begins with the name of the parameter
        name, _, words = str(error).partition(" ")
        raise UsageError(f"--{name.replace('_', '-')} {words}") from None
    except OSError as error:
        place = error.filename or options["state"]
        raise UsageError(f"{place}: {error.strerror}") from error


def read_variant(pairs: Sequence[str]) -> Variant:
    """A Variant from texts such as `success=200`. Raises UsageError that lists the choices."""
    from weryai.testing import Variant

    names = Variant.choices()
    chosen: dict[str, Any] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        _require(name in names, f"--variant {pair}: the names are {', '.join(names)}")
        choices = {str(choice).lower(): choice for choice in names[name]}
        values = ", ".join(choices)
        _require(text.lower() in choices, f"--variant {pair}: {name} is one of {values}")
        chosen[name] = choices[text.lower()]
    return Variant(**chosen)


@contextmanager
def serving(simulator: Simulator, port: int = 0) -> Iterator[tuple[str, threading.Event]]:
    """Serve on a thread. Gives the address, and what is set when it has ended by itself. Raises
    UsageError for a taken port."""
    import uvicorn

    # Not Thread.join: stopped by Ctrl-C up to Python 3.12, it takes a thread that runs for one that
    # has ended, and nothing waits for it any more.
    ended = threading.Event()

    config = uvicorn.Config(
        simulator.app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",  # it calls the webhooks
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = uvicorn.Server(config)
    with _listen(port) as listener:

        def serve() -> None:
            try:
                server.run(sockets=[listener])
            finally:
                ended.set()

        thread = threading.Thread(target=serve, name="simulator", daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}", ended
        finally:
            server.should_exit = True
            thread.join()


def _listen(port: int) -> socket.socket:
    """A socket that listens already, so that no client comes too early."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UsageError(f"--port {port}: {why}; 0 takes a free one") from error


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise UsageError(message)
