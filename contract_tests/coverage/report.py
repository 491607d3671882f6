"""The verdict in words: for the screen, as Markdown for people, and as JUnit for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap
from xml.etree import ElementTree

from contract_tests.coverage.cells import KINDS, Cell
from contract_tests.coverage.verdict import OPEN, SIDES, WANTED, Verdict

WIDTH = 80
UNSAID = "it never says what the contract forbids"


def summary(verdict: Verdict) -> Iterator[str]:
    """A table, and by name what is open, excused or stale."""
    yield f"{'':31}{'client':>24}{'simulator':>24}"
    yield f"{'':31}" + f"{'cells':>7}{'seen':>6}{'exc.':>6}{'open':>5}" * 2
    for name in [*_operations(verdict), "all"]:
        numbers = [_numbers(verdict, side, name) for side in SIDES]
        yield f"{name:31}" + "".join("{:7}{:6}{:6}{:5}".format(*number) for number in numbers)
    for side, why, count in _excuses(verdict):
        yield from wrap(f"excused, {side}: {count} cells: {why}", WIDTH, subsequent_indent="  ")
    if unsaid := _unsaid(verdict):
        told = f"not asked, simulator: {unsaid} cells: {UNSAID}"
        yield from wrap(told, WIDTH, subsequent_indent="  ")
    missing = [f"open, {side}: {cell}" for side in SIDES for cell in verdict.open(side)]
    yield from missing
    if missing:
        yield WANTED
    yield from (f"stale excuse, {line}" for line in verdict.stale)


def markdown(verdict: Verdict) -> Iterator[str]:
    """Every cell, by operation and place."""
    yield from ("# What the tests exercise of the contract", "")
    yield "A right value is one that a keyword allows, a wrong value one that it forbids. In a"
    yield "request the right one counts where it was sent (client) or accepted (simulator), and the"
    yield "wrong one where it was refused; in a reply or a notice, where it was read or said."
    yield from ("", *_totals(verdict), "")
    numbers: dict[tuple[str, str], int] = {}
    for side, why, count in _excuses(verdict):
        numbers[side, why] = len(numbers) + 1
        yield f"{len(numbers)}. excused, {side}, {count} cells: {why}"
    yield from ("", f"`-`: there is no such cell; of the simulator, {UNSAID}.")
    if not verdict.good:
        yield from ("", "## To be mended", "")
        yield from (f"- open, {side}: `{cell}`" for side in SIDES for cell in verdict.open(side))
        yield from (f"- stale excuse, {line}" for line in verdict.stale)
    heading = None
    cells = {cell._replace(wrong=False) for cell in verdict.states["client"]}
    for cell in sorted(cells, key=_rank):
        if heading != (cell.operation, cell.place):
            heading = cell.operation, cell.place
            yield from ("", f"## {cell.operation}, {cell.place}", "")
            yield "| what | which | client, right | wrong | simulator, right | wrong |"
            yield "|---|---|---|---|---|---|"
        words = [
            _word(verdict, side, cell._replace(wrong=wrong), numbers)
            for side in SIDES
            for wrong in (False, True)
        ]
        name = cell.name and f"`{cell.name}`".replace("|", "\\|")
        yield f"| {cell.kind} | {name} | {' | '.join(words)} |"


def _totals(verdict: Verdict) -> Iterator[str]:
    columns = [f"{side}: {word}" for side in SIDES for word in ("cells", "seen", "excused", "open")]
    yield f"| operation | {' | '.join(columns)} |"
    yield "|---|" + "--:|" * len(columns)
    for name in [*_operations(verdict), "all"]:
        numbers = [str(number) for side in SIDES for number in _numbers(verdict, side, name)]
        yield f"| {name} | {' | '.join(numbers)} |"


def _word(verdict: Verdict, side: str, cell: Cell, numbers: dict[tuple[str, str], int]) -> str:
    state = verdict.states[side].get(cell)
    if state is None:
        return "-"
    return f"excused ({numbers[side, state]})" if _is_reason(state) else state or "yes"


def junit(verdict: Verdict) -> str:
    """A case for each cell of each side: it passed, was skipped by an excuse, or failed."""
    suites = ElementTree.Element("testsuites", name="contract coverage")
    for side in SIDES:
        _, _, excused, left = _numbers(verdict, side, "all")
        states = sorted(verdict.states[side].items())
        counts = {"tests": len(states), "skipped": excused, "failures": left}
        suite = _suite(suites, side, counts)
        for cell, state in states:
            name = str(cell).removeprefix(f"{cell.operation} ")
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"{side}.{cell.operation}", name=name
            )
            if state == OPEN:
                ElementTree.SubElement(case, "failure", message=WANTED)
            elif state:
                ElementTree.SubElement(case, "skipped", message=state)
    stale = _suite(suites, "excuses", {"tests": len(verdict.stale), "failures": len(verdict.stale)})
    for line in verdict.stale:
        case = ElementTree.SubElement(stale, "testcase", classname="excuses", name=line)
        ElementTree.SubElement(case, "failure", message="this excuse is out of date")
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, "unicode", xml_declaration=True) + "\n"


def _suite(suites: ElementTree.Element, name: str, counts: dict[str, int]) -> ElementTree.Element:
    told = {"name": name} | {key: str(count) for key, count in counts.items()}
    return ElementTree.SubElement(suites, "testsuite", told)


def _operations(verdict: Verdict) -> list[str]:
    return sorted({cell.operation for cell in verdict.states["client"]})


def _numbers(verdict: Verdict, side: str, operation: str) -> tuple[int, int, int, int]:
    """How many cells there are, are exercised, excused and open."""
    states = verdict.states[side].items()
    found = [state for cell, state in states if operation in (cell.operation, "all")]
    seen, left = found.count(""), found.count(OPEN)
    return len(found), seen, len(found) - seen - left, left


def _excuses(verdict: Verdict) -> Iterator[tuple[str, str, int]]:
    """By side: a reason, and of how many cells."""
    for side in SIDES:
        reasons = Counter(filter(_is_reason, verdict.states[side].values()))
        yield from ((side, why, count) for why, count in sorted(reasons.items()))


def _unsaid(verdict: Verdict) -> int:
    return len(verdict.states["client"]) - len(verdict.states["simulator"])


def _is_reason(state: str) -> bool:
    return state not in ("", OPEN)


def _rank(cell: Cell) -> tuple[str, str, int, str]:
    return cell.operation, cell.place, KINDS.index(cell.kind), cell.name
