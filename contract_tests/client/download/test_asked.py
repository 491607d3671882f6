"""What `download` takes and refuses, how files are called, and what is told of those that fail."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.films import film
from weryai import DownloadError, InvalidRequestError, Job, Result, Task, Video
from weryai._files import naming
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

SITE = "https://files.example.com"
A, B, C = (Video(f"{SITE}/{name}.mp4?signed=1", name) for name in "abc")
ONE, TWO = Task("t1", "succeed", (A, B)), Task("t2", "succeed", (C,))
RESULT = Result(Job(["t1", "t2"]), (ONE, TWO))


class Site:
    """Has every video but those that are lost; `seen` are the paths that were asked for."""

    def __init__(self, **lost: int) -> None:
        self.lost, self.seen = lost, list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = Path(request.url.path).stem
        self.seen.append(name)
        if name in self.lost:
            return httpx.Response(self.lost[name])
        return httpx.Response(200, content=film(name.encode() * 900))


SOURCES: dict[str, tuple[Any, str]] = {
    "a result": (RESULT, "abc"),
    "a task": (ONE, "ab"),
    "a video": (B, "b"),
    "videos": ([C, A], "ca"),
    "a tuple of videos": ((A, C), "ac"),
    "tasks": ([TWO, ONE], "cab"),
    "results": ([RESULT], "abc"),
    "some of each": ([TWO, A], "ca"),
    "none": ([], ""),
    "a task that has made none": (Task("t", "failed"), ""),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_meant_is_fetched_where_it_is_plain(
    make_client: MakeClient, tmp_path: Path, kind: str
) -> None:
    source, expected = SOURCES[kind]
    paths = make_client(handler=Site()).download(source, tmp_path)
    assert [path.stem for path in paths] == list(expected)


def test_videos_are_taken_as_they_come(make_client: MakeClient, tmp_path: Path) -> None:
    videos = (video for video in (A, B))
    paths = make_client(handler=Site()).download(videos, tmp_path)
    assert [path.stem for path in paths] == ["a", "b"]


STRANGE: list[Any] = [
    "",
    {},
    "t1",
    b"t1",
    A.url,
    None,
    5,
    {"a": A},
    [[A]],
    [A, None],
    [A.url],
    Video(None, "a"),  # type: ignore[arg-type]
    Video(A.url, 5),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("source", STRANGE, ids=repr)
def test_what_is_no_video_is_refused_with_what_to_give(
    make_client: MakeClient, tmp_path: Path, source: Any
) -> None:
    site = Site()
    with pytest.raises(InvalidRequestError, match="is no Video: give a Result, Task or Videos"):
        make_client(handler=site).download(source, tmp_path / "out")
    assert (site.seen, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("source", [Job(["t1"]), [Job(["t1"])], [A, Job(batch_id="9")]], ids=str)
def test_a_job_is_refused_with_the_word_to_wait_for_it_first(
    make_client: MakeClient, tmp_path: Path, source: Any
) -> None:
    site = Site()
    with pytest.raises(InvalidRequestError, match="a Job has no videos yet: wait for it"):
        make_client(handler=site).download(source, tmp_path / "out")
    assert (site.seen, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("folder", [None, 5, True, ["out"], A], ids=str)
def test_a_folder_that_is_no_path_is_refused(make_client: MakeClient, folder: Any) -> None:
    site = Site()
    with pytest.raises(InvalidRequestError, match="is no folder: give a path"):
        make_client(handler=site).download(A, folder)
    assert site.seen == []


@pytest.mark.parametrize("kind", [str, Path, os.fsencode])
def test_a_folder_is_given_as_text_path_or_bytes(
    make_client: MakeClient, tmp_path: Path, kind: Any
) -> None:
    folder = tmp_path / "out"
    assert make_client(handler=Site()).download(A, kind(folder)) == [folder / "a.mp4"]


def test_a_tilde_in_a_path_is_a_name_like_any_other(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert make_client(handler=Site()).download(A, "~") == [Path("~", "a.mp4")]
    assert (tmp_path / "~" / "a.mp4").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
@pytest.mark.usefixtures("quick_videos")
def test_a_folder_whose_name_is_no_text_is_written_to_and_noted(
    make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal, ask: Any, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"vid\xe9os")
    client = make_client(simulator, journal=journal)
    result = client.generate(ask(images=["https://example.com/a.jpg"]))
    (path,) = client.download(result, folder)
    assert path.parent == folder
    assert path.exists()
    (entry,) = journal.entries()
    assert (entry.state, list(entry.files.values())) == ("fetched", [path])


def test_every_video_that_failed_is_told_with_its_reason_and_the_others_are_kept(
    make_client: MakeClient, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError) as caught:
        make_client(handler=Site(a=410, c=501)).download(RESULT, tmp_path)
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.paths == [tmp_path / "b.mp4"]
    assert error.video == A
    assert [failure.video for failure in error.failures] == [A, C]
    first, *more = str(error).splitlines()
    assert first == "2 of 3 videos could not be fetched:"
    assert more == [f"  {failure}" for failure in error.failures]
    assert [line.split(":")[0].strip() for line in more] == ["a", "c"]
    assert "HTTP 410" in more[0]
    assert "HTTP 501" in more[1]
    assert all(len(failure.failures) == 1 for failure in error.failures)


def test_one_failure_of_several_says_so_too(make_client: MakeClient, tmp_path: Path) -> None:
    with pytest.raises(
        DownloadError, match=r"^1 of 3 videos could not be fetched:\n  b: "
    ) as caught:
        make_client(handler=Site(b=410)).download(RESULT, tmp_path)
    assert [path.stem for path in caught.value.paths] == ["a", "c"]
    assert caught.value.__cause__ is caught.value.failures[0].__cause__ is not None


def test_a_single_download_that_fails_is_its_own_failure(
    make_client: MakeClient, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match=r"^a: the file could not be fetched") as caught:
        make_client(handler=Site(a=410)).download(A, tmp_path)
    assert caught.value.failures == (caught.value,)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.failures == (again,)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        *((status, "wait for the job again") for status in (400, 401, 403, 404, 410)),
        *((status, "try the download again") for status in (206, 301, 408, 418, 429, 500, 503)),
    ],
)
def test_the_advice_for_an_address_that_is_gone_is_to_get_a_fresh_one(
    make_client: MakeClient, tmp_path: Path, status: int, words: str
) -> None:
    with pytest.raises(DownloadError, match=words) as caught:
        make_client(handler=Site(a=status)).download(A, tmp_path)
    assert "API" not in str(caught.value)
    assert "costs nothing" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://127.0.0.1/a.mp4", "https://cdn.example.com/page", "no address"],
)
def test_the_advice_for_an_address_that_can_never_be_fetched_is_to_get_another_one(
    make_client: MakeClient, tmp_path: Path, url: str
) -> None:
    client = make_client(handler=lambda _: httpx.Response(200, text="<html>expired</html>"))
    with pytest.raises(DownloadError, match="wait for the job again") as caught:
        client.download(Video(url, "a"), tmp_path)
    assert "try the download again" not in str(caught.value)


class Counted(str):
    """A name that counts with how many others it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__

    def casefold(self) -> Self:
        return type(self)(super().casefold())


@pytest.mark.parametrize("alike", [1, 2000], ids=["all different", "all alike"])
def test_names_are_found_in_a_number_of_steps_that_grows_as_they_do(
    monkeypatch: pytest.MonkeyPatch, alike: int
) -> None:
    videos = [Video(f"{SITE}/{number}", f"t{number // alike}") for number in range(2000)]
    digest, digests = naming._digest, list[str]()

    def counted(text: str) -> str:
        digests.append(text)
        return digest(text)

    name = naming.name
    monkeypatch.setattr(naming, "_digest", counted)
    monkeypatch.setattr(naming, "name", lambda video: Counted(name(video)))
    Counted.compared = 0
    assert len(set(naming.names(videos))) == 2000
    assert Counted.compared <= 5 * 2000
    assert len(digests) <= 2 * 2000


def test_names_that_differ_in_case_alone_are_two_files_on_every_disk() -> None:
    names = naming.names([Video(A.url, "Task_1"), Video(B.url, "task_1"), Video(C.url, "TASK_1")])
    assert len({name.lower() for name in names}) == 3
    assert names[0] == "Task_1.mp4"


def test_the_name_of_a_video_stays_when_its_address_is_signed_anew() -> None:
    before = [Video(f"{SITE}/{place}.mp4?signed=1", "t") for place in (1, 2, 2)]
    after = [Video(f"{SITE}/{place}.mp4?signed=2#x", "t") for place in (1, 2, 2)]
    assert naming.names(before) == naming.names(after)
    assert len(set(naming.names(before))) == 3


@pytest.mark.parametrize("name", ["CON", "con", "nul.x", "Aux", "COM1", "lpt9.task", "prn."])
def test_no_file_is_called_as_windows_calls_a_device(name: str) -> None:
    (found,) = naming.names([Video(A.url, name)])
    assert found.startswith(f"video-{name}-")


@pytest.mark.parametrize("name", ["console", "com", "com10", "nullify", "task.con"])
def test_a_name_that_only_looks_like_that_of_a_device_stays(name: str) -> None:
    assert naming.names([Video(A.url, name)]) == [f"{name}.mp4"]


def test_the_longest_name_leaves_room_for_that_of_its_part(
    make_client: MakeClient, tmp_path: Path
) -> None:
    videos = [Video(A.url, "日" * 1000), Video(B.url, "日" * 1000), Video(C.url, "x" * 255)]
    paths = make_client(handler=Site()).download(videos, tmp_path)
    assert [path.exists() for path in paths] == [True, True, True]
    assert all(len(os.fsencode(path.name)) < 200 for path in paths)


def test_an_address_that_cannot_be_read_costs_no_other_video(
    make_client: MakeClient, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match="its address is not a valid address") as caught:
        make_client(handler=Site()).download([Video("https://[", "odd"), A], tmp_path)
    assert caught.value.paths == [tmp_path / "a.mp4"]
