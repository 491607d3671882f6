"""Parse a command line, run the command, and tell whatever went wrong."""

from __future__ import annotations

import logging
import sys

import typer

from weryai import WeryAIError

from . import _output
from ._commands.app import app
from ._errors import UsageError
from ._invocation import Invocation
from ._process import streams
from ._process.signals import Signals
from ._report import report

log = logging.getLogger("weryai")


def run(argv: list[str]) -> int:
    """Parse, run, and tell whatever went wrong. Returns the exit code."""
    state = Invocation.before_parsing(argv)
    with Signals() as signals:
        try:
            code = _run(argv, state, signals)
        except KeyboardInterrupt as error:
            signals.hold()
            code = report(error, state)
        return _told(code, state)


def _run(argv: list[str], state: Invocation, signals: Signals) -> int:
    command = typer.main.get_command(app)
    code = 0
    try:
        with command.make_context("weryai", argv, obj=state) as context:
            command.invoke(context)
    except typer.Exit as end:
        code = end.exit_code
    except typer.TyperException as error:
        code = report(UsageError(error.format_message()), state)
    except Exception as error:
        signals.hold()  # while this is told, and if it comes before, it has this as its context
        if not isinstance(error, WeryAIError):
            log.debug("this is where", exc_info=True)
        code = report(error, state)
    signals.hold()
    return code


def _told(code: int, state: Invocation) -> int:
    """The exit code where stdout could not be written: nothing about a stream decides what is said
    of a command that pays, waits or fetches; to tell is all that the others are for."""
    fault = streams.fault(sys.stdout)
    if fault is None:
        return code
    if state.acts or not isinstance(fault, BrokenPipeError):  # whoever read it has had enough
        lost = (f"  {path}" for path in state.paths)
        _output.say(f"weryai: stdout could not be written: {fault.strerror or fault}", *lost)
    return code if code or state.acts else 1
