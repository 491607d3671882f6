"""A disk that refuses ends in a word on what to do, and in no part that is not what it seems."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin
from weryai import DownloadError, Video
from weryai._files import partial_state

T = [Video(URL, "t")]


class FullDisk(FileIO):
    """Room for 600 bytes."""

    def write(self, content: Any) -> int:
        room = 600 - self.tell()
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(bytes(content[:room]))


@pytest.mark.parametrize("headers", [{"ETag": '"one"'}, {}], ids=["goes on", "anew"])
def test_a_full_disk_says_so_and_keeps_only_what_can_be_gone_on_with(
    make_client: MakeClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    origin = Origin(headers=headers)
    client = make_client(handler=origin)
    with monkeypatch.context() as patch:
        patch.setattr(partial_state, "FileIO", FullDisk)
        with pytest.raises(DownloadError, match="the disk is full: make room") as caught:
            client.download(T, tmp_path)
    assert isinstance(caught.value.__cause__, OSError)
    kept = [path.read_bytes() for path in tmp_path.glob("*.part")] if headers else []
    assert kept == ([VIDEO[:600]] if headers else list(tmp_path.iterdir()))
    assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=600-" if headers else None]


class LosingDisk(FileIO):
    """Says when a file is closed that not all of it was written."""

    def close(self) -> None:
        failed = not self.closed and self.tell() > 0
        super().close()
        if failed:
            raise OSError(errno.EIO, "Input/output error")


def test_a_part_that_may_have_lost_bytes_is_not_gone_on_with(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(path: Path) -> FileIO:
        return (LosingDisk if path.suffix == ".part" else FileIO)(path, "w+")

    monkeypatch.setattr(partial_state, "open_own", create)
    client = make_client(handler=Origin(breaks=[500, httpx.Response(410)]))
    with pytest.raises(DownloadError, match="HTTP 410"):
        client.download(T, tmp_path)
    assert list(tmp_path.glob("*.part")) == []


REFUSALS = [
    ("weryai._files.placing.make_folder", errno.EROFS, "may not be written: give another folder"),
    ("weryai._files.placing.make_folder", errno.EIO, "Input/output error"),
    ("os.open", errno.EACCES, "may not be written: give another folder"),
    ("os.fsync", errno.ENOSPC, "the disk is full: make room"),
]


@pytest.mark.parametrize(("step", "number", "words"), REFUSALS)
def test_a_disk_that_refuses_says_what_to_do(
    make_client: MakeClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    number: int,
    words: str,
) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(number, os.strerror(number))

    client = make_client(handler=Origin())
    with monkeypatch.context() as patch:
        patch.setattr(step, refuse)
        with pytest.raises(DownloadError, match=words):
            client.download(T, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert client.download(T, tmp_path)[0].read_bytes() == VIDEO


def test_a_folder_that_is_a_file_says_what_to_do(make_client: MakeClient, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(DownloadError, match="it is not a folder: give another one"):
            make_client(handler=Origin()).download(T, folder)


def test_a_name_that_could_not_be_given_stands_for_nothing(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    origin = Origin()
    client = make_client(handler=origin)
    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        patch.setattr(os, "replace", refuse)
        with pytest.raises(DownloadError, match="Input/output error"):
            client.download(T, tmp_path)
    assert not (tmp_path / "t.mp4").exists()
    assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
    assert len(origin.seen) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows syncs no folder")
def test_a_file_is_on_the_disk_before_its_name_and_the_name_before_it_is_told(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    synced: list[tuple[bool, bool]] = []

    def note(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append((is_folder, (tmp_path / "t.mp4").exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    make_client(handler=Origin()).download(T, tmp_path)
    assert synced == [(False, False), (True, True)]
