"""A download that broke goes on where it broke, if that is still the file."""

from __future__ import annotations

import asyncio
import errno
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import KEY, MakeClient
from contract_tests.support.films import film
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin, Stream
from contract_tests.support.servers.simulator_http import raw, status, submit
from weryai import AsyncWeryAI, DownloadError, Video
from weryai._files import partial
from weryai.testing import Simulator

T = [Video(URL, "t")]
OLD = {"Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT", "Date": "Tue, 01 Sep 2026 10:00:01 GMT"}


def stop_after(make_client: MakeClient, origin: Origin, size: int, folder: Path) -> None:
    """Fetch so many bytes, and then fail for good."""
    origin.breaks = [size, httpx.Response(410)]
    with pytest.raises(DownloadError, match="HTTP 410"):
        make_client(handler=origin).download(T, folder)
    origin.seen.clear()


@pytest.mark.parametrize(
    ("headers", "validator"),
    [({"ETag": '"a-1"'}, '"a-1"'), (OLD, OLD["Last-Modified"]), ({"ETag": '"x"'} | OLD, '"x"')],
)
def test_a_download_that_drops_goes_on_where_it_broke(
    make_client: MakeClient, tmp_path: Path, headers: dict[str, str], validator: str
) -> None:
    origin = Origin(headers=headers, breaks=[500, 300])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=500-", "bytes=800-"]
    assert [request.headers.get("If-Range") for request in origin.seen[1:]] == [validator] * 2
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": 'W/"weak"'},
        {"ETag": "unquoted"},
        {"Last-Modified": OLD["Last-Modified"]},
        {"Last-Modified": OLD["Date"], "Date": OLD["Date"]},
        {"Last-Modified": "long ago", "Date": OLD["Date"]},
        {"ETag": '"one"', "Content-Encoding": "br-ish"},
    ],
    ids=str,
)
def test_without_a_word_that_tells_the_file_it_starts_anew_and_keeps_no_part(
    make_client: MakeClient, tmp_path: Path, headers: dict[str, str]
) -> None:
    origin = Origin(headers=headers, breaks=[500])
    (path,) = make_client(handler=origin).download(T, tmp_path / "whole")
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, None]
    stop_after(make_client, origin, 500, tmp_path / "stopped")
    assert list((tmp_path / "stopped").iterdir()) == []


def test_an_answer_that_ends_early_without_a_word_is_gone_on_with(
    make_client: MakeClient, tmp_path: Path
) -> None:
    headers = {"ETag": '"one"', "Content-Length": str(len(VIDEO))}
    origin = Origin(breaks=[httpx.Response(200, headers=headers, stream=Stream(VIDEO[:700]))])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=700-"]


def test_another_download_goes_on_with_what_the_first_one_left(
    make_client: MakeClient, tmp_path: Path
) -> None:
    origin = Origin()
    stop_after(make_client, origin, 700, tmp_path)
    assert (tmp_path / ".t.mp4.part").read_bytes() == VIDEO[:700]
    assert not (tmp_path / "t.mp4").exists()
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == ["bytes=700-"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_minute_of_failures_leaves_what_was_fetched(
    make_client: MakeClient, tmp_path: Path
) -> None:
    origin = Origin(breaks=[700, *[httpx.Response(503)] * 200])
    with pytest.raises(DownloadError, match="HTTP 503"):
        make_client(handler=origin).download(T, tmp_path)
    origin.breaks.clear()
    origin.seen.clear()
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == ["bytes=700-"]


def test_a_file_that_changed_starts_anew(make_client: MakeClient, tmp_path: Path) -> None:
    origin = Origin()
    stop_after(make_client, origin, 700, tmp_path)
    origin.content, origin.headers = film(b"new" * 900), {"ETag": '"two"'}
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == origin.content
    assert origin.asked == ["bytes=700-"], "the answer to it was the whole file"


def test_a_part_that_was_started_anew_is_gone_on_with_too(
    make_client: MakeClient, tmp_path: Path
) -> None:
    origin = Origin()
    stop_after(make_client, origin, 700, tmp_path)
    origin.headers = {"ETag": '"two"'}
    stop_after(make_client, origin, 600, tmp_path)
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == ["bytes=600-"]


def part(start: int = 700, total: int = len(VIDEO), **headers: str) -> httpx.Response:
    """An answer with a part of another file, as long as the part that is missing."""
    body = b"?" * (total - 700)
    told = {"Content-Range": f"bytes {start}-{total - 1}/{total}", "ETag": '"one"'}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(206, headers=told | named, stream=Stream(body))


MISFITS: dict[str, Callable[[], httpx.Response]] = {
    "another start": lambda: part(start=600),
    "another total": lambda: part(total=len(VIDEO) + 5),
    "no total": lambda: part(Content_Range=f"bytes 700-{len(VIDEO) - 1}/*"),
    "no range": lambda: part(Content_Range=""),
    "another file": lambda: part(ETag='"two"'),
    "coded": lambda: part(Content_Encoding="gzip"),
    "nothing there": lambda: httpx.Response(416, headers={"Content-Range": "bytes */700"}),
    "several parts": lambda: part(Content_Type="multipart/byteranges", Content_Range="bytes 1-2/3"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_part_that_does_not_fit_is_not_taken(
    make_client: MakeClient, tmp_path: Path, misfit: str
) -> None:
    origin = Origin(breaks=[700, MISFITS[misfit]])
    (path,) = make_client(handler=origin).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=700-", None]


def test_more_than_the_whole_is_not_taken(make_client: MakeClient, tmp_path: Path) -> None:
    long = httpx.Response(
        206,
        headers={"Content-Range": f"bytes 700-{len(VIDEO) - 1}/{len(VIDEO)}", "ETag": '"one"'},
        stream=Stream(VIDEO[700:] + b"more"),
    )
    origin = Origin(breaks=[700, long])
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == [None, "bytes=700-", None]


DAMAGED = [b"", b"{", b"[]", b"null", b"[" * 10**5, {"total": "9"}, {"total": 9}, {"validator": 9}]


@pytest.mark.parametrize("damaged", DAMAGED, ids=lambda damaged: str(damaged)[:20])
def test_a_part_of_which_nobody_knows_what_it_is_starts_anew(
    make_client: MakeClient, tmp_path: Path, damaged: Any
) -> None:
    origin = Origin()
    stop_after(make_client, origin, 700, tmp_path)
    state = tmp_path / ".t.mp4.part.json"
    if isinstance(damaged, dict):
        damaged = json.dumps(json.loads(state.read_bytes()) | damaged).encode()
    state.write_bytes(damaged)
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO
    assert origin.asked == [None]


def test_the_part_of_another_address_starts_anew(make_client: MakeClient, tmp_path: Path) -> None:
    origin = Origin()
    stop_after(make_client, origin, 700, tmp_path)
    (path,) = make_client(handler=origin).download([Video(URL + "?2", "t")], tmp_path)
    assert path.read_bytes() == VIDEO
    assert origin.asked == [None]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_lacks_only_its_name_is_not_fetched_again(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Origin(headers={})

    def full(*_: Any) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("weryai._files.placing.publish", full)
        with pytest.raises(DownloadError, match="make room"):
            make_client(handler=origin).download(T, tmp_path)
    assert make_client(handler=origin).download(T, tmp_path)[0].read_bytes() == VIDEO
    assert len(origin.seen) == 1


def test_a_redirect_is_asked_for_anew_and_the_rest_fetched_from_there(
    make_client: MakeClient, tmp_path: Path
) -> None:
    origin = Origin(breaks=[500])
    hops: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.example.org":
            return origin(request)
        hops.append(f"https://cdn.example.org/v.mp4?signature={len(hops)}")
        # Nobody reads what else a redirect says, were it without an end.
        endless = Stream(*[b"?" * 1024] * 10, AssertionError("read"))
        return httpx.Response(302, headers={"Location": hops[-1]}, stream=endless)

    (path,) = make_client(handler=handler).download(T, tmp_path)
    assert path.read_bytes() == VIDEO
    assert [str(request.url) for request in origin.seen] == hops
    assert origin.asked == [None, "bytes=500-"]


def test_redirects_without_end_are_refused(make_client: MakeClient, tmp_path: Path) -> None:
    seen: list[httpx.URL] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(302, headers={"Location": URL})

    with pytest.raises(DownloadError, match="redirects too often"):
        make_client(handler=handler).download(T, tmp_path)
    assert len(seen) == 11


@pytest.mark.usefixtures("quick_videos")
def test_a_video_of_the_simulator_can_be_gone_on_with(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    http = raw(simulator)
    (task_id,) = submit(http)["data"]["task_ids"]
    simulator.clock.sleep(30)
    (url,) = status(http, task_id)["data"]["videos"]
    answers: list[httpx.Response] = []

    def handler(request: httpx.Request) -> httpx.Response:
        answers.append(http.get(str(request.url), headers=request.headers))
        content, error = answers[-1].content, httpx.ReadError("dropped")
        stream = Stream(content[:500], error) if len(answers) == 1 else Stream(content)
        return httpx.Response(answers[-1].status_code, headers=answers[-1].headers, stream=stream)

    (path,) = make_client(handler=handler, base_url="http://localhost").download(
        [Video(url, "t")], tmp_path
    )
    assert [answer.status_code for answer in answers] == [200, 206]
    assert path.read_bytes() == answers[0].content
    assert answers[1].content == answers[0].content[500:]


def test_a_download_that_is_cancelled_while_it_opens_its_file_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, go, claim = threading.Event(), threading.Event(), partial.claim

    def slow(target: Path, address: str) -> partial.PartialFile:
        here.set()
        go.wait(30)
        return claim(target, address)

    async def work() -> None:
        async with AsyncWeryAI(KEY, transport=httpx.MockTransport(Origin())) as client:
            task = asyncio.ensure_future(client.download(T, tmp_path))
            await asyncio.to_thread(here.wait)
            task.cancel()
            await asyncio.sleep(0)
            go.set()
            with pytest.raises(asyncio.CancelledError):
                await task

    monkeypatch.setattr(partial, "claim", slow)
    asyncio.run(work())
    assert list(tmp_path.iterdir()) == []
