"""Which cells each side exercised, which are excused and why, and which are left open."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from textwrap import wrap

from attrs import frozen

from contract_tests.coverage.cells import KINDS, Cell
from contract_tests.coverage.record import Seen

EXCUSES = Path(__file__).parent / "excuses.toml"
SIDES = ("client", "simulator")
WIDTH = 80


@frozen
class Excuse:
    """Why one side need not exercise some cells.

    Parameters:
        side: one of SIDES.
        cells: patterns of their names; each matches something, and nothing that is exercised.
        why: the reason.
        scripted: a scenario of the simulator must say them all the same.
    """

    side: str
    cells: tuple[str, ...]
    why: str
    scripted: bool = False

    def covers(self, cell: Cell) -> bool:
        return any(fnmatchcase(str(cell), pattern) for pattern in self.cells)


def excuses(path: Path = EXCUSES) -> list[Excuse]:
    """The table."""
    rows = tomllib.loads(path.read_text())["excuse"]
    return [Excuse(**{**row, "cells": tuple(row["cells"])}) for row in rows]


@frozen
class Verdict:
    """By side and cell: an empty text where it was exercised, else the excuse, or OPEN."""

    states: dict[str, dict[Cell, str]]
    stale: list[str]

    @property
    def good(self) -> bool:
        return not self.stale and not any(map(self.open, SIDES))

    def open(self, side: str) -> list[Cell]:
        return sorted(cell for cell, state in self.states[side].items() if state == OPEN)


OPEN = "open"
WANTED = "an open cell wants a test, or its reason in contract_tests/coverage/excuses.toml"


def judge(seen: Seen, table: Iterable[Excuse]) -> Verdict:
    """Hold what was seen against the contract and the excuses."""
    table = list(table)
    touched = {name: seen.touched(name) for name in seen.maps}
    exercised = {side: set(_exercised(side, touched)) | seen.links[side] for side in SIDES}
    cells = {"client": seen.contract.cells, "simulator": set(filter(_is_said, seen.contract.cells))}
    states = {
        side: {
            cell: "" if cell in exercised[side] else _excuse(side, cell, table, touched["scripted"])
            for cell in cells[side]
        }
        for side in SIDES
    }
    return Verdict(states, [line for excuse in table for line in _stale(excuse, states)])


def _is_said(cell: Cell) -> bool:
    """The simulator never says what the contract forbids: that is no cell of its."""
    return cell.place == "request" or not cell.wrong


def _exercised(side: str, touched: dict[str, set[Cell]]) -> Iterator[Cell]:
    """A wrong value in a request counts where it was refused, a right one where it went through."""
    asked, refused, told = (
        ("sent", "withheld", "read") if side == "client" else ("accepted", "refused", "said")
    )
    yield from (cell for cell in touched[asked] if cell.place == "request" and not cell.wrong)
    yield from (cell for cell in touched[refused] if cell.place == "request" and cell.wrong)
    yield from (cell for cell in touched[told] if cell.place != "request")


def _excuse(side: str, cell: Cell, table: list[Excuse], scripted: set[Cell]) -> str:
    for excuse in table:
        if excuse.side == side and excuse.covers(cell):
            return OPEN if excuse.scripted and cell not in scripted else excuse.why
    return OPEN


def _stale(excuse: Excuse, states: dict[str, dict[Cell, str]]) -> Iterator[str]:
    for pattern in excuse.cells:
        matched = [cell for cell in states[excuse.side] if fnmatchcase(str(cell), pattern)]
        covered = sorted(str(cell) for cell in matched if not states[excuse.side][cell])
        if not matched:
            yield f"{excuse.side}: no such cell: {pattern}"
        yield from (f"{excuse.side}: exercised, and excused by {pattern}: {c}" for c in covered)


# In words


def summary(verdict: Verdict) -> Iterator[str]:
    """The table, and by name what is open, excused or stale."""
    yield f"{'':31}{'client':>24}{'simulator':>24}"
    yield f"{'':31}" + f"{'cells':>7}{'seen':>6}{'exc.':>6}{'open':>5}" * 2
    names = sorted({cell.operation for cell in verdict.states["client"]})
    for name in [*names, "all"]:
        numbers = "".join(_numbers(verdict.states[side], name) for side in SIDES)
        yield f"{name:31}{numbers}"
    for side in SIDES:
        for why, count in Counter(filter(_is_reason, verdict.states[side].values())).items():
            yield from wrap(f"excused, {side}: {count} cells: {why}", WIDTH, subsequent_indent="  ")
    if unsaid := len(verdict.states["client"]) - len(verdict.states["simulator"]):
        why = "it never says what the contract forbids"
        yield from wrap(
            f"not asked, simulator: {unsaid} cells: {why}", WIDTH, subsequent_indent="  "
        )
    yield from faults(verdict)


def faults(verdict: Verdict) -> Iterator[str]:
    """By name what is open or stale: what is ours to mend."""
    missing = [f"open, {side}: {cell}" for side in SIDES for cell in verdict.open(side)]
    yield from missing
    if missing:
        yield WANTED
    yield from (f"stale excuse, {line}" for line in verdict.stale)


def printed(verdict: Verdict, public: bool) -> Iterator[str]:
    """What goes to the screen: in a public log no table, see tracecov in dev-requirements.txt."""
    if not public:
        yield from summary(verdict)
        yield "every cell: reports/contract.md"
    elif verdict.good:
        yield "contract coverage: no cell left open; the table is in reports/contract.md"
    else:
        yield from faults(verdict)


def _is_reason(state: str) -> bool:
    return state not in ("", OPEN)


def _numbers(states: dict[Cell, str], operation: str) -> str:
    found = [state for cell, state in states.items() if operation in (cell.operation, "all")]
    seen, left = found.count(""), found.count(OPEN)
    return f"{len(found):7}{seen:6}{len(found) - seen - left:6}{left:5}"


def whole(verdict: Verdict) -> Iterator[str]:
    """Every cell, as Markdown."""
    yield "# What the tests exercise of the contract"
    yield ""
    yield "```"
    yield from summary(verdict)
    yield "```"
    states = verdict.states
    order = sorted(states["client"], key=lambda cell: (cell.operation, cell.place, _rank(cell)))
    heading = None
    for cell in order:
        if heading != (cell.operation, cell.place):
            heading = cell.operation, cell.place
            yield from ("", f"## {cell.operation}, {cell.place}", "")
            yield from ("| what | which | client | simulator |", "|---|---|---|---|")
        told = [_word(states[side].get(cell)) for side in SIDES]
        kind = f"{cell.kind}, wrong" if cell.wrong else cell.kind
        yield f"| {kind} | {cell.name and f'`{cell.name}`'} | {told[0]} | {told[1]} |"


def _rank(cell: Cell) -> tuple[int, str, bool]:
    return KINDS.index(cell.kind), cell.name, cell.wrong


def _word(state: str | None) -> str:
    if state is None:
        return "-"
    return f"excused: {state}" if _is_reason(state) else state or "yes"
