"""A download goes on for as long as it makes headway, and for a minute after that."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin, Stream
from weryai import DownloadError, Video
from weryai._flows import transfer
from weryai.testing import ManualClock

T = [Video(URL, "t")]


def test_a_download_that_makes_headway_may_take_as_long_as_it_takes(
    make_client: MakeClient, tmp_path: Path, clock: ManualClock
) -> None:
    content = VIDEO * 20
    origin = Origin(content)

    def slowly(request: httpx.Request) -> httpx.Response:
        clock.advance(20)
        origin.breaks = [40_000]
        return origin(request)

    (path,) = make_client(handler=slowly, clock=clock).download(T, tmp_path)
    assert path.read_bytes() == content
    assert len(origin.seen) == 1 + len(content) // 40_000, "20 s each, and no second more than once"


def test_a_server_that_starts_it_anew_for_ever_is_given_up_after_a_minute(
    make_client: MakeClient, tmp_path: Path, clock: ManualClock
) -> None:
    origin = Origin(VIDEO * 20)

    def restless(request: httpx.Request) -> httpx.Response:
        origin.headers = {"ETag": f'"{len(origin.seen)}"'}
        origin.breaks = [100_000]
        return origin(request)

    before = clock.time()
    with pytest.raises(DownloadError, match="dropped"):
        make_client(handler=restless, clock=clock).download(T, tmp_path)
    assert clock.time() - before < 65
    assert 5 < len(origin.seen) < 100


@pytest.fixture
def network_time(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """The time that transfers are measured with."""
    clock = ManualClock()
    monkeypatch.setattr(transfer, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def drip(clock: ManualClock) -> httpx.Response:
    """One byte a second, for ten minutes."""
    chunks: list[Any] = []
    for byte in VIDEO[:600]:
        chunks += [bytes([byte]), lambda: clock.advance(1)]
    headers = {"Content-Length": str(len(VIDEO)), "ETag": '"one"'}
    return httpx.Response(200, headers=headers, stream=Stream(*chunks))


def test_a_drip_counts_as_lost_and_another_connection_goes_on(
    make_client: MakeClient, tmp_path: Path, network_time: ManualClock
) -> None:
    origin = Origin(breaks=[lambda: drip(network_time)])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=31-"]


def test_nothing_but_drips_is_given_up(
    make_client: MakeClient, tmp_path: Path, network_time: ManualClock
) -> None:
    origin = Origin(breaks=[lambda: drip(network_time)] * 1000)
    with pytest.raises(DownloadError, match="31 bytes in 30 s"):
        make_client(handler=origin, clock=network_time).download(T, tmp_path)
    assert len(origin.seen) == 2, "one more connection, then the minute is over"


def test_a_slow_transfer_that_is_no_drip_is_left_alone(
    make_client: MakeClient, tmp_path: Path, network_time: ManualClock
) -> None:
    body: list[Any] = []
    for start in range(0, len(VIDEO), 2048):
        body += [VIDEO[start : start + 2048], lambda: network_time.advance(1.9)]
    origin = Origin(breaks=[httpx.Response(200, stream=Stream(*body))])
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO


@pytest.mark.parametrize("seconds", [20, 3600])
def test_a_file_server_that_asks_to_wait_is_heeded_within_the_minute(
    make_client: MakeClient, tmp_path: Path, clock: ManualClock, seconds: int
) -> None:
    busy = httpx.Response(429, headers={"Retry-After": str(seconds)})
    client = make_client(handler=Origin(breaks=[busy]), clock=clock)
    before = clock.time()
    if seconds > 60:
        with pytest.raises(DownloadError, match="HTTP 429"):
            client.download(T, tmp_path)
    else:
        assert client.download(T, tmp_path)[0].read_bytes() == VIDEO
        assert clock.time() - before >= seconds
