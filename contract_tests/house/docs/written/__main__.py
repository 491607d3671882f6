"""Writes the pages of the reference, each from what it is about.

python -m contract_tests.house.docs.written
"""

from __future__ import annotations

from contract_tests.house.docs.pages import ROOT
from contract_tests.house.docs.written import commands, http_api, python, requests

DOCS = ROOT / "docs"


def pages() -> dict[str, str]:
    """Each page that is written, by its path below docs/."""
    return {
        "requests.md": requests.page(),
        "reference/commands.md": commands.page(),
        "reference/http-api.md": http_api.page(),
        **{f"reference/python/{name}.md": text for name, text in python.pages().items()},
    }


if __name__ == "__main__":
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
