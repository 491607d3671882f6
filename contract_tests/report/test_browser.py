"""In a browser: filters work, videos play, nothing is asked of the network or said in the console,
which `opened` looks at behind each test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import weryai.report
from contract_tests.report.conftest import ROWS, Opened

pytestmark = pytest.mark.long
ALL = [f"shot-{number}" for number in range(len(ROWS))]
TEMPLATE = Path(weryai.report.__file__).parent / "_template"
# What depends on neither the width nor the colours is looked at where the most is out of sight.
ON_A_PHONE = pytest.mark.parametrize("screen", ["dark"], indirect=True)


def test_nothing_but_colours_and_what_fits_depends_on_the_screen() -> None:
    style, script = ((TEMPLATE / name).read_text() for name in ("page.css", "page.js"))
    assert re.findall(r"@[^{]*", style) == ["@media (prefers-color-scheme: dark) "]
    assert re.findall(r"(?i)\w*(?:media|width|height|screen|size|scheme|\bwindow)\w*", script) == []


@ON_A_PHONE
def test_rows_are_filtered_by_state_and_by_words(opened: Opened) -> None:
    page = opened.page
    state, search, told = (
        page.get_by_label("State"), page.get_by_label("Search"), page.get_by_role("status"),
    )  # fmt: skip
    assert opened.shown() == ALL
    expect(told).to_have_text("4 of 4 shown")
    state.select_option("failed")
    assert opened.shown() == ["shot-2"]
    expect(told).to_have_text("1 of 4 shown")
    state.select_option("")
    search.fill("FOX model_1")
    assert opened.shown() == ["shot-1", "shot-3"]
    state.select_option("running")
    assert opened.shown() == ["shot-3"]
    search.fill("flagged")
    assert opened.shown() == []
    expect(told).to_have_text("0 of 4 shown")
    state.select_option("")
    assert opened.shown() == ["shot-2"]


@ON_A_PHONE
def test_every_video_is_loaded_when_it_is_played_and_not_before(opened: Opened) -> None:
    films = opened.page.locator("video")
    assert films.count() == sum(bool(name) for name in ROWS.values())
    assert not any(".mp4" in url for url in opened.asked)
    for film in films.all():
        film.evaluate("film => { film.muted = true; return film.play(); }")
        expect(film).to_have_js_property("videoWidth", 854)


@ON_A_PHONE
def test_a_video_that_is_filtered_away_is_paused(opened: Opened) -> None:
    film = opened.page.locator("video").first
    film.evaluate("film => { film.muted = true; film.loop = true; return film.play(); }")
    opened.page.get_by_label("State").select_option("failed")
    expect(film).to_have_js_property("paused", True)


@ON_A_PHONE
def test_the_small_copies_of_images_are_seen(opened: Opened) -> None:
    for image in opened.page.get_by_alt_text("Input image 1: a#b?.png").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalWidth", 320)


def test_it_fits_the_screen_and_has_its_colours(opened: Opened) -> None:
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground, text = (
        [int(each) for each in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        for colour in page.evaluate(
            "() => [getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('.plot text')).fill]"
        )
    )
    assert (sum(ground) < sum(text)) == dark
    assert abs(sum(ground) - sum(text)) > 500


def test_all_of_it_is_reached_by_the_keyboard(opened: Opened) -> None:
    reached: list[str] = []
    left = {"<select", "<input", '<div class="scroll"', "<video", '<a href="../a%23b%3F.png"'}
    while left and len(reached) < 40:
        opened.page.keyboard.press("Tab")
        reached.append(opened.page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
        left -= {kind for kind in left if reached[-1].startswith(kind)}
    assert reached[0].startswith('<a class="skip"')
    assert left == set()


@ON_A_PHONE
def test_a_screen_reader_is_told_what_there_is(opened: Opened) -> None:
    page = opened.page
    for title in ("Rows done over time", "Time a row, by model"):
        assert page.get_by_role("img", name=title).count() == 1
        assert page.get_by_role("region", name=f"{title}, as a table").count() == 1
    assert page.get_by_role("article", name="shot-1").count() == 1
    assert page.get_by_role("heading", level=3).count() == len(ROWS)
    assert page.get_by_label("Video 1 of shot-0").count() == 1


@ON_A_PHONE
def test_no_page_can_ask_the_network(opened: Opened) -> None:
    """Not even where a fault lets mark-up in."""
    refused = opened.page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("securitypolicyviolation", seen => done(seen.blockedURI));
            document.body.append(Object.assign(new Image(), {src: "http://127.0.0.1:9/a.png"}));
        })"""
    )
    assert refused == "http://127.0.0.1:9/a.png"
    assert any("Content Security Policy" in words for words in opened.said)
    opened.said.clear()
    opened.asked.clear()


def test_without_javascript_all_rows_are_shown_and_no_filter(
    browser: Browser, written: Path
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(written.as_uri())
        assert page.locator("article:visible").count() == len(ROWS)
        assert not page.get_by_label("State").is_visible()
