"""The table of a run: what was measured beside what it is meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import Any

from attrs import frozen

from contract_tests.bench import batches

NOT_HERE = "-"
HEAD = ("what", "measured", "goal")
LEAN = "import, where httpx and attrs alone are"
MADE = "likewise, and a client of each kind made"
# By the mode and the operation: at most that many of a raw httpx call.
GOALS = {
    "sync": {"status": 0.85, "submit": 0.95, "batch status": 0.95},
    "async": {"status": 0.90, "submit": 0.95, "batch status": 0.95},
}


@frozen
class Row:
    """A line: what is measured, what came out, and what it is meant to be."""

    what: str
    measured: str
    goal: str = ""


def rows(told: dict[str, Any]) -> list[Row]:
    """All lines of a report, of what it has."""
    return [
        *_calls(told),
        *_starts(told.get("starts", {})),
        *_waiting(told.get("waiting", {})),
        *_polls(told.get("polls", {})),
        *_files(told.get("files", {})),
        *_journal(told.get("journal", {})),
        *_simulator(told.get("simulator", {})),
        *starmap(Row, batches.lines(told.get("batches", {}))),
    ]


def _calls(told: dict[str, Any]) -> Iterator[Row]:
    for mode, goals in GOALS.items():
        for operation, goal in goals.items():
            if each := told.get(mode, {}).get(operation):
                yield Row(
                    f"{mode} {operation}, of a raw httpx call", ratios(each["weryai"]), f"{goal}"
                )


def _starts(told: dict[str, Any]) -> Iterator[Row]:
    if each := told.get(LEAN):
        what = "`import weryai`, of `import httpx`, with nothing else installed"
        yield Row(what, ratios(each["weryai"]), "1.3")
        both = "`import weryai` and its clients, likewise"
        yield Row(both, ratios(each["weryai and its clients"]), "1.3")
        yield Row("`import httpx, attrs`, likewise", ratios(each["httpx and attrs"]))
    if each := told.get(MADE):
        what = "both clients imported and made, of those of httpx"
        yield Row(what, ratios(each["weryai"]))
    if each := told.get("start of the command line"):
        what = "`weryai --help`, of `import typer, rich`"
        yield Row(what, ratios(each["weryai --help"]), "1.2")


def _waiting(told: dict[str, Any]) -> Iterator[Row]:
    if each := told.get("1000"):
        what = "1,000 jobs awaited at once, "
        yield Row(f"{what}connections", f"{each['connections']:.0f}", "24")
        yield Row(f"{what}requests a job and round", f"{each['requests']:.2f}", "1")
        yield Row(f"{what}CPU of a poll, of one alone", f"{each['cpu ratio']:.2f}", "1.1")
        yield Row(f"{what}memory a job", f"{each['memory']:.1f} kB", "4 kB")


def _polls(told: dict[str, Any]) -> Iterator[Row]:
    if told:
        what = "jobs awaited at once, each polled ten times, instructions of a poll, of one alone"
        yield Row(what, f"{told['instructions ratio']:.2f}", "1.1")


def _files(told: dict[str, Any]) -> Iterator[Row]:
    for way, each in told.items():
        what = f"200 MB {way}, async, "
        goal = "1.05" if way == "up" else ""
        ratio = each["weryai"]["cpu ratio"]
        yield Row(f"{what}CPU of a raw httpx stream", f"{ratio:.2f}", goal)
        if hashed := each.get("httpx and SHA-256"):
            yield Row(
                f"{what}CPU of one whose files are hashed", f"{ratio / hashed['cpu ratio']:.2f}"
            )
        yield Row(f"{what}memory beyond a small one", f"{each['weryai']['memory']:.1f} MB", "5 MB")


def _journal(told: dict[str, Any]) -> Iterator[Row]:
    if told:
        number = max(next(iter(told.values())), key=int)
        slowest = max(
            (each for each in told if each != OPENING), key=lambda each: told[each][number]
        )
        for name, goal in ((slowest, "1 ms"), (OPENING, "5 ms")):
            what = f"journal of {int(number):,} jobs, CPU of {name}"
            if name == slowest:
                what += ", the slowest call"
            yield Row(what, f"{told[name][number]:.2f} ms", goal)


def _simulator(told: dict[str, Any]) -> Iterator[Row]:
    for name, each in told.items():
        few, many = sorted(each, key=int)
        what = f"simulator, CPU of {name} at {int(many):,} tasks, of that at {few}"
        yield Row(what, f"{each[many] / each[few]:.2f}", "1")


OPENING = "open and close"


def ratios(each: dict[str, float]) -> str:
    """Instructions, which nothing moves, where they could be counted, else CPU."""
    if "instructions ratio" in each:
        return f"{each['instructions ratio']:.2f} ({each['cpu ratio']:.2f} of CPU)"
    return f"{each['cpu ratio']:.2f} of CPU"


def peers(told: dict[str, Any]) -> list[Sequence[str]]:
    """Everybody's status, submission and import, beside raw httpx."""
    if "peers" not in told:
        return []
    imports = told["starts of peers"]["import, where the peers are"]
    versions = told["versions of peers"]
    found: list[Sequence[str]] = []
    for name in imports:
        each = [told["peers"][operation].get(name) for operation in ("status", "submit")]
        cells = [ratios(cell) if cell else NOT_HERE for cell in (*each, imports[name])]
        found.append((f"{name} {versions.get(name, '')}".strip(), *cells))
    return found


def lines(head: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(each)} |" for each in (head, ["---"] * len(head), *cells)]


def text(told: dict[str, Any]) -> str:
    """Both tables."""
    found = lines(HEAD, [(each.what, each.measured, each.goal) for each in rows(told)])
    if others := peers(told):
        found += ["", *lines(PEERS_HEAD, others)]
    return "\n".join(found)


PEERS_HEAD = ("of the same with raw httpx", "status", "submit", "import")
