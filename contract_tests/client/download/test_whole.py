"""Whole means whole: a video gets its name when its own structure says that all of it is there."""

from __future__ import annotations

from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.films import (
    CLUSTER,
    LIVE,
    box,
    element,
    film,
    full_box,
    moov,
    webm,
)
from contract_tests.support.servers.scripted_file_server import URL, Stream
from weryai import DownloadError, Video
from weryai._files import partial_state, video_format

T = [Video(URL, "t")]
MP4 = film()
FTYP, MEDIA = box(b"ftyp", b"isom", bytes(12)), box(b"mdat", b"x" * 1000)
INIT = FTYP + box(b"moov", box(b"mvex"))
FRAGMENT = box(b"moof", bytes(100)) + MEDIA


def ended(content: bytes) -> httpx.Response:
    """The transport says that this is all."""
    return httpx.Response(200, content=content)


def chunked(content: bytes) -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Transfer-Encoding": "chunked"})


def open_ended(content: bytes) -> httpx.Response:
    """It ends where the connection does."""
    return httpx.Response(200, stream=Stream(content))


def served(content: bytes) -> Callable[[httpx.Request], httpx.Response]:
    """The same file for ever, by a server that tells nothing of it."""
    return lambda request: open_ended(content)


@pytest.mark.parametrize("transport", [ended, chunked])
@pytest.mark.parametrize("whole", [MP4, film(brand=b"qt  "), webm()], ids=["mp4", "mov", "webm"])
def test_a_video_that_is_cut_anywhere_is_fetched_anew(
    make_client: MakeClient,
    tmp_path: Path,
    whole: bytes,
    transport: Callable[[bytes], httpx.Response],
) -> None:
    cuts = [8, 24, 100, 200, len(whole) - 1000, len(whole) // 2, len(whole) - 1]
    answers = Network(*(transport(whole[:cut]) for cut in cuts), transport(whole))
    (path,) = make_client(handler=answers).download(T, tmp_path)
    assert path.read_bytes() == whole
    assert len(answers.seen) == len(cuts) + 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_that_stays_cut_never_gets_its_name(
    make_client: MakeClient, tmp_path: Path
) -> None:
    network = Network(httpx.Response(200, content=MP4[:-1], headers={"ETag": '"one"'}))
    with pytest.raises(DownloadError, match="it ends in the middle of the video"):
        make_client(handler=network).download(T, tmp_path)
    assert 5 < len(network.seen) < 100, "for a minute, not for ever"
    assert list(tmp_path.iterdir()) == []


INDEX = moov(len(FTYP) + len(moov(0, 0)) + 8, 1000)
WIDE_INDEX = INDEX.replace(b"stco", b"co64")
FRAGMENTS = INIT + FRAGMENT * 3
ROW = (len(FRAGMENT), 0, 0)
SIDX = full_box(b"sidx", 1, 1, 0, 0, 2, *ROW, *ROW)
SIZES = full_box(b"stsc", 1, 1, 2, 1) + full_box(b"stsz", 0, 2, 400, 600)


def indexed(*tables: bytes) -> bytes:
    """An index of one track with these tables."""
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", *tables)))))


def to_the_end(index: bytes, media: bytes) -> bytes:
    """A film whose media have no length: they reach up to the end, wherever that is."""
    return FTYP + index + bytes(4) + b"mdat" + media


def place(index: bytes) -> int:
    """Where the media of such a film begin."""
    return len(to_the_end(index, b""))


def sized(media: bytes) -> bytes:
    """A film that tells the place of each chunk in 64 bits and the size of each sample."""

    def index(start: int) -> bytes:
        return indexed(full_box(b"co64", 1, 0, start), SIZES)

    return to_the_end(index(place(index(0))), media)


WHOLE = {
    "the index last": FTYP + MEDIA + moov(len(FTYP) + 8, 1000),
    "no ftyp, as QuickTime once had": box(b"wide") + MEDIA + moov(16, 1000),
    "a length of 64 bits": MP4[:-1008] + b"\0\0\0\1mdat" + (1016).to_bytes(8, "big") + b"x" * 1000,
    "boxes of others": box(b"ftyp") + INDEX + MEDIA + box(b"uuid", bytes(99)) + box(b"free"),
    "media up to the end": to_the_end(INDEX, b"x" * 1000),
    "media up to the end, each sample sized": sized(b"x" * 1000),
    "fragments": FRAGMENTS + box(b"mfra"),
    "fragments with an index": INIT + SIDX + FRAGMENT * 2,
    "webm": webm(),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_video_gets_its_name_though_nothing_else_tells_its_end(
    make_client: MakeClient, tmp_path: Path, kind: str
) -> None:
    (path,) = make_client(handler=served(WHOLE[kind])).download(T, tmp_path)
    assert path.read_bytes() == WHOLE[kind]


SPOILED = {
    "nothing but ftyp": FTYP,
    "nothing but ftyp and room": FTYP + box(b"free", bytes(1000)),
    "no index": FTYP + MEDIA,
    "no media": FTYP + INDEX,
    "empty media": FTYP + moov(len(FTYP), 0) + box(b"mdat"),
    "an index of nothing": FTYP + indexed() + MEDIA,
    "an index of zeros": FTYP + box(b"moov", bytes(len(INDEX) - 8)) + MEDIA,
    "an index that is cut": FTYP + box(b"moov", INDEX[8:-9]) + MEDIA,
    "zeros behind it": MP4 + bytes(100),
    "a page behind it": MP4 + b"<html>504 Gateway Time-out</html>",
    "half a length behind it": MP4 + b"\0\0\0",
    "a length of 5": MP4 + b"\0\0\0\5f" + box(b"free"),
    "an index without a length": FTYP + MEDIA + bytes(4) + moov(len(FTYP) + 8, 1000)[4:],
    "media up to the end, cut": to_the_end(INDEX, b"x" * 999),
    "media up to the end, cut in a chunk": sized(b"x" * 999),
    "media up to the end, cut before a chunk": to_the_end(
        indexed(full_box(b"stco", 2, 900, 40)), b"x" * 500
    ),
    "a fragment without media": FRAGMENTS + box(b"moof", bytes(100)),
    "a fragment up to the end": INIT + box(b"moof") + bytes(4) + b"mdat" + b"x" * 100,
    "fewer fragments than the index names": INIT + SIDX + FRAGMENT,
    "a webm of nothing": element("1A45DFA3") + element("18538067", element("1654AE6B")),
    "a webm with zeros in it": webm()[:-600] + bytes(600) + bytes(10),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_what_is_not_whole_never_gets_its_name_whatever_the_transport_says(
    make_client: MakeClient, tmp_path: Path, kind: str
) -> None:
    with pytest.raises(DownloadError):
        make_client(handler=Network(chunked(SPOILED[kind]))).download(T, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [FRAGMENTS, LIVE + CLUSTER], ids=["fragments", "live webm"])
def test_what_nothing_tells_the_end_of_never_gets_its_name(
    make_client: MakeClient, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(DownloadError, match="nothing tells where the video ends"):
        make_client(handler=served(content)).download(T, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [FRAGMENTS, LIVE + CLUSTER * 3], ids=["mp4", "webm"])
@pytest.mark.parametrize("transport", [ended, chunked])
def test_a_video_that_does_not_tell_its_own_end_is_whole_where_the_transport_tells_it(
    make_client: MakeClient,
    tmp_path: Path,
    content: bytes,
    transport: Callable[[bytes], httpx.Response],
) -> None:
    handler = Network(transport(content[:-9]), transport(content))
    (path,) = make_client(handler=handler).download(T, tmp_path)
    assert path.read_bytes() == content
    assert len(handler.seen) == 2


def drawn(file: Path, kind: str, codec: str, **options: str) -> bytes:
    """A real video of a few pictures."""
    with av.open(str(file), "w", format=kind, options=options) as output:
        pictures: Any = output.add_stream(codec, rate=5)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        for shade in range(0, 250, 50):
            picture = Image.new("RGB", (64, 64), (shade, 0, 99))
            output.mux(pictures.encode(av.VideoFrame.from_image(picture)))  # type: ignore[no-untyped-call]
        output.mux(pictures.encode())
    return file.read_bytes()


REAL = [
    ("mp4", "libx264", {}),
    ("mp4", "libx264", {"movflags": "+faststart"}),
    ("mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
    ("mp4", "libx264", {"movflags": "+dash+global_sidx+frag_every_frame"}),
    ("mov", "libx264", {}),
    ("webm", "libvpx", {}),
]


@pytest.mark.parametrize(("kind", "codec", "options"), REAL, ids=str)
def test_real_videos_of_every_kind_are_whole_and_cut_ones_are_not(
    make_client: MakeClient, tmp_path: Path, kind: str, codec: str, options: dict[str, str]
) -> None:
    content = drawn(tmp_path / "drawn", kind, codec, **options)
    cuts = [content[: len(content) * part // 7] for part in range(1, 7)]
    network = Network(*map(ended, cuts), ended(content))
    (path,) = make_client(handler=network).download(T, tmp_path)
    assert path.read_bytes() == content
    assert len(network.seen) == 7


MANY = {
    "boxes": FTYP + box(b"free") * 200 + MEDIA + moov(len(FTYP) + 1608, 1000),
    "fragments": INIT + FRAGMENT * 200 + box(b"mfra"),
    "elements": LIVE + CLUSTER * 200,
}


@pytest.mark.parametrize("kind", MANY)
def test_many_parts_are_legal(make_client: MakeClient, tmp_path: Path, kind: str) -> None:
    (path,) = make_client(handler=Network(ended(MANY[kind]))).download(T, tmp_path)
    assert path.read_bytes() == MANY[kind]


HOSTILE = MANY | {
    "tracks": FTYP + box(b"moov", box(b"trak") * 200) + MEDIA,
    "numbers": FTYP + indexed(full_box(b"stco", 2**32 - 1, *range(50_000))) + MEDIA * 300,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_walked_so_far_and_no_farther(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    read: list[int] = []

    class Counting(FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(size or 0)
            return super().read(size)

    monkeypatch.setattr(partial_state, "FileIO", Counting)
    monkeypatch.setattr(video_format, "MOST_BOXES", 100)
    monkeypatch.setattr(video_format, "LARGEST_INDEX", 100_000)
    handler = Network(ended(HOSTILE[kind]), ended(MP4))
    (path,) = make_client(handler=handler).download(T, tmp_path)
    assert path.read_bytes() == MP4
    assert len(read) < 200
    assert sum(read) < 10_000
