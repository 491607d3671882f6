"""Each command of the command line, in words and as JSON."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import weryai
import weryai.cli
from contract_tests.client.pictures.camera import HEIC
from contract_tests.command_line.invoke import FIVE, GENERATE, HTTPS, REQUEST, SMALL, SUBMIT, Cli
from weryai.cli import _setup
from weryai.cli._commands.app import COMMANDS
from weryai.testing import Answer, Outcome, Simulator, refusal


def test_generate_prints_the_paths_of_the_videos_alone(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    said = cli(
        "generate", *pictures, *REQUEST, *FIVE, *SMALL, "--video-number", 2, "--out", "my videos"
    )
    ids = simulator.ledger[0].task_ids
    assert said.code == 0
    assert said.out.splitlines() == [f"my videos/{task_id}.mp4" for task_id in ids]
    assert all(Path(line).stat().st_size > 1000 for line in said.out.splitlines())
    assert simulator.ledger[0].payload["prompt"] == "The sun sets"


def test_the_ids_of_a_paid_job_are_told_with_the_way_to_go_on(
    cli: Cli, simulator: Simulator
) -> None:
    said = cli(*GENERATE)
    [task_id] = simulator.ledger[0].task_ids
    assert f"submitted: {task_id} (batch {simulator.ledger[0].batch_id})\n" in said.err
    assert f"if this is interrupted:\n  weryai wait {task_id} --out .\n" in said.err


def test_generate_as_json_is_one_document(cli: Cli, simulator: Simulator) -> None:
    said = cli(*GENERATE, "--json", "--caller-id", 7)
    [task_id] = simulator.ledger[0].task_ids
    assert (said.code, said.json["task_ids"]) == (0, [task_id])
    assert said.json["operation"] == SUBMIT
    assert said.json["batch_id"] == str(simulator.ledger[0].batch_id)
    assert said.json["caller_id"] == 7
    assert [task["state"] for task in said.json["tasks"]] == ["succeeded"]
    assert said.json["tasks"][0]["videos"][0]["url"].endswith(".mp4")
    assert said.json["paths"] == [f"{task_id}.mp4"]


def test_every_option_of_a_request_arrives(cli: Cli, simulator: Simulator) -> None:
    options = {
        "--negative-prompt": "rain",
        "--video-number": "2",
        "--resolution": "480p",
        "--webhook-url": "https://example.com/hook",
        "--caller-id": "-7",
    }
    words = [word for pair in options.items() for word in pair]
    assert cli("submit", HTTPS, *REQUEST, *FIVE, *words, "--no-audio").code == 0
    assert simulator.ledger[0].payload == {
        "images": [HTTPS],
        "prompt": "The sun sets",
        "model": "KLING_O1",
        "aspect_ratio": "1:1",
        "duration": 5,
        "negative_prompt": "rain",
        "video_number": 2,
        "resolution": "480p",
        "generate_audio": False,
        "webhook_url": "https://example.com/hook",
        "caller_id": -7,
    }


def test_a_dry_run_prints_the_payload_and_needs_no_key(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, pictures: tuple[Path, Path]
) -> None:
    monkeypatch.setattr(_setup, "make_client", lambda *_, **__: pytest.fail("a client was made"))
    for command in ("generate", "submit"):
        asked = [command, *pictures, *REQUEST, *FIVE, "--dry-run"]
        words, document = cli(*asked), cli(*asked, "--json")
        assert (words.code, document.code) == (0, 0)
        assert document.json["payload"] == words.json
        assert document.json["checked"] == []
        assert "WERYAI_API_KEY" in document.json["not_checked"]["model"]
        assert words.json["images"] == [str(picture) for picture in pictures]
        for picture, told in zip(pictures, document.json["images"], strict=True):
            size = picture.stat().st_size
            seen = {"media_type": "image/png", "width": 320, "height": 180, "bytes": size}
            assert told == {"path": str(picture)} | seen
            assert f"{picture}: PNG, 320 x 180 pixels, {size:,} bytes" in words.err
        assert "nothing was sent to multi-image-to-video; local images" in words.err
        assert document.json["operation"] == SUBMIT
        assert "not checked:\n  model: the registry of models wants a key" in words.err
    assert not simulator.received


def test_a_dry_run_looks_at_the_local_images(cli: Cli) -> None:
    said = cli("generate", "gone.png", *REQUEST, *FIVE, "--dry-run")
    assert (said.code, said.out) == (2, "")
    assert "gone.png: there is no such file" in said.err


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_an_address_that_the_service_cannot_reach_is_refused_in_the_shell(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    asked = ["submit", "http://localhost:8000/a.jpg", *REQUEST, *FIVE, *more]
    said = cli(*asked)
    assert (said.code, said.out) == (2, "")
    assert "images[1] points to this machine" in said.err
    assert "nothing was charged" in said.err
    assert not simulator.received
    assert cli(*asked, "--base-url", "http://127.0.0.1:8765").code == 0
    monkeypatch.setenv("WERYAI_BASE_URL", "http://127.0.0.1:8765")
    assert cli(*asked, "--again").code == 0


def test_submit_prints_ids_that_wait_takes(cli: Cli, simulator: Simulator) -> None:
    said = cli("submit", HTTPS, *REQUEST, *FIVE, "--video-number", 2)
    assert tuple(said.out.splitlines()) == simulator.ledger[0].task_ids
    assert cli("wait", *said.out.split()).code == 0


def test_submit_of_a_batch_without_task_ids_prints_what_wait_takes(
    cli: Cli, simulator: Simulator
) -> None:
    cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL)
    batch = simulator.ledger[0].batch_id
    simulator.next(SUBMIT, Answer(body={"status": 0, "data": {"batch_id": batch}}))
    said = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL, "--again")
    assert said.out.split() == ["--batch", str(batch)]
    assert f"weryai wait --batch {batch}" in said.err
    assert cli("wait", *said.out.split()).code == 0


def test_submit_as_json_tells_the_job(cli: Cli, simulator: Simulator) -> None:
    said = cli("submit", HTTPS, *REQUEST, *FIVE, "--json")
    assert said.json["task_ids"] == list(simulator.ledger[0].task_ids)
    assert said.json["submitted_at"].endswith("+00:00")
    assert "paths" not in said.json


def test_status_is_a_plain_table(cli: Cli, submitted: str) -> None:
    said = cli("status", submitted)
    assert said.code == 0
    assert said.out.splitlines()[0].split() == ["TASK", "STATE", "RESULT"]
    assert said.out.splitlines()[1].split() == [submitted, "waiting"]
    assert cli("status", submitted, "--json").json["tasks"] == [
        {"id": submitted, "state": "waiting", "message": None, "videos": []}
    ]


def test_status_of_a_batch_tells_each_task_once(cli: Cli, simulator: Simulator) -> None:
    ids = cli("submit", HTTPS, *REQUEST, *FIVE, "--video-number", 3).out.split()
    batch = simulator.ledger[0].batch_id
    assert [task["id"] for task in cli("status", "--batch", batch, "--json").json["tasks"]] == ids
    both = cli("status", ids[0], "--batch", batch, "--json").json["tasks"]
    assert [task["id"] for task in both] == ids
    assert (
        len(simulator.received) == 2 + 2
    )  # the registry, and the batch has told each task already


def test_wait_ends_with_the_states_and_the_way_to_the_videos(cli: Cli, submitted: str) -> None:
    said = cli("wait", submitted)
    assert said.code == 0
    assert re.search(rf"{submitted}\s+succeeded\s+1 video\n", said.out)
    assert f"weryai download {submitted}\n" in said.err
    assert cli("wait", submitted, "--json").json["tasks"][0]["state"] == "succeeded"


def test_wait_takes_an_id_twice(cli: Cli, submitted: str) -> None:
    assert cli("wait", submitted, submitted).code == 0


def test_download_fetches_what_is_finished(cli: Cli, submitted: str, tmp_path: Path) -> None:
    cli("wait", submitted)
    said = cli("download", submitted, "--out", "new/folder")
    assert (said.code, said.out) == (0, f"new/folder/{submitted}.mp4\n")
    assert (tmp_path / said.out.strip()).stat().st_size > 1000
    assert cli("download", submitted, "--json").json["paths"] == [f"{submitted}.mp4"]


def test_upload_prints_addresses(cli: Cli, pictures: tuple[Path, Path]) -> None:
    assert [line[:23] for line in cli("upload", *pictures).out.splitlines()] == [
        "http://localhost/files/"
    ] * 2
    assert list(cli("upload", *pictures, "--json").json["uploads"]) == [*map(str, pictures)]


def test_the_same_content_is_uploaded_once_in_a_day(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    first = cli("upload", *pictures).out
    (tmp_path / "copy.png").write_bytes(pictures[0].read_bytes())
    assert cli("upload", "copy.png", pictures[1]).out == first
    cli("submit", "copy.png", *REQUEST, *FIVE)
    assert simulator.ledger[0].payload["images"] == first.split()[:1]
    assert len(simulator.received) == 4, "two uploads, the registry and a submission"
    simulator.clock.sleep(24 * 3600)
    assert set(cli("upload", *pictures).out.split()).isdisjoint(first.split())


def test_a_photo_of_a_telephone_is_taken_as_it_is_where_the_extra_is_there(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "photo.heic").write_bytes(HEIC)
    said = cli("submit", "photo.heic", *REQUEST, *FIVE, "--dry-run", "--json")
    assert said.json["images"][0]["media_type"] == "image/jpeg"
    paid = [*REQUEST, *FIVE, "--again"]
    for command in (["upload"], ["submit", *paid], ["generate", *paid]):
        assert cli(*command, "photo.heic", "--fit", "--keep-metadata").code == 0
        assert "public at its address" in " ".join(cli(command[0], "--help").out.split())
    assert (tmp_path / "photo.heic").read_bytes() == HEIC
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    said = cli("upload", "photo.heic")
    assert (said.code, "is a HEIC photo" in said.err, "'.[images]'" in said.err) == (2, True, True)
    said = cli("upload", "photo.heic", "--fit")
    assert (said.code, "pi_heif is not installed" in said.err) == (2, True)


def test_an_image_that_the_service_has_lost_can_be_uploaded_anew(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    assert "`none` uploads anew" in " ".join(cli("upload", "--help").out.split())
    addresses = [cli("upload", pictures[0]).out]
    addresses.append(cli("upload", pictures[0], "--journal", "none").out)
    simulator.next(SUBMIT, refusal(1002))
    cli("submit", pictures[0], *REQUEST, *FIVE)
    addresses.append(cli("upload", pictures[0]).out)
    assert len(set(addresses)) == 3, "a refused one is forgotten"


def test_an_upload_that_fails_keeps_the_addresses_before_it(
    cli: Cli, pictures: tuple[Path, Path]
) -> None:
    said = cli("upload", pictures[0], "gone.png", "--json")
    assert (said.code, said.error["type"]) == (2, "MediaError")
    assert list(said.error["uploads"]) == [str(pictures[0])]


def test_balance_is_a_number(cli: Cli) -> None:
    assert cli("balance").out == "1000 credits\n"
    assert cli("balance", "--json").json == {"balance": 1000}


def test_models_fit_a_terminal_and_are_whole_in_json(cli: Cli) -> None:
    lines = cli("models").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(r"VEO_3_1 +8 +9:16 16:9 +720p 1080p 4k +3 +yes", lines[1])
    assert re.fullmatch(r"KLING_O1 +5 10 +9:16 1:1 16:9 +3", lines[4].rstrip())
    assert cli("models", "--json").json["models"][3]["durations"] == [5, 10]


def test_a_table_in_a_pipe_has_a_line_for_each_row_and_cuts_nothing(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed", message="why " * 100))
    task_id = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL).out.strip()
    cli("wait", task_id)
    _, row = cli("status", task_id).out.splitlines()
    assert row.endswith(("why " * 100).strip())


def test_version_and_help_need_no_key(cli: Cli) -> None:
    assert cli("--version").out == f"weryai {weryai.__version__}\n"
    assert cli().out == cli("--help").out
    assert "WERYAI_API_KEY" in cli("--help").out
    for command in (
        "generate",
        "submit",
        "status",
        "wait",
        "download",
        "upload",
        "listen",
        "simulate",
    ):
        said = cli(command, "--help")
        assert said.code == 0
        assert max(map(len, said.out.splitlines())) <= 80


def test_each_line_in_the_list_of_commands_is_how_the_help_of_that_command_begins(cli: Cli) -> None:
    for name, (_, line) in COMMANDS.items():
        _, said, _ = cli(name, "--help").out.split("\n\n", 2)
        assert " ".join(said.split()).startswith(line)


def test_no_line_in_the_list_of_commands_is_cut_in_a_terminal_of_80_columns(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = cli("--help").out
    for name, (_, line) in COMMANDS.items():
        assert f"{name:8}  {line}\n" in shown


def test_a_command_that_is_not_there_is_told_with_what_it_may_have_been(cli: Cli) -> None:
    assert "Did you mean 'generate'?" in cli("genrate").err
