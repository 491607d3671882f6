"""Nothing lost: a finished video can be fetched, is whole, and is named after its task."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from contract_tests.support.clients import Network
from contract_tests.support.films import film, webm
from weryai import DownloadError, InvalidRequestError, MultiImageToVideo, Video, WeryAI
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]
MakeClient = Callable[..., WeryAI]
URL = "https://files.example.com/v.mp4"
MP4 = film()


def answer(*answers: httpx.Response | Exception) -> Network:
    """Answer in this order, then with a whole video."""
    return Network(*answers, httpx.Response(200, content=MP4))


def difference(frame: Image.Image, picture: Path) -> float:
    """Mean difference of two pictures, of 255."""
    other = Image.open(picture).convert("RGB").resize(frame.size)
    return sum(ImageStat.Stat(ImageChops.difference(frame, other)).mean) / 3


@pytest.mark.parametrize("make_client", ["sync"], indirect=True)  # what is drawn knows no mode
@pytest.mark.usefixtures("few_pictures")
def test_the_videos_are_real_and_move_from_the_first_image_to_the_last(
    client: WeryAI, ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    result = client.generate(ask(aspect_ratio="16:9", resolution="480p"))
    (path,) = client.download(result, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / f"{result.tasks[0].id}.mp4"
    with av.open(str(path)) as video:
        assert video.duration is not None
        assert video.duration / 1e6 == pytest.approx(5, abs=0.2)
        first, *_, last = video.decode(video=0)
    frames = [frame.to_image() for frame in (first, last)]  # type: ignore[no-untyped-call]
    assert (frames[0].width, frames[0].height) == (854, 480)
    assert difference(frames[0], pictures[0]) < 8
    assert difference(frames[-1], pictures[1]) < 8
    assert difference(frames[0], pictures[1]) > 20, "the two pictures differ"


def test_the_paths_come_in_the_order_of_the_videos(make_client: MakeClient, tmp_path: Path) -> None:
    videos = [Video(URL, "task_b"), Video(URL, "task_a"), Video(URL, "task_a-2")]
    paths = make_client(handler=answer()).download(videos, tmp_path)
    assert [path.name for path in paths] == ["task_b.mp4", "task_a.mp4", "task_a-2.mp4"]
    assert sorted(tmp_path.iterdir()) == sorted(paths), "nothing half-done stays behind"


def test_a_video_is_called_what_it_is_wanted_to_be(make_client: MakeClient, tmp_path: Path) -> None:
    videos = [Video(URL, "task_a"), Video("https://files.example.com/v.webm", "b"), Video(URL, "c")]
    wanted = ["Mein Film.MP4", "shots/fox", "film.mov"]
    paths = make_client(handler=answer()).download(videos, tmp_path, names=wanted)
    names = ["Mein Film.MP4", "shots/fox.webm", "film.mov"]
    assert [str(path.relative_to(tmp_path)) for path in paths] == names
    assert all(path.read_bytes() == MP4 for path in paths)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (["a"], "1 names were given for 2 videos"),
        ("ab", "a list of texts"),
        (["a", 7], "a list of texts"),
        (["a", "A.mp4"], "are the same"),
        (["a", "../b"], "leads out of the folder"),
        (["a", "/b"], "leads out of the folder"),
        (["a", "b\0"], "leads out of the folder"),
        (["a", ""], "names no file"),
        (["a", "b/"], "names no file"),
        (["a", "b" * 201], "more than 200 bytes"),
    ],
)
def test_names_that_cannot_be_are_refused_before_anything_is_fetched(
    make_client: MakeClient, tmp_path: Path, wanted: Any, words: str
) -> None:
    handler, videos = answer(), [Video(URL, "task_a"), Video(URL, "task_b")]
    with pytest.raises(InvalidRequestError, match=words):
        make_client(handler=handler).download(videos, tmp_path / "new", names=wanted)
    assert not handler.seen
    assert not (tmp_path / "new").exists()


def test_a_download_tells_how_much_of_it_is_here(make_client: MakeClient, tmp_path: Path) -> None:
    whole = film(b"x" * 3_000_000)
    told: list[Any] = []
    network = Network(httpx.Response(200, content=whole))
    video = Video(URL, "task_a")
    make_client(handler=network).download(
        video, tmp_path, on_progress=lambda *words: told.append(words)
    )
    assert {(name, total) for name, _, total in told} == {(video, len(whole))}
    here = [here for _, here, _ in told]
    assert here == sorted(here)
    assert here[-1] == len(whole)


@pytest.mark.parametrize(
    "passing",
    [
        httpx.Response(404),
        httpx.Response(403),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(520),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("down"),
        httpx.Response(200, content=MP4[:500], headers={"Content-Length": str(len(MP4))}),
    ],
    ids=repr,
)
def test_a_download_that_fails_is_tried_again(
    make_client: MakeClient, tmp_path: Path, passing: Any
) -> None:
    handler = answer(passing, passing)
    (path,) = make_client(handler=handler).download([Video(URL, "t")], tmp_path)
    assert path.read_bytes() == MP4
    assert len(handler.seen) == 3


def test_what_cannot_be_fetched_says_so_and_keeps_what_was(
    make_client: MakeClient, tmp_path: Path
) -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        lost = request.url.path == "/lost.mp4"
        return httpx.Response(404) if lost else httpx.Response(200, content=MP4)

    lost = Video("https://files.example.com/lost.mp4", "b")
    videos = [Video(URL, "a"), lost, Video(URL, "c")]
    with pytest.raises(DownloadError, match="HTTP 404") as caught:
        make_client(handler=handler).download(videos, tmp_path)
    assert [path.name for path in caught.value.paths] == ["a.mp4", "c.mp4"]
    assert caught.value.video == lost
    assert 5 < seen.count("/lost.mp4") < 100, "for a minute, not for ever"
    assert len(list(tmp_path.iterdir())) == 2, "nothing half-done stays behind"


@pytest.mark.parametrize("body", [b"<html>sorry</html>", b"", b'{"status": 1003}'])
def test_what_is_not_a_video_never_gets_its_name(
    make_client: MakeClient, tmp_path: Path, body: bytes
) -> None:
    handler = answer(httpx.Response(200, content=body))
    with pytest.raises(DownloadError, match="not a video"):
        make_client(handler=handler).download([Video(URL, "t")], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("suffix", "content"), [("mp4", MP4), ("mov", film(brand=b"qt  ")), ("webm", webm())]
)
def test_each_kind_of_video_is_kept_under_its_own_suffix(
    make_client: MakeClient, tmp_path: Path, suffix: str, content: bytes
) -> None:
    handler = answer(httpx.Response(200, content=content))
    video = Video(f"https://files.example.com/V.{suffix.upper()}?signed=1", "Task_A")
    assert make_client(handler=handler).download([video], tmp_path) == [
        tmp_path / f"Task_A.{suffix}"
    ]


def test_what_was_compressed_on_its_way_is_whole_all_the_same(
    make_client: MakeClient, tmp_path: Path
) -> None:
    packed = gzip.compress(MP4)
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed))

    (path,) = make_client(handler=handler).download([Video(URL, "t")], tmp_path)
    assert path.read_bytes() == MP4


ODD_NAMES = [
    "../../etc/passwd",
    ".hidden",
    "a/b\\c:d\0e",
    "..",
    "",
    "x" * 500,
    "日出",
    "日落",
    "a/b",
    "a_b",
]


def test_a_name_cannot_leave_its_folder_and_no_two_become_one(
    make_client: MakeClient, tmp_path: Path
) -> None:
    videos = [Video(URL, name) for name in ODD_NAMES]
    videos += [Video(URL, "task_1"), Video(URL + "?2", "task_1")]
    paths = make_client(handler=answer()).download(videos, tmp_path)
    assert len(set(paths)) == len(videos)
    assert {path.parent for path in paths} == {tmp_path}
    assert not [path.name for path in paths if path.name.startswith(".")]
    assert "task_1.mp4" in [path.name for path in paths]


def test_a_file_has_its_name_only_when_it_is_whole(make_client: MakeClient, tmp_path: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert not (tmp_path / "t.mp4").exists()
        return httpx.Response(200, content=MP4)

    assert make_client(handler=handler).download([Video(URL, "t")], tmp_path)[0].exists()


def test_two_downloads_of_one_video_do_not_meet(make_client: MakeClient, tmp_path: Path) -> None:
    other = make_client(handler=answer())
    inner: list[Path] = []

    class Halfway(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield MP4[:500]
            inner.extend(other.download([Video(URL, "t")], tmp_path))
            yield MP4[500:]

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Halfway())

    with WeryAI("sk-none-of-all", transport=httpx.MockTransport(handler)) as client:
        assert client.download([Video(URL, "t")], tmp_path) == inner
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [MP4]


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/v.mp4",
        "ftp://e.com/v",
        "file:///v",
        "https://a..b/v",
        "https://" + "x" * 64 + "/",
    ],
)
def test_an_address_that_must_not_be_used_is_refused(
    make_client: MakeClient, tmp_path: Path, url: str
) -> None:
    handler = answer()
    with pytest.raises(DownloadError, match="its address"):
        make_client(handler=handler).download([Video(url, "t")], tmp_path)
    assert handler.seen == []


def test_a_redirect_is_followed_but_not_to_plain_http(
    make_client: MakeClient, tmp_path: Path
) -> None:
    elsewhere = httpx.Response(302, headers={"Location": "https://cdn.example.org/v.mp4"})
    (path,) = make_client(handler=answer(elsewhere)).download([Video(URL, "t")], tmp_path)
    assert path.read_bytes() == MP4
    plain = httpx.Response(302, headers={"Location": "http://cdn.example.org/v.mp4"})
    handler = answer(plain)
    with pytest.raises(DownloadError, match="plain http"):
        make_client(handler=handler).download([Video(URL, "u")], tmp_path)
    assert len(handler.seen) == 1


def test_a_folder_that_cannot_be_made_is_a_download_error(
    make_client: MakeClient, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "a\0b"):
        with pytest.raises(DownloadError):
            make_client(handler=answer()).download([Video(URL, "t")], folder)


@pytest.mark.usefixtures("quick_videos")
def test_a_download_never_submits_and_never_shows_the_key(
    client: WeryAI, simulator: Simulator, ask: Ask, tmp_path: Path
) -> None:
    result = client.generate(ask(images=["https://example.com/a.jpg"]))
    before = len(simulator.received)
    client.download(result, tmp_path)
    fetched = simulator.received[before:]
    assert [(each.method, each.has_key) for each in fetched] == [("GET", False)]
    assert len(simulator.ledger) == 1
