"""A video is known by its address: it keeps its name and its file, and none ever leaves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from contract_tests.journal.test_file import NOW, PAYLOAD, URL, write
from weryai import Job, Task, Video
from weryai.journal import Entry, SQLiteJournal

JOB = Job(["task_a"])


def told(*urls: str) -> tuple[Video, ...]:
    """The videos of one reply, named by their places."""
    return tuple(
        Video(f"https://e.com/{url}", "task_a" if place == 1 else f"task_a-{place}")
        for place, url in enumerate(urls, 1)
    )


def note(journal: SQLiteJournal, *videos: Video) -> None:
    journal.note(URL, JOB, [Task("task_a", "succeed", videos)])


def only(journal: SQLiteJournal) -> Entry:
    (entry,) = journal.entries()
    return entry


@pytest.mark.parametrize(
    ("replies", "names"),
    [
        ([("x", "y"), ("y", "x")], {"x": "task_a", "y": "task_a-2"}),
        ([("x", "y"), ("y",)], {"x": "task_a", "y": "task_a-2"}),
        ([("x",), ("y", "x")], {"x": "task_a", "y": "task_a-2"}),
        ([("x",), ("y",), ("z",)], {"x": "task_a", "y": "task_a-2", "z": "task_a-3"}),
        ([("x?s=1", "y?s=1"), ("y?s=2", "x?s=2#t")], {"x?s=2#t": "task_a", "y?s=2": "task_a-2"}),
        ([("g?id=1", "g?id=2"), ("g?id=2", "g?id=1")], {"g?id=1": "task_a", "g?id=2": "task_a-2"}),
        ([("x", "y"), ("y#2", "x#2")], {"x#2": "task_a", "y#2": "task_a-2"}),
        ([("g?id=1",), ("g?id=2", "g?id=1")], {"g?id=1": "task_a", "g?id=2": "task_a-2"}),
        ([("x", "x"), ("x", "x")], {"x": "task_a-2"}),
    ],
)
def test_videos_that_change_places_or_addresses_keep_their_names(
    journal: SQLiteJournal, replies: Sequence[tuple[str, ...]], names: dict[str, str]
) -> None:
    write(journal, "a")
    for reply in replies:
        note(journal, *told(*reply))
    videos = only(journal).unfetched
    assert {video.url.removeprefix("https://e.com/"): video.name for video in videos} == names
    assert len({video.name for video in videos}) == max(map(len, (*replies, names)))


def test_a_file_stays_with_its_video_where_videos_change_places(journal: SQLiteJournal) -> None:
    write(journal, "a")
    note(journal, *told("x", "y"))
    first, second = told("x", "y")
    journal.fetched(URL, first, Path("/v/x.mp4"))
    note(journal, *told("y", "x"))
    assert [video.url for video in only(journal).unfetched] == [second.url]
    swapped, _ = told("y?later", "x")
    journal.fetched(URL, swapped, Path("/v/y.mp4"))
    assert only(journal).files == {"task_a": Path("/v/x.mp4"), "task_a-2": Path("/v/y.mp4")}
    assert only(journal).state == "fetched"


def test_which_of_several_videos_of_one_address_is_fetched_is_told_by_its_name_alone(
    journal: SQLiteJournal,
) -> None:
    write(journal, "a")
    note(journal, *told("x", "x"))
    journal.fetched(URL, Video("https://e.com/x", "of another name"), Path("/v/x.mp4"))
    assert len(only(journal).unfetched) == 2, "nothing counts as fetched that may not be"
    journal.fetched(URL, told("x", "x")[1], Path("/v/x.mp4"))
    assert only(journal).files == {"task_a-2": Path("/v/x.mp4")}


def test_of_several_videos_that_differ_in_the_query_the_one_of_this_query_is_fetched(
    journal: SQLiteJournal,
) -> None:
    write(journal, "a")
    note(journal, *told("g?id=1", "g?id=2"))
    journal.fetched(URL, Video("https://e.com/g?id=2", "task_a"), Path("/v/2.mp4"))
    assert only(journal).files == {"task_a-2": Path("/v/2.mp4")}


def test_a_video_of_a_late_answer_is_kept(journal: SQLiteJournal) -> None:
    write(journal, "a")
    note(journal)
    journal.note(URL, JOB, [Task("task_a", "processing", told("x"))])
    entry = only(journal)
    assert (entry.tasks[0].state, len(entry.unfetched)) == ("succeeded", 1)


@pytest.mark.skipif(os.name == "nt", reason="paths are texts there")
def test_a_path_that_is_no_text_comes_back_as_it_is(journal: SQLiteJournal, tmp_path: Path) -> None:
    write(journal, "a")
    note(journal, *told("x"))
    path = tmp_path / os.fsdecode(b"caf\xe9") / "task_a.mp4"
    journal.fetched(URL, told("x")[0], path)
    assert only(journal).files == {"task_a": path}
    assert only(journal).state == "fetched"


HALF = "refused: \ud83d"


def test_a_text_that_cannot_be_stored_is_mended_and_stops_nothing(
    journal: SQLiteJournal,
) -> None:
    write(journal, "a")
    video = Video(f"https://e.com/{HALF}", HALF, HALF)
    for _ in range(2):
        journal.note(URL, JOB, [Task(HALF, HALF, (), HALF), Task("task_a", "ok", (video,), HALF)])
    (kept,) = only(journal).unfetched
    assert kept.name == "refused: \ufffd"
    journal.fetched(URL, video, Path("/v"))
    journal.begin("b", URL, PAYLOAD | {"prompt": HALF}, NOW, idempotency_key=HALF)
    journal.doubt("b", HALF)
    entry = journal.entry("b")
    assert entry is not None
    assert (entry.state, entry.reason) == ("unknown", "refused: \ufffd")
    assert not only_of(journal, "a").unfetched
    assert journal.entry(HALF) is None
    journal.settle("b", Job([HALF], HALF))


def only_of(journal: SQLiteJournal, entry_id: str) -> Entry:
    entry = journal.entry(entry_id)
    assert entry is not None
    return entry


def test_an_entry_is_found_by_any_of_its_ids(journal: SQLiteJournal) -> None:
    write(journal, "a", "b")
    journal.begin("c", URL, PAYLOAD, NOW)
    journal.accept("c", Job((), "9", NOW))
    for job, name in [
        (Job(["x", "task_b"]), "b"),
        (Job((), "9"), "c"),
        (Job(["x"], "9"), "c"),
        (Job(["x"]), None),
    ]:
        found = journal.find(URL, job)
        assert (found.id if found else None) == name
    assert journal.find("https://other.example.com", Job(["task_a"])) is None


def test_that_a_job_stays_as_it_is_is_kept(journal: SQLiteJournal) -> None:
    write(journal, "a")
    journal.note(URL, JOB, [Task("task_a", "failed")])
    assert not only(journal).final
    journal.note(URL, JOB, [Task("task_a", "failed")], final=True)
    journal.note(URL, JOB, [Task("task_a", "failed")])
    assert only(journal).final


def test_a_video_of_another_task_is_another_one_where_signatures_change(
    journal: SQLiteJournal,
) -> None:
    write(journal, "a")

    def tell(*videos: tuple[str, str, str]) -> None:
        tasks = [
            Task(task_id, "succeed", (Video(f"https://e.com/get?{query}", name),))
            for task_id, name, query in videos
        ]
        journal.note(URL, JOB, tasks)

    tell(("task_b", "task_b", "id=2&s=1"))
    first = Video("https://e.com/get?id=2&s=1", "task_b")
    journal.fetched(URL, first, Path("/v/task_b.mp4"))
    tell(("task_a", "task_a", "id=1&s=2"), ("task_b", "any", "id=2&s=2"))
    assert [video.url for video in only(journal).unfetched] == ["https://e.com/get?id=1&s=2"]
    assert only(journal).files == {"task_b": Path("/v/task_b.mp4")}


def test_a_name_that_is_known_tells_videos_of_one_task_apart(journal: SQLiteJournal) -> None:
    write(journal, "a")
    note(journal, *told("get?id=1&s=1", "get?id=2&s=1"))
    one, two = only(journal).unfetched
    journal.fetched(URL, two, Path("/v/2.mp4"))
    note(journal, Video("https://e.com/get?id=2&s=2", two.name))
    assert [video.url for video in only(journal).unfetched] == [one.url]
