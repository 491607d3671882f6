"""A notebook shows the videos themselves, and runs nothing that a service wrote."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from weryai import Job, Result, Task, Video

NASTY = "https://cdn.example.com/a.mp4?\"><script>alert(1)</script>&b='"


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_video_is_played_and_its_address_is_escaped() -> None:
    seen = Seen(Video(NASTY, "<b>task_1</b>", NASTY)._repr_html_())
    assert [tag for tag, _ in seen.tags] == ["figure", "video", "figcaption", "a"]
    player = seen.tags[1][1]
    assert (player["src"], player["poster"], "controls" in player) == (NASTY, NASTY, True)
    assert (seen.tags[3][1], seen.text) == ({"href": NASTY}, "<b>task_1</b>")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,a", "file:///etc/passwd"])
def test_what_is_no_address_of_the_web_is_a_text(url: str) -> None:
    seen = Seen(Video(url, "a", url)._repr_html_())
    assert ([tag for tag, _ in seen.tags], seen.text) == (["p"], f"a: {url}")
    assert "poster" not in Video("https://e/a.mp4", "a", url)._repr_html_()


def test_a_result_shows_each_video_and_why_there_is_none() -> None:
    tasks = (
        Task("task_1", "succeed", (Video("https://e/1", "task_1"), Video("https://e/2", "b"))),
        Task("task_2", "failed", (), "<i>moderated</i>"),
        Task("task_3", "running"),
    )
    seen = Seen(Result(Job(["task_1"]), tasks)._repr_html_())
    assert [tag for tag, _ in seen.tags].count("video") == 2
    assert "i" not in dict(seen.tags)
    assert "task_2: failed: <i>moderated</i>" in seen.text
    assert "task_3: processing" in seen.text
    assert Seen(tasks[0]._repr_html_()).tags[1][1]["src"] == "https://e/1"
