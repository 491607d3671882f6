"""`weryai jobs backup` and `check`: the journal as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ... import _output, _setup
from ..._process.paths import quoted
from .. import steps
from ..options import BaseUrl, JournalFile, Json, path


def backup(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(parser=path, metavar="FILE", help="A new file, of any name.")
    ],
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Copy the journal to a new file, while others write to it."""
    steps.begin(ctx, as_json, base_url, journal)
    target = Path(file)
    with _setup.in_a_file(journal, base_url) as kept:
        kept.backup(target)
        number = sum(kept.counts().values())
    if as_json:
        _output.document({"backup": str(target.absolute())})
    else:
        _output.say(f"{_output.counted(number, 'job')} copied; to look at the copy:")
        _output.say(f"  weryai jobs --journal {quoted(file)}")


def check(
    ctx: typer.Context, as_json: Json = False, base_url: BaseUrl = None, journal: JournalFile = None
) -> None:
    """Look through all of the journal for damage; other commands read no more than they need."""
    steps.begin(ctx, as_json, base_url, journal)
    with _setup.in_a_file(journal, base_url) as kept:
        kept.check()
        number = sum(kept.counts().values())
    if as_json:
        _output.document({"checked": number})
    else:
        _output.say(f"{_output.counted(number, 'job')}: no damage")
