"""What the registry says of a model is heard before anything is uploaded or paid, and stops nothing
that it does not contradict."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient
from contract_tests.support.requests import usual
from contract_tests.support.run.turns import EVERY_MODE
from weryai import (
    AsyncWeryAI,
    ConfigError,
    FirstLastFrameToVideo,
    InvalidRequestError,
    Model,
    MultiImageToVideo,
    UnlistedModelWarning,
    WeryAI,
)
from weryai._flows import registry
from weryai.cli.simulate import make_simulator, serving
from weryai.requests import Findings
from weryai.testing import Answer, Lost, Simulator, refusal
from weryai.testing._transport import AsyncTransport

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]
LIST = "list_video_models"
HOUR = 3600


def answer(*rows: dict[str, Any], table: str = "multi_image_to_video") -> Answer:
    return Answer(body={"status": 200, "data": {table: [*rows], "image_to_video": [*rows]}})


def asked(simulator: Simulator) -> int:
    """How often the registry was asked."""
    return sum(request.path.endswith("/video/models") for request in simulator.received)


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator) -> WeryAI:
    return make_client(simulator, check_models=True)


@EVERY_MODE
def test_what_the_model_does_not_take_is_refused_with_what_it_takes_and_nothing_is_sent(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    row = {"durations": [8], "aspect_ratios": ["1:1"], "resolutions": ["720p"]}
    no = {"has_generate_audio": False, "upload_image_limit": 1}
    simulator.next(LIST, answer({"model_key": "KLING_O1", **row, **no}))
    wanted = ask(resolution="480p", generate_audio=True)
    for _ in range(2):
        with pytest.raises(InvalidRequestError) as refused:
            client.submit(wanted)
        assert refused.value.faults == (
            "images: the model takes 1 image, not 2",
            "duration is 5, and the model takes 8",
            "aspect_ratio is 16:9, and the model takes 1:1",
            "resolution is 480p, and the model takes 720p",
            "generate_audio is nothing that the model takes: leave it out",
        )
        assert "check_models=False" in refused.value.__notes__[0]
    found = client.check(wanted)
    assert found.faults == refused.value.faults
    assert set(found.not_checked) == {"prompt"}
    assert Findings.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert len(simulator.received) == asked(simulator) == 1


@EVERY_MODE
def test_the_registry_is_asked_once_an_hour_for_each_kind_of_requests(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    for _ in range(3):
        client.submit(ask(images=HTTPS))
    client.submit(usual("submit_image_to_video"))
    assert asked(simulator) == 2
    simulator.clock.sleep(HOUR - 1)
    client.submit(ask(images=HTTPS))
    assert asked(simulator) == 2
    simulator.clock.sleep(1)
    client.submit(ask(images=HTTPS))
    assert (asked(simulator), len(simulator.ledger)) == (3, 6)


def test_nothing_is_refused_by_what_was_said_a_while_ago(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next(LIST, answer({"model_key": "KLING_O1", "durations": [8]}))
    assert client.check(ask(images=HTTPS)).faults
    simulator.clock.sleep(registry.FRESH)
    client.submit(ask(images=HTTPS))
    assert (asked(simulator), len(simulator.ledger)) == (2, 1)


def test_a_key_that_is_not_listed_is_a_warning_in_the_line_of_the_caller_and_is_sent(
    simulator: Simulator, ask: Ask
) -> None:
    simulator.next(LIST, answer({"model_key": "KLING_01"}))
    words = "KLING_O1 is not in the registry for multi-image-to-video: did you mean KLING_01?"
    with simulator.client(check_models=True) as client:
        with pytest.warns(UnlistedModelWarning, match=words.replace("?", r"\?")) as told:
            client.submit(ask(images=HTTPS))
        assert [each.filename for each in told] == [__file__]
        assert client.check(ask()).warnings == (f"model {words}",)
    assert [paid.payload["model"] for paid in simulator.ledger] == ["KLING_O1"]


def test_without_sound_is_what_a_model_without_sound_makes(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next(LIST, answer({"model_key": "KLING_O1", "has_generate_audio": False}))
    client.submit(ask(images=HTTPS, generate_audio=False))
    assert simulator.ledger[0].payload["generate_audio"] is False


def test_rows_for_one_image_refuse_two_frames_by_their_flag_alone(
    client: WeryAI, simulator: Simulator
) -> None:
    takes = {"NO": False, "YES": True}
    rows = [
        {"model_key": key, "durations": [9], "support_first_last_frame": flag}
        for key, flag in takes.items()
    ]
    simulator.next(LIST, answer(*rows))

    def frames(key: str) -> FirstLastFrameToVideo:
        given: dict[str, Any] = {"prompt": "a", "aspect_ratio": "1:1", "duration": 5}
        given |= {"first_pic_url": HTTPS[0], "end_pic_url": HTTPS[0]}
        return FirstLastFrameToVideo(model=key, **given)

    words = "model NO does not take a first and a last frame, says the registry"
    assert client.check(frames("NO")).faults == (words,)
    assert client.check(frames("YES")) == Findings(
        checked=("model",),
        not_checked=dict.fromkeys(("duration", "aspect_ratio"), UNSAID),
    )
    assert client.check(frames("UNLISTED")) == Findings(not_checked={"model": UNSAID})
    assert asked(simulator) == 1


UNSAID = "the registry has no rows for first-last-image-to-video"


@pytest.mark.parametrize(
    "failure", [Lost(), Answer(401), Answer(500), Answer(body="<html>"), refusal(1001)]
)
def test_a_registry_that_cannot_be_read_stops_no_payment_and_is_left_alone_for_a_while(
    client: WeryAI, simulator: Simulator, ask: Ask, failure: Any
) -> None:
    simulator.next(LIST, *[failure] * 9)
    for _ in range(3):
        client.submit(ask(images=HTTPS))
    assert (asked(simulator), len(simulator.ledger)) == (1, 3)
    assert "cannot be asked: " in client.check(ask()).not_checked["model"]
    simulator.clock.sleep(registry.AFTER_FAILURE)
    client.submit(ask(images=HTTPS))
    assert (asked(simulator), len(simulator.ledger)) == (2, 4)


def test_rows_of_this_hour_hold_while_the_registry_fails(
    client: WeryAI, simulator: Simulator, ask: Ask
) -> None:
    simulator.next(LIST, answer({"model_key": "KLING_O1", "durations": [8]}), *[Answer(500)] * 9)
    client.check(ask())
    simulator.clock.sleep(registry.FRESH)
    assert client.check(ask()).faults == client.check(ask()).faults != ()
    assert asked(simulator) == 2
    simulator.clock.sleep(HOUR)
    client.submit(ask(images=HTTPS))
    assert len(simulator.ledger) == 1


@EVERY_MODE
def test_a_transport_that_knows_no_registry_stops_no_payment(
    make_client: MakeClient, ask: Ask
) -> None:
    seen: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        assert request.method == "POST", "nobody told this mock of a registry"
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    for asks, methods in ((True, ["GET", "POST"]), (None, ["POST"])):
        seen.clear()
        job = make_client(handler=answered, check_models=asks).submit(ask(images=HTTPS))
        assert (job.task_ids, seen) == (("task_1",), methods)


def test_a_key_of_an_earlier_submission_brings_its_job_whatever_the_registry_says(
    make_client: MakeClient, simulator: Simulator, ask: Ask, tmp_path: Path
) -> None:
    client = make_client(simulator, check_models=True, journal=tmp_path / "a.journal")
    job = client.submit(ask(images=HTTPS), idempotency_key="a")
    simulator.clock.sleep(HOUR)
    simulator.next(LIST, answer({"model_key": "KLING_O1", "durations": [8]}))
    assert client.submit(ask(images=HTTPS), idempotency_key="a") == job


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_submissions_at_once_ask_once(simulator: Simulator, ask: Ask, backend: str) -> None:
    answering = AsyncTransport(simulator.app.in_process)

    async def later(request: httpx.Request) -> httpx.Response:
        await anyio.wait_all_tasks_blocked()  # all the others have come so far that they wait
        return await answering.handle_async_request(request)

    async def ten() -> None:
        transport = httpx.MockTransport(later)
        async with (
            simulator.async_client(check_models=True, transport=transport) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(10):
                tasks.start_soon(client.submit, ask(images=HTTPS))

    anyio.run(ten, backend=backend)
    assert (asked(simulator), len(simulator.ledger)) == (1, 10)


@EVERY_MODE
def test_a_file_keeps_the_rows_for_other_processes_and_one_that_is_spoiled_is_none(
    make_client: MakeClient, simulator: Simulator, ask: Ask, tmp_path: Path
) -> None:
    file = tmp_path / "not yet" / "models.json"
    options = {"check_models": True, "models_file": file}
    make_client(simulator, **options).check(ask())
    listed = make_client(simulator, **options).models()
    assert asked(simulator) == 2, "who asks for the models wants those of now"
    assert make_client(simulator, **options).check(ask()).checked
    assert asked(simulator) == 2
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert simulator.api_key not in file.read_text()
    (kept,) = json.loads(file.read_text()).values()
    assert [Model.from_dict(row) for row in kept["rows"]["models"]] == listed
    for spoiled in (b"", b"[]", b'{"a": [', b"\xff", json.dumps(dict.fromkeys("ab")).encode()):
        file.write_bytes(spoiled)
        before = asked(simulator)
        make_client(simulator, **options).submit(ask(images=HTTPS))
        assert asked(simulator) == before + 1
    file.unlink()
    file.mkdir()
    make_client(simulator, **options).submit(ask(images=HTTPS))


@BOTH_CLASSES
def test_a_client_on_the_network_asks_by_itself_and_shares_it_with_all_of_its_process(
    client_class: type[WeryAI | AsyncWeryAI], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "OF_PROCESS", {})
    with make_simulator(task_seconds=60) as simulator, serving(simulator) as (url, _):

        async def submitted(**options: Any) -> None:
            client = client_class("sk-simulator", base_url=url, **options)
            if isinstance(client, WeryAI):
                with client:
                    client.submit(ask(images=HTTPS))
                return
            async with client:
                await client.submit(ask(images=HTTPS))

        for options, times in (({"check_models": False}, 0), ({}, 1), ({}, 1)):
            asyncio.run(submitted(**options))
            assert asked(simulator) == times


@BOTH_CLASSES
@pytest.mark.parametrize("odd", [{"check_models": 1}, {"models_file": 1}])
def test_what_is_no_switch_and_no_file_is_refused(
    client_class: type[WeryAI], odd: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=r"(check_models|models_file) must be"):
        client_class(KEY, **odd)
