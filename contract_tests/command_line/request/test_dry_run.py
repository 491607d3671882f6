"""`--dry-run`: what the registry knows is checked, and what nothing knows is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import FIVE, HTTPS, REQUEST, Cli
from weryai.cli import demo
from weryai.testing import Answer, Lost, Simulator, refusal

DRY = ["generate", HTTPS, *REQUEST, *FIVE, "--dry-run"]
# A row in which every fact is there; tests leave some out, or change them.
ROW: dict[str, Any] = {
    "model_key": "KLING_O1",
    "title": "O1",
    "durations": [5, 10],
    "aspect_ratios": ["1:1", "16:9"],
    "resolutions": ["480p"],
    "has_generate_audio": True,
    "has_negative_prompt": True,
    "prompt_length_limit": 100,
    "support_multiple_images": True,
    "upload_image_limit": 3,
}
EVERY = ["--resolution", "480p", "--audio", "--negative-prompt", "rain"]


@pytest.fixture(autouse=True)
def key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WERYAI_API_KEY", "sk-simulator")


def registry(simulator: Simulator, **changes: Any) -> None:
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not None}
    body = {"status": 200, "data": {"multi_image_to_video": [row]}}
    simulator.next("list_video_models", Answer(body=body))


def test_what_the_registry_says_is_checked_and_nothing_is_paid(
    cli: Cli, simulator: Simulator
) -> None:
    registry(simulator)
    said = cli(*DRY, *EVERY, "--json")
    assert said.code == 0
    named = ["prompt", "images", "duration", "aspect_ratio", "resolution"]
    assert said.json["checked"] == ["model", *named, "generate_audio", "negative_prompt"]
    assert set(said.json["not_checked"]) == {"credits", "content"}
    assert said.json["payload"]["resolution"] == "480p"
    said = cli(*DRY)
    assert (
        "the registry of models agrees: model, prompt, images, duration, aspect_ratio" in said.err
    )
    assert (len(simulator.received), len(simulator.ledger)) == (1, 0), "it is kept for an hour"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"durations": [8]}, "duration is 5, and the model takes 8"),
        (
            {"aspect_ratios": ["9:16", "16:9"]},
            "aspect_ratio is 1:1, and the model takes 9:16, 16:9",
        ),
        ({"resolutions": ["720p"]}, "resolution is 480p, and the model takes 720p"),
        ({"has_generate_audio": False}, "generate_audio is nothing that the model takes"),
        ({"has_negative_prompt": False}, "negative_prompt is nothing that the model takes"),
        ({"prompt_length_limit": 3}, "prompt: the model takes 3 characters, not 12"),
        ({"upload_image_limit": 0}, "images: the model takes 0 images, not 1"),
    ],
)
def test_what_the_registry_contradicts_is_exit_2(
    cli: Cli, simulator: Simulator, changes: dict[str, Any], fault: str
) -> None:
    registry(simulator, **changes)
    said = cli(*DRY, *EVERY)
    assert (said.code, said.out) == (2, "")
    assert fault in said.err
    registry(simulator, **changes)
    assert cli(*DRY, *EVERY, "--json").error["faults"][0].startswith(fault)


def test_a_model_for_one_image_takes_one(cli: Cli, simulator: Simulator) -> None:
    registry(simulator, support_multiple_images=False)
    assert cli(*DRY).code == 0
    registry(simulator, support_multiple_images=False)
    said = cli(*DRY, "https://example.com/b.jpg")
    assert (said.code, "images: the model takes 1 image, not 2" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("unsaid", "field"),
    [
        ({"durations": None}, "duration"),
        ({"aspect_ratios": None}, "aspect_ratio"),
        ({"resolutions": None}, "resolution"),
        ({"has_generate_audio": None}, "generate_audio"),
        ({"has_negative_prompt": None}, "negative_prompt"),
        ({"prompt_length_limit": None}, "prompt"),
        ({"upload_image_limit": None, "support_multiple_images": None}, "images"),
    ],
)
def test_what_the_registry_does_not_say_is_told_as_not_checked(
    cli: Cli, simulator: Simulator, unsaid: dict[str, None], field: str
) -> None:
    registry(simulator, **unsaid)
    said = cli(*DRY, *EVERY, "--json")
    assert said.code == 0
    assert field not in said.json["checked"]
    assert said.json["not_checked"][field]
    registry(simulator, **unsaid)
    assert f"\n  {field}: the registry " in cli(*DRY, *EVERY).err


@pytest.mark.parametrize("key", ["kling-o1", "KLING_01", "Kling O1", "KLINGO1"])
def test_a_model_that_is_misspelled_is_a_warning_with_the_one_that_is_meant(
    cli: Cli, simulator: Simulator, key: str
) -> None:
    said = cli(*DRY, "--model", key)
    assert (said.code, said.json["model"]) == (0, key), "what was given is what would be sent"
    words = f"weryai: model {key} is not in the registry for multi-image-to-video"
    assert f"{words}: did you mean KLING_O1?\n`weryai models` lists all\n" in said.err
    assert len(cli(*DRY, "--model", key, "--json").json["warnings"]) == 1
    assert cli("submit", HTTPS, *REQUEST, *FIVE, "--model", key).err.startswith(words)
    assert len(simulator.ledger) == 0


def test_a_submission_is_refused_as_a_dry_run_is_unless_it_is_not_to_be_checked(
    cli: Cli, simulator: Simulator
) -> None:
    registry(simulator, durations=[8])
    asked = ["submit", HTTPS, *REQUEST, *FIVE]
    said = cli(*asked)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("weryai: duration is 5, and the model takes 8; nothing was charged")
    assert "--no-check-models, sends it all the same" in said.err.replace("in the shell ", "")
    assert not simulator.ledger
    assert cli(*asked, "--no-check-models").code == 0
    assert len(simulator.ledger) == 1


def test_a_dry_run_that_is_not_to_be_checked_asks_nobody(cli: Cli, simulator: Simulator) -> None:
    said = cli(*DRY, "--no-check-models", "--json")
    assert said.json["not_checked"]["model"] == "it was not to be checked"
    assert not simulator.received


@pytest.mark.parametrize(
    "answer", [Lost(), Answer(401), Answer(500), Answer(body="<html>"), refusal(1001)]
)
def test_a_registry_that_cannot_be_asked_is_no_fault_of_the_request(
    cli: Cli, simulator: Simulator, answer: Any
) -> None:
    simulator.next("list_video_models", *[answer] * 50)
    said = cli(*DRY, "--json")
    assert (said.code, said.json["checked"]) == (0, [])
    assert "cannot be asked" in said.json["not_checked"]["model"]


def test_a_registry_without_rows_says_nothing(cli: Cli, simulator: Simulator) -> None:
    body = {"status": 200, "data": {"multi_image_to_video": []}}
    simulator.next("list_video_models", Answer(body=body))
    assert "model" in cli(*DRY, "--json").json["not_checked"]


def test_models_says_what_an_empty_cell_means(cli: Cli, simulator: Simulator) -> None:
    assert "an empty cell: the registry does not say; leave --resolution" in cli("models").err
    registry(simulator)
    assert cli("models").err == ""


def test_the_demo_sends_only_what_models_shows(simulator: Simulator, tmp_path: Path) -> None:
    words = [word for line in demo.command([tmp_path], tmp_path) for word in line]
    given = dict(zip(words[2::2], words[3::2], strict=True))
    key = given.pop("--model")
    with simulator.client() as client:
        row = next(model for model in client.models() if model.key == key)
    assert int(given.pop("--duration")) in row.durations
    assert given.pop("--aspect-ratio") in row.aspect_ratios
    assert given.keys() == {"--prompt", "--out"}
