"""Where nobody looks at the videos, drawing them costs no time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.films import film
from contract_tests.support.servers.simulator_http import raw, status, submit
from weryai import MultiImageToVideo
from weryai.testing import Outcome, Simulator
from weryai.testing._films import results
from weryai.testing._films.render import render

HTTPS = "https://example.com/image1.jpg"


def fetched(simulator: Simulator, **fields: Any) -> list[bytes]:
    """The videos of one submission."""
    with raw(simulator) as http:
        ids = submit(http, **fields)["data"]["task_ids"]
        simulator.clock.sleep(30)
        urls = [url for task_id in ids for url in status(http, task_id)["data"]["videos"]]
        return [http.get(url).content for url in urls]


def test_a_tiny_video_is_a_video_and_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def counted(*args: Any, **kw: Any) -> None:
        drawn.append(args)
        render(*args, **kw)

    monkeypatch.setattr(results, "render", counted)
    results.smallest.cache_clear()  # another test may have had it made
    with Simulator(render=False) as simulator:
        assert drawn == []
        videos = fetched(simulator, video_number=4) + fetched(simulator, duration=10)
    with Simulator(render=False) as another:
        videos += fetched(another)
    assert len(videos) == 6
    assert len(set(videos)) == len(drawn) == 1
    assert len(videos[0]) < 10_000
    with av.open(BytesIO(videos[0]), "r") as file:
        assert len(list(file.decode(video=0))) == 24


@pytest.mark.parametrize("kind", ["bytes", "path", "text"])
@pytest.mark.parametrize("drawn", [True, False])
def test_a_video_that_is_given_is_every_result(tmp_path: Path, kind: str, drawn: bool) -> None:
    path = tmp_path / "mine.mp4"
    path.write_bytes(film(b"mine"))
    given: Any = {"bytes": path.read_bytes(), "path": path, "text": str(path)}[kind]
    with Simulator(video=given, render=drawn) as simulator:
        path.unlink()
        assert fetched(simulator, video_number=2) == [film(b"mine")] * 2


def test_a_video_that_is_given_is_on_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Simulator(video=film(b"mine")) as simulator:
        assert len(fetched(simulator, video_number=3)) == 3
        assert len([*tmp_path.rglob("*.mp4")]) == 1


def test_a_video_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="mine"):
        Simulator(video=tmp_path / "mine.mp4")


def test_a_task_without_videos_has_none_of_these_either() -> None:
    with Simulator(render=False) as simulator, raw(simulator) as http:
        simulator.outcomes.extend([Outcome("failed"), Outcome(videos=False)])
        for _ in range(2):
            (task_id,) = submit(http)["data"]["task_ids"]
            assert http.get(f"/results/{task_id}-1.mp4").status_code == 404
            simulator.clock.sleep(30)
            assert http.get(f"/results/{task_id}-1.mp4").status_code == 404


def test_a_client_downloads_them_all(
    make_client: MakeClient, ask: Callable[..., MultiImageToVideo], tmp_path: Path
) -> None:
    with Simulator(render=False) as simulator:
        client = make_client(simulator)
        result = client.generate(ask(images=[HTTPS], video_number=3))
        paths = client.download(result, tmp_path)
    assert len({path.name for path in paths}) == 3
    assert len({path.read_bytes() for path in paths}) == 1
