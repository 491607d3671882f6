"""A page as its tests read it: it is well-formed XML too, so that no mark-up can be left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from attrs import frozen

from weryai.report import ReportRow, write

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def row(**given: Any) -> ReportRow:
    """A row; what a test does not care about is filled in."""
    usual = {
        "id": "shot-1",
        "state": "done",
        "prompt": "The fox wakes up",
        "model": "KLING_O1",
        "operation": "submit_multi_image_to_video",
    }
    return ReportRow(**{**usual, **given})


@frozen
class Page:
    """A page on disk."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def root(self) -> Element:
        return ElementTree.fromstring(self.text)

    @property
    def rows(self) -> list[Element]:
        return self.all("article")

    def all(self, tag: str, within: Element | None = None) -> list[Element]:
        """Its elements of this tag, in their order."""
        return list((self.root if within is None else within).iter(HTML + tag))

    def cells(self, table: Element) -> list[list[str]]:
        """The texts of a table, a list a line."""
        return [[words(cell) for cell in line] for line in self.all("tr", table)]

    def target(self, link: str) -> bytes:
        """The file that a relative link leads to, as a browser finds it."""
        before = link.partition("#")[0].partition("?")[0]
        return b"/".join([bytes(self.path.parent), unquote_to_bytes(before)])


def page_of(rows: list[ReportRow], folder: Path, title: str = "Last night") -> Page:
    return Page(write(rows, folder, title=title))


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
