"""`weryai simulate`: the simulator behind a real socket, on this machine alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from math import isfinite
from typing import TYPE_CHECKING, Any

from . import _output
from ._errors import UsageError, needs
from ._process import serving as _serving

if TYPE_CHECKING:
    from weryai.testing import Simulator, Variant


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
            _serving.wait(ended)
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


def serving(
    simulator: Simulator, port: int = 0
) -> AbstractContextManager[tuple[str, threading.Event]]:
    """Serve on a thread; see `_process.serving`."""
    return _serving.serving(simulator.app, port, "simulator")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise UsageError(message)
