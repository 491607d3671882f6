"""The pages hang together: their links lead somewhere, they fit, and no text sends anybody to a
package of somebody else's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.house.docs.pages import PAGES, ROOT, anchors, fences, links

# By which a text would tell somebody to fetch `weryai` from an index, where anybody may take the
# name; a path, such as '.[cli]', is another thing.
FROM_AN_INDEX = re.compile(
    r"\b(?:pip|pipx|uv|uvx|poetry|pdm)\b[^\n]*\s['\"]?weryai\b|\bweryai\[", re.IGNORECASE
)
TEXTS = ("*.py", "*.md", "*.toml", "*.txt", "*.yaml", "*.yml", "Makefile")


def beside(page: str, path: str) -> Path:
    """Where a link leads: to a page that is a link to another file as well."""
    return Path(os.path.normpath(PAGES[page].parent / path))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_repository_leads_somewhere(page: str) -> None:
    # The site has what is in docs/, and nothing else.
    within = ROOT / "docs" if page.startswith("docs/") else ROOT
    for link in links(page):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = beside(page, path) if path else PAGES[page]
        assert target.exists(), f"{page}: {link}"
        assert target.is_relative_to(within), f"{page}: {link}"
        if anchor:
            name = target.relative_to(ROOT).as_posix()
            assert anchor in anchors(name), f"{page}: {link}"


def test_every_page_is_found_from_the_readme() -> None:
    found, new = {"README.md"}, ["README.md"]
    while new:
        page = new.pop()
        targets = {beside(page, link.partition("#")[0]) for link in links(page)}
        linked = {name for name, path in PAGES.items() if path in targets} - found
        found |= linked
        new += linked
    assert found == set(PAGES)


def test_the_readme_is_for_everybody_and_no_longer_than_that() -> None:
    assert len(PAGES["README.md"].read_text().splitlines()) <= 130


@pytest.mark.parametrize("page", PAGES)
def test_what_a_terminal_shows_fits_into_80_columns(page: str) -> None:
    lines = [line for _, source, _ in fences(page) for line in source.splitlines()]
    code = [line for line in lines if len(line) > 100]  # ruff's line length
    assert code == []
    shown = [source for language, source, _ in fences(page) if language != "python"]
    assert [line for source in shown for line in source.splitlines() if len(line) > 80] == []


def texts() -> Iterator[Path]:
    """What says something to users: the package, and the pages."""
    yield from PAGES.values()
    for folder in ("wrapper", "generated_client", "openapi", ".github"):
        for pattern in TEXTS:
            yield from (ROOT / folder).rglob(pattern)
    yield from (ROOT / name for name in ("Makefile", "pyproject.toml"))


def test_no_text_advises_to_fetch_this_package_from_an_index() -> None:
    """It is on none, so what an index has under its name is somebody else's."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts()
        for match in FROM_AN_INDEX.finditer(path.read_text())
    ]
    assert found == []
