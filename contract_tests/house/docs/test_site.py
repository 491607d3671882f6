"""The site has every page, and what is wrong with it is seen. `make docs` builds it; here are small
ones of other pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from contract_tests.house.docs.browser import looked_at
from contract_tests.house.docs.pages import PAGES, ROOT
from contract_tests.house.docs.site import dead
from contract_tests.support.requests import usual
from contract_tests.support.run.chromium import CHROMIUM
from weryai.testing import Simulator

DOCS = ROOT / "docs"
WIDE = '<div style="width: 500px">wide</div>'


def named(entries: Any) -> Iterator[str]:
    """The pages and patterns of a navigation."""
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, str):
            yield entry
        elif "glob" in entry:
            yield entry["glob"]
        else:
            for inner in entry.values():
                yield from named(inner)


def test_each_page_of_docs_is_in_the_navigation() -> None:
    found = list(named(yaml.safe_load((DOCS / "nav.yml").read_text())["nav"]))
    pages = [name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")]
    patterns = [each for each in found if "*" in each]
    listed = Counter(each for each in found if "*" not in each)
    assert set(listed) <= set(pages)
    assert max(listed.values()) == 1
    missed = [page for page in pages if page not in listed]
    assert [
        page for page in missed if f"{page.rpartition('/')[0]}/*.md".lstrip("/") not in patterns
    ] == []


def written(site: Path, **pages: str) -> Path:
    """A site of these pages."""
    for name, body in pages.items():
        (site / f"{name}.html").write_text(
            f'<!DOCTYPE html><html><head><link rel="icon" href="data:,"></head>{body}</html>'
        )
    return site


def test_what_leads_nowhere_is_told(tmp_path: Path) -> None:
    index = (
        '<a href="two.html#there">1</a><a href="https://example.com/x">2</a><a href="#top">3</a>'
    )
    written(tmp_path, index=f'<b id="top">{index}', two='<b id="there"><a href=".">back</a>')
    assert list(dead(tmp_path)) == []
    written(tmp_path, two='<a href="#gone">1</a><img src="no.png">', three="")
    assert sorted(dead(tmp_path)) == [
        "index.html: two.html#there",
        "three.html: no page leads to it",
        "two.html: #gone",
        "two.html: no.png",
    ]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is seen of a few pages: to start Chromium takes longer than to look."""
    if not CHROMIUM:
        pytest.skip("no Chromium is installed")
    asking = '<img src="http://127.0.0.1:9/x.png"><script>missing()</script>'
    site = written(tmp_path_factory.mktemp("site"), good="<p>good</p>", wide=WIDE, asking=asking)
    with Simulator() as simulator, simulator.client() as client:
        client.submit(usual())
        shown = TestClient(simulator.app).get("/simulator").text
    icon = '<head><link rel="icon" href="data:,">'
    (site / "simulator.html").write_text(shown.replace("<head>", icon, 1))
    return looked_at(site)


def test_the_page_of_the_simulator_fits_the_screen_of_a_phone(faults: list[str]) -> None:
    assert [each for each in faults if each.startswith("simulator.html")] == []


def test_what_does_not_fit_a_screen_or_asks_another_host_is_told(faults: list[str]) -> None:
    others = [each for each in faults if not each.startswith(("asking.html", "simulator.html"))]
    assert others == ["wide.html: wider than 390 pixels"]
    assert "asking.html: asks for http://127.0.0.1:9/x.png" in faults
    assert any("missing is not defined" in each for each in faults)
