"""The commands in the order of the help, and what stands before and behind them there."""

from __future__ import annotations

from typing import Annotated

import typer

import weryai

from .. import _output
from .._invocation import Invocation
from .._operations import KINDS
from . import account, following, jobs, journal_file, paying, simulating
from .asking import EXAMPLE
from .request_options import endpoints

EPILOG = """\b
The key is read from the environment variable WERYAI_API_KEY, and from
nowhere else. WERYAI_BASE_URL is another address of the API,
WERYAI_JOURNAL another file for what was paid.

\b
Exit codes:
  0    done
  1    something else went wrong: a bug, a full disk, the journal, stdout
  2    refused here, nothing was charged: usage, key, request, images
  3    the service said no, or gave no answer
  4    a task failed; the videos that were made can be downloaded
  5    it still runs: wait for it again
  6    it may have been paid, and that is not known: look it up
  129  stopped as the terminal was closed (SIGHUP)
  130  stopped with Ctrl-C
  143  stopped with SIGTERM
"""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables
    rich_markup_mode=None,
    epilog=EPILOG,
)


@app.callback(invoke_without_command=True)
def top(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on stderr what is going on.")
    ] = False,
) -> None:
    """Turn 1 to 3 images into video with WeryAI."""
    run: Invocation = ctx.obj
    run.command = ctx.invoked_subcommand or ""
    run.verbose = verbose
    _output.listen(verbose)
    if version:
        print(f"weryai {weryai.__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


for paid in (paying.generate, paying.submit):
    app.command(epilog=EXAMPLE.format(command=paid.__name__))(paid)
for free in (following.status, following.wait, following.download, following.resume):
    app.command()(free)
for asked in (account.upload, account.balance):
    app.command()(asked)
app.command(epilog=endpoints(KINDS))(account.models)
app.command()(simulating.simulate)
for kept in (journal_file.backup, journal_file.check):
    jobs.app.command()(kept)
app.add_typer(jobs.app, name="jobs")
