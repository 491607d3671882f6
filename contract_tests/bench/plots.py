"""The pictures of docs/performance.md. Needs matplotlib, from requirements.txt beside this."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "weryai",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
}
SIZE = (7, 3.6)  # inches


def waiting(told: dict[str, dict[str, float]], path: Path) -> None:
    """CPU and memory against the number of jobs that are awaited at once."""
    polls = {number: each | {"cpu": each["cpu"] / 1000} for number, each in told.items()}
    _pair(polls, path, "jobs awaited at once", ("ms of CPU a poll", "kB a job"))


def batches(told: dict[str, dict[str, float]], path: Path) -> None:
    """CPU and memory against the number of rows of a batch."""
    _pair(told, path, "rows of the batch", ("ms of CPU a row", "MB of the whole process"))


def _pair(
    told: dict[str, dict[str, float]], path: Path, what: str, labels: tuple[str, str]
) -> None:
    """CPU beside memory, against a number of something."""
    numbers = sorted(map(int, told))
    with mpl.rc_context(STYLE):
        figure, both = plt.subplots(1, 2, figsize=SIZE)
        for axes, name, label in zip(both, ("cpu", "memory"), labels, strict=True):
            axes.plot(numbers, [told[str(number)][name] for number in numbers], "o-")
            axes.set(xscale="log", xlabel=what, ylabel=label, ylim=(0, 1.1 * axes.get_ylim()[1]))
        _save(figure, path)


def journal(told: dict[str, dict[str, float]], path: Path, names: Sequence[str]) -> None:
    """What calls take against the number of jobs in the journal."""
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=SIZE)
        for name in names:
            rows = sorted(map(int, told[name]))
            axes.plot(rows, [told[name][str(number)] for number in rows], "o-", label=name)
        axes.set(xscale="log", xlabel="jobs in the journal", ylabel="ms of CPU", ylim=(0, None))
        axes.legend(ncols=7, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1))
        _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})  # the same bytes from the same figures
    plt.close(figure)
