"""The options of the commands about batches."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ..._kept import completing
from ..._operations import KINDS
from ..._process.paths import expanded
from ..options import amount
from ..request_options import PICTURES, endpoints, fields_of, options

EPILOG = f"""\b
From --prompt on, the options are what a row gets that leaves them out.

{endpoints(KINDS)}
"""

Name = Annotated[
    str | None,
    typer.Option(
        "--batch",
        "-b",
        metavar="NAME",
        autocompletion=completing.batches,
        help="Which batch; as its manifest is called, unless it was named.",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        "--journal",
        parser=expanded,
        metavar="FILE|URL",
        envvar="WERYAI_JOURNAL",
        show_envvar=False,
        help="Where the batch is kept, beside what is paid: a file, or postgresql://…",
    ),
]
Anew = Annotated[
    bool,
    typer.Option("--again", help="Pay anew for rows that changed, where not one is as it was."),
]
MaxRows = Annotated[
    int | None,
    typer.Option("--max-rows", min=1, metavar="N", help="Submit at most so many rows."),
]
MaxCredits = Annotated[
    float | None,
    typer.Option(
        "--max-credits",
        parser=amount,
        metavar="N",
        help="Spend at most so much on the batch, in all of its runs together.",
    ),
]
RowCredits = Annotated[
    float | None,
    typer.Option(
        "--row-credits",
        parser=amount,
        metavar="N",
        help="What a row may cost at the most, until one of its kind has shown its price.",
    ),
]
KeepGoing = Annotated[
    bool,
    typer.Option("--keep-going", help="Do not pause where half of the first ten rows fail."),
]


def with_defaults(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a request in the place of its parameter `defaults`: what a row
    of a manifest gets that leaves them out. Images stand in the manifest."""
    pictures = {
        name
        for own in fields_of(KINDS).values()
        for name in own
        if own[name].annotation in PICTURES
    }
    asked = {
        option.name: _as_default(option) for option in options(KINDS) if option.name not in pictures
    }
    own = dict(inspect.signature(command, eval_str=True).parameters)
    del own["defaults"]

    @functools.wraps(command)
    def run(ctx: typer.Context, **given: Any) -> None:
        values = {name: given.pop(name) for name in asked}
        defaults = {name: value for name, value in values.items() if value is not None}
        command(ctx, defaults=defaults, **given)

    merged = {"ctx": own.pop("ctx"), "manifest": own.pop("manifest"), **own, **asked}
    del run.__wrapped__  # typer would look behind the decorator
    run.__signature__ = inspect.Signature([*merged.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: option.annotation for name, option in merged.items()}
    return run


def _as_default(option: inspect.Parameter) -> inspect.Parameter:
    """The same option, in a panel of its own words: nothing of it is required here."""
    kind, info = option.annotation.__origin__, option.annotation.__metadata__[0]
    info.help = (info.help or "").removesuffix("Required.").strip()
    return option.replace(annotation=Annotated[kind, info])
