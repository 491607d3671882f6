"""openapi/drift.py in process, and the page of the submission in both forms.

The text is as the vendor publishes it. The markdown form is written after it, in the manner of
documentation sites; how the vendor spells what the text folds away, below `data`, is not known.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from contract_tests.support.contract import CONTRACT, OPENAPI

PAGES = Path(__file__).resolve().parents[2] / "data" / "pages"
FILES = [str(PAGES / "multi-image-to-video.txt"), str(PAGES / "multi-image-to-video.md")]
TEXT, MARKDOWN = (Path(file).read_text() for file in FILES)
FORMS = {"text": TEXT, "markdown": MARKDOWN}
NOTES = (OPENAPI / "NOTES.md").read_text()


def tool(module: str = "drift") -> Any:
    """The script, or a module of it: they find each other because they lie side by side."""
    if str(OPENAPI) not in sys.path:
        sys.path.append(str(OPENAPI))
    return importlib.import_module(module)


class Report(NamedTuple):
    """What a run came to: `open` is each field and kind that is unexplained or stale."""

    code: int
    open: set[str]
    printed: str


def report(page: str, contract: Any = CONTRACT, notes: str = NOTES) -> Report:
    """Compare a page of this text."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        file = Path(folder, "page.txt")
        file.write_text(page, newline="")
        explained = tool().explanations(notes, contract)
        with contextlib.redirect_stderr(out):
            code = tool().report(str(file), contract, explained, rows=False)
    found = re.findall(r"^  (\S.*?): .*(?:UNEXPLAINED|STALE)$", out.getvalue(), re.MULTILINE)
    return Report(code, set(found), out.getvalue())


# One difference that nobody has explained would be in all that the other tests of the tool see.
in_step = pytest.mark.skipif(
    any(report(page).code for page in FORMS.values()),
    reason="the page and the contract differ: see what `make drift` says, or the test of that",
)


def edited(text: str, *edits: list[str]) -> str:
    """The text with each first string, which it has once, replaced by the second."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text
