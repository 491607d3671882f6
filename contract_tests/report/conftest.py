"""A page in headless Chromium, with real videos, and all that the browser said of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import field, frozen
from playwright.sync_api import Browser, Page, sync_playwright

from contract_tests.report.document import row
from contract_tests.support.run import patience
from contract_tests.support.run.chromium import CHROMIUM
from weryai import MultiImageToVideo
from weryai.report import write
from weryai.testing import Simulator, sample

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
# By the state of each row; the name of its video is odd.
ROWS = {"done": "a b#c?d=100%.mp4", "fetched": "\"'<&>ü.mp4", "failed": "", "running": ""}


@frozen
class Opened:
    """A page in a browser.

    Attributes:
        page: what drives it.
        said: what stood in the console, and each error of the page.
        asked: the addresses that it loaded, or wanted to.
    """

    page: Page
    said: list[str] = field(factory=list)
    asked: list[str] = field(factory=list)

    def shown(self) -> list[str]:
        """The rows that are seen, by their names."""
        return self.page.locator("article:visible h3").all_text_contents()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of four rows."""
    folder = tmp_path_factory.mktemp("looked at")
    image = folder / "a#b?.png"
    image.write_bytes(sample("night", (320, 180)))
    film = drawn(folder, image)
    rows = []
    for number, (state, name) in enumerate(ROWS.items()):
        if name:
            shutil.copy(film, folder / name)
        rows.append(
            row(
                id=f"shot-{number}",
                state=state,
                prompt=f"Fox <script>alert({number})</script> wakes up",
                model=f"MODEL_{number % 2}",
                images=(image, "https://example.com/a.jpg"),
                videos=(folder / name,) if name else (),
                reason="flagged" if state == "failed" else None,
                submitted_at=AT,
                ended_at=None if state == "running" else AT + timedelta(minutes=1 + number),
            )
        )
    return write(rows, folder / "report", title="Last night")


def drawn(folder: Path, image: Path) -> Path:
    """A video as the service makes it."""
    request = MultiImageToVideo(
        images=[image], prompt="x", model="KLING_O1", aspect_ratio="16:9", duration=5,
        resolution="480p",
    )  # fmt: skip
    with Simulator() as simulator, simulator.client() as client:
        return client.download(client.generate(request), folder)[0]


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, browser: Browser, written: Path) -> Iterator[Opened]:
    """The page on a screen: as wide as a desk's and light, or as wide as a phone's and dark."""
    dark = request.param == "dark"
    with browser.new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": 390 if dark else 1280, "height": 800},
    ) as context:
        context.set_default_timeout(patience.SECONDS * 1000)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("request", lambda asked: opened.asked.append(asked.url))
        opened.page.goto(f"file://{os.fspath(written).replace(' ', '%20')}")
        yield opened
        assert opened.said == []
        assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
