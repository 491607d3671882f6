"""Each paid endpoint from the shell: what it is given, and that its operation is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import AGAIN, FIVE, HTTPS, REQUEST, SMALL, Cli, jobs
from weryai.testing import Answer, Lost, Simulator, refusal

MULTI, IMAGE, FRAMES = (
    f"submit_{mode}_to_video" for mode in ("multi_image", "image", "first_last_image")
)
OTHER = "https://example.com/b.jpg"
MODEL = ["--model", "WERYDANCE_2_0"]  # which all endpoints have
ALL = [*REQUEST, *MODEL, *FIVE, *SMALL]
WAYS: list[tuple[str, list[str], dict[str, Any]]] = [
    (MULTI, [HTTPS], {"images": [HTTPS]}),
    (MULTI, [HTTPS, OTHER], {"images": [HTTPS, OTHER]}),
    (IMAGE, [HTTPS, "--endpoint", "image-to-video"], {"image": HTTPS}),
    (
        FRAMES,
        ["--first", HTTPS, "--last", OTHER],
        {"first_pic_url": HTTPS, "end_pic_url": OTHER},
    ),
]
AN_ENDPOINT = pytest.mark.parametrize(("operation", "given", "sent"), WAYS)


@pytest.fixture(autouse=True)
def key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WERYAI_API_KEY", "sk-simulator")


@AN_ENDPOINT
def test_the_endpoint_gets_what_is_given_and_makes_a_video(
    cli: Cli, simulator: Simulator, operation: str, given: list[str], sent: dict[str, Any]
) -> None:
    said = cli("generate", *given, *ALL)
    assert (said.code, Path(said.out.strip()).suffix) == (0, ".mp4")
    (paid,) = simulator.ledger
    assert paid.operation == operation
    assert paid.payload.items() >= sent.items()
    assert paid.payload.keys() - sent.keys() == {
        "prompt", "model", "aspect_ratio", "duration", "resolution"
    }  # fmt: skip
    document = cli("submit", *given, *ALL, "--again", "--json").json
    assert document["operation"] == operation == simulator.ledger[1].operation
    assert [job["operation"] for job in jobs(cli)] == [operation] * 2


def test_local_frames_are_uploaded_in_their_order(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    uploaded = cli("upload", *pictures).out.split()
    assert cli("submit", "--last", pictures[1], "--first", pictures[0], *ALL).code == 0
    payload = simulator.ledger[0].payload
    assert [payload["first_pic_url"], payload["end_pic_url"]] == uploaded
    said = cli("submit", "--first", pictures[0], "--last", "gone.png", *ALL)
    assert (said.code, "gone.png: there is no such file" in said.err) == (2, True)
    assert len(simulator.ledger) == 1


@AN_ENDPOINT
def test_a_dry_run_says_where_it_would_be_sent_and_pays_nothing(
    cli: Cli, simulator: Simulator, operation: str, given: list[str], sent: dict[str, Any]
) -> None:
    document = cli("submit", *given, *ALL, "--dry-run", "--json").json
    assert document["operation"] == operation
    assert document["payload"].items() >= sent.items()
    fields = {"prompt", "duration", "aspect_ratio", "resolution"} if operation != FRAMES else set()
    assert {"model", *fields} <= {*document["checked"]}
    name = operation.removeprefix("submit_").replace("_", "-")
    said = cli("generate", *given, *ALL, "--dry-run")
    assert (said.code, f"nothing was sent to {name}; local images" in said.err) == (0, True)
    assert not simulator.ledger


def registry(simulator: Simulator, **tables: list[dict[str, Any]]) -> None:
    body = {"status": 200, "data": tables}
    simulator.next("list_video_models", Answer(body=body))


def row(key: str, **more: Any) -> dict[str, Any]:
    return {"model_key": key, "durations": [5], "aspect_ratios": ["1:1"], **more}


def test_a_dry_run_reads_the_table_of_its_own_mode(cli: Cli, simulator: Simulator) -> None:
    tables = {
        "image_to_video": [row("WERYDANCE_2_0", durations=[8])],
        "multi_image_to_video": [row("WERYDANCE_2_0")],
    }
    for given, taken in (([], True), (["--endpoint", "image-to-video"], False)):
        registry(simulator, **tables)
        said = cli("submit", HTTPS, *given, *ALL, "--dry-run")
        assert ("duration is 5, and the model takes 8" in said.err) is not taken
        assert said.code == (0 if taken else 2)


def test_a_model_is_looked_for_among_those_of_the_endpoint(cli: Cli, simulator: Simulator) -> None:
    tables = {"image_to_video": [row("SORA_2")], "multi_image_to_video": [row("WERYDANCE_2_0")]}
    registry(simulator, **tables)
    said = cli("submit", HTTPS, *ALL, "--endpoint", "image-to-video", "--dry-run")
    told = "model WERYDANCE_2_0 is not in the registry for image-to-video"
    listed = "`weryai models --endpoint image-to-video` lists all"
    assert (said.code, f"weryai: {told}\n{listed}\n" in said.err) == (0, True)


FRAMED = ["submit", "--first", HTTPS, "--last", OTHER, *ALL, "--dry-run", "--json"]


@pytest.mark.parametrize("takes", [True, None, False])
def test_the_rows_for_one_image_tell_of_two_frames_what_they_can(
    cli: Cli, simulator: Simulator, takes: bool | None
) -> None:
    known = row("WERYDANCE_2_0", support_first_last_frame=takes)
    registry(simulator, image_to_video=[row("SORA_2"), known])
    said = cli(*FRAMED)
    if takes is False:
        told = "model WERYDANCE_2_0 does not take a first and a last frame, says the registry"
        assert (said.code, said.error["faults"]) == (2, [told])
        return
    # Its durations are those for one image, and may be others for two frames.
    unsaid = said.json["not_checked"].keys() - {"credits", "content"}
    asked = (["model"], {"duration", "aspect_ratio"}) if takes else ([], {"model"})
    assert (said.json["checked"], unsaid) == asked


def test_a_model_that_has_no_row_for_two_frames_may_take_them(
    cli: Cli, simulator: Simulator
) -> None:
    registry(simulator, image_to_video=[row("SORA_2")])
    told = cli(*FRAMED).json
    assert (told["checked"], told["warnings"]) == ([], [])
    assert told["not_checked"]["model"] == "the registry has no rows for first-last-image-to-video"


def test_models_are_those_of_the_endpoint(cli: Cli, simulator: Simulator) -> None:
    tables = {
        "image_to_video": [row("ONE", support_first_last_frame=False), row("TWO")],
        "multi_image_to_video": [row("THREE")],
    }
    for options, keys in (
        ([], ["THREE"]),
        (["--endpoint", "multi-image-to-video"], ["THREE"]),
        (["--endpoint", "image-to-video"], ["ONE", "TWO"]),
        (["--endpoint", "first-last-image-to-video"], ["TWO"]),
    ):
        registry(simulator, **tables)
        assert [each["key"] for each in cli("models", *options, "--json").json["models"]] == keys


def test_a_parameter_that_is_refused_leads_to_the_models_of_the_endpoint(
    cli: Cli, simulator: Simulator
) -> None:
    for given, command in (
        ([HTTPS], "`weryai models` lists"),
        (
            [HTTPS, "--endpoint", "image-to-video"],
            "`weryai models --endpoint image-to-video` lists",
        ),
    ):
        operation = IMAGE if "--endpoint" in given else MULTI
        simulator.next(operation, refusal(1002))
        said = cli("submit", *given, *ALL)
        assert (said.code, command in said.err) == (3, True)


def test_a_submission_of_unknown_fate_names_its_operation(cli: Cli, simulator: Simulator) -> None:
    simulator.next(FRAMES, Lost(accepted=True), Lost(accepted=True))
    said = cli("generate", "--first", HTTPS, "--last", OTHER, *ALL)
    assert (said.code, f"look for {FRAMES} of 20" in said.err) == (6, True)
    said = cli("generate", "--first", HTTPS, "--last", OTHER, *ALL, "--json", "--again")
    assert (said.code, said.error["operation"]) == (6, FRAMES)
    assert {job["operation"] for job in cli("jobs", "--open", "--json").json["jobs"]} == {FRAMES}


def test_the_list_of_jobs_tells_what_is_not_of_the_usual_endpoint(cli: Cli) -> None:
    for _, given, _ in WAYS:
        cli("submit", *given, *ALL)
    prompts = [" ".join(line.split()[5:-5]) for line in cli("jobs").out.splitlines()[1:]]
    assert prompts == ["The sun sets", "The sun sets", "image: The sun se…", "first-last: The s…"]


def test_the_same_for_another_endpoint_is_not_the_same(cli: Cli, simulator: Simulator) -> None:
    assert cli("submit", HTTPS, *ALL).code == 0
    one = ["submit", HTTPS, *ALL, "--endpoint", "image-to-video"]
    assert cli(*one).code == 0
    refused = cli(*one, "--json")
    assert (refused.code, refused.error["type"]) == (2, "AlreadySubmittedError")
    assert refused.error["operation"] == IMAGE
    assert len(simulator.ledger) == 2
    assert AGAIN[-1] in cli(*one).err
