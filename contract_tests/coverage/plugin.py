"""pytest -p contract_tests.coverage.plugin: which cells of the contract did this run exercise?

A whole run in which one is left open fails, and so does one with an excuse that is out of date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.coverage.cells import Contract
from contract_tests.coverage.hooks import install
from contract_tests.coverage.record import Seen
from contract_tests.coverage.report import junit, markdown, summary
from contract_tests.coverage.verdict import Verdict, excuses, judge

SEEN = pytest.StashKey[Seen]()
VERDICT = pytest.StashKey[Verdict]()
OUTPUT = "contract_coverage"
TESTS = Path(__file__).parents[1]
# Options of pytest with which tests are left out, or none is run.
PARTS = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly")


def pytest_configure(config: pytest.Config) -> None:
    seen = config.stash[SEEN] = Seen(Contract.load())
    patch = pytest.MonkeyPatch()
    install(seen, patch)
    config.add_cleanup(patch.undo)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[SEEN].forget()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of xdist has ended."""
    if OUTPUT in getattr(node, "workeroutput", {}):
        node.config.stash[SEEN].merge(node.workeroutput[OUTPUT])


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        config.workeroutput[OUTPUT] = config.stash[SEEN].export()  # type: ignore[attr-defined]
    elif is_whole(config) and session.exitstatus == pytest.ExitCode.OK:
        verdict = config.stash[VERDICT] = judge(config.stash[SEEN], excuses())
        reports = config.rootpath / "reports"
        reports.mkdir(exist_ok=True)
        (reports / "contract.md").write_text("\n".join(markdown(verdict)) + "\n")
        (reports / "contract.xml").write_text(junit(verdict))
        if not verdict.good:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_sep("=", "contract coverage")
    if VERDICT not in terminalreporter.config.stash:
        terminalreporter.write_line("not judged: not all tests ran, or some failed")
        return
    for line in summary(terminalreporter.config.stash[VERDICT]):
        terminalreporter.write_line(line)
    terminalreporter.write_line("every cell: reports/contract.md, and for machines contract.xml")


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests were asked for."""
    given = [Path(each).resolve() for each in config.args]
    return given == [TESTS] and not any(config.getoption(part, None) for part in PARTS)
