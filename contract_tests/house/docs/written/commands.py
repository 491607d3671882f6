"""The page of the commands and their options, as their help has them."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.cli import get_docs_for_click

from weryai.cli._commands.app import app

HEAD = """\
# Commands

Each command with its options, as `weryai COMMAND --help` tells them. [The command
line](../command-line.md) explains what they are for, and [errors](../errors.md) what their exit
codes mean.
"""


def page() -> str:
    """The whole page."""
    top: Any = typer.main.get_command(app)
    context = top.make_context("weryai", [], resilient_parsing=True)
    parts = [HEAD]
    for name in top.list_commands(context):
        _, command, _ = top.resolve_command(context, [name])
        told = get_docs_for_click(obj=command, ctx=context, indent=1, call_prefix="weryai")
        parts.append(_plain(told, [command, *getattr(command, "commands", {}).values()]))
    return "\n".join(parts)


def _plain(told: str, commands: list[Any]) -> str:
    """Without what every command has, and with what is laid out by hand left as it is."""
    for command in commands:
        if command.epilog:
            laid_out = command.epilog.replace("\b\n", "").strip("\n")
            told = told.replace(command.epilog, f"```text\n{laid_out}\n```")
    told = re.sub(r"```console\n\$ (.*)\n```", r"```text\n\1\n```", told)
    told = re.sub(r"\* `.*--help`: .*\n", "", told)
    told = re.sub(r"\*\*Options\*\*:\n\n(?!\*)", "", told)
    return re.sub(r"\n{3,}", "\n\n", told).replace("**Usage**:\n\n", "").rstrip("\n") + "\n"
