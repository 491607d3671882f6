"""One line a failure: the operation, the promise that was not kept, the case, what was seen.

Tests are named after promises, so the line is made of the test's id. Where a report in JUnit's form
was asked for, as `make` does, whole tracebacks go beside it instead of on the screen.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support import contract

# What a case, a test or its file speaks of, the plainest word first.
OPERATIONS = {
    r"submit|submission|paid|\bids?\b": "submit_multi_image_to_video",
    r"batch": "get_batch_status",
    r"webhook|notice": "task_completed",
    r"upload": "upload_file",
    r"balance": "get_balance",
    r"models|registry": "list_video_models",
    r"\bwait|poll|status|state": "get_task_status",
    r"download": "download",
}
LONGEST = 300  # characters of a line; a terminal wraps them, a log keeps them together


@functools.cache
def named() -> re.Pattern[str]:
    """The names that operations have in the contract."""
    names = sorted([*contract.OPERATIONS, *contract.WEBHOOKS], key=len, reverse=True)
    return re.compile("|".join(names))


def line(nodeid: str, seen: str) -> str:
    """The line for the test of this id, whose error begins so: at its end what to do, and what was
    compared."""
    place, _, case = nodeid.partition("[")
    test = place.partition("::")[2]
    promise = re.sub(r"^(.*::)?test_", "", test).replace("_", " ")
    shown = f" [{case.rstrip(']')[:60]}]" if case else ""
    told = f"FAILED {operation(nodeid, seen)}: {promise or 'its tests load'}{shown}"
    return " - ".join(filter(None, [told, *_parts(seen)]))[:LONGEST]


def _parts(seen: str) -> tuple[str, str]:
    """What an error says, and what was compared, if that is told besides."""
    said = [each.strip() for each in seen.strip().removeprefix("AssertionError: ").splitlines()]
    what, second = [*said, "", ""][:2]
    return what, second if second.startswith("assert ") else ""


def operation(nodeid: str, seen: str) -> str:
    """The operation that a test is about: as it is named in the case, in the test or in what was
    seen, else by their words, else the part of the product that its folder and file are about."""
    place, _, case = nodeid.partition("[")
    file, _, test = place.partition("::")
    for text in (case, test, seen):
        if found := named().search(text):
            return found.group()
    promise = test.replace("_", " ")
    part = " ".join([*Path(file).parent.parts[1:], Path(file).stem.removeprefix("test_")])
    part = part.replace("_", " ")
    for words in (case.partition(":")[0].replace("_", " "), part, promise):
        for pattern, name in OPERATIONS.items():
            if re.search(pattern, words):
                return name
    return part


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Iterator[None]:
    """Print the lines in the place of pytest's own."""
    failed = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    junit = config.getoption("xmlpath", None)
    details = Path(junit).with_name("failures.txt") if junit else None
    if details and not failed:
        details.unlink(missing_ok=True)
    elif details:
        config.option.tbstyle = "no"
        details.parent.mkdir(exist_ok=True)
        told = [f"{report.nodeid}\n\n{report.longreprtext}\n" for report in failed]
        details.write_text(f"\n{'=' * 80}\n".join(told))
    terminalreporter.reportchars = ""
    yield
    for report in failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        terminalreporter.write_line(line(report.nodeid, crash.message if crash else ""))
    if details and failed:
        terminalreporter.write_line(f"{len(failed)} failed; whole tracebacks are in {details}")
