"""What a client sends and gets is written down without what is secret, and played again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import KEY, MODES, MakeClient, Network
from weryai import (
    ContentRejectedError,
    MultiImageToVideo,
    NotFoundError,
    SubmissionUnknownError,
    WeryAI,
)
from weryai.testing import ManualClock, Recorder, Replay, Simulator
from weryai.testing._transport import AsyncTransport, BlockingTransport

Ask = Callable[..., MultiImageToVideo]
SIGNED = "https://cdn.example.org/out/v.mp4?Signature=s3cr3t&Expires=1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "traffic.har"


@pytest.fixture
def through(
    make_client: MakeClient, simulator: Simulator, request: pytest.FixtureRequest
) -> Callable[[Path], WeryAI]:
    """Make a client of the simulator whose traffic is recorded."""
    kind = BlockingTransport if request.getfixturevalue("mode") == "sync" else AsyncTransport

    def make(file: Path) -> WeryAI:
        app: Any = simulator.app
        return make_client(simulator, transport=Recorder(file, kind(app.in_process)))

    return make


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> Any:
    return request.node.callspec.params["make_client"]


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, render=False) as simulator:
        yield simulator


def entries(file: Path) -> list[Any]:
    log = json.loads(file.read_text())["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "weryai")
    found: list[Any] = log["entries"]
    return found


def test_a_run_that_was_recorded_runs_again_without_a_network(
    through: Any,
    simulator: Simulator,
    make_client: MakeClient,
    file: Path,
    ask: Ask,
    tmp_path: Path,
) -> None:
    client = through(file)
    result = client.generate(ask())
    (path,) = client.download(result, tmp_path / "then")
    client.close()
    replayed = make_client(transport=Replay(file), api_key="sk-of-nobody")
    again = replayed.generate(ask())
    assert again.job.task_ids == result.job.task_ids
    (copy,) = replayed.download(again, tmp_path / "now")
    assert copy.name == path.name
    assert copy.stat().st_size < 10_000
    (task,) = replayed.batch_status(result.job.batch_id or "")  # once more
    assert task.state == "succeeded"
    with pytest.raises(NotFoundError, match="nothing more was recorded of POST"):
        replayed.submit(ask())
    simulator.assert_paid(1)


def test_nothing_secret_is_written_down(
    through: Any, simulator: Simulator, file: Path, ask: Ask, pictures: Any, tmp_path: Path
) -> None:
    client = through(file)
    client.download(client.generate(ask(caller_id=42)), tmp_path)
    client.close()
    written = file.read_text()
    uploads = list(simulator._account.uploads)
    assert len(uploads) == 2
    for secret in (simulator.api_key, *uploads, "results/", *[path.name for path in pictures]):
        assert secret not in written
    assert b"PNG" not in file.read_bytes()
    posts = [each["request"] for each in entries(file) if each["request"]["method"] == "POST"]
    assert [each["postData"]["text"] == "" for each in posts] == [True, True, False]
    sent = json.loads(posts[-1]["postData"]["text"])
    assert (sent["prompt"], sent["caller_id"]) == ("The sun sets", 42)
    assert [address.startswith("https://example.com/") for address in sent["images"]] == [True] * 2
    assert len(set(sent["images"])) == 2
    assert {"name": "authorization", "value": "Bearer [key]"} in posts[-1]["headers"]


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        ({"status": 1002, "message": f"bad {KEY} at {SIGNED}"}, "bad [key] at https://example.com"),
        ({"status": 1002, "message": "no", KEY: [{"x": SIGNED}]}, "https://example.com/1.mp4"),
        (f"<p>{KEY} {SIGNED}</p>", "<p>[key] https://example.com/1.mp4</p>"),
        (
            {"status": 1002, "message": "data:image/png;base64,iVBORw0KGgo="},
            "https://example.com/1",
        ),
        (f"{{'Bearer {KEY[:12]}", "{'Bearer [key]"),
        (f'{{"status": 1002, "message": "{KEY[:4]}\\u{ord(KEY[4]):04x}{KEY[5:]}"}}', "[key]"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_what_an_answer_repeats_of_a_secret_is_cut(
    mode: str, portal: Any, file: Path, body: Any, cut: str
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Set-Cookie": "session=s3cr3t", "Content-Encoding": "gzip", "X-Trace": "s3cr3t"}
    coded = gzip.compress(text.encode())
    answer = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=coded))
    recorder = Recorder(file, answer)
    request = httpx.Request(
        "GET",
        f"https://api.weryai.com/v1/generation/{KEY}/status?token=s3cr3t",
        headers={"Authorization": f"Bearer {KEY}", "Cookie": "s3cr3t"},
    )
    if mode == "sync":
        with httpx.Client(transport=recorder) as http:
            http.send(request)
    else:

        async def send() -> None:
            async with httpx.AsyncClient(transport=recorder) as http:
                await http.send(request)

        portal.call(send)
    written = file.read_text()
    (entry,) = entries(file)
    assert cut in entry["response"]["content"]["text"]
    assert entry["request"]["url"] == "https://api.weryai.com/v1/generation/[key]/status"
    for secret in (KEY, "s3cr3t", "iVBOR"):
        assert secret not in written


def test_what_went_wrong_goes_wrong_again(
    through: Any, simulator: Simulator, make_client: MakeClient, file: Path, ask: Ask
) -> None:
    images = ["https://example.com/fox.jpg"]
    simulator.refuse("image_flagged")
    client = through(file)

    def both(client: WeryAI) -> None:
        with pytest.raises(ContentRejectedError, match="Input image flagged"):
            client.submit(ask(images=images))
        with pytest.raises(SubmissionUnknownError):
            client.submit(ask(images=images))

    simulator.lose_answer(accepted=True)
    both(client)
    client.close()
    assert [each["response"]["status"] for each in entries(file)] == [200, 0]
    both(make_client(transport=Replay(file)))


def test_a_video_has_one_stand_in_whatever_signs_its_address(
    make_client: MakeClient, file: Path
) -> None:
    def told(sign: str) -> httpx.Response:
        url = f"https://cdn.example.org/v.mp4?sign={sign}"
        data = {"task_id": "task_1", "task_status": "processing", "videos": [url]}
        return httpx.Response(200, json={"status": 0, "data": data})

    network = httpx.MockTransport(Network(told("a"), told("b")))
    client = make_client(transport=Recorder(file, network))
    for _ in range(2):
        assert client.status("task_1").videos[0].url.startswith("https://cdn.example.org/")
    client.close()
    texts = {each["response"]["content"]["text"] for each in entries(file)}
    assert len(texts) == 1
    assert make_client(transport=Replay(file)).status("task_1").videos[0].url == (
        "https://example.com/1.mp4"
    )


def test_a_file_that_is_there_is_not_written_over_and_one_that_is_none_is_told(
    file: Path,
) -> None:
    recorder = Recorder(file)
    with pytest.raises(FileExistsError):
        Recorder(file)
    with pytest.raises(ValueError, match="its client was never closed"):
        Replay(file)
    recorder.close()
    assert entries(file) == []
    client = WeryAI("sk-of-nobody", transport=Replay(file))
    with pytest.raises(NotFoundError):
        client.status("task_1")
    with pytest.raises(FileNotFoundError):
        Replay(file.with_name("none.har"))
