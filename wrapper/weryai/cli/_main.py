"""Parse a command line, run the command, and tell whatever went wrong."""

from __future__ import annotations

import logging
import os

import typer

from weryai import WeryAIError

from ._commands.app import commands
from ._errors import UsageError, needs
from ._invocation import Invocation
from ._process.signals import Signals
from ._report import report

log = logging.getLogger("weryai")

# What a shell sets when it asks how a line goes on.
COMPLETES = "_WERYAI_COMPLETE"


def run(argv: list[str], state: Invocation, signals: Signals) -> int:
    """Parse, run, and tell whatever went wrong. Returns the exit code; a signal goes through."""
    command = commands()
    code = 0
    try:
        if COMPLETES in os.environ:
            command(argv, prog_name="weryai")  # which ends with SystemExit
        with needs("cli"), command.make_context("weryai", argv, obj=state) as context:
            command.invoke(context)
    except typer.Exit as end:
        code = end.exit_code
    except SystemExit as end:
        code = int(end.code or 0)
    except typer.TyperException as error:
        code = report(UsageError(error.format_message()), state)
    except Exception as error:
        signals.hold()  # while this is told, and if it comes before, it has this as its context
        if not isinstance(error, WeryAIError):
            log.debug("this is where", exc_info=True)
        code = report(error, state)
    signals.hold()
    return code
