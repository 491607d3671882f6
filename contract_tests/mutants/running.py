"""Runs test files on copies of the tree, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from attrs import frozen

from contract_tests.mutants.table import DoesNotApplyError, Mutant
from contract_tests.mutants.witness import NOTES

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "contract_tests"
# These run the generator. They cannot tell what is wrong with its output: they compare it byte by
# byte, and would see every fault in it and hide whether anything else does.
OF_THE_GENERATOR = tuple(
    f"contract_tests/contract/test_generated.py::{name}"
    for name in (
        "test_a_change_of_the_contract_is_noticed",
        "test_a_file_too_many_and_a_file_too_few_are_noticed_and_the_rest_is_up_to_date",
        "test_to_generate_makes_the_tree_that_is_here",
        "test_a_schema_that_the_generator_drops_stops_the_run",
    )
)
SECONDS = 600  # for a file of tests, the slowest of which take 40 where nothing else runs
FAILED, INTERRUPTED = 1, 2  # what pytest ends with where tests, or the import of a file, failed


@frozen
class Outcome:
    """What became of one run.

    Attributes:
        killers: the tests that failed; none if all passed.
        trouble: why it says nothing, empty where it does.
    """

    killers: tuple[str, ...] = ()
    trouble: str = ""


@frozen
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    outcome: Outcome
    seconds: float

    @property
    def died(self) -> bool:
        return bool(self.outcome.killers)


def guards(mutant: Mutant) -> list[str]:
    """The test files to ask, in their order: those that it names and no other, so that a promise is
    held where people look for it."""
    return list(dict.fromkeys(file for pattern in mutant.tests for file in _files(pattern)))


@cache
def _files(pattern: str) -> tuple[str, ...]:
    """The files that a pattern stands for; without one, what was given: a file, or a test of it."""
    if "*" not in pattern:
        return (pattern,)
    return tuple(sorted(str(file.relative_to(TESTS)) for file in TESTS.glob(pattern)))


@contextmanager
def copied(tree: Path) -> Iterator[Path]:
    """A copy of a tree, without what is made in it, and a folder beside it for temporary files."""
    # Hidden folders stay behind, all but .github: tests read its workflow.
    made = shutil.ignore_patterns(".[!g]*", ".git", "reports", "out", "dist")
    with tempfile.TemporaryDirectory(prefix="weryai-mutant-", ignore_cleanup_errors=True) as folder:
        yield Path(shutil.copytree(tree, Path(folder) / "tree", ignore=made))


def judge(mutant: Mutant, tree: Path) -> Verdict:
    """Plant a fault in a copy of the tree and ask its tests until one of them fails."""
    started = time.monotonic()
    with copied(tree) as copy:
        outcome = _planted(mutant, copy)
        for file in guards(mutant):
            if outcome.killers or outcome.trouble:
                break
            outcome = ask(copy, file, _left_out(mutant))
    return Verdict(mutant, outcome, time.monotonic() - started)


def ask(tree: Path, file: str, left_out: Sequence[str] = ()) -> Outcome:
    """Run one file of tests, or one test of it, on a tree."""
    command = [sys.executable, "-m", "pytest", f"contract_tests/{file}", "--maxfail=1"]
    command += ["-p", "contract_tests.mutants.witness", "-p", "pytest_timeout"]
    own = tree.parent / Path(file).stem
    command += ["-p", "no:cacheprovider", f"--basetemp={own}"]
    command += [f"--deselect={test}" for test in left_out]
    notes = own.with_suffix(".failed")
    code, said = _run(command, tree, {NOTES: str(notes)})
    if code is None:
        return Outcome((f"{file} (timeout)",))
    # A fault of signals may end the tests themselves: what had failed before that counts.
    if code in (FAILED, INTERRUPTED) or (code < 0 and notes.exists()):
        return Outcome(tuple(notes.read_text().splitlines()))
    return Outcome(trouble=f"{file} ended with {code}:\n{said[-2000:]}" if code else "")


def _planted(mutant: Mutant, tree: Path) -> Outcome:
    try:
        mutant.plant(tree)
    except DoesNotApplyError as error:
        return Outcome(trouble=str(error))
    if not mutant.regenerate:
        return Outcome()
    code, said = _run([sys.executable, "openapi/generate.py"], tree)
    return Outcome(trouble=f"it cannot be generated:\n{said[-2000:]}" if code else "")


def _left_out(mutant: Mutant) -> Sequence[str]:
    return () if mutant.file.endswith("generate.py") else OF_THE_GENERATOR


def _run(
    command: Sequence[str], tree: Path, settings: Mapping[str, str] | None = None
) -> tuple[int | None, str]:
    """Run something on a tree: how it ended, None if it was ended, and what it said."""
    own = [str(tree / part) for part in ("", "wrapper", "generated_client")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(own)}
    # To load the plugins that are not asked for costs as much as most of the files.
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **(settings or {})}
    with subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            return None, running.communicate()[0]
    return running.returncode, said
