"""Options that several commands share; those of a request are in request_options."""

from __future__ import annotations

from contextlib import suppress
from math import inf, isnan
from pathlib import Path
from typing import Annotated, Any

import typer

from .._kept import completing
from .._process.paths import expanded

HERE = Path()


def seconds(text: str) -> float:
    """A time that is not negative. Raises ValueError."""
    value = float(text)
    if isnan(value) or value < 0:
        raise ValueError
    return value


def amount(text: str) -> float:
    """Credits, 0 or more and not without end. Raises typer.BadParameter."""
    with suppress(ValueError):
        if 0 <= (value := float(text)) < inf:
            return value
    raise typer.BadParameter(f"give a number of credits, 0 or more, not {text!r}")


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


def _journal(help_text: str) -> Any:
    return typer.Option(
        "--journal",
        parser=path,
        metavar="FILE|URL",
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
WHERE = "A folder for the videos, or a file such as film.mp4."
Out = Annotated[Path, typer.Option("--out", "-o", parser=folder, metavar="DIR|FILE", help=WHERE)]
OutIfAny = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        parser=folder,
        metavar="DIR|FILE",
        show_default=False,
        help=f"Fetch them too. {WHERE}",
    ),
]
OutOfMany = Annotated[
    Path, typer.Option("--out", "-o", parser=folder, metavar="DIR", help="Where the videos go.")
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="TEMPLATE",
        help="What each file is called, such as '{task}-{n}'; n counts the videos of a job.",
    ),
]
MaxRunning = Annotated[
    int,
    typer.Option(
        "--max-running", min=1, metavar="N", help="Wait while so many of the account's tasks run."
    ),
]
Interval = Annotated[
    float,
    typer.Option(
        "--submit-interval",
        parser=seconds,
        metavar="SECONDS",
        help="Wait until the last submission is so long ago.",
    ),
]
TaskIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TASK_ID...",
        show_default=False,
        autocompletion=completing.tasks,
        help="Task ids.",
    ),
]
Batch = Annotated[
    str | None, typer.Option(metavar="BATCH_ID", help="All tasks of a batch, by its id.")
]
JournalFile = Annotated[
    str | None, _journal("Where paid jobs are written down: a file, postgresql://…, or `none`.")
]
UploadJournal = Annotated[
    str | None, _journal("Where addresses are kept for 24 hours; `none` uploads anew.")
]
OpenThem = Annotated[
    bool, typer.Option("--open", help="Show the videos with what this machine plays them with.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Check what can be, print what would be sent, pay nothing."),
]
Fit = Annotated[
    bool, typer.Option("--fit", help="Make pictures of over 10 MB smaller. Extra: images.")
]
KeepMetadata = Annotated[
    bool,
    typer.Option(
        "--keep-metadata",
        help="Send where and how a picture was taken too. What is uploaded is public at its"
        " address.",
    ),
]
CheckModels = Annotated[
    bool,
    typer.Option(
        "--check-models/--no-check-models",
        help="Refuse what the registry of models contradicts; it is asked once an hour.",
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Pay once more for what was submitted in the last 24 hours and is not fetched.",
    ),
]
