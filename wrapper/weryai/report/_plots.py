"""The two plots, as SVG that stands in the page: texts stay texts, and the page colours them."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from markupsafe import Markup, escape
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ._figures import ModelTimes, Progress
from ._texts import clean, short

STEPS = 60  # points of a line: more are not seen, and make it longer
MOST_MODELS = 8  # for the same reason
LONGEST_NAME = 24
INCHES = (6, 2.8)
POINTS = 72  # in an inch of SVG
# Seen on white and on black (WCAG 1.4.11: 3 to 1).
BLUE, ORANGE = "#2277dd", "#cc5522"

SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # texts, and not outlines
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],  # which matplotlib brings: measured alike everywhere
    "text.parse_math": False,  # `$` is a character of a model's name
    "axes.spines.top": False,
    "axes.spines.right": False,
}
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
# What a file of its own begins with: the page has its own title, and its own styles.
AROUND = r"\A.*?<svg[^>]*>|<defs>\s*<style.*?</defs>"
# What is the same for every text: the page's style sheet names the font.
EACH = r"; font-family: 'DejaVu Sans', sans-serif| transform=\"rotate\(-0 [^)]*\)\""
NEEDLESS = re.compile(f"{AROUND}|{EACH}", re.DOTALL)
NAME = re.compile(r'<g id="[^"]*">')  # the same in every plot; no text has a `<` in it


def progress_plot(told: Sequence[Progress], title: str, description: str) -> Markup:
    """Rows that have ended, over time. There is at least one time."""

    def draw(axes: Axes) -> None:
        at: Any = [each.at for each in told]
        only = "o" if len(told) == 1 else ""
        axes.plot(at, [each.done for each in told], only + "-", color=BLUE, label="done")
        if told[-1].failed:
            failed = [each.failed for each in told]
            axes.plot(at, failed, only + "--", color=ORANGE, label="failed")
            axes.legend(frameon=False)
        # matplotlib.dates is not typed as the rest is.
        locator = AutoDateLocator(tz=UTC, minticks=3, maxticks=5)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        labels = ConciseDateFormatter(locator, tz=UTC)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(labels)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_ylim(bottom=0)
        axes.set(xlabel="UTC", ylabel="rows")

    return _svg("progress", draw, title, description)


def models_plot(told: Sequence[ModelTimes], title: str, description: str) -> Markup:
    """The time that a row takes, by model: all of it, the middle half, and the median. There is at
    least one model."""
    shown = told[:MOST_MODELS]
    minutes = max(each.longest for each in shown) >= 120
    divisor = 60 if minutes else 1

    def draw(axes: Axes) -> None:
        places = range(len(shown))
        for place, each in zip(places, shown, strict=True):
            spans = (1, each.shortest, each.longest), (6, each.quarter, each.three_quarters)
            for width, *ends in spans:
                across = [end / divisor for end in ends]
                axes.plot(across, [place, place], color=BLUE, linewidth=width)
        axes.plot([each.median / divisor for each in shown], places, "o", color=ORANGE)
        axes.set_yticks(places, [short(clean(each.model), LONGEST_NAME) for each in shown])
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlim(left=0)
        axes.set_xlabel("minutes" if minutes else "seconds")

    return _svg("models", draw, title, description)


def _svg(name: str, draw: Callable[[Axes], None], title: str, description: str) -> Markup:
    """A picture as an element of the page, told to those who do not see it."""
    # Settings of our own, and not those of whoever runs it.
    with style.context(["default", {**SETTINGS, "svg.hashsalt": name}]), warnings.catch_warnings():
        # A name may have characters that the font has not; a browser has others.
        warnings.simplefilter("ignore")
        figure = Figure(figsize=INCHES, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.subplots())
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata=NO_METADATA)
    inside = NAME.sub("<g>", NEEDLESS.sub("", drawn.getvalue()))
    inside = re.sub(r"\s*\n\s*", "\n", inside).replace(": #000000", ": currentColor")
    width, height = (inches * POINTS for inches in INCHES)
    return Markup(  # noqa: S704 # matplotlib has escaped what is foreign in it
        f'<svg role="img" aria-labelledby="{name}-title {name}-text"'
        f' viewBox="0 0 {width:g} {height:g}" xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink"><title id="{name}-title">{escape(title)}'
        f'</title><desc id="{name}-text">{escape(description)}</desc>{inside}'
    )
