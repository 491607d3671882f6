"""A simulator that stands in for WeryAI: strict about the contract, with real videos as results.

It needs the extra `testing`. In a test, without a socket and without waiting:

    from weryai.testing import Simulator

    def test_my_pipeline(tmp_path):
        with Simulator() as simulator:
            client = simulator.client()
            ...
            simulator.assert_paid(1)

`weryai.testing.pytest_plugin` has fixtures of it, which pytest finds by itself. `weryai simulate`
serves the same on this machine. `check_journal` tries a journal of your own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._asgi import OPERATIONS
    from ._clock import ManualClock, RunningClock
    from ._films.pictures import sample
    from ._journals.checking import JOURNAL_PROMISES, check_journal
    from ._recorded.recording import Recorder
    from ._recorded.replaying import Replay
    from ._scenario import Answer, Lost, Outcome, refusal
    from ._simulator import Simulator
    from ._tasks import Accepted
    from ._traffic import Received
    from ._wire.refusals import REFUSALS
    from ._wire.variant import Variant

__all__ = [
    "JOURNAL_PROMISES",
    "OPERATIONS",
    "REFUSALS",
    "Accepted",
    "Answer",
    "Lost",
    "ManualClock",
    "Outcome",
    "Received",
    "Recorder",
    "Replay",
    "RunningClock",
    "Simulator",
    "Variant",
    "check_journal",
    "refusal",
    "sample",
]

if not TYPE_CHECKING:
    # Where each public name is at home. Nothing is loaded before it is used: pytest imports the
    # plugin, and so this package, for projects that have never heard of it.
    _HOMES = {
        "JOURNAL_PROMISES": "_journals.checking",
        "OPERATIONS": "_asgi",
        "REFUSALS": "_wire.refusals",
        "Accepted": "_tasks",
        "Answer": "_scenario",
        "Lost": "_scenario",
        "ManualClock": "_clock",
        "Outcome": "_scenario",
        "Received": "_traffic",
        "Recorder": "_recorded.recording",
        "Replay": "_recorded.replaying",
        "RunningClock": "_clock",
        "Simulator": "_simulator",
        "Variant": "_wire.variant",
        "check_journal": "_journals.checking",
        "refusal": "_scenario",
        "sample": "_films.pictures",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(_loaded(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        return [*__all__]


def _loaded(home: str) -> object:
    """A module of this package. Raises ModuleNotFoundError that names the extra, where that is not
    installed."""
    try:
        return import_module(f".{home}", __name__)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "weryai", "weryai_api"):
            raise
        # From a clone: this package is on no index, where somebody else may take its name.
        raise ModuleNotFoundError(
            f"{package} is not installed: install weryai with its extra `testing`,"
            " in a clone of it: pip install '.[testing]'",
            name=package,
        ) from error
