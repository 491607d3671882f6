"""The Markdown pages that people read: their blocks, their headings and their links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sybil import Document, Region
from sybil.parsers.markdown import CodeBlockParser
from sybil.typing import Evaluator

ROOT = Path(__file__).resolve().parents[3]
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for pattern in ("*.md", "docs/**/*.md", "skills/**/*.md")
    for path in sorted(ROOT.glob(pattern))
}
# Stands in front of a block, and is seen in no rendered page.
NOT_RUN = re.compile(r"<!-- not-run: (?P<why>[^\n]+) -->\n\Z")
FENCE = re.compile(r"^```(?P<language>.*)\n(?P<source>(?s:.*?))^```$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
# A local image that a block names; one behind an address is somebody else's.
IMAGE = re.compile(r"(?<![\w/:.-])[\w-]+(?:/[\w-]+)*\.(?:jpg|png|webp|heic)\b")


class Blocks:
    """A parser of sybil's: the blocks of a language that are to be run, the invisible too."""

    def __init__(self, language: str, evaluator: Evaluator) -> None:
        self._find = CodeBlockParser(language, evaluator)

    def __call__(self, document: Document) -> Iterable[Region]:
        for region in self._find(document):
            if not NOT_RUN.search(document.text, endpos=region.start):
                yield region


def document(page: str, evaluators: Mapping[str, Evaluator], spoken: Mapping[str, str]) -> Document:
    """A page as sybil has it.

    Parameters:
        page: its path below the root.
        evaluators: what runs a block, by its language.
        spoken: what stands in the place of each of these texts of the page.
    """
    text = PAGES[page].read_text()
    for written, meant in spoken.items():
        text = text.replace(written, meant)
    made = Document(text, str(PAGES[page]))
    for language, evaluator in evaluators.items():
        for region in Blocks(language, evaluator)(made):
            made.add(region)
    return made


def fences(page: str) -> Iterator[tuple[str, str, str | None]]:
    """Each visible block: its language, its source, and why it is not run, None where it is."""
    text = PAGES[page].read_text()
    for found in FENCE.finditer(text):
        marked = NOT_RUN.search(text, endpos=found.start())
        yield found["language"], found["source"], marked["why"] if marked else None


def prose(page: str) -> str:
    """A page without its blocks."""
    return FENCE.sub("", PAGES[page].read_text())


def links(page: str) -> list[str]:
    """Where its links lead."""
    return [found["target"] for found in LINK.finditer(prose(page))]


def anchors(page: str) -> set[str]:
    """What its headings are called in an address, in the way of GitHub."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
