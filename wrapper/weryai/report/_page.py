"""The page: rows, plots and tables put into the template, and written to disk."""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from . import _figures, _plots
from ._media import Media
from ._rows import ReportRow
from ._texts import clean, duration, moment, number

NAME = "index.html"
MARK = b'<meta name="generator" content="weryai"/>'  # in a page that may be written over
LINES = 10  # of the table beside the plot of what is done


def write(rows: Iterable[ReportRow], folder: str | os.PathLike[str], *, title: str) -> Path:
    """Make one page of these rows. It reads local images, looks whether videos are there, and asks
    nobody else: it is free, and nothing is loaded from the network, then or later.

    The same rows, over the same files, give the same bytes.

    Parameters:
        rows: in the order in which the page shows them.
        folder: where `index.html` and the folder `thumbnails` go; it is made if need be. A page
            that was made here before is written over.
        title: what stands above the rows.

    Returns the path of the page, absolute. It links to videos and images relative to itself: move
    them together.

    Raises:
        FileExistsError: the folder has an `index.html` of somebody else.
        OSError: something cannot be written.
    """
    place = Path(os.path.abspath(folder))
    page = place / NAME
    place.mkdir(parents=True, exist_ok=True)
    if page.exists() and MARK not in page.read_bytes()[:1000]:
        raise FileExistsError(f"{page} is there already, and is no report: give another folder")
    _replace(page, rendered([*rows], Media(place), title).encode())
    return page


def rendered(rows: Sequence[ReportRow], media: Media, title: str) -> str:
    """The text of the page; small copies of its images are made on the way."""
    script = _source("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _template().render(
        title=title,
        rows=rows,
        media=media,
        states=sorted(Counter(row.state for row in rows).items()),
        figures=[*_progress(rows), *_models(rows)],
        style=Markup(_source("page.css")),  # noqa: S704 # our own
        script=Markup(script),  # noqa: S704 # our own
        script_hash=f"sha256-{digest}",
    )


def _progress(rows: Sequence[ReportRow]) -> Iterable[dict[str, Any]]:
    """The plot and the table of what was done when."""
    told = _figures.progress(rows, LINES)
    if told:
        last = told[-1]
        title = "Rows done over time"
        text = (
            f"From {moment(told[0].at)} to {moment(last.at)} UTC: {last.done:,} rows done,"
            f" {last.failed:,} failed."
        )
        yield {
            "title": title,
            "text": text,
            "plot": _plots.progress_plot(_figures.progress(rows, _plots.STEPS), title, text),
            "columns": ("Until (UTC)", "Done", "Failed"),
            "lines": [(moment(each.at), f"{each.done:,}", f"{each.failed:,}") for each in told],
        }


def _models(rows: Sequence[ReportRow]) -> Iterable[dict[str, Any]]:
    """The plot and the table of how long a row takes with each model."""
    told = _figures.model_times(rows)
    if told:
        title = "Time a row, by model"
        text = (
            "From submission to end, of rows that are done: all of them as a thin line, the middle"
            " half as a thick one, the median as a dot."
        )
        if len(told) > _plots.MOST_MODELS:
            text += f" The {_plots.MOST_MODELS} models with the most rows; all are in the table."
        yield {
            "title": title,
            "text": text,
            "plot": _plots.models_plot(told, title, text),
            "columns": ("Model", "Rows", "Shortest", "Median", "Longest"),
            "lines": [
                (
                    each.model,
                    f"{each.rows:,}",
                    *map(duration, (each.shortest, each.median, each.longest)),
                )
                for each in told
            ],
        }


@cache
def _template() -> Template:
    """Compiled once a process: that takes longer than most pages."""
    environment = Environment(
        loader=PackageLoader("weryai.report", "_template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_writable,
    )
    environment.filters |= {"duration": duration, "moment": moment, "number": number}
    return environment.get_template("page.html")


def _writable(value: Any) -> Any:
    """What is foreign is made fit for a page before it is escaped."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(name: str) -> str:
    return resources.files("weryai.report").joinpath("_template", name).read_text("utf-8")


def _replace(page: Path, content: bytes) -> None:
    """Write a file that is whole whenever it is there."""
    new = page.with_name(f".{page.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        new.replace(page)
    finally:
        new.unlink(missing_ok=True)
