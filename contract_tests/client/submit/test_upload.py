"""An upload is one whole image, announced with its length, or it is no upload at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.run.turns import EVERY_MODE
from weryai import MediaError, ServerError
from weryai._files.images import OpenImage
from weryai.testing import sample

pytestmark = EVERY_MODE  # what is paid for, and what is sent for it

PICTURE = sample("night", (320, 180))


class Taking(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Takes an upload piece by piece; `between` happens after the first piece of the image."""

    def __init__(self, between: Callable[[], Any]) -> None:
        self.between = between
        self.came = b""
        self.longest = self.whole = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        for piece in request.stream:
            self._take(piece)
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for piece in request.stream:
            self._take(piece)
        return self._answer(request)

    def _take(self, piece: bytes) -> None:
        self.came += piece
        self.longest = max(self.longest, len(piece))
        if b"\x89PNG" in piece:
            self.between()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.whole += 1
        return httpx.Response(503)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def grow_unseen(path: Path) -> None:
    """As a tool does that keeps dates."""
    grow(path)
    os.utime(path, ns=(10**18, 10**18))


CHANGES: dict[str, Callable[[Path], Any]] = {
    "grows": grow,
    "grows and keeps its date": grow_unseen,
    "shrinks": lambda path: os.truncate(path, 100_000),
    "is emptied": lambda path: os.truncate(path, 0),
    "is written anew": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """An image that takes several pieces."""
    path = tmp_path / "a.png"
    path.write_bytes(PICTURE.ljust(300_000, b"\0"))
    os.utime(path, ns=(10**18, 10**18))
    return path


@pytest.mark.parametrize("change", CHANGES)
def test_an_image_that_changes_while_it_is_sent_never_arrives_as_a_whole(
    make_client: MakeClient, picture: Path, change: str
) -> None:
    transport = Taking(lambda: CHANGES[change](picture))
    with pytest.raises(MediaError, match=r"a\.png: was changed while it was read"):
        make_client(transport=transport).upload(picture)
    assert transport.whole == 0
    assert not transport.came.endswith(b"--\r\n")


@pytest.mark.parametrize("change", CHANGES)
def test_an_image_that_changes_before_it_is_sent_again_is_not(
    make_client: MakeClient, picture: Path, change: str
) -> None:
    seen: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        CHANGES[change](picture)
        return httpx.Response(503)

    with pytest.raises(MediaError, match="was changed"):
        make_client(handler=handler).upload(picture)
    assert len(seen) == 1
    assert PICTURE in seen[0]


def test_an_image_that_changes_before_it_is_sent_is_not_sent(
    make_client: MakeClient, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = OpenImage.digest

    def and_then(file: OpenImage) -> str:
        found = digest(file)
        grow(picture)
        return found

    monkeypatch.setattr(OpenImage, "digest", and_then)
    transport = Taking(lambda: None)
    with pytest.raises(MediaError, match="was changed"):
        make_client(transport=transport).upload(picture)
    assert b"PNG" not in transport.came


def test_an_image_is_sent_in_pieces_that_a_slow_line_gets_through_in_time(
    make_client: MakeClient, picture: Path
) -> None:
    os.truncate(picture, 3_000_000)
    transport = Taking(lambda: None)
    with pytest.raises(ServerError):
        make_client(transport=transport).upload(picture, retry_budget=0)
    assert transport.longest < 330_000 < len(transport.came)


def test_every_repeat_of_an_upload_announces_and_sends_the_whole_image(
    make_client: MakeClient, picture: Path
) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) < 3:
            raise httpx.WriteError("dropped")
        data = {"object_url_list": ["https://files.example.com/a.png"]}
        return httpx.Response(200, json={"status": 0, "data": data})

    assert make_client(handler=handler).upload(picture) == "https://files.example.com/a.png"
    for request in seen:
        assert int(request.headers["Content-Length"]) == len(request.content)
        assert picture.read_bytes() in request.content
    assert len(seen) == 3


def test_an_image_that_cannot_be_read_any_more_is_a_media_error(
    make_client: MakeClient, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise OSError(5, "Input/output error")

    def between() -> None:
        monkeypatch.setattr("weryai._files.images.os", SimpleNamespace(fstat=broken))

    with pytest.raises(MediaError, match=r"a\.png: cannot be read \(Input/output error\)"):
        make_client(transport=Taking(between)).upload(picture)
