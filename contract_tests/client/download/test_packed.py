"""A video that arrives compressed counts when its stream has ended."""

from __future__ import annotations

import gzip
import zlib
from io import FileIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.films import (
    CLUSTER,
    LIVE,
    film,
    head,
)
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin, Stream
from weryai import Video
from weryai._files import partial, partial_state

T = [Video(URL, "t")]
MP4 = film()
PACKED = {
    "gzip": gzip.compress(MP4),
    "x-gzip": gzip.compress(MP4),
    "GZIP": gzip.compress(MP4[:500]) + gzip.compress(MP4[500:]),
    "deflate": zlib.compress(MP4),
    "Deflate": zlib.compress(MP4, wbits=-zlib.MAX_WBITS),
}


def coded(coding: str, *chunks: bytes) -> httpx.Response:
    length = sum(map(len, chunks))
    headers = {"Content-Encoding": coding, "Content-Length": str(length)}
    return httpx.Response(200, headers=headers, stream=Stream(*chunks))


@pytest.mark.parametrize("coding", PACKED)
def test_a_compressed_answer_counts_when_its_stream_has_ended(
    make_client: MakeClient, tmp_path: Path, coding: str
) -> None:
    packed = PACKED[coding]
    answers = [
        lambda: coded(coding, packed[:-1]),
        lambda: coded(coding, packed[: len(packed) // 2]),
        lambda: coded(coding),
        lambda: coded(coding, b"no such stream"),
        lambda: coded(coding, packed[:20], packed[20:]),
    ]
    origin = Origin(breaks=answers)
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == MP4
    assert len(origin.seen) == 5
    assert {request.headers["Accept-Encoding"] for request in origin.seen} == {"identity"}


def test_a_live_video_in_a_gzip_that_is_cut_is_fetched_anew(
    make_client: MakeClient, tmp_path: Path
) -> None:
    live = LIVE + CLUSTER * 3
    packer = zlib.compressobj(wbits=31)
    cut = packer.compress(LIVE + CLUSTER) + packer.flush(zlib.Z_SYNC_FLUSH)
    origin = Origin(breaks=[lambda: coded("gzip", cut), lambda: coded("gzip", gzip.compress(live))])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == live


def test_what_is_compressed_a_thousandfold_is_written_in_small_pieces(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 16 * partial.CHUNK
    wrote: list[int] = []

    class Counting(FileIO):
        def write(self, content: Any) -> int:
            wrote.append(len(content))
            return super().write(content)

    monkeypatch.setattr(partial_state, "FileIO", Counting)
    packed = gzip.compress(head(size) + bytes(size))
    assert len(packed) < size / 500
    origin = Origin(breaks=[lambda: coded("gzip", packed)])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.stat().st_size == len(head(size)) + size
    assert max(wrote) <= partial.CHUNK


@pytest.mark.parametrize(
    "told", [{}, {"Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT"}, {"ETag": 'W/"one"'}], ids=str
)
def test_a_rest_that_does_not_name_its_version_is_not_joined(
    make_client: MakeClient, tmp_path: Path, told: dict[str, str]
) -> None:
    other = VIDEO[:700] + b"?" * (len(VIDEO) - 700)
    rest = {"Content-Range": f"bytes 700-{len(VIDEO) - 1}/{len(VIDEO)}"}
    origin = Origin(
        breaks=[700, lambda: httpx.Response(206, headers=rest | told, stream=Stream(other[700:]))]
    )
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=700-", None]
