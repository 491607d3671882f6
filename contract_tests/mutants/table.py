"""The table of faults: what it says, and how one is planted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

TABLE = Path(__file__).parent / "table.toml"
ROOMS = ("contract", "generated", "wrapper", "simulator", "commands", "proof")


class DoesNotApplyError(ValueError):
    """A fault cannot be planted in this tree: the table has to be brought up to date."""


@frozen(kw_only=True)
class Mutant:
    """One fault.

    Attributes:
        name: says the fault.
        room: where it is: contract, generated, wrapper, simulator, commands (the command line) or
            proof (tests that count or judge).
        file: below the root of the tree.
        find, replace: text in the file, and what stands in its place.
        count: how often the text is there.
        breaks: the promise that would be broken.
        tests: the test files, or tests, that ought to see it, the most telling first; the files of
            its room are asked only if these do not.
        regenerate: the client is generated anew from the wrong contract, so that both believe it.
        escapes: no check that schemathesis brings along sees it.
    """

    name: str
    room: str
    file: str
    find: str
    replace: str
    breaks: str
    tests: tuple[str, ...] = field(converter=tuple)
    count: int = 1
    regenerate: bool = False
    escapes: bool = False

    def planted(self, text: str) -> str:
        """The text of the file with the fault. Raises DoesNotApplyError."""
        if (found := text.count(self.find)) != self.count:
            raise DoesNotApplyError(
                f"follow the change in mutants/table.toml: {self.file} has what it looks for "
                f"{found} times, not {self.count}"
            )
        if (faulty := text.replace(self.find, self.replace)) == text:
            raise DoesNotApplyError("it changes nothing")
        return faulty

    def plant(self, tree: Path) -> None:
        """Write the fault into a tree. Raises DoesNotApplyError."""
        path = tree / self.file
        if not path.is_file():
            raise DoesNotApplyError(f"there is no {self.file}")
        path.write_text(self.planted(path.read_text()))
        # A module of the same size and second as before would be taken from the cache.
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):
            stale.unlink()


def load(path: Path = TABLE) -> list[Mutant]:
    """Every fault of the table, in its order."""
    return list(_rows(tomllib.loads(path.read_text())))


def _rows(table: dict[str, Any]) -> Iterator[Mutant]:
    for room, faults in table.items():
        for name, row in faults.items():
            yield Mutant(name=name, room=room, **row)
