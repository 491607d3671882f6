"""From the arguments to the exit code: what surrounds every command."""

from __future__ import annotations

from collections.abc import Sequence

from ._errors import MissingExtraError, needs
from ._invocation import Invocation
from ._process.signals import Signals
from ._report import report, told


def start(argv: Sequence[str], signals: Signals) -> int:
    """Run one command. Returns its exit code."""
    state = Invocation.before_parsing(argv)
    try:
        with needs("cli"):
            from ._main import run
        code = run([*argv], state, signals)
    except MissingExtraError as error:
        return report(error, state)
    except KeyboardInterrupt as error:
        signals.hold()
        code = report(error, state)
    return told(code, state)


def stopped(argv: Sequence[str], error: KeyboardInterrupt) -> int:
    """Tell a signal that came before anything was begun. Returns the exit code."""
    state = Invocation.before_parsing(argv)
    return told(report(error, state), state)
