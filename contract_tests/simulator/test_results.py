"""The simulator's results are real videos, made from real images and from nobody else's machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from contract_tests.support.servers.no_network import loopback_only
from contract_tests.support.servers.simulator_http import UPLOAD, raw, status, submit
from weryai.testing import ManualClock, Outcome, Simulator, Variant, sample
from weryai.testing._films import results
from weryai.testing._films.pictures import placeholder

RED, BLUE = "#c82828", "#2828c8"
FRAME = (96, 54)
ELSEWHERE = "https://example.com/image1.jpg"
PARTS = {
    "bytes=0-99": slice(0, 100),
    "bytes=100-": slice(100, None),
    "bytes=-50": slice(-50, None),
    "bytes=5-999999999": slice(5, None),
}
# PyAV leaves this one without annotations.
to_image = cast(Callable[[av.VideoFrame], Image.Image], av.VideoFrame.to_image)


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


def png(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    return file.getvalue()


class Gallery(BaseHTTPRequestHandler):
    """Images on this machine: by colour, one that is broken, and one that leads elsewhere."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.send_response({"moved": 302, "missing": 404}.get(name, 200))
        self.send_header("Location", ELSEWHERE)
        self.end_headers()
        self.wfile.write(b"broken" if name == "broken" else png(RED))

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gallery) as server:
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def shown(
    clock: ManualClock, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[bytes]]:
    """Submit images and fetch the video, which is not made: what it would be made of."""
    used: list[bytes] = []

    def remember(images: list[bytes], *, path: Path, **_: Any) -> None:
        used.extend(images)
        path.write_bytes(b"video")

    def make(*images: str) -> list[bytes]:
        (task_id,) = submit(http, images=images)["data"]["task_ids"]
        clock.advance(30)
        assert http.get(f"/results/{task_id}-1.mp4").content == b"video"
        return used

    monkeypatch.setattr(results, "render", remember)
    monkeypatch.setattr(results, "FRAME", FRAME)
    return make


@pytest.fixture
def film(
    clock: ManualClock, http: httpx.Client, few_pictures: None
) -> Callable[..., list[Image.Image]]:
    """Submit images and fetch the video: its first frame and its last."""

    def make(*images: str) -> list[Image.Image]:
        (task_id,) = submit(http, images=images)["data"]["task_ids"]
        clock.advance(30)
        (url,) = status(http, task_id)["data"]["videos"]
        with av.open(BytesIO(http.get(url).content), "r") as file:
            first, *_, last = file.decode(video=0)
        return [to_image(first), to_image(last)]

    return make


def differs(one: Image.Image, other: bytes) -> float:
    """The mean difference, of 255, from a picture that fills the same frame."""
    picture = Image.open(BytesIO(other)).convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side)).resize(one.size)
    return max(ImageStat.Stat(ImageChops.difference(one, square)).mean)


@pytest.mark.usefixtures("few_pictures")
def test_a_result_is_an_mp4_of_the_length_and_size_that_were_asked_for(
    clock: ManualClock, http: httpx.Client
) -> None:
    fields = {"aspect_ratio": "9:16", "resolution": "720p", "duration": 4}
    (task_id,) = submit(http, model="WERYDANCE_2_0", **fields)["data"]["task_ids"]
    clock.advance(30)
    (url,) = status(http, task_id)["data"]["videos"]
    answer = http.get(url)
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(BytesIO(answer.content)) as file:
        (stream,) = file.streams.video
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 720, 1280)
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == 4


@pytest.mark.usefixtures("quick_videos")
def test_a_part_of_a_result_can_be_fetched(clock: ManualClock, http: httpx.Client) -> None:
    (task_id,) = submit(http)["data"]["task_ids"]
    clock.advance(30)
    (url,) = status(http, task_id)["data"]["videos"]
    whole = http.get(url)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    for wanted, part in PARTS.items():
        answer = http.get(url, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (206, whole.content[part])
        first = range(len(whole.content))[part][0]
        expected = f"bytes {first}-{first + len(answer.content) - 1}/{len(whole.content)}"
        assert answer.headers["content-range"] == expected
    assert http.get(url, headers={"Range": "bytes=999999999-"}).status_code == 416


@pytest.mark.usefixtures("quick_videos")
def test_a_part_is_given_only_while_it_is_the_same_file(
    clock: ManualClock, http: httpx.Client
) -> None:
    (task_id,) = submit(http)["data"]["task_ids"]
    clock.advance(30)
    (url,) = status(http, task_id)["data"]["videos"]
    headers = http.get(url).headers
    for same in (headers["etag"], headers["last-modified"]):
        assert http.get(url, headers={"Range": "bytes=9-", "If-Range": same}).status_code == 206
    for other in ('"other"', f"W/{headers['etag']}", "Tue, 01 Sep 2026 10:00:00 GMT"):
        assert http.get(url, headers={"Range": "bytes=9-", "If-Range": other}).status_code == 200


@pytest.mark.usefixtures("shown")
def test_results_are_public_and_there_once_the_task_has_succeeded(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed"), Outcome(videos=False)])
    ids = submit(http, video_number=3)["data"]["task_ids"]
    del http.headers["Authorization"]
    for seconds, expected in ((0, [404, 404, 404]), (29, [404, 404, 404]), (1, [200, 404, 404])):
        clock.advance(seconds)
        assert [http.get(f"/results/{each}-1.mp4").status_code for each in ids] == expected


@pytest.mark.parametrize(
    "name", ["0", "2", "5", "-1", "1.0", "%C2%B2", "%D9%A1", "", "x", "9" * 5000, "1-1", "01"]
)
def test_a_video_that_was_not_made_is_not_found(
    clock: ManualClock, http: httpx.Client, name: str
) -> None:
    (task_id,) = submit(http)["data"]["task_ids"]
    clock.advance(30)
    assert http.get(f"/results/{task_id}-{name}.mp4").status_code == 404
    assert http.get(f"/results/{task_id}.mp4").status_code == 404
    assert http.get("/results/-1.mp4").status_code == 404


@pytest.mark.usefixtures("shown")
def test_one_task_has_all_of_its_videos(
    simulator: Simulator, clock: ManualClock, http: httpx.Client
) -> None:
    simulator.variant = Variant(one_task=True)
    (task_id,) = submit(http, video_number=3)["data"]["task_ids"]
    clock.advance(30)
    urls = status(http, task_id)["data"]["videos"]
    assert [http.head(url).status_code for url in urls] == [200] * 3
    assert http.head(urls[0].replace("-1.mp4", "-4.mp4")).status_code == 404


# Images


def test_a_video_runs_from_the_first_uploaded_image_to_the_last(
    http: httpx.Client, film: Callable[..., list[Image.Image]]
) -> None:
    contents = [png(RED), sample("night", (64, 64)), png(BLUE)]
    urls = [
        http.post(UPLOAD, files={"file": ("a.png", content)}).json()["data"]["object_url_list"][0]
        for content in contents
    ]
    first, last = film(*urls)
    assert differs(first, contents[0]) < 3 < 100 < differs(first, contents[2])
    assert differs(last, contents[2]) < 3


def test_an_image_on_this_machine_is_fetched_and_through_no_proxy(
    shown: Callable[..., list[bytes]], gallery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    with loopback_only() as called:
        assert shown(f"{gallery}/a.png", f"{gallery}/b.png") == [png(RED)] * 2
    assert called == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/image1.jpg",
        "https://localhost.example.com/a.png",
        "https://127.0.0.1@example.com/a.png",
        "https://127.0.0.1.example.com/files/a",
        "https://192.0.2.1/a.png",
        "https://[2001:db8::1]/a.png",
        "https://0.0.0.0/a.png",
        "https://2130706433/a.png",
        "https://xn--.example/a.png",
        "https://a..b/a.png",
    ],
)
def test_an_image_elsewhere_is_a_placeholder_and_nobody_is_called(
    shown: Callable[..., list[bytes]], url: str
) -> None:
    with loopback_only() as called:
        assert shown(url, ELSEWHERE) == [placeholder(each, FRAME) for each in (url, ELSEWHERE)]
    assert called == []


def test_a_placeholder_can_be_seen_in_the_video(film: Callable[..., list[Image.Image]]) -> None:
    with loopback_only() as called:
        first, last = film(ELSEWHERE)
    assert called == []
    assert differs(first, placeholder(ELSEWHERE, results.FRAME)) < 6 < differs(first, png(RED))
    assert differs(last, placeholder(ELSEWHERE, results.FRAME)) < 6


@pytest.mark.parametrize("name", ["missing", "broken", "moved"])
def test_an_image_on_this_machine_that_cannot_be_had_is_a_placeholder(
    shown: Callable[..., list[bytes]], gallery: str, name: str
) -> None:
    urls = [f"{gallery}/{name}", "http://127.0.0.1:9/a.png", f"http://[::1]:{10**30}/a.png"]
    with loopback_only() as called:
        assert shown(*urls) == [placeholder(url, FRAME) for url in urls]
    assert called == []


def test_the_service_answers_while_a_video_is_made(
    clock: ManualClock, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, submitted, in_time = threading.Event(), threading.Event(), []

    def slow(*_: Any, path: Any, **__: Any) -> None:
        started.set()
        in_time.append(submitted.wait(5))
        path.write_bytes(b"video")

    monkeypatch.setattr(results, "render", slow)
    (task_id,) = submit(http)["data"]["task_ids"]
    clock.advance(30)
    fetch = threading.Thread(target=lambda: http.get(f"/results/{task_id}-1.mp4"))
    fetch.start()
    assert started.wait(5)
    assert submit(http)["status"] == 0
    submitted.set()
    fetch.join()
    assert in_time == [True]
