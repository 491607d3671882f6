"""Builds the site of docs/, and sees what its generator does not.

python -m contract_tests.house.docs.site

It fails on any word on stderr, on a link or an anchor that leads nowhere, on a page that no other
one leads to, and, where Chromium is installed, on a page that is wider than a screen, asks another
host for anything, or has an error, and where the search finds nothing.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from contract_tests.house.docs.browser import looked_at, searched
from contract_tests.house.docs.pages import ROOT

SITE = ROOT / "reports" / "site"
BUILD = ("zensical", "build", "--clean", "--strict", "--config-file", str(ROOT / "zensical.toml"))
FINE = "No issues found"
HOST = "https://site.invalid"
WORD = "idempotency_key"  # on several pages
NOWHERE = "404.html"  # what a host shows in the place of a page that is not there


class Page(HTMLParser):
    """Where the links of a page lead, and the anchors that it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        # What `rel` tells a search engine is an address that the site may be given one day.
        if tag != "link" or given.get("rel") == "stylesheet":
            self.links |= {value for name in ("href", "src") if (value := given.get(name))}


def built() -> list[str]:
    """Build the site: what was said that is no progress."""
    done = subprocess.run(BUILD, cwd=ROOT, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.strip() not in ("", FINE)]
    return said + ([f"zensical ended with {done.returncode}"] if done.returncode else [])


def dead(site: Path) -> Iterator[str]:
    """Each link that leads nowhere, as `page: link`, and each page that none leads to."""
    names = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    pages = {name: Page(site / name) for name in sorted(names) if name != NOWHERE}
    reached = {"index.html"}
    for name, page in pages.items():
        for link in sorted(page.links):
            parts = urlsplit(urljoin(f"{HOST}/{name}", link))
            if f"{parts.scheme}://{parts.netloc}" != HOST:
                continue
            path = unquote(parts.path).removeprefix("/")
            target = f"{path}index.html" if f"/{path}".endswith("/") else path
            reached |= {target} - {name}
            anchors = pages[target].anchors if target in pages else set()
            if not (site / target).is_file() or parts.fragment not in {"", *anchors}:
                yield f"{name}: {link}"
    yield from (f"{name}: no page leads to it" for name in pages if name not in reached)


def main() -> int:
    if faults := built() or [*dead(SITE), *looked_at(SITE), *searched(SITE, WORD)]:
        print(*faults, sep="\n")
        return 1
    print(f"the site is in {SITE.relative_to(ROOT)}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
