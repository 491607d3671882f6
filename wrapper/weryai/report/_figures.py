"""The numbers behind the two plots, which the tables beside them show as well."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from statistics import median, quantiles

from attrs import frozen

from ._rows import FAILED, ReportRow


@frozen
class Progress:
    """How many rows had ended at a time."""

    at: datetime
    done: int
    failed: int


@frozen
class ModelTimes:
    """The seconds from submission to end of the rows of one model that are done."""

    model: str
    rows: int
    shortest: float
    quarter: float
    median: float
    three_quarters: float
    longest: float


def progress(rows: Sequence[ReportRow], steps: int) -> list[Progress]:
    """What had ended at evenly spaced times, from the first submission to the last end; however
    many rows there are, no more than one above `steps`."""
    done = sorted(row.ended_at for row in rows if row.ended_at and row.done)
    failed = sorted(row.ended_at for row in rows if row.ended_at and row.state == FAILED)
    ends = done + failed
    if not ends:
        return []
    last = max(ends)
    first = min([*ends, *(row.submitted_at for row in rows if row.ended_at and row.submitted_at)])
    span = last - first
    times = [first + span * step / steps for step in range(steps)] if span else []
    return [Progress(at, bisect_right(done, at), bisect_right(failed, at)) for at in [*times, last]]


def model_times(rows: Sequence[ReportRow]) -> list[ModelTimes]:
    """The models by how many rows each has done, the most first."""
    seconds = defaultdict(list)
    for row in rows:
        if row.done and row.seconds is not None:
            seconds[row.model].append(row.seconds)
    found = [_times(model, sorted(each)) for model, each in seconds.items()]
    return sorted(found, key=lambda each: (-each.rows, each.model))


def _times(model: str, seconds: Sequence[float]) -> ModelTimes:
    quarters = quantiles(seconds, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 3
    return ModelTimes(
        model, len(seconds), seconds[0], quarters[0], median(seconds), quarters[2], seconds[-1]
    )
