"""Parse a command line, run the command, and tell whatever went wrong."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper

import typer

from weryai import WeryAIError

from ._app import app
from ._errors import UsageError, report
from ._run import Run

log = logging.getLogger("weryai")


def run(argv: list[str]) -> int:
    """Parse, run, and tell whatever went wrong. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(argv, Run.before_parsing(argv))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would try to flush it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _run(argv: list[str], state: Run) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context("weryai", argv, obj=state) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        return report(UsageError(error.format_message()), state)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if not isinstance(error, (WeryAIError, KeyboardInterrupt)):
            log.debug("this is where", exc_info=True)
        return report(error, state)
    return 0
