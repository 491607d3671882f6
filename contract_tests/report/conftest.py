"""A page in headless Chromium, with real videos, and all that the browser said of it."""

from __future__ import annotations

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
    """A video as the service makes it, of 4 pictures a second."""
    request = MultiImageToVideo(
        images=[image], prompt="x", model="KLING_O1", aspect_ratio="16:9", duration=5,
        resolution="480p",
    )  # fmt: skip
    with (
        pytest.MonkeyPatch.context() as patch,
        Simulator() as simulator,
        simulator.client() as client,
    ):
        patch.setattr("weryai.testing._films.render.FRAME_RATE", 4)
        return client.download(client.generate(request), folder)[0]


@pytest.fixture(scope="module", params=["light", "dark"])
def screen(request: pytest.FixtureRequest, browser: Browser, written: Path) -> Iterator[Opened]:
    """A screen, as wide as a desk's and light, or as wide as a phone's and dark: one for all tests,
    because a context of the browser is a process or two."""
    dark = request.param == "dark"
    with browser.new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": 390 if dark else 1280, "height": 800},
    ) as context:
        context.set_default_timeout(patience.SECONDS * 1000)
        screen = Opened(context.new_page())
        screen.page.on("console", lambda message: screen.said.append(message.text))
        screen.page.on("pageerror", lambda error: screen.said.append(str(error)))
        screen.page.on("request", lambda asked: screen.asked.append(asked.url))
        yield screen


@pytest.fixture
def opened(screen: Opened, written: Path) -> Iterator[Opened]:
    """The page, loaded anew on a screen."""
    screen.said.clear()
    screen.asked.clear()
    screen.page.goto(written.as_uri())
    yield screen
    assert screen.said == []
    assert [url for url in screen.asked if not url.startswith(("file:", "data:"))] == []
