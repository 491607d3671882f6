"""What is wrong with a manifest, gathered while it is read."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from attrs import define, field, frozen

from weryai import Plain

LONGEST = 60  # characters of what somebody wrote, in a fault


@frozen
class Fault(Plain):
    """One fault of a manifest. As a text it reads `renders.csv:7 duration: must be ...`.

    Attributes:
        place: the line, from 1; 0 where no line is to blame, such as for a default.
        column: the column, None where it is about more than one.
        words: what is wrong.
        file: the name of the manifest.
    """

    place: int
    column: str | None
    words: str
    file: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.place}" if self.place else self.file
        return f"{where} {self.column}: {self.words}" if self.column else f"{where}: {self.words}"


@define
class Faults:
    """The faults of one manifest."""

    file: str
    found: list[Fault] = field(factory=list)
    _told: set[tuple[str | None, str]] = field(factory=set)

    def tell(self, place: int, column: str | None, words: str) -> None:
        self.found.append(Fault(place, column, words, self.file))

    def once(self, place: int, column: str | None, words: str) -> None:
        """Tell what many rows would repeat, where it is seen first."""
        if (column, words) not in self._told:
            self._told.add((column, words))
            self.tell(place, column, words)


def none_of(name: str, known: Iterable[str]) -> str:
    """The words for a name that is not known, with the one that was meant, or else with all."""
    names = [*known]
    near = get_close_matches(name[:LONGEST], names, n=1)
    if near:
        return f"{shown(name)} is not known; did you mean {near[0]}?"
    return f"{shown(name)} is none of {', '.join(names)}"


def shown(text: str) -> str:
    """What somebody wrote, short."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
