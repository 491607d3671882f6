"""A download takes nothing from anybody: other files, links, and what another download writes."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from contract_tests.support.clients import KEY, MakeClient
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin, Stream
from weryai import AsyncWeryAI, ConfigError, DownloadError, Video, WeryAI
from weryai._files import locks, naming
from weryai.testing import ManualClock

T = [Video(URL, "t")]
OTHER = VIDEO[:-1] + b"!"


@pytest.fixture(params=["links", "no links"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file system with second names for files, and one without, as on many memory cards."""

    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)
    return str(request.param)


@pytest.mark.usefixtures("disk")
def test_the_same_video_again_stays_the_file_it_was(
    make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client(handler=Origin())
    (path,) = client.download(T, tmp_path)
    before = path.stat()
    assert client.download(T, tmp_path) == [path]
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("other", [OTHER, b"", b"my holiday"])
def test_another_file_of_that_name_is_never_overwritten(
    make_client: MakeClient, tmp_path: Path, other: bytes
) -> None:
    (tmp_path / "t.mp4").write_bytes(other)
    client = make_client(handler=Origin())
    for _ in range(2):
        (path,) = client.download(T, tmp_path)
        assert (path.name, path.read_bytes()) == ("t~2.mp4", VIDEO)
    (tmp_path / "t~2.mp4").write_bytes(other)
    (path,) = client.download(T, tmp_path)
    assert (path.name, path.read_bytes()) == ("t~3.mp4", VIDEO)
    assert (tmp_path / "t.mp4").read_bytes() == (tmp_path / "t~2.mp4").read_bytes() == other
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_has_to_step_aside_has_no_name_of_another_video() -> None:
    videos = [Video(URL, name) for name in ("t", "t~2", "t-2", "t(2)", "t_2", "t.2")]
    assert not [name for name in naming.names(videos) if "~" in name]


@pytest.mark.parametrize("content", [None, VIDEO, b"secret"], ids=["nowhere", "same", "other"])
@pytest.mark.parametrize("name", ["t.mp4", ".t.mp4.part", ".t.mp4.part.json"])
def test_no_link_is_written_through(
    make_client: MakeClient, tmp_path: Path, content: bytes | None, name: str
) -> None:
    outside = tmp_path / "outside"
    if content is not None:
        outside.write_bytes(content)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).symlink_to(outside)
    (path,) = make_client(handler=Origin()).download(T, folder)
    assert path.read_bytes() == VIDEO
    assert path.parent == folder
    assert not path.is_symlink()
    assert (outside.read_bytes() if outside.exists() else None) == content


@pytest.mark.parametrize("name", [".t.mp4.part", ".t.mp4.part.json"])
def test_a_part_that_is_another_file_as_well_is_left_to_that_one(
    make_client: MakeClient, tmp_path: Path, name: str
) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    os.link(tmp_path / "mine", tmp_path / name)
    (path,) = make_client(handler=Origin()).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_download_killed_between_its_two_names_harms_neither(
    make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client(handler=Origin())
    (path,) = client.download(T, tmp_path)
    os.link(path, tmp_path / ".t.mp4.part")
    assert client.download(T, tmp_path) == [path]
    assert path.read_bytes() == VIDEO
    assert list(tmp_path.iterdir()) == [path]


class Killed(Exception):
    """In the place of SIGKILL: nobody mends anything after it."""


@pytest.mark.parametrize("name", ["t.mp4", "t~2.mp4"])
def test_a_download_killed_where_there_are_no_links_leaves_no_empty_file_behind(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(_: Any, path: Path) -> None:  # errno in a kernel's order: EEXIST goes before EPERM
        raise OSError(errno.EEXIST if path.exists() else errno.EPERM, "no")

    def kill(*_: Any) -> None:
        raise Killed

    if name != "t.mp4":
        (tmp_path / "t.mp4").write_bytes(OTHER)
    origin = Origin()
    monkeypatch.setattr(os, "link", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", kill)
        with pytest.raises(Killed):
            make_client(handler=origin).download(T, tmp_path)
    assert (tmp_path / name).read_bytes() == b""
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert (path.name, path.read_bytes(), len(origin.seen)) == (name, VIDEO, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"t.mp4", name}


def test_an_empty_file_of_somebody_else_stays_where_links_exist(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Origin()

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        patch.setattr(os, "replace", refuse)
        with pytest.raises(DownloadError):
            make_client(handler=origin).download(T, tmp_path)
    (tmp_path / "t.mp4").touch()
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert (path.name, path.read_bytes(), len(origin.seen)) == ("t~2.mp4", VIDEO, 1)
    assert (tmp_path / "t.mp4").read_bytes() == b""


def test_two_downloads_at_once_write_to_two_parts_and_leave_one_file(
    make_client: MakeClient, tmp_path: Path
) -> None:
    found: list[Path] = []
    parts: list[str] = []

    def look() -> httpx.Response:
        parts.extend(path.name for path in tmp_path.glob(".t.mp4*.part"))
        return httpx.Response(503)

    def fetch_too() -> httpx.Response:
        inner = httpx.MockTransport(Origin(breaks=[300, look]))
        with WeryAI(KEY, transport=inner, clock=ManualClock()) as other:
            found.extend(other.download(T, tmp_path))
        return httpx.Response(503)

    outer = Origin(breaks=[500, fetch_too])
    assert make_client(handler=outer).download(T, tmp_path) == found
    assert outer.asked == [None, "bytes=500-", "bytes=500-"], "its own part was left alone"
    assert len(parts) == 2
    assert ".t.mp4.part" in parts
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [VIDEO]


def test_without_locks_every_download_has_a_part_of_its_own(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("weryai._files.locks.lock", refuse)
    origin = Origin(breaks=[500, httpx.Response(410)])
    client = make_client(handler=origin)
    with pytest.raises(DownloadError):
        client.download(T, tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]
    origin.breaks = [500]
    assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked[2:] == [None, "bytes=500-"]


def test_a_part_that_its_holder_removes_at_that_moment_is_not_taken_for_ones_own(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = locks.lock

    def late(file: Any) -> bool:
        if tries.pop():
            Path(file.name).unlink()
        return real(file)

    tries = [False, False, True]
    monkeypatch.setattr(locks, "lock", late)
    origin = Origin(breaks=[500, httpx.Response(410)])
    client = make_client(handler=origin)
    with pytest.raises(DownloadError, match="HTTP 410"):
        client.download(T, tmp_path)
    assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked[2:] == ["bytes=500-"]


def stopping(stream: Stream) -> Origin:
    """A server whose first answer ends as this stream does."""
    headers = {"Content-Length": str(len(VIDEO)), "ETag": '"one"'}
    return Origin(breaks=[httpx.Response(200, headers=headers, stream=stream)])


def test_ctrl_c_keeps_what_was_fetched_and_closes_the_connection(tmp_path: Path) -> None:
    stream = Stream(VIDEO[:700], KeyboardInterrupt())
    origin = stopping(stream)
    with WeryAI(KEY, transport=httpx.MockTransport(origin)) as client:
        with pytest.raises(KeyboardInterrupt):
            client.download(T, tmp_path)
        assert stream.closed
        assert (tmp_path / ".t.mp4.part").read_bytes() == VIDEO[:700]
        assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=700-"]


class Hanging(Stream):
    """700 bytes, and then nothing."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield VIDEO[:700]
        await anyio.sleep_forever()


async def stop_by_asyncio(work: Coroutine[Any, Any, Any]) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(work, 0.1)


async def stop_by_anyio(work: Coroutine[Any, Any, Any]) -> None:
    with anyio.move_on_after(0.1) as scope:
        await work
    assert scope.cancelled_caught


@pytest.mark.parametrize("stop", [stop_by_asyncio, stop_by_anyio])
def test_a_cancelled_download_keeps_what_was_fetched_and_closes_the_connection(
    tmp_path: Path, stop: Callable[[Coroutine[Any, Any, Any]], Awaitable[None]]
) -> None:
    stream = Hanging()
    origin = stopping(stream)

    async def scenario() -> None:
        async with AsyncWeryAI(KEY, transport=httpx.MockTransport(origin)) as client:
            await stop(client.download(T, tmp_path))
            assert stream.closed
            assert (tmp_path / ".t.mp4.part").read_bytes() == VIDEO[:700]
            assert (await client.download(T, tmp_path))[0].read_bytes() == VIDEO

    anyio.run(scenario)
    assert origin.asked == [None, "bytes=700-"]


def test_a_closed_client_fetches_nothing(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(handler=Origin())
    client.close()
    with pytest.raises(ConfigError, match="this client is closed: make a new one"):
        client.download(T, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
