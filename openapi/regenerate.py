"""Carry a change of the contract through all that hangs on it, and say what it means for users.

Takes one step after the other, the quick and telling ones first. A contract that is not valid or
that the generator refuses ends it. Whatever else fails, the other steps are still taken: after a
change the types and the tests are expected to name what is left to do. Exits with 1 where a step
failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Step(NamedTuple):
    """One target of the Makefile, and what to do where it fails."""

    target: str
    hint: str
    vital: bool = False  # without it the others would speak of the old contract
    kept: str = ""  # the file below reports/ that what it prints is kept in


STEPS = (
    Step("valid", "mend openapi/weryai.yaml first; nothing else was tried", vital=True),
    Step("generate", "mend openapi/weryai.yaml first; nothing else was tried", vital=True),
    Step("format", "ruff names the lines above"),
    Step("reference", "the page is made from the classes in wrapper/weryai/requests/"),
    Step("breaking", "name another BASE", kept="breaking.txt"),
    Step("changelog", "name another BASE", kept="changelog.md"),
    Step("missing", "each line names a file and what to write there", kept="missing.txt"),
    Step("types", "the code above reads what is no longer there, or not so any more"),
    Step("contract", "each failure above names what is left to do"),
)


class Taken(NamedTuple):
    step: Step
    code: int
    seconds: float


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="HEAD", help="the git ref to compare with")
    options = parser.parse_args(arguments)
    taken: list[Taken] = []
    for step in STEPS:
        print(f"\n== {step.target}", flush=True)
        began = time.monotonic()
        code = take(step, options.base)
        taken.append(Taken(step, code, time.monotonic() - began))
        if code and step.vital:
            break
    print("\n".join(summary(taken)))
    return 1 if any(each.code for each in taken) else 0


def take(step: Step, base: str) -> int:
    """Make the target; returns its exit code."""
    command = ["make", "--silent", "--no-print-directory", step.target, f"BASE={base}"]
    if not step.kept:
        return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603
    print(done.stdout, end="")
    reports = ROOT / "reports"
    reports.mkdir(exist_ok=True)
    (reports / step.kept).write_text(done.stdout)
    return done.returncode


def summary(taken: list[Taken]) -> list[str]:
    lines = ["", f"== regenerate: {sum(each.seconds for each in taken):.0f} s"]
    for step, code, seconds in taken:
        said = f"FAILED: {step.hint}" if code else "ok"
        lines.append(f"{step.target:<10} {seconds:>4.0f} s  {said}")
    return [*lines, *(f"reports/{each.step.kept}" for each in taken if each.step.kept)]


if __name__ == "__main__":
    sys.exit(main())
