"""The file of a manifest, CSV or JSON Lines, record by record."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from attrs import define, frozen

from ._columns import COLUMNS, column, converted
from ._faults import Faults, none_of, shown

# A byte that is no UTF-8, as `surrogateescape` reads it.
NO_UTF_8 = re.compile("[\udc80-\udcff]")
# A line break in a cell; each program that saves a table writes its own.
BREAK = re.compile("\r\n?")
EXACT = 2**53  # up to here a float tells every whole number apart


@frozen
class Record:
    """One row: the line where it begins, and its cells that are not empty, by column. A cell whose
    column has no name stands under an empty one."""

    place: int
    cells: dict[str, Any]


class NotTextError(ValueError):
    """A line is not UTF-8."""


@define
class _Lines(Iterator[str]):
    """The lines of a file; `place` is the number of the last one."""

    file: TextIO
    place: int = 0

    def __next__(self) -> str:
        line = next(self.file)
        self.place += 1
        if not line.isascii() and (found := NO_UTF_8.search(line)):
            byte = f"byte 0x{ord(found[0]) - 0xDC00:02X}"
            way = "save it as UTF-8, which spreadsheets call `CSV UTF-8`"
            raise NotTextError(f"is not UTF-8 ({byte}): {way}")
        return line


def records(path: Path, faults: Faults) -> Iterator[Record]:
    """Each row that can be read, and that is not empty; what cannot be read is told."""
    try:
        # Line breaks as they are: those of a cell are its own.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            lines = _Lines(file)
            try:
                first = next((line for line in lines if line.strip()), "")
                read = _json if first.lstrip()[:1] in ("{", "[") else _csv
                yield from read(first, lines, faults)
            except NotTextError as error:
                faults.tell(lines.place, None, str(error))
    except OSError as error:
        faults.tell(0, None, f"cannot be read ({error.strerror})")


# CSV


def _csv(first: str, lines: _Lines, faults: Faults) -> Iterator[Record]:
    table = _cells(chain([first], lines), lines, _delimiter(first), faults)
    place, header = next(table, (0, []))
    names = [column(cell) for cell in header]
    _check_header(place, names, faults)
    for place, cells in table:
        if not (cells and header):
            continue
        # A row may end in empty cells, as spreadsheets write them.
        if any(cells[len(names) :]) or len(cells) < len(names):
            faults.tell(place, None, f"{len(cells)} cells where the header has {len(names)}")
            continue
        given = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
        yield Record(place, {name: converted(name, cell) for name, cell in given.items()})


def _cells(
    text: Iterator[str], lines: _Lines, delimiter: str, faults: Faults
) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, and the line where it begins; none of the cells of one that
    cannot be read, which is told."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    before = lines.place - 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            way = "a quote inside a quoted cell is written twice, and the last one closes it"
            faults.tell(before + 1, None, f"its quotes cannot be read ({error}): {way}")
            yield before + 1, []
        else:
            if any(plain := [BREAK.sub("\n", cell.strip()) for cell in cells]):
                yield before + 1, plain
        before = lines.place


def _delimiter(header: str) -> str:
    """What parts the cells: with it the most columns of the header are known. To guess it from all
    of the text is led astray by prompts."""

    def known(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([header], delimiter=delimiter), [])
        except csv.Error:  # which is told when the header is read
            cells = []
        return sum(column(cell) in COLUMNS for cell in cells), len(cells)

    return max(",;\t", key=known)


def _check_header(place: int, names: Sequence[str], faults: Faults) -> None:
    for number, name in enumerate(names):
        if name and name in names[:number]:
            faults.once(place, None, f"column {shown(name)} is there twice")
        elif name and name not in COLUMNS:
            faults.once(place, None, f"column {none_of(name, COLUMNS)}")


# JSON Lines


def _json(first: str, lines: _Lines, faults: Faults) -> Iterator[Record]:
    if first.lstrip().startswith("["):
        faults.tell(lines.place, None, "begins a list: write one JSON object a line")
        return
    for line in chain([first], lines):
        if not line.strip():
            continue
        try:
            given = json.loads(
                line.strip(),
                object_pairs_hook=_object,
                parse_float=_number,
                parse_constant=_constant,
            )
        except json.JSONDecodeError as error:
            words = f"is no line of JSON: {error.msg} at character {error.colno}"
            faults.tell(lines.place, None, words)
            continue
        except (ValueError, RecursionError) as error:
            faults.tell(lines.place, None, f"is no line of JSON: {error}")
            continue
        if not isinstance(given, dict):
            faults.tell(lines.place, None, "is no JSON object")
            continue
        for name in given:
            if name not in COLUMNS:
                faults.once(lines.place, None, f"column {none_of(name, COLUMNS)}")
        cells = {name: given[name] for name in COLUMNS if not _is_empty(given.get(name))}
        if cells:
            yield Record(lines.place, cells)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in ((column(name), value) for name, value in pairs):
        if name in found:
            raise ValueError(f"{shown(name)} is there twice")
        found[name] = value
    return found


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _number(text: str) -> float | int:
    """5.0 is a whole number, as JSON Schema says."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= EXACT else value


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
