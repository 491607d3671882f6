"""A simulator that stands in for WeryAI: strict about the contract, with real videos as results.

It needs the extra `testing`. In a test, without a socket and without waiting:

    from weryai.testing import Simulator

    def test_my_pipeline(tmp_path):
        with Simulator() as simulator:
            client = simulator.client()
            ...
        assert len(simulator.ledger) == 1     # paid once

`weryai simulate` serves the same on this machine. `check_journal` tries a journal of your own.
"""

from __future__ import annotations

try:
    from ._asgi import OPERATIONS
    from ._clock import ManualClock, RunningClock
    from ._films.pictures import sample
    from ._journals.checking import JOURNAL_PROMISES, check_journal
    from ._scenario import Answer, Lost, Outcome, refusal
    from ._simulator import Simulator
    from ._tasks import Accepted
    from ._traffic import Received
    from ._wire.variant import Variant
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

__all__ = [
    "JOURNAL_PROMISES",
    "OPERATIONS",
    "Accepted",
    "Answer",
    "Lost",
    "ManualClock",
    "Outcome",
    "Received",
    "RunningClock",
    "Simulator",
    "Variant",
    "check_journal",
    "refusal",
    "sample",
]
