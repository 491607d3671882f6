"""Nothing lost: after a power cut a part counts as far as it was on the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.films import film
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin, Stream
from weryai import DownloadError, Video
from weryai._files import partial

T = [Video(URL, "t")]


class Cut:
    """What is on the disk when the power goes: of each file as many bytes as were put there, and
    zeros in the place of the rest."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: dict[int, int] = {}
        real = os.fsync

        def note(handle: int) -> None:
            real(handle)
            self.synced[os.fstat(handle).st_ino] = os.fstat(handle).st_size

        monkeypatch.setattr(os, "fsync", note)

    def leave(self, folder: Path, left: Path) -> None:
        """Leave a folder like that."""
        shutil.copytree(folder, left)
        part = folder / ".t.mp4.part"
        sound = self.synced.get(part.stat().st_ino, 0)
        content = part.read_bytes()
        (left / part.name).write_bytes(content[:sound] + bytes(len(content) - sound))


def cut_of_power(monkeypatch: pytest.MonkeyPatch, make_client: MakeClient, tmp_path: Path) -> Path:
    """A download of which 5,000 bytes had arrived, and 4,000 were on the disk."""
    monkeypatch.setattr(partial, "CHUNK", 1000)
    monkeypatch.setattr(partial, "SYNC_EVERY", 4000)
    cut = Cut(monkeypatch)
    left = tmp_path / "left"
    chunks = [VIDEO[start : start + 1000] for start in range(0, 5000, 1000)]
    stream = Stream(*chunks, lambda: cut.leave(tmp_path / "folder", left), httpx.ReadError("x"))
    headers = {"ETag": '"one"', "Content-Length": str(len(VIDEO))}
    first = httpx.Response(200, headers=headers, stream=stream)
    make_client(handler=Origin(breaks=[first])).download(T, tmp_path / "folder")
    return left


def test_after_a_power_cut_a_part_counts_as_far_as_it_was_on_the_disk(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = cut_of_power(monkeypatch, make_client, tmp_path)
    assert (left / ".t.mp4.part").read_bytes() == VIDEO[:4000] + bytes(1000)
    origin = Origin()
    (path,) = make_client(handler=origin).download(T, left)
    assert path.read_bytes() == VIDEO
    assert origin.asked == ["bytes=4000-"]


def zero(path: Path, start: int, end: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


SPOILS: dict[str, Callable[[Path, Path], object]] = {
    "zeros in the part": lambda part, state: zero(part, 2000, 3000),
    "nothing but zeros": lambda part, state: zero(part, 0, 5000),
    "a shorter part": lambda part, state: part.write_bytes(VIDEO[:3999]),
    "nothing written down": lambda part, state: state.write_bytes(b""),
    "zeros written down": lambda part, state: zero(state, 0, state.stat().st_size),
    "half of it written down": lambda part, state: cut_short(state),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_a_power_cut_has_spoiled_starts_anew(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    left = cut_of_power(monkeypatch, make_client, tmp_path)
    SPOILS[spoil](left / ".t.mp4.part", left / ".t.mp4.part.json")
    origin = Origin()
    (path,) = make_client(handler=origin).download(T, left)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None]
    assert list(left.iterdir()) == [path]


def test_nothing_is_said_any_more_of_a_part_when_another_takes_its_place(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written down of the first must be gone from the disk before bytes of the second
    are there."""
    told: list[tuple[bytes, int]] = []
    part, state = tmp_path / ".t.mp4.part", tmp_path / ".t.mp4.part.json"
    real = os.fsync

    def note(handle: int) -> None:
        real(handle)
        if os.path.samestat(os.fstat(handle), state.stat()):
            told.append((state.read_bytes(), part.stat().st_size))

    client = make_client(handler=Origin(breaks=[700, httpx.Response(410)]))
    with pytest.raises(DownloadError):
        client.download(T, tmp_path)
    monkeypatch.setattr(os, "fsync", note)
    changed = Origin(content=film(b"new" * 900), headers={"ETag": '"two"'})
    (path,) = make_client(handler=changed).download(T, tmp_path)
    assert path.read_bytes() == changed.content
    ((known, size),) = told
    assert b'"synced": 0' in known
    assert size == 0
