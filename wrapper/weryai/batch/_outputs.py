"""The names of a row's videos, made from a template such as `{id}-{n}`."""

from __future__ import annotations

import unicodedata
from string import Formatter

from attrs import define, field

from ._faults import shown

FIELDS = ("id", "n", "task", "model")
SUFFIX = ".mp4"
# Bytes of each part of a name: with what a download adds to it while it is hidden, it stays below
# the 255 that file systems take.
LONGEST = 140


def plain(template: str) -> str:
    """Without the suffix, which follows from what a video is."""
    return template.removesuffix(SUFFIX)


def name(template: str, *, id: str, n: int, task: str, model: str) -> str:
    """The name of one video, below the output folder."""
    return template.format(id=id, n=n, task=task, model=model)


def template_fault(template: object) -> str | None:
    """Why no names can be made from a template, None if they can be."""
    possible = ", ".join(f"{{{field}}}" for field in FIELDS)
    if not isinstance(template, str):
        return f"must be a text, not {shown(str(template))}"
    try:
        parts = [part[1:] for part in Formatter().parse(template)]
    except ValueError:
        return f"{shown(template)} has a brace too many or too few"
    for field_name, spec, conversion in parts:
        if field_name is not None and (field_name not in FIELDS or spec or conversion):
            return f"{shown(template)} may hold {possible} in braces, and nothing else"
    return name_fault(name(plain(template), id="id", n=1, task="task", model="model"))


def name_fault(name: str) -> str | None:
    """Why no file below the output folder may have a name, None if one may."""
    if not name.isprintable() or "\\" in name:
        return f"makes {shown(name)}, which no file should be called"
    for part in name.split("/"):
        if not part.strip():
            return f"makes {shown(name)}, which is empty or has an empty part"
        if part.startswith("."):
            return f"makes {shown(name)}, which leads out of the output folder or is hidden"
        if len(part.encode()) > LONGEST:
            return f"makes a name of {len(part.encode())} bytes, at most {LONGEST} are possible"
    return None


@define
class Names:
    """The names of the videos of all rows."""

    _places: dict[str, int] = field(factory=dict)

    def fault(self, place: int, template: str, *, videos: int, **given: str) -> str | None:
        """Why the videos of a row cannot be called by a template, None if they can.

        Parameters:
            given: its id and model; what the tasks are called is not known before they are paid
                for, but no two are called the same.
        """
        numbers = range(1, videos + 1)
        made, others = (
            [name(template, n=n, task=task, **given) for n in numbers] for task in ("task", "other")
        )
        for each in made:
            if fault := name_fault(each):
                return fault
        if made != others:
            return None
        if len({*made}) < videos:
            return f"calls all of its {videos} videos {shown(made[0])}: put {{n}} into it"
        for each in made:
            # As a disk sees it that knows neither case nor how an accent is composed.
            seen = unicodedata.normalize("NFC", each).casefold()
            if (other := self._places.setdefault(seen, place)) != place:
                return f"makes {shown(each)}, as line {other} does"
        return None
