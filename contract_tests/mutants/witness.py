"""A pytest plugin for the runs on a copy: it stops a run that would test another tree, and writes
down which tests failed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import weryai
import weryai_api

WRONG_TREE = 77
NOTES = "MUTANT_NOTES"  # the environment's name for the file of what failed, a line each


def pytest_configure() -> None:
    for package in (weryai, weryai_api):
        file = Path(str(package.__file__)).resolve()
        if not file.is_relative_to(Path.cwd().resolve()):
            pytest.exit(f"{file} is not in the copy", returncode=WRONG_TREE)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def _note(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.failed:
        hung = " (timeout)" if "Failed: Timeout (>" in report.longreprtext else ""
        with Path(os.environ[NOTES]).open("a") as notes:
            notes.write(f"{report.nodeid.removeprefix('contract_tests/')}{hung}\n")
