"""Looks at each page of a site in headless Chromium, as wide as a desk's and a phone's screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page, Request, TimeoutError, sync_playwright

from contract_tests.support.run.chromium import CHROMIUM

WIDTHS = (1280, 390)
FOUND = re.compile(r"^[1-9]\d* results?$")
PATIENCE = 20_000  # milliseconds
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Files(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Says nothing either where a page that was closed does not listen any more."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine."""
    with Server(("127.0.0.1", 0), partial(Files, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def looked_at(site: Path) -> list[str]:
    """What is wrong with pages, as `page: what`; nothing where there is no Chromium."""
    if not CHROMIUM:
        return []
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    with serving(site) as address, sync_playwright() as playwright:
        # One tab for all pages: to open another takes longer than to look.
        tab = playwright.chromium.launch(executable_path=CHROMIUM).new_page()
        faults = _faults(tab, address)
        told = []
        for name in names:
            _look(tab, address + name, faults)
            told += [f"{name}: {fault}" for fault in faults]
            faults.clear()
        return told


def searched(site: Path, word: str) -> list[str]:
    """What is wrong with the search for a word that is there; nothing without Chromium."""
    if not CHROMIUM:
        return []
    with serving(site) as address, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM).new_page()
        page.goto(f"{address}index.html")
        page.keyboard.press("/")
        page.keyboard.type(word)
        try:
            page.get_by_text(FOUND).wait_for(timeout=PATIENCE)
        except TimeoutError:
            return [f"index.html: the search does not find {word!r}"]
    return []


def _faults(tab: Page, host: str) -> list[str]:
    """Fills with what is wrong with the pages that a tab shows."""
    faults: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((host, "data:")):
            faults.append(f"asks for {request.url}")

    tab.on("request", asked)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    return faults


def _look(tab: Page, url: str, faults: list[str]) -> None:
    tab.goto(url)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        if tab.evaluate(TOO_WIDE):
            faults.append(f"wider than {width} pixels")
