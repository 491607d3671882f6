"""`weryai simulate` and `weryai mcp`: they serve until they are ended."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .options import HERE, BaseUrl, Interval, JournalFile, MaxRunning, OutOfMany, amount

SHARE = "SHARE"  # from 0 to 1
SECONDS = "SECONDS"
PURSE = "mcp"  # of all agents, in each journal


app = typer.Typer(rich_markup_mode=None)


@app.command()
def simulate(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes a free one.")
    ] = 8765,
    speed: Annotated[
        float, typer.Option(metavar="FACTOR", help="With 10, tasks are ten times faster.")
    ] = 1,
    credits: Annotated[
        float, typer.Option(metavar="N", help="What the account holds; inf: no end.")
    ] = 1000,
    task_seconds: Annotated[
        float, typer.Option(metavar=SECONDS, help="How long a task takes.")
    ] = 30,
    spread: Annotated[
        float, typer.Option(metavar=SHARE, help="0.3: tasks take 0.7 to 1.3 times that.")
    ] = 0,
    spacing: Annotated[
        float, typer.Option(metavar=SECONDS, help="A submission sooner than this gets 1001.")
    ] = 0,
    max_running: Annotated[
        float, typer.Option(metavar="N", help="How many tasks run at once; inf: any.")
    ] = 20,
    answer_seconds: Annotated[
        float, typer.Option(metavar=SECONDS, help="How long an answer is under way.")
    ] = 0,
    fail_rate: Annotated[float, typer.Option(metavar=SHARE, help="0.1: a tenth fails.")] = 0,
    lose_answers: Annotated[
        float, typer.Option(metavar=SHARE, help="Of submissions; half of them are paid.")
    ] = 0,
    lose_webhooks: Annotated[float, typer.Option(metavar=SHARE, help="Never called.")] = 0,
    double_webhooks: Annotated[float, typer.Option(metavar=SHARE, help="Called twice.")] = 0,
    late_webhooks: Annotated[
        float, typer.Option(metavar=SHARE, help="Called 10 s after their time.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Another one: other chances, again the same.")
    ] = 0,
    render: Annotated[
        bool, typer.Option("--render/--no-render", help="Draw each video, or none: tiny ones.")
    ] = True,
    video: Annotated[
        str | None,
        typer.Option(parser=options.path, metavar="FILE", help="What every video is instead."),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(parser=options.path, metavar="FILE", help="Kept here, to go on with."),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="How replies are spelled; may be repeated."),
    ] = None,
) -> None:
    """Serve a simulated WeryAI on this machine, to try things out."""
    from ..simulate import run_simulator

    run_simulator(
        port,
        task_seconds,
        speed,
        variant or (),
        credits=credits,
        spread=spread,
        spacing=spacing,
        max_running=max_running,
        answer_seconds=answer_seconds,
        fail_rate=fail_rate,
        lose_answers=lose_answers,
        lose_webhooks=lose_webhooks,
        double_webhooks=double_webhooks,
        late_webhooks=late_webhooks,
        seed=seed,
        render=render,
        video=video,
        state=state,
    )


@app.command()
def mcp(
    ctx: typer.Context,
    out: OutOfMany = HERE,
    max_credits: Annotated[
        float | None,
        typer.Option(
            "--max-credits",
            parser=amount,
            metavar="N",
            help="What agents may spend, over all processes that use the journal.",
        ),
    ] = None,
    max_price: Annotated[
        float | None,
        typer.Option(
            "--max-price",
            parser=amount,
            metavar="N",
            help="With --max-credits: reckon with this for the first request of a kind, whose cost"
            " is not known.",
        ),
    ] = None,
    max_running: MaxRunning = 20,
    interval: Interval = 2.5,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Serve tools for agents on stdin and stdout (MCP): paid."""
    from weryai import Limits, Purse

    from .. import _setup
    from .._errors import UsageError, needs
    from .._kept import places
    from . import steps

    steps.begin(ctx, False, base_url, journal)
    if max_price is not None and max_credits is None:
        raise UsageError("--max-price needs --max-credits")
    purse = None if max_credits is None else Purse(PURSE, max_credits, max_price)
    limits = Limits(max_running, interval, purse)
    with needs("mcp"):
        from weryai.mcp import make_server, serve
    _tell_no_more_than_warnings()
    rows = places.models_path()
    with (
        _setup.required(journal, base_url) as kept,
        _setup.make_client(base_url, journal=kept, models_file=rows, limits=limits) as client,
    ):
        serve(make_server(client, kept, steps.files(out, None, jobs=2).make_folder()))


def _tell_no_more_than_warnings() -> None:
    """Be the root logger's handler: mcp sets up one that tells all, where it finds none."""
    import logging

    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
