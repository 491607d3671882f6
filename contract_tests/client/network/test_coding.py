"""An answer stays in its bounds however it is coded; only what was asked for is undone."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.requests import usual
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Stream
from weryai import (
    DownloadError,
    SubmissionUnknownError,
    TransportError,
    UnexpectedResponseError,
    Video,
)
from weryai._network import codings

BALANCE = json.dumps({"status": 0, "data": 7}).encode()
PAID = json.dumps({"status": 0, "data": {"task_ids": ["a"]}}).encode()


def bare(data: bytes) -> bytes:
    squeezed = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezed.compress(data) + squeezed.flush()


ONE: dict[str, tuple[str | None, Callable[[bytes], bytes]]] = {
    "nothing": (None, bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
}
MORE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "two layers": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "two kinds": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    "br": ("br", bytes),
    "zstd": ("zstd", bytes),
    "nobody's": ("x-own", bytes),
}


class Coded:
    """Answers with this body, coded, a few bytes at a time; counts what was taken of it."""

    def __init__(self, body: bytes, coding: str | None, step: int = 7) -> None:
        self.headers = {"Content-Encoding": coding} if coding else {}
        self.chunks = [body[at : at + step] for at in range(0, len(body), step)]
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return httpx.Response(200, headers=self.headers, stream=Stream(*self.chunks))


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_one_layer_is_undone(make_client: MakeClient, name: str, step: int) -> None:
    coding, squeeze = ONE[name]
    network = Coded(squeeze(BALANCE), coding, step)
    assert make_client(handler=network).balance() == 7
    assert network.seen[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("name", MORE)
def test_more_than_one_layer_or_another_coding_is_no_answer(
    make_client: MakeClient, name: str
) -> None:
    coding, squeeze = MORE[name]
    network = Coded(squeeze(BALANCE), coding)
    with pytest.raises(UnexpectedResponseError, match="not asked for"):
        make_client(handler=network).balance()
    network = Coded(squeeze(PAID), coding)
    with pytest.raises(SubmissionUnknownError):
        make_client(handler=network).submit(usual())
    assert len(network.seen) == 1


BROKEN: dict[str, tuple[str, bytes]] = {
    "cut": ("gzip", gzip.compress(PAID)[:-9]),
    "without its last bytes": ("gzip", gzip.compress(PAID)[:-1]),
    "more behind it": ("gzip", gzip.compress(PAID) + b"{}"),
    "not coded": ("gzip", PAID),
    "not deflated": ("deflate", PAID),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_coded_answer_that_is_cut_or_broken_is_lost(make_client: MakeClient, name: str) -> None:
    coding, body = BROKEN[name]
    network = Coded(body, coding)
    with pytest.raises(TransportError) as caught:
        make_client(handler=network, retry_budget=3).balance()
    assert caught.value.sent
    sent = len(network.seen)
    with pytest.raises(SubmissionUnknownError):
        make_client(handler=network).submit(usual())
    assert (sent > 1, len(network.seen)) == (True, sent + 1)


class Counting:
    """zlib, and how many bytes it made."""

    MAX_WBITS, error = zlib.MAX_WBITS, zlib.error

    def __init__(self) -> None:
        self.made = 0

    def decompressobj(self, window: int) -> Any:
        inner, counting = zlib.decompressobj(window), self

        class Undoing:
            def decompress(self, data: bytes, *most: int) -> bytes:
                piece = inner.decompress(data, *most)
                counting.made += len(piece)
                return piece

            def __getattr__(self, name: str) -> Any:
                return getattr(inner, name)

        return Undoing()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_a_small_answer_that_becomes_a_large_one_is_undone_up_to_its_bound(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, coding: str
) -> None:
    bomb = b" " * (5 * 1024 * 1024)
    body = zlib.compress(bomb) if coding == "deflate" else gzip.compress(bomb)
    body = gzip.compress(body) if "," in coding else body
    counting = Counting()
    monkeypatch.setattr(codings, "zlib", counting)
    client = make_client(handler=Coded(body, coding, 10_000_000))
    with pytest.raises(UnexpectedResponseError) as caught:
        client.balance()
    assert len(caught.value.raw) <= 1024 * 1024
    with pytest.raises(SubmissionUnknownError):
        client.submit(usual())
    assert counting.made <= 2 * (1024 * 1024 + 1)


def test_an_answer_is_read_no_further_than_its_bound(make_client: MakeClient) -> None:
    taken: list[int] = []
    chunks: list[Any] = [b" " * 65536, lambda: taken.append(1)] * 100
    answer = httpx.Response(200, stream=Stream(BALANCE, *chunks))
    with pytest.raises(UnexpectedResponseError, match="longer than 1,048,576 bytes"):
        make_client(handler=lambda _: answer).balance()
    assert len(taken) <= 16


@pytest.mark.parametrize("coding", [ONE["gzip"], ONE["deflate"], ONE["bare deflate"]])
def test_a_video_in_one_layer_is_undone_and_a_cut_one_is_not_whole(
    make_client: MakeClient, tmp_path: Path, coding: Any
) -> None:
    name, squeeze = coding
    client = make_client(handler=Coded(squeeze(VIDEO), name))
    (path,) = client.download([Video(URL, "t")], tmp_path)
    assert path.read_bytes() == VIDEO
    client = make_client(handler=Coded(squeeze(VIDEO)[:-5], name))
    with pytest.raises(DownloadError):
        client.download([Video(URL, "u")], tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_in_two_layers_is_no_video(make_client: MakeClient, tmp_path: Path) -> None:
    coding, squeeze = MORE["two layers"]
    with pytest.raises(DownloadError, match="not a video"):
        make_client(handler=Coded(squeeze(VIDEO), coding)).download([Video(URL, "t")], tmp_path)
    assert list(tmp_path.iterdir()) == []
