"""`weryai jobs` and what is below it."""

from __future__ import annotations

import typer

from . import journal_file, listing, reporting, settling

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(rich_markup_mode=None)
app.add_typer(group, name="jobs")
group.callback(invoke_without_command=True)(listing.jobs)
for command in (
    settling.settle,
    settling.forget,
    reporting.report,
    journal_file.backup,
    journal_file.check,
):
    group.command()(command)
