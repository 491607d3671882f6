"""docs/performance.md and its pictures, made from reports/bench.json, so that nobody types figures.

python -m contract_tests.bench.page
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract_tests.bench import table
from contract_tests.bench.__main__ import REPORT
from contract_tests.support.run.reports import REPORTS

PAGE = REPORTS.parent / "docs" / "performance.md"
NOTES = Path(__file__).parent  # what no run can tell: where the time went, and why a goal is missed
PICTURES = PAGE.parent / "performance"
DRAWN = ("begin", "accept", "note", "find", "entry", "counts", "open and close")
HEAD = """\
# What it costs to run

`make bench-peers` measures, and writes this page from what came out. `make bench` measures ours
alone. Nothing fails on a time; how many requests, connections, thread hops and waits for the disk a
call takes is exact, and tested.
"""
HOW = """\
Ratios are to the same work with raw `httpx` in the same process, against the same server on
loopback. The first number counts instructions of user space (valgrind), which repeat to 0.1 %
whatever else a machine does; CPU is the median of blocks that take turns, and is off by some per
cent. Starts are those of compiled files, with the certificates that come with httpx.
"""
CHECKED = """\
A call of ours is bounded in time and size, checked against the contract and typed; the raw one is
`httpx.Client.get(...).json()`.
"""
BESIDE = """\
The own calls of each blocking client, and the import of its class where all of them are installed;
that of ours is of both clients.
"""


def page(told: dict[str, Any]) -> str:
    """The whole page."""
    return "\n".join(_parts(told))


def _parts(told: dict[str, Any]) -> Iterator[str]:
    machine = told["machine"]
    yield HEAD
    minutes = sum(told["seconds"].values()) / 60
    yield (
        f"Measured on {machine['day']}: Python {machine['python']}, {machine['system']},"
        f" {machine['processors']} processors,\nat a load of {machine['load']:.1f} before;"
        f" the whole took {minutes:.0f} minutes.\n"
    )
    yield HOW
    yield from table.lines(
        table.HEAD, [(each.what, each.measured, each.goal) for each in table.rows(told)]
    )
    yield f"\n{CHECKED}"
    if others := table.peers(told):
        yield "## Beside others\n"
        yield BESIDE
        yield from table.lines(table.PEERS_HEAD, others)
        yield ""
    yield (NOTES / "performance_notes.md").read_text()
    yield "## As the work grows\n"
    if "waiting" in told:
        yield "![CPU of a poll and memory of a job, by the jobs awaited](performance/waiting.svg)\n"
    if "batches" in told:
        yield "![CPU and memory of a batch, by its rows](performance/batches.svg)\n"
    yield "![CPU of journal calls, by the jobs in the journal](performance/journal.svg)\n"
    yield (
        "A call that writes to the journal also waits for the disk four times, however many jobs"
        " there are;\nmost of its CPU is the system's, on the way there.\n"
    )
    yield from _journal(told.get("journal", {}))


def _journal(told: dict[str, dict[str, float]]) -> Iterator[str]:
    if told:
        numbers = sorted(next(iter(told.values())), key=int)
        head = ["ms of CPU, where there are", *(f"{int(each):,} jobs" for each in numbers)]
        cells = [[name, *(f"{each[n]:.2f}" for n in numbers)] for name, each in told.items()]
        yield from table.lines(head, cells)
        yield ""


def main() -> None:
    from contract_tests.bench import plots

    told = json.loads(REPORT.read_text())
    PICTURES.mkdir(exist_ok=True)
    if "waiting" in told:
        plots.waiting(told["waiting"], PICTURES / "waiting.svg")
    if "batches" in told:
        plots.batches(told["batches"], PICTURES / "batches.svg")
    plots.journal(told["journal"], PICTURES / "journal.svg", DRAWN)
    PAGE.write_text(page(told))


if __name__ == "__main__":
    main()
