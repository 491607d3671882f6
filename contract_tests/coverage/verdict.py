"""Which cells each side exercised, which are excused and why, and which are left open."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import frozen

from contract_tests.coverage.cells import Cell
from contract_tests.coverage.record import Seen

EXCUSES = Path(__file__).parent / "excuses.toml"
SIDES = ("client", "simulator")
OPEN = "open"
WANTED = "an open cell wants a test, or its reason in contract_tests/coverage/excuses.toml"


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


def judge(seen: Seen, table: Iterable[Excuse]) -> Verdict:
    """Hold what was seen against the contract and the excuses."""
    table = list(table)
    exercised = {side: set(_exercised(side, seen.touched)) | seen.links[side] for side in SIDES}
    cells = {"client": seen.contract.cells, "simulator": set(filter(_is_said, seen.contract.cells))}
    states = {
        side: {
            cell: "" if cell in exercised[side] else _excuse(side, cell, table, seen)
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


def _excuse(side: str, cell: Cell, table: list[Excuse], seen: Seen) -> str:
    for excuse in table:
        if excuse.side == side and excuse.covers(cell):
            unshown = excuse.scripted and cell not in seen.touched["scripted"]
            return OPEN if unshown else excuse.why
    return OPEN


def _stale(excuse: Excuse, states: dict[str, dict[Cell, str]]) -> Iterator[str]:
    for pattern in excuse.cells:
        matched = [cell for cell in states[excuse.side] if fnmatchcase(str(cell), pattern)]
        covered = sorted(str(cell) for cell in matched if not states[excuse.side][cell])
        if not matched:
            yield f"{excuse.side}: no such cell: {pattern}"
        yield from (f"{excuse.side}: exercised, and excused by {pattern}: {c}" for c in covered)
