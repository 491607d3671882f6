"""The table of faults: what it says, and how one is planted.

One file a room, one section a fault, called by what is wrong; the fields are those of Mutant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

from contract_tests.mutants.places import NoSuchPlaceError, document
from contract_tests.support.contract import PAID, request

TABLE = Path(__file__).parent / "table"
CONTRACT = "openapi/weryai.yaml"
EACH_REQUEST = "EACH REQUEST"
FOLLOW = "follow the change in mutants/table/"


class DoesNotApplyError(ValueError):
    """A fault cannot be planted in this tree: the table has to be brought up to date."""


@frozen(kw_only=True)
class Mutant:
    """One fault.

    It is planted by text, with `find` and `replace`; or in YAML `at` a place, whatever else there
    reads the same, with one of `value`, `insert`, `rename` and `remove`: in the contract another
    endpoint may repeat any text.

    Attributes:
        name: says the fault.
        room: where it is: contract, generated, a room of the wrapper, public (the wrapper's modules
            that are in none), simulator, commands (the command line) or proof (tests that count or
            judge).
        file: below the root of the tree; the contract where nothing else is said.
        find, replace: text in the file, and what stands in its place.
        count: how often the text is there.
        under: how the line begins under which alone it is sought, down to the next line that is not
            indented, where other definitions of the file read the same.
        at: names in mappings and numbers in sequences, from the root of the document; EACH REQUEST
            is the schema of a request, of each paid operation in turn.
        value: what is there instead.
        insert: what is there as well, as a new field, or before that item.
        rename: how that field is called instead.
        remove: that field or item is not there.
        breaks: the promise that would be broken.
        tests: the test files, patterns of them, or tests, of which one must see it, the most
            telling first.
        regenerate: the client is generated anew from the wrong contract, so that both believe it:
            only data that is written apart from the contract can tell.
        escapes: no check that schemathesis brings along sees it.
    """

    name: str
    room: str
    breaks: str
    tests: tuple[str, ...] = field(converter=tuple)
    file: str = CONTRACT
    find: str = ""
    replace: str = ""
    count: int = 1
    under: str = ""
    at: tuple[str | int, ...] = field(default=(), converter=tuple)
    value: object = None
    insert: object = None
    rename: str = ""
    remove: bool = False
    regenerate: bool = False
    escapes: bool = False

    def __attrs_post_init__(self) -> None:
        told = (self.value, self.insert, self.rename or None, self.remove or None)
        ways = [each for each in told if each is not None]
        if bool(self.find) == bool(self.at) or len(ways) != len(self.at[:1]):
            raise ValueError(f"{self.name}: say find, or at and one of what can be done there")

    def planted(self, text: str) -> str:
        """The text of the file with the fault. Raises DoesNotApplyError."""
        faulty = self._spliced(text) if self.at else self._replaced(text)
        if faulty == text:
            raise DoesNotApplyError("it changes nothing")
        return faulty

    def _spliced(self, text: str) -> str:
        try:
            if self.remove:
                return document(text).removed(self.at)
            if self.rename:
                return document(text).renamed(self.at, self.rename)
            if self.insert is not None:
                return document(text).inserted(self.at, self.insert)
            return document(text).replaced(self.at, self.value)
        except NoSuchPlaceError as error:
            raise DoesNotApplyError(f"{FOLLOW}: {self.file}: {error}") from None

    def _replaced(self, text: str) -> str:
        start, end = self._part(text)
        part = text[start:end]
        if (found := part.count(self.find)) != self.count:
            raise DoesNotApplyError(
                f"{FOLLOW}: {self.file} has what it looks for {found} times, not {self.count}"
            )
        return text[:start] + part.replace(self.find, self.replace) + text[end:]

    def _part(self, text: str) -> tuple[int, int]:
        """Where the text is sought."""
        if not self.under:
            return 0, len(text)
        definition = rf"^{re.escape(self.under)}.*\n(?:[ \t].*\n|\n)*"
        if (found := re.search(definition, text, re.MULTILINE)) is None:
            raise DoesNotApplyError(f"{FOLLOW}: {self.file} has no line that begins {self.under}")
        return found.span()

    def plant(self, tree: Path) -> None:
        """Write the fault into a tree. Raises DoesNotApplyError."""
        path = tree / self.file
        if not path.is_file():
            raise DoesNotApplyError(f"there is no {self.file}")
        path.write_text(self.planted(path.read_text()))
        # A module of the same size and second as before would be taken from the cache.
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):
            stale.unlink()


@cache
def load(table: Path = TABLE) -> list[Mutant]:
    """Every fault of the table, room by room."""
    return [
        mutant
        for file in sorted(table.glob("*.toml"))
        for name, row in tomllib.loads(file.read_text()).items()
        for mutant in _mutants(name, file.stem, row)
    ]


def _mutants(name: str, room: str, row: dict[str, Any]) -> Iterator[Mutant]:
    """The fault of a row; one for each paid operation where it is in the schema EACH_REQUEST."""
    at = row.get("at", [])
    if EACH_REQUEST not in at:
        yield Mutant(name=name, room=room, **row)
        return
    for operation in PAID:
        place = [request(operation) if step == EACH_REQUEST else step for step in at]
        of = operation.replace("_", "-")
        yield Mutant(name=f"{name}-of-{of}", room=room, **row | {"at": place})
