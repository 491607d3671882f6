"""Each local image is uploaded once, told by its content, and remembered for a day."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from weryai import MultiImageToVideo, ParameterError, WeryAI
from weryai._files import images
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator, refusal

Ask = Callable[..., MultiImageToVideo]
MakeClient = Callable[..., WeryAI]
SUBMIT = "submit_multi_image_to_video"
HTTPS = ["https://example.com/a.jpg"]


@pytest.mark.parametrize("kept", ["path", "none"])
def test_the_same_content_is_uploaded_once(
    make_client: MakeClient,
    simulator: Simulator,
    ask: Ask,
    pictures: tuple[Path, Path],
    tmp_path: Path,
    kept: str,
) -> None:
    twin = tmp_path / "twin.png"
    twin.write_bytes(pictures[0].read_bytes())
    options = {"journal": tmp_path / "jobs.journal"} if kept == "path" else {}
    client = make_client(simulator, **options)
    client.submit(ask(images=[*pictures, twin]))
    client.submit(ask(images=pictures))
    first, second = simulator.ledger
    assert first.payload["images"][0] == first.payload["images"][2] == second.payload["images"][0]
    assert uploads(simulator) == 2


def uploads(simulator: Simulator) -> int:
    return sum(request.path == "/v1/generation/upload-file" for request in simulator.received)


@pytest.mark.parametrize("kept", [True, False])
def test_an_upload_is_remembered_for_a_day_and_across_runs_by_the_journal_alone(
    make_client: MakeClient,
    simulator: Simulator,
    journal: SQLiteJournal,
    pictures: tuple[Path, Path],
    kept: bool,
) -> None:
    options = {"journal": journal} if kept else {}
    address = make_client(simulator, **options).upload(pictures[0])
    client = make_client(simulator, **options)
    assert (client.upload(pictures[0]) == address) == kept
    simulator.clock.sleep(24 * 3600 - 1)
    before = uploads(simulator)
    client.upload(pictures[0])
    assert uploads(simulator) == before
    simulator.clock.sleep(1)
    client.upload(pictures[0])
    assert uploads(simulator) == before + 1


def test_a_submission_that_is_refused_for_its_parameters_makes_the_images_go_up_anew(
    client: WeryAI, simulator: Simulator, ask: Ask, pictures: tuple[Path, Path]
) -> None:
    client.upload(pictures[0])
    simulator.next(SUBMIT, refusal(1002, "the image cannot be read"))
    with pytest.raises(ParameterError):
        client.submit(ask(images=pictures[:1]))
    client.submit(ask(images=pictures[:1]))
    assert uploads(simulator) == 2


def test_threads_that_bring_the_same_image_upload_it_once(
    simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    found: list[str] = []
    with simulator.client() as client:
        threads = [
            threading.Thread(target=lambda: found.append(client.upload(pictures[0])))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(found), len(set(found)), uploads(simulator)) == (8, 1, 1)


def test_tasks_that_bring_the_same_image_upload_it_once(
    simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    async def main() -> list[str]:
        async with simulator.async_client() as client:
            return await asyncio.gather(*(client.upload(pictures[0]) for _ in range(8)))

    assert (len(set(asyncio.run(main()))), uploads(simulator)) == (1, 1)


def test_an_image_that_changes_after_it_was_sent_is_remembered_as_what_was_sent(
    make_client: MakeClient, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())
    service = Uploads(lambda: image.write_bytes(pictures[1].read_bytes()))
    client = make_client(handler=service)
    assert client.upload(image) == client.upload(pictures[0]) == "https://example.com/1.png"
    assert client.upload(image) == "https://example.com/2.png"
    assert [pictures[0].read_bytes() in sent for sent in service.sent] == [True, False]


def test_each_image_of_a_submission_is_opened_once_and_sent_as_it_was_looked_at(
    make_client: MakeClient, ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    one.write_bytes(pictures[0].read_bytes())
    two.write_bytes(pictures[1].read_bytes())
    service = Uploads(lambda: os.replace(one, two))  # while the first is uploaded
    client, opened = make_client(handler=service), Counter[str]()
    real = images.opened

    def counted(path: str, flags: int) -> int:
        opened[Path(path).name] += 1
        return real(path, flags)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "opened", counted)
        client.submit(ask(images=[one, two]))
    assert opened == {"one.png": 1, "two.png": 1}
    for picture, sent in zip(pictures, service.sent, strict=False):
        assert picture.read_bytes() in sent


class Uploads:
    """A service that stores what comes, and does something after the first."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then, self.sent = then, list[bytes]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        data: dict[str, object] = {"task_ids": ["task_1"], "batch_id": 7}
        if request.url.path.endswith("upload-file"):
            self.sent.append(request.content)
            data = {"object_url_list": [f"https://example.com/{len(self.sent)}.png"]}
            if len(self.sent) == 1:
                self.then()
        return httpx.Response(200, json={"status": 0, "data": data})
