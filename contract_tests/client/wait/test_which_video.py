"""Nothing lost: a video keeps its first name, whatever its address looks like later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.counting import counted_lines
from contract_tests.support.servers.scripted_service import (
    BATCH,
    DONE,
    RUNS,
    Service,
    made,
    task,
    two,
)
from weryai import (
    Job,
    WaitTimeoutError,
)
from weryai.journal import SQLiteJournal


@pytest.mark.parametrize(
    "replies",
    [
        [[task("a", RUNS, "x", "y")], [task("a", DONE, "y", "x")]],
        [[task("a", RUNS, "x?s=1", "y?s=1#t")], [task("a", DONE, "y?s=2", "x?s=2")]],
        [[task("a", RUNS, "x")], [task("a", RUNS, "y", "x")], [task("a", DONE, "y")]],
        [
            [task("a", RUNS, "g?id=x&s=1", "g?id=y&s=1")],
            [task("a", DONE, "g?id=x&s=2", "g?id=y&s=2")],
        ],
        [
            [task("a", RUNS, "g?id=x&s=1", "g?id=y&s=1")],
            [task("a", DONE, "g?id=y&s=2", "g?id=x&s=2")],
        ],
        [
            [task("a", RUNS, "x"), task("b", RUNS, "y")],
            [task("a", DONE, "y"), task("b", DONE, "x")],
        ],
        [
            [task("b", RUNS), task("a", RUNS, "x?1")],
            [task("b", DONE, "x?2"), task("a", DONE, "y?2")],
        ],
        [
            [task(None, RUNS, "x?1"), task(None, RUNS, "y?1")],
            [task(None, DONE, "y?2"), task(None, DONE, "x?2")],
        ],
    ],
    ids=str,
)
def test_a_video_keeps_the_name_it_first_got(make_client: MakeClient, replies: list[Any]) -> None:
    seen: list[dict[str, str]] = []
    client = make_client(handler=Service(batch_9=replies))
    result = client.wait(two(), on_update=lambda result: seen.append(made(result)))
    names = [{which(url): name for name, url in told.items()} for told in [*seen, made(result)]]
    first = next(iter(seen[0]))
    assert all(told["x"] == first for told in names)
    assert len(result.videos) == 2
    assert names[-1].keys() == {"x", "y"}
    assert len(set(names[-1].values())) == 2


def which(url: str) -> str:
    return next(each for each in "xy" if each in url)


def test_a_video_keeps_its_name_for_all_calls_of_a_client(make_client: MakeClient) -> None:
    replies = [task("a", RUNS, "x"), task("a", RUNS, "y", "x"), task("a", DONE, "y", "x")]
    client = make_client(handler=Service(a=replies, batch_9=[[task("a", DONE, "y", "x")]]))
    assert [video.name for video in client.status("a").videos] == ["a"]
    with pytest.raises(WaitTimeoutError):
        client.wait(Job(["a"]), timeout=0)
    assert [video.name for video in client.status("a").videos] == ["a-2", "a"]
    assert [video.name for video in client.batch_status(BATCH)[0].videos] == ["a-2", "a"]
    assert made(client.wait(two("a"))) == {"a": "x", "a-2": "y"}


def test_a_journal_keeps_the_names_that_a_client_has_no_room_for(
    make_client: MakeClient, journal: SQLiteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai._flows.flows.MOST_WRITTEN", 1)
    replies = [task("a", RUNS, "x"), task("a", DONE, "y", "x")]
    client = make_client(handler=Service(a=replies, b=[task("b", DONE, "z")]), journal=journal)
    now = datetime.now(UTC)
    journal.begin("entry", client.base_url, {}, now)
    journal.accept("entry", Job(["a"], submitted_at=now))
    assert [video.name for video in client.status("a").videos] == ["a"]
    assert [video.name for video in client.status("b").videos] == ["b"]
    assert [video.name for video in client.status("a").videos] == ["a-2", "a"]


@pytest.mark.parametrize("form", ["{}.mp4?s={}", "get?id={}&s={}"])
@pytest.mark.parametrize("make_client", ["sync"], indirect=True)  # its lines can be counted
def test_the_work_to_tell_videos_apart_grows_as_their_number_does(
    make_client: MakeClient, form: str
) -> None:
    def lines(videos: int) -> int:
        """How many lines run until this many videos are known, and signed anew."""
        told = [task("a", DONE, *(form.format(each, s) for each in range(videos))) for s in (1, 2)]
        client = make_client(handler=Service(a=told))
        with counted_lines() as counted:
            client.status("a")
            assert len(client.wait(Job(["a"])).videos) == videos
        return counted[0]

    assert lines(600) < 2.5 * lines(300), "four times as many if each were held against each"
