"""What a journal promises of what was told: nothing leaves, and a video is known by its address."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from weryai import Job, Task, Video

from .case import AT, OTHER, PAYLOAD, URL, Case, Promise, equal, videos

# Half of a character beyond U+FFFF, which nothing can store, and what stands in its place.
HALF, MENDED = "refused: \ud83d", "refused: \N{REPLACEMENT CHARACTER}"

# Replies, one after the other, and the names that their videos have then, by the latest address.
REPLIES: Sequence[tuple[Sequence[Sequence[str]], dict[str, str]]] = (
    ([("x", "y"), ("y", "x")], {"x": "task_a", "y": "task_a-2"}),
    ([("x", "y"), ("y",)], {"x": "task_a", "y": "task_a-2"}),
    ([("x",), ("y", "x")], {"x": "task_a", "y": "task_a-2"}),
    ([("x",), ("y",), ("z",)], {"x": "task_a", "y": "task_a-2", "z": "task_a-3"}),
    ([("x?s=1", "y?s=1"), ("y?s=2", "x?s=2#t")], {"x?s=2#t": "task_a", "y?s=2": "task_a-2"}),
    ([("g?id=1", "g?id=2"), ("g?id=2", "g?id=1")], {"g?id=1": "task_a", "g?id=2": "task_a-2"}),
    ([("x", "y"), ("y#2", "x#2")], {"x#2": "task_a", "y#2": "task_a-2"}),
    ([("g?id=1",), ("g?id=2", "g?id=1")], {"g?id=1": "task_a", "g?id=2": "task_a-2"}),
)


def what_is_told_of_tasks_is_kept(case: Case) -> None:
    case.begin("a")
    case.journal.accept("a", Job(["task_1", "task_2"], "9001", AT))
    made = Video("https://cdn.example.com/1", "task_1", "https://cdn.example.com/1.jpg")
    running, done = Task("task_2", "processing"), Task("task_1", "SUCCESS", (made,), "well")
    case.journal.note("a", [running, done])
    other = case.open()
    equal("tasks", _tasks(case), {"task_1": done, "task_2": running})
    equal("state", other.entry("a"), case.entry("a"))
    flagged = Task("task_2", "failed", (), "flagged")
    case.journal.note("a", [flagged])
    equal("tasks, later", _tasks(case), {"task_1": done, "task_2": flagged})
    equal("the same for others", case.entry("a", other).tasks, case.entry("a").tasks)


def what_is_told_twice_is_there_once(case: Case) -> None:
    case.accept("a")
    case.note("a", *videos("a", "x", "y"))
    before = case.entry("a")
    case.note("a", *videos("a", "x", "y"))
    equal("the entry", case.entry("a"), before)


def nothing_that_was_told_leaves(case: Case) -> None:
    case.accept("a")
    case.note("a", *videos("a", "x", "y"))
    case.journal.note("a", [Task("task_b", "failed")])
    case.note("a")
    entry = case.entry("a")
    equal("tasks", set(_tasks(case)), {"task_a", "task_b"})
    equal("videos", {video.name for video in entry.unfetched}, {"task_a", "task_a-2"})
    cover = Video("https://cdn.example.com/x", "task_a", "https://cdn.example.com/x.jpg")
    case.note("a", cover)
    case.note("a", *videos("a", "x"))
    equal("a cover", cover in case.entry("a").unfetched, True)


def what_has_ended_does_not_run_again(case: Case) -> None:
    case.accept("a")
    case.note("a", state="succeed")
    case.note("a", *videos("a", "x"), state="processing")
    entry = case.entry("a")
    equal("its state", [task.state for task in entry.tasks], ["succeeded"])
    equal("a video of a late answer", len(entry.unfetched), 1)
    case.note("a", state="failed")
    equal("another end", [task.state for task in case.entry("a").tasks], ["failed"])


def that_a_job_stays_as_it_is_is_kept(case: Case) -> None:
    case.accept("a")
    case.note("a", state="failed")
    equal("once", (case.entry("a").final, case.state("a")), (False, "incomplete"))
    case.note("a", state="failed", final=True)
    equal("final", (case.entry("a").final, case.state("a")), (True, "failed"))
    case.note("a", state="failed")
    equal("told again", case.entry("a").final, True)


def videos_that_change_places_or_addresses_keep_their_names(case: Case) -> None:
    for number, (replies, names) in enumerate(REPLIES):
        entry_id = f"a{number}"
        case.begin(entry_id)
        case.journal.accept(entry_id, Job([f"task_{entry_id}"]))
        for reply in replies:
            case.note(entry_id, *videos("a", *reply))
        found = {_short(video): video.name for video in case.entry(entry_id).unfetched}
        equal(f"names after {replies}", found, names)
    case.accept("b")
    for _ in range(2):
        case.note("b", *videos("b", "x", "x"))
    found = {video.name: _short(video) for video in case.entry("b").unfetched}
    equal("two of one address", found, {"task_b": "x", "task_b-2": "x"})


def a_video_is_told_from_others_by_its_task_and_its_name(case: Case) -> None:
    case.accept("a")

    def tell(*told: tuple[str, str, str]) -> None:
        made = [(task_id, _video(f"get?{query}", name)) for task_id, name, query in told]
        case.journal.note("a", [Task(task_id, "succeed", (video,)) for task_id, video in made])

    tell(("task_b", "task_b", "id=2&s=1"))
    case.journal.fetched(URL, _video("get?id=2&s=1", "task_b"), Path("/v/b.mp4").absolute())
    tell(("task_a", "task_a", "id=1&s=2"), ("task_b", "any", "id=2&s=2"))
    left = [_short(video) for video in case.entry("a").unfetched]
    equal("of another task, where signatures change", left, ["get?id=1&s=2"])
    case.accept("c")
    case.note("c", *videos("c", "get?id=1&s=1", "get?id=2&s=1"))
    case.note("c", _video("get?id=2&s=2", "task_c-2"))
    found = {video.name: _short(video) for video in case.entry("c").unfetched}
    expected = {"task_c": "get?id=1&s=1", "task_c-2": "get?id=2&s=2"}
    equal("of another name, where signatures change", found, expected)


def a_file_stays_with_its_video(case: Case) -> None:
    case.accept("a")
    case.note("a", *videos("a", "x", "y"))
    x, y = Path("/v/x.mp4").absolute(), Path("/v/y.mp4").absolute()
    case.journal.fetched(URL, videos("a", "x")[0], x)
    case.note("a", *videos("a", "y", "x"))
    equal("to be fetched", [_short(each) for each in case.entry("a").unfetched], ["y"])
    case.journal.fetched(URL, videos("a", "y?later")[0], y)
    entry = case.entry("a", case.open())
    equal("files", dict(entry.files), {"task_a": x, "task_a-2": y})
    equal("state", entry.state, "fetched")


def which_of_several_videos_is_fetched_is_told_by_address_then_name(case: Case) -> None:
    path = Path("/v/1.mp4").absolute()
    case.accept("a", "b", "c")
    case.note("a", *videos("a", "x", "x"))
    case.journal.fetched(URL, _video("x", "of another name"), path)
    equal("nothing that may not be fetched counts", len(case.entry("a").unfetched), 2)
    case.journal.fetched(URL, _video("x", "task_a-2"), path)
    equal("by its name", dict(case.entry("a").files), {"task_a-2": path})
    case.note("b", *videos("b", "g?id=1", "g?id=2"))
    case.note("c", *videos("c", "g?id=3"))
    case.journal.fetched(URL, _video("g?id=2", "task_b"), path)
    equal("by its query", dict(case.entry("b").files), {"task_b-2": path})
    case.journal.fetched(URL, _video("g?id=4", "task_c"), path)
    equal(
        "by its name, of those that differ in the query",
        dict(case.entry("c").files),
        {"task_c": path},
    )
    case.journal.fetched(URL, _video("nowhere", "task_b"), path)
    equal("of no entry", dict(case.entry("b").files), {"task_b-2": path})


def the_same_ids_at_another_service_are_others(case: Case) -> None:
    (video,) = videos("a", "x")
    for entry_id, url in (("here", URL), ("there", OTHER)):
        case.begin(entry_id, url=url)
        case.journal.accept(entry_id, Job(["task_a"], "9001"))
        case.journal.note(entry_id, [Task("task_a", "succeed", (video,))])
    case.journal.fetched(URL, video, Path("/v/x.mp4").absolute())
    equal("states", [case.state("here"), case.state("there")], ["fetched", "ready"])
    for url, entry_id in ((URL, "here"), (OTHER, "there")):
        equal("by its task", case.journal.find(url, Job(["task_a"])), case.entry(entry_id))
    equal("nowhere", case.journal.find("https://e.com", Job(["task_a"], "9001")), None)


def a_path_comes_back_as_it_is(case: Case) -> None:
    names = ["雪.mp4", "a b\n.mp4"]
    if os.name != "nt":  # paths are texts there
        names.append(os.fsdecode(b"caf\xe9.mp4"))
    for number, name in enumerate(names):
        entry_id, path = f"a{number}", Path(name).absolute()
        case.begin(entry_id)
        case.journal.accept(entry_id, Job([f"task_{entry_id}"]))
        case.note(entry_id, *videos(entry_id, entry_id))
        case.journal.fetched(URL, videos(entry_id, entry_id)[0], Path(name))
        equal("files", dict(case.entry(entry_id).files), {f"task_{entry_id}": path})


def a_job_is_found_by_any_of_its_ids(case: Case) -> None:
    case.accept("a", "b")
    case.begin("c")
    case.journal.accept("c", Job((), "9", AT))
    case.begin("d")
    case.journal.accept("d", Job(["task_d"], "10", AT))
    case.journal.note("c", [Task("task_c", "processing")])
    for job, expected in (
        (Job(["none", "task_b"]), "b"),
        (Job(["task_b"], "9"), "b"),
        (Job(["task_c"]), "c"),
        (Job((), "9"), "c"),
        (Job(["none"], "9"), "c"),
        (Job((), "10"), None),
        (Job(["none"]), None),
    ):
        found = case.journal.find(URL, job)
        equal(f"the entry of {job.name}", found.id if found else None, expected)
    case.begin("late", at=AT.replace(year=2027))
    case.begin("early", at=AT.replace(year=2025))
    for entry_id in ("late", "early"):
        case.journal.accept(entry_id, Job(["task_a"]))
    found = case.journal.find(URL, Job(["task_a"]))
    equal("the latest of several", found, case.entry("late"))


def when_it_was_last_told_is_known_to_the_minute(case: Case) -> None:
    case.accept("a")
    equal("before", case.entry("a").told_at, None)
    for seconds, known in ((0, 0), (59, 0), (60, 60), (3600, 3600)):
        case.note("a", state="processing", at=AT + timedelta(seconds=seconds))
        seen = case.entry("a", case.open()).told_at
        equal(f"{seconds} s later", seen, AT + timedelta(seconds=known))
    case.note("a", at=AT + timedelta(seconds=3601))
    case.note("a")
    equal("with something new", case.entry("a").told_at, AT + timedelta(seconds=3601))


def what_belongs_to_no_entry_is_passed_over(case: Case) -> None:
    case.accept("a")
    before = case.entry("a")
    (video,) = videos("none", "x")
    case.note("none", video)
    case.journal.fetched(URL, video, Path("/v/x.mp4"))
    case.journal.forget(["none"])
    equal("all there is", list(case.journal.entries()), [before])


def a_text_that_cannot_be_stored_is_mended_and_stops_nothing(case: Case) -> None:
    case.accept("a")
    video = Video(f"https://cdn.example.com/{HALF}", HALF, HALF)
    told = [Task(HALF, HALF, (), HALF), Task("task_a", "ok", (video,), HALF)]
    for _ in range(2):
        case.journal.note("a", told)
    (kept,) = case.entry("a").unfetched
    equal("a name", kept.name, MENDED)
    case.journal.fetched(URL, video, Path("/v/x.mp4"))
    equal("it is fetched", case.entry("a").unfetched, ())
    case.journal.begin(
        "b", URL, PAYLOAD | {"prompt": HALF}, AT, idempotency_key=HALF, fingerprint=HALF
    )
    earlier = case.journal.earlier(URL, idempotency_key=HALF)
    case.journal.doubt("b", HALF)
    equal("by its key", earlier.id if earlier else None, "b")
    equal("a reason", case.entry("b").reason, MENDED)
    equal("an id", case.journal.entry(HALF), None)
    case.journal.settle("b", Job([HALF], HALF))
    equal("it is there", case.entry("b").job is not None, True)


def _tasks(case: Case) -> dict[str, Task]:
    return {task.id: task for task in case.entry("a").tasks}


def _video(url: str, name: str) -> Video:
    return Video(f"https://cdn.example.com/{url}", name)


def _short(video: Video) -> str:
    return video.url.removeprefix("https://cdn.example.com/")


PROMISES: tuple[Promise, ...] = (
    what_is_told_of_tasks_is_kept,
    what_is_told_twice_is_there_once,
    nothing_that_was_told_leaves,
    what_has_ended_does_not_run_again,
    that_a_job_stays_as_it_is_is_kept,
    videos_that_change_places_or_addresses_keep_their_names,
    a_video_is_told_from_others_by_its_task_and_its_name,
    a_file_stays_with_its_video,
    which_of_several_videos_is_fetched_is_told_by_address_then_name,
    the_same_ids_at_another_service_are_others,
    a_path_comes_back_as_it_is,
    a_job_is_found_by_any_of_its_ids,
    when_it_was_last_told_is_known_to_the_minute,
    what_belongs_to_no_entry_is_passed_over,
    a_text_that_cannot_be_stored_is_mended_and_stops_nothing,
)
