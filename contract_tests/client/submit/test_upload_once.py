"""Each local image is uploaded once, told by its content, and remembered for a day."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from weryai import MultiImageToVideo, ParameterError, WeryAI
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
    return sum(each.path == "/v1/generation/upload-file" for each in simulator.received)


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


def test_an_image_that_changes_while_it_is_uploaded_is_not_remembered(
    make_client: MakeClient, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())

    def answer(_: httpx.Request) -> httpx.Response:
        if not seen:
            image.write_bytes(pictures[1].read_bytes())
        seen.append(1)
        data = {"object_url_list": [f"https://example.com/{len(seen)}.png"]}
        return httpx.Response(200, json={"status": 0, "data": data})

    seen: list[int] = []
    client = make_client(handler=answer)
    client.upload(image)
    image.write_bytes(pictures[0].read_bytes())
    assert client.upload(image) == "https://example.com/2.png"
