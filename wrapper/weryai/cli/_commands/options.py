"""Options that several commands share; those of a request are written once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Annotated, Any

import typer

from weryai import MultiImageToVideo

from .._errors import UsageError
from .._process.paths import expanded

HERE = Path()
REQUIRED = {
    "images": "IMAGES",
    "prompt": "--prompt",
    "model": "--model",
    "aspect_ratio": "--aspect-ratio",
    "duration": "--duration",
}
EXAMPLE = """\b
Such as:
  weryai {command} fox.jpg owl.png --prompt "The fox turns into the owl" \\
      --model KLING_O1 --aspect-ratio 16:9 --duration 5
"""


def whole(text: str) -> int | str:
    """A whole number, or the text as it is: the request refuses that, with its other faults."""
    try:
        return int(text)
    except ValueError:
        return text


def seconds(text: str) -> float:
    """A time that is not negative. Raises ValueError."""
    value = float(text)
    if isnan(value) or value < 0:
        raise ValueError
    return value


def path(text: str) -> str:
    """A path that is not empty. Raises typer.BadParameter."""
    if not text:
        raise typer.BadParameter("it is empty")
    return expanded(text)


def folder(text: str | Path) -> Path:
    """A folder that may be made. Raises typer.BadParameter."""
    found = path(str(text))
    if found.startswith("~"):
        raise typer.BadParameter(f"there is no such user: {found}; for a folder, ./{found}")
    return Path(found)


def address(text: str) -> str:
    """An address that is not empty. Raises typer.BadParameter."""
    if not text:
        raise typer.BadParameter("it is empty")
    return text


def _text(metavar: str, help_text: str) -> Any:
    return typer.Option(metavar=metavar, help=help_text)


def _whole(metavar: str, help_text: str) -> Any:
    return typer.Option(parser=whole, metavar=metavar, help=help_text)


def _journal(help_text: str) -> Any:
    return typer.Option(
        "--journal",
        parser=path,
        metavar="FILE",
        envvar="WERYAI_JOURNAL",
        show_envvar=False,
        help=help_text,
    )


Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        parser=address, metavar="URL", help="The API's address, instead of WERYAI_BASE_URL."
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        parser=seconds, metavar="SECONDS", help="How long to wait; the job goes on without us."
    ),
]
Out = Annotated[Path, typer.Option(parser=folder, metavar="DIR", help="Where the videos go.")]
TaskIds = Annotated[
    list[str] | None, typer.Argument(metavar="TASK_ID...", show_default=False, help="Task ids.")
]
Batch = Annotated[str | None, _text("BATCH_ID", "All tasks of a batch, by its id.")]
JournalFile = Annotated[
    str | None, _journal("Where paid jobs are written down; `none` for nowhere.")
]
UploadJournal = Annotated[
    str | None, _journal("Where addresses are kept for 24 hours; `none` uploads anew.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Check what can be, print what would be sent, pay nothing."),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Pay once more for what was submitted in the last 24 hours and is not fetched.",
    ),
]

Images = Annotated[
    list[str] | None,
    typer.Argument(
        parser=path,
        metavar="IMAGES...",
        show_default=False,
        help="1 to 3 jpg, png or webp files, or https addresses. Required.",
    ),
]
Prompt = Annotated[str | None, _text("TEXT", "What happens. Required.")]
Model = Annotated[str | None, _text("KEY", "Such as KLING_O1; see `weryai models`. Required.")]
AspectRatio = Annotated[str | None, _text("W:H", "Such as 16:9. Required.")]
Duration = Annotated[int | None, _whole("SECONDS", "Whole seconds. Required.")]
NegativePrompt = Annotated[str | None, _text("TEXT", "What must not happen.")]
VideoNumber = Annotated[int | None, _whole("N", "1 to 4 videos; each one is paid.")]
Resolution = Annotated[str | None, _text("TEXT", "Such as 480p or 720p.")]
Audio = Annotated[bool | None, typer.Option("--audio/--no-audio", help="With or without sound.")]
WebhookUrl = Annotated[str | None, _text("URL", "Called when a task has completed.")]
CallerId = Annotated[int | None, _whole("N", "A number of your own, sent along.")]


def build(
    images: Images = None,
    prompt: Prompt = None,
    model: Model = None,
    aspect_ratio: AspectRatio = None,
    duration: Duration = None,
    negative_prompt: NegativePrompt = None,
    video_number: VideoNumber = None,
    resolution: Resolution = None,
    generate_audio: Audio = None,
    webhook_url: WebhookUrl = None,
    caller_id: CallerId = None,
) -> MultiImageToVideo:
    """The request. Raises UsageError for all that is missing, InvalidRequestError for the rest."""
    given = {name: value for name, value in locals().items() if value is not None}
    if missing := [shown for name, shown in REQUIRED.items() if name not in given]:
        raise UsageError(f"missing: {', '.join(missing)}")
    return MultiImageToVideo(**given)


def with_request(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `build` in the place of its parameter `request`."""
    options = inspect.signature(build, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True).parameters

    @functools.wraps(command)
    def run(ctx: typer.Context, **given: Any) -> None:
        asked = {name: given.pop(name) for name in options}
        command(ctx, request=build(**asked), **given)

    merged = {name: own[name] for name in own if name != "request"}
    merged = {"ctx": merged.pop("ctx"), **options, **merged}
    del run.__wrapped__  # typer would look behind the decorator
    run.__signature__ = inspect.Signature([*merged.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: each.annotation for name, each in merged.items()}
    return run
