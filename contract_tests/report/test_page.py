"""A row is shown with all that is known of it, and nothing foreign is more than text."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import matplotlib
import pytest
from PIL import Image

from contract_tests.report.document import Page, page_of, row, words
from contract_tests.support.films import film
from weryai.testing import sample

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
HOSTILE = (
    "</p></script><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;\x00\x1b\ud800"
)
SHOWN = HOSTILE.translate(dict.fromkeys((0, 0x1B, 0xD800), "\ufffd"))
ODD = [
    "a b.png",
    "a#b?c=d.png",
    "100%25.png",
    "ümläut.png",
    "c:d.png",
    "\"'<&>.png",
    "new\nline.png",
]


def facts(page: Page, number: int = 0) -> dict[str, str]:
    """What a row says of itself, by its name."""
    (listed,) = page.all("dl", page.rows[number])
    return {words(each[0]): words(each[1]) for each in listed}


def test_a_row_shows_its_state_reason_model_times_and_credits(tmp_path: Path) -> None:
    east = timezone(timedelta(hours=5))
    submitted = (AT + timedelta(hours=5)).replace(tzinfo=east)
    known = row(
        state="failed", reason="flagged", submitted_at=submitted, credits=12.5,
        ended_at=(AT + timedelta(seconds=133)).replace(tzinfo=None),
    )  # fmt: skip
    page = page_of([known, row(id="shot-2")], tmp_path)
    said = words(page.rows[0])
    assert said.startswith("shot-1 failed flagged The fox wakes up")
    assert facts(page) == {
        "Model": "KLING_O1",
        "Operation": "submit_multi_image_to_video",
        "Submitted": "2026-11-24 20:00:00",
        "Took": "2 min 13 s",
        "Credits": "12.5",
    }
    assert set(facts(page, 1)) == {"Model", "Operation"}


def test_a_video_is_played_in_place_and_loaded_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "made.mp4").write_bytes(film())
    made = row(videos=(tmp_path / "made.mp4", tmp_path / "moved.mp4"))
    page = page_of([made], tmp_path / "report")
    (video,) = page.all("video")
    assert video.attrib["src"] == "../made.mp4"
    assert (video.attrib["preload"], video.attrib["controls"]) == ("none", "")
    assert video.attrib["aria-label"] == "Video 1 of shot-1"
    assert "moved.mp4 (gone)" in words(page.rows[0])


def test_a_local_image_is_shown_small_and_upright_and_leads_to_itself(tmp_path: Path) -> None:
    image = tmp_path / "fox.jpg"
    turned = Image.Exif()
    turned[0x0112] = 6  # its left side is on top
    Image.new("RGB", (1600, 800)).save(image, exif=turned)
    page = page_of([row(images=(image,)), row(images=(str(image),))], tmp_path / "report")
    first, second = page.all("img")
    assert first.attrib == second.attrib
    assert (first.attrib["width"], first.attrib["height"]) == ("160", "320")
    assert first.attrib["alt"] == "Input image 1: fox.jpg"
    assert page.target(page.all("a", page.rows[0])[0].attrib["href"]) == os.fsencode(
        tmp_path / "report" / ".." / "fox.jpg"
    )
    (small,) = (tmp_path / "report" / "thumbnails").iterdir()
    with Image.open(small) as opened:
        assert opened.size == (160, 320)


def test_what_is_transparent_in_an_image_is_white(tmp_path: Path) -> None:
    image = tmp_path / "fox.png"
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(image)
    page = page_of([row(images=(image,))], tmp_path)
    with Image.open(os.fsdecode(page.target(page.all("img")[0].attrib["src"]))) as opened:
        assert opened.getpixel((20, 20)) == (255, 255, 255)


def test_an_image_that_is_gone_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(sample("night", (64, 64))[:200])
    images = (tmp_path / "gone.png", tmp_path / "cut.png", tmp_path)
    page = page_of([row(images=images)], tmp_path / "report")
    shown = [words(each) for each in page.all("li")]
    assert shown == ["gone.png (gone)", "cut.png (no preview)", f"{tmp_path.name} (gone)"]
    assert page.all("img") == []


def test_a_remote_image_is_named_without_its_signature_and_not_loaded(tmp_path: Path) -> None:
    page = page_of([row(images=("HTTPS://e.com/a.png?key=secret#x",))], tmp_path)
    assert words(page.all("li")[0]) == "HTTPS://e.com/a.png (not on this machine)"
    assert "secret" not in page.text
    assert page.all("img") == []


@pytest.mark.skipif(os.name == "nt", reason="paths are texts there")
@pytest.mark.parametrize("name", [*map(os.fsencode, ODD), b"\xff\xfe.png"])
def test_a_link_leads_to_its_file_whatever_that_is_called(tmp_path: Path, name: bytes) -> None:
    image, video = tmp_path / os.fsdecode(name), tmp_path / os.fsdecode(name + b".mp4")
    image.write_bytes(sample("night", (64, 64)))
    video.write_bytes(film())
    page = page_of([row(images=(image,), videos=(video,))], tmp_path)
    links = [each.attrib["href"] for each in page.all("a", page.rows[0])]
    assert [page.target(link) for link in links] == [bytes(image), bytes(video)]
    assert page.target(page.all("video")[0].attrib["src"]) == bytes(video)
    assert page.target(page.all("img")[0].attrib["src"]).startswith(bytes(tmp_path / "thumbnails"))


def test_nothing_foreign_is_more_than_text(tmp_path: Path) -> None:
    ended = {"submitted_at": AT, "ended_at": AT + timedelta(seconds=9)}
    fields = ("id", "state", "prompt", "model", "operation", "reason")
    rows = [row(**{field: HOSTILE}, **ended) for field in fields]
    page = page_of(rows, tmp_path, title=HOSTILE)
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert words(page.all("h1")[0]) == words(page.all("title")[0]) == " ".join(SHOWN.split())
    shown = dict(zip(fields, page.rows, strict=True))
    assert [field for field in fields if SHOWN not in "".join(shown[field].itertext())] == []
    assert shown["state"].attrib["data-state"] == SHOWN
    assert [each.attrib["value"] for each in page.all("option")].count(SHOWN) == 1


def test_nothing_is_let_in_from_the_network_and_no_script_but_the_one_that_filters(
    tmp_path: Path,
) -> None:
    page = page_of([row(images=("https://e.com/a.png",))], tmp_path)
    (policy,) = (
        each.attrib["content"]
        for each in page.all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    script = page.all("script")[0].text or ""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules.pop("script-src") == [f"'sha256-{digest}'"]
    assert rules == {
        "default-src": ["'none'"],
        "img-src": ["'self'", "file:", "data:"],
        "media-src": ["'self'", "file:"],
        "style-src": ["'unsafe-inline'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    for each in page.root.iter():
        for name in ("src", "href", "poster", "srcset", "action"):
            assert not re.match(r"\w+:(?!,)|//", each.get(name, ""))


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = tmp_path / "night.png"
    image.write_bytes(sample("night", (64, 64)))
    rows = [
        row(id=f"shot-{n}", images=(image,), submitted_at=AT, ended_at=AT + timedelta(hours=n))
        for n in range(48)
    ]
    first = page_of(rows, tmp_path / "one").path
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with matplotlib.rc_context({"timezone": "Asia/Tokyo", "font.size": 20, "svg.fonttype": "path"}):
        second = page_of(rows, tmp_path / "two").path
        assert matplotlib.rcParams["font.size"] == 20
    files = [sorted(page.parent.rglob("*.*")) for page in (first, second)]
    assert [file.name for file in files[0]] == [file.name for file in files[1]]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]


def test_a_page_of_somebody_else_is_left_and_one_of_ours_is_written_over(tmp_path: Path) -> None:
    theirs = tmp_path / "index.html"
    theirs.write_text("<h1>My site</h1>")
    with pytest.raises(FileExistsError, match="is no report"):
        page_of([row()], tmp_path)
    assert theirs.read_text() == "<h1>My site</h1>"
    page_of([row()], tmp_path / "report")
    page = page_of([], tmp_path / "report")
    assert page.rows == []
    assert [file.name for file in page.path.parent.iterdir()] == ["index.html"]


def test_a_page_that_cannot_be_written_leaves_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page_of([row()], tmp_path).text

    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        page_of([], tmp_path)
    assert (tmp_path / "index.html").read_text() == before
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_every_state_can_be_chosen_with_its_number(tmp_path: Path) -> None:
    page = page_of([row(state=state) for state in ("running", "done", "done")], tmp_path)
    options = [(each.attrib["value"], words(each)) for each in page.all("option")]
    assert options == [("", "all (3)"), ("done", "done (2)"), ("running", "running (1)")]
    assert words(page.all("header")[0]).endswith("3 rows: 2 done, 1 running. Times are UTC.")
