"""Plant every fault, and say which tests saw it. Exit 1 if one lives, or cannot be planted."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from contract_tests.mutants.running import ROOT, Verdict, ask, copied, guards, judge
from contract_tests.mutants.table import Mutant, load

REPORT = ROOT / "reports" / "mutants.md"
AT_ONCE = 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="contract_tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="a part of a name, or a room")
    only = parser.parse_args().only
    mutants = [mutant for mutant in load() if only in mutant.name or only == mutant.room]
    if not mutants:
        print(f"no mutant is called {only}", file=sys.stderr)
        return 1
    started = time.monotonic()
    with copied(ROOT) as tree, ThreadPoolExecutor(AT_ONCE) as pool:
        if faults := unsound(tree, mutants, pool):
            print("\n".join(["fails without any mutant:", *faults]), file=sys.stderr)
            return 1
        print(row("mutant", "room", "s", "killed by"))
        verdicts = [told(verdict) for verdict in pool.map(lambda each: judge(each, tree), mutants)]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(page(verdicts))
    return summary(verdicts, time.monotonic() - started)


def unsound(tree: Path, mutants: Iterable[Mutant], pool: ThreadPoolExecutor) -> list[str]:
    """What fails or cannot be run on the tree as it is: a mutant would prove nothing then."""
    asked = (guard.partition("::")[0] for mutant in mutants for guard in guards(mutant))
    outcomes = pool.map(lambda file: ask(tree, file), dict.fromkeys(asked))
    return [line for outcome in outcomes for line in (*outcome.killers, outcome.trouble) if line]


def told(verdict: Verdict) -> Verdict:
    """Print the verdict's line of the table."""
    killers = verdict.outcome.killers
    how = killers[0].rpartition("::")[2].removeprefix("test_") if killers else failing(verdict)
    mutant = verdict.mutant
    print(row(mutant.name, mutant.room, f"{verdict.seconds:.0f}", how), flush=True)
    return verdict


def failing(verdict: Verdict) -> str:
    return "DOES NOT APPLY" if verdict.outcome.trouble else "SURVIVED"


def row(name: str, room: str, seconds: str, killed_by: str) -> str:
    """A line of 80 columns."""
    return f"{cut(name, 45):45} {room:9} {seconds:>3} {cut(killed_by, 20)}".rstrip()


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def page(verdicts: Iterable[Verdict]) -> str:
    """The whole table, as Markdown."""
    lines = ["# Mutants", "", "| mutant | room | breaks | killed by | s |", "|---|---|---|---|---|"]
    for verdict in verdicts:
        mutant = verdict.mutant
        killers = "<br>".join(verdict.outcome.killers).replace("|", "\\|")
        cells = [mutant.name, mutant.room, mutant.breaks, killers or f"**{failing(verdict)}**"]
        lines.append(f"| {' | '.join(cells)} | {verdict.seconds:.1f} |")
    return "\n".join([*lines, ""])


def summary(verdicts: list[Verdict], seconds: float) -> int:
    """Print what is wrong and the last line; the exit code."""
    alive = [verdict for verdict in verdicts if not verdict.died]
    for verdict in alive:
        mutant = verdict.mutant
        print(f"\n{failing(verdict)}: {mutant.name} ({mutant.file})\n  breaks: {mutant.breaks}")
        print(verdict.outcome.trouble)
    killed = len(verdicts) - len(alive)
    whole = REPORT.relative_to(ROOT)
    print(f"{killed} of {len(verdicts)} mutants died, in {seconds:.0f} s; see {whole}")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
