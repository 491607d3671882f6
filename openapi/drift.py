"""Compare documentation pages with openapi/weryai.yaml, field by field and both ways.

A page is a file, or an https address, that holds the text of the page as a reader copies it, or its
markdown form. NOTES.md explains the differences that are meant. Exits with 1 where it does not
explain one, or explains one that is gone, and with 2 where a page cannot be read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import documents
from pages.compare import Difference, differences
from pages.page import PageError, load

HERE = Path(__file__).resolve().parent
SECTION = "## Differences from the pages that are meant"
WIDTH, MARK = 80, 11
UNEXPLAINED, STALE, EXPLAINED = "UNEXPLAINED", "STALE", "explained"


class Explanation(NamedTuple):
    """A row of NOTES.md, for one of its fields."""

    date: str
    difference: Difference


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="a file or an https address")
    parser.add_argument("--contract", type=Path, default=HERE / "weryai.yaml")
    parser.add_argument("--notes", type=Path, default=HERE / "NOTES.md")
    parser.add_argument(
        "--rows", action="store_true", help="end with the rows that NOTES.md would need"
    )
    options = parser.parse_args(arguments)
    try:
        contract = documents.load(options.contract)
    except documents.UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        notes = explanations(options.notes.read_text(), contract)
    except ValueError as error:
        print(f"{options.notes.name}: {error}", file=sys.stderr)
        return 2
    return max(report(source, contract, notes, rows=options.rows) for source in options.pages)


def report(source: str, contract: Any, notes: dict[str, list[Explanation]], *, rows: bool) -> int:
    """Print what differs on one page; returns the exit code."""
    name = source if "://" in source else Path(source).name
    try:
        operation_id, found = differences(load(source), contract)
    except PageError as error:
        print(f"{name} {error}", file=sys.stderr)
        return 2
    marked = list(judged(found, notes.get(operation_id, [])))
    print(f"{name}: {operation_id or 'no such operation'} (the page | the contract)")
    for difference, mark in marked:
        print(line(difference, mark))
    counts = Counter(mark if mark in (UNEXPLAINED, STALE) else EXPLAINED for _, mark in marked)
    told = ", ".join(f"{counts[mark]} {mark.lower()}" for mark in (EXPLAINED, UNEXPLAINED, STALE))
    print(f"{len(found)} difference{'s' * (len(found) != 1)}: {told}")
    if rows:
        print(*(row(difference) for difference, mark in marked if mark == UNEXPLAINED), sep="\n")
    return 1 if counts[UNEXPLAINED] + counts[STALE] else 0


# Explaining


def explanations(notes: str, contract: Any) -> dict[str, list[Explanation]]:
    """The rows below SECTION by operationId, of which a part may name several. Raises ValueError
    where one cannot be read."""
    known = {
        o["operationId"]
        for item in contract["paths"].values()
        for o in item.values()
        if "operationId" in o
    }
    found: dict[str, list[Explanation]] = {name: [] for name in known}
    section = notes.partition(f"{SECTION}\n")[2].partition("\n## ")[0]
    for part in section.split("\n### ")[1:]:
        names, _, table = part.partition("\n")
        rows = re.findall(r"^\|.*\|$", table, re.MULTILINE)[2:]
        for name in names.split(", "):
            if name not in known:
                raise ValueError(f"{SECTION!r} has a part {name!r}, which is no operationId")
            found[name] += [each for text in rows for each in explanation(text)]
    return found


@cache  # a part may name several operations
def explanation(text: str) -> list[Explanation]:
    """A row, once for each field that it names."""
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", text)[1:-1]]
    if len(cells) != 6 or not all(cells):
        raise ValueError(f"looked for date, field, kind, page, contract and why in {text!r}")
    day, names, kind, page, ours, _ = (bare(cell) for cell in cells)
    return [
        Explanation(day, Difference(bare(name), kind, page, ours)) for name in names.split(", ")
    ]


def bare(cell: str) -> str:
    """The text of a cell of a table in markdown."""
    return re.sub(r"^`(.*)`$", r"\1", cell).replace("\\|", "|")


def judged(
    found: Iterable[Difference], notes: list[Explanation]
) -> Iterator[tuple[Difference, str]]:
    """Each difference with the date of what explains it, then each explanation that does not."""
    left = list(notes)
    for difference in found:
        note = next((note for note in left if note.difference == difference), None)
        if note:
            left.remove(note)
        yield difference, note.date if note else UNEXPLAINED
    for note in left:
        yield note.difference, STALE


# Printing


def line(difference: Difference, mark: str) -> str:
    """80 columns, with values cut to fit; --rows has them whole."""
    name = f"{difference.field} {difference.kind}"
    room = WIDTH - MARK - len(f"  {name}:  |  ")
    page, contract = difference.page, difference.contract
    if len(page + contract) > room:
        pairs = enumerate(zip(page, contract, strict=False))
        same = next((at for at, (one, other) in pairs if one != other), 0)
        page, contract = (f"…{side[same:]}" if same > 1 else side for side in (page, contract))
    page = cut(page, max(room // 2, room - len(contract)))
    told = f"  {name}: {page} | {cut(contract, room - len(page))}"
    return f"{told:<{WIDTH - MARK - 1}} {mark}"


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def row(difference: Difference) -> str:
    """The difference as a row of NOTES.md that only needs its reason."""
    cells = [cell.replace("|", "\\|") for cell in difference]
    return f"| {date.today().isoformat()} | {' | '.join(cells)} |  |"


if __name__ == "__main__":
    sys.exit(main())
