"""The commands in the order of the help, and what stands before and behind them there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import weryai

from .. import _output
from .._invocation import Invocation

# By name the module that has it, and its line in the list of commands: the first sentence of its
# own help.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "generate": ("paying", "Submit, wait and download, all in one: paid."),
    "submit": ("paying", "Submit, and print the ids: paid."),
    "again": ("again", "Ask for a past job once more, with what is changed: paid."),
    "estimate": ("estimating", "Tell what is known of the cost of a request: free."),
    "status": ("following", "Print the state of tasks: free."),
    "wait": ("following", "Wait until jobs are complete: free."),
    "download": ("following", "Download the videos that are finished: free."),
    "resume": ("following", "Fetch all that was paid for and is not here yet: free."),
    "upload": ("account", "Store images, and print their addresses: free."),
    "balance": ("account", "Print the credits that are left: free."),
    "models": ("account", "List the models, and what each accepts: free."),
    "listen": ("listening", "Receive webhooks, and fetch the videos they tell of: free."),
    "mcp": ("serving", "Serve tools for agents on stdin and stdout (MCP): paid."),
    "simulate": ("serving", "Serve a simulated WeryAI on this machine, to try things out."),
    "batch": ("batch.commands", "Render many videos from a table, each row paid once: paid."),
    "doctor": ("doctor", "Check key, service, journal and what is installed: free."),
    "jobs": ("jobs.group", "List what was paid for, and what became of it: free."),
}
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


class Commands(TyperGroup):
    """The commands. One is loaded when it is run: the list of them and the version need none, and
    no command needs the others."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, _loaded(str(name)), rest


@cache  # to make it takes longer than most commands do
def _loaded(name: str) -> Any:
    module, _ = COMMANDS[name]
    found = import_module(f".{module}", __package__)
    return typer.main.get_group(found.app).commands[name]


app = typer.Typer(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},  # of all commands
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


@cache  # as each of them
def commands() -> Any:
    """What reads a command line."""
    return typer.main.get_command(app)
