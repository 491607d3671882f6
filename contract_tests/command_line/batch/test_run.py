"""`weryai batch run`: a manifest is checked, then each row is paid once and saved as it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.client.pictures.camera import HEIC
from contract_tests.command_line.batch.conftest import Render
from contract_tests.command_line.invoke import SUBMIT, Cli
from weryai.batch import Batch
from weryai.testing import Answer, Lost, Outcome, Simulator, refusal


def prompts(simulator: Simulator) -> list[str]:
    return [payment.payload["prompt"] for payment in simulator.ledger]


def test_each_row_is_paid_once_and_its_paths_are_all_of_stdout(
    render: Render, simulator: Simulator, tmp_path: Path
) -> None:
    said = render()
    assert said.code == 0, said.err
    videos = tmp_path / "videos"
    named = {videos / "films" / "fox-1.mp4", videos / "owl.mp4", videos / "crow.mp4"}
    assert {Path(line) for line in said.out.splitlines()} == named
    assert all(path.stat().st_size for path in named)
    assert sorted(prompts(simulator)) == ["The crow lands", "The fox wakes up", "The owl flies"]
    assert said.err.splitlines()[0] == "renders: 3 rows are new, 0 known"
    assert "renders: 3 done" in said.err


def test_run_again_it_pays_for_nothing(render: Render, simulator: Simulator) -> None:
    render()
    again = render("--json")
    assert (again.code, again.json["counts"]["done"]) == (0, 3)
    assert len(simulator.ledger) == 3


def test_a_dry_run_shows_every_row_and_sends_nothing(
    render: Render, simulator: Simulator, manifest: Path
) -> None:
    render("--max-rows", 1)
    manifest.write_text(manifest.read_text().replace("crow lands", "crow sleeps"))
    said = render("--dry-run")
    assert said.code == 0
    assert [line.split()[:3] for line in said.out.splitlines()[1:]] == [
        ["fox", "known", "KLING_O1"],
        ["owl", "known", "KLING_O1"],
        ["crow", "changed", "KLING_O1"],
    ]
    assert "1 video would be paid for, by rows: 1 of KLING_O1; nothing was sent" in said.err
    told = render("--dry-run", "--json").json["rows"]
    assert [(row["row"], row["line"], row["what"]) for row in told] == [
        ("fox", 2, "known"),
        ("owl", 3, "known"),
        ("crow", 4, "changed"),
    ]
    assert told[2]["payload"]["prompt"] == "The crow sleeps"
    assert len(simulator.ledger) == 1


def test_photos_of_a_manifest_are_made_ready_as_those_of_one_request_are(
    render: Render,
    cli: Cli,
    simulator: Simulator,
    manifest: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "photo.heic").write_bytes(HEIC)
    manifest.write_text(manifest.read_text().replace("https://example.com/b.jpg", "photo.heic"))
    said = render("--max-rows", 1, "--fit", "--keep-metadata")
    assert said.err.splitlines()[-1].endswith("--max-rows 1 --fit --keep-metadata")
    (row,) = cli("batch", "rows", "--json").json["rows"][1:2]
    assert (row["row"], row["state"]) == ("owl", "waiting")
    assert cli(*said.err.splitlines()[-1].split()[1:]).code == 5
    assert len(simulator.ledger) == 2
    assert "uploading: JPEG, 128 x 96 pixels" in caplog.text


def test_every_fault_is_told_before_anything_is_paid(
    render: Render, simulator: Simulator, manifest: Path
) -> None:
    with manifest.open("a") as more:
        more.write("owl,,https://example.com/d.jpg,\n")
    said = render()
    assert said.code == 2
    assert "renders.csv:5 prompt: " in said.err
    assert "'owl' is the id of line 3 too" in said.err
    assert "nothing was charged" in said.err
    assert simulator.ledger == []


def test_what_the_registry_refuses_is_told_for_every_row(
    render: Render, simulator: Simulator
) -> None:
    said = render("--duration", 7)
    assert said.code == 2
    for line in (2, 3, 4):
        assert f"renders.csv:{line}: duration is 7, and the model takes 5, 10" in said.err
    assert simulator.ledger == []
    assert [each.path.endswith("/models") for each in simulator.received] == [True]


def test_another_manifest_of_the_same_name_is_not_taken_for_a_change(
    render: Render, simulator: Simulator
) -> None:
    render()
    said = render("--duration", 10)
    assert said.code == 2
    assert "another --batch" in said.err
    assert len(simulator.ledger) == 3
    assert render("--duration", 10, "--again").code == 0
    assert len(simulator.ledger) == 6


def test_a_changed_row_is_a_new_one_and_says_so(
    render: Render, simulator: Simulator, manifest: Path
) -> None:
    render()
    manifest.write_text(manifest.read_text().replace("crow lands", "crow sleeps"))
    said = render()
    assert said.code == 0
    assert "0 rows are new, 2 known, 1 changed and will be paid anew: crow" in said.err
    assert prompts(simulator)[3:] == ["The crow sleeps"]


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        (Outcome("failed", message="flagged"), 4, [": failed: ", "weryai batch retry --failed"]),
        (Lost(accepted=True), 6, [": unknown: ", "weryai batch resolve ROW"]),
        (refusal(1011), 5, ["paused: ", "weryai batch worker --out"]),
    ],
    ids=["a task fails", "an answer is lost", "the credits are used up"],
)
def test_the_exit_code_tells_the_worst_that_came_of_it(
    render: Render, simulator: Simulator, what: Outcome | Answer | Lost, code: int, words: list[str]
) -> None:
    if isinstance(what, Outcome):
        simulator.outcomes.append(what)
    else:
        simulator.next(SUBMIT, what)
    said = render()
    assert said.code == code
    for each in words:
        assert each in said.err, said.err


def test_the_command_that_is_told_goes_on_where_it_was(
    render: Render, cli: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    said = render("--max-rows", 2, "--submit-interval", 0)
    assert said.code == 5
    line = said.err.splitlines()[-1].split()
    assert line[:3] == ["weryai", "batch", "worker"]
    assert "--submit-interval" in line
    line.remove("--max-rows")
    line.remove("2")
    assert cli(*line[1:]).code == 0
    assert len(simulator.ledger) == 3
    assert (tmp_path / "videos" / "crow.mp4").exists()


def test_whoever_stops_it_is_told_how_it_goes_on(
    render: Render, cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Batch.run

    def stopped(batch: Batch, *args: Any, **options: Any) -> Any:
        whole(batch, *args, **options | {"max_rows": 1})
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "run", stopped)
        said = render()
    assert said.code == 130
    assert said.err.splitlines()[-3:] == [
        "weryai: stopped",
        "go on with:",
        "  weryai batch worker --out videos --batch renders",
    ]
    assert cli(*said.err.splitlines()[-1].split()[1:]).code == 0
    assert len(simulator.ledger) == 3


def test_no_row_is_sent_that_would_cost_more_than_may_be_spent(
    render: Render, simulator: Simulator
) -> None:
    said = render("--max-credits", 10, "--json")
    assert said.code == 5, said.err
    assert said.json["counts"]["waiting"] > 0
    assert sum(payment.credits for payment in simulator.ledger) == said.json["spent"] <= 10
    assert "no row like fox was paid for yet" in said.err
    assert "--row-credits N says what it may cost at the most" in said.err
    said = render("--max-credits", 100)
    assert said.code in (0, 5)
    assert "was paid for yet" not in said.err


def test_the_first_row_waits_where_it_may_cost_more_than_may_be_spent(
    render: Render, simulator: Simulator
) -> None:
    said = render("--max-credits", 10, "--row-credits", 11)
    assert said.code == 5
    assert "10 credits are left, and this may cost 11" in said.err
    assert "was paid for yet" not in said.err
    assert said.err.splitlines()[-1].endswith("--max-credits 10 --row-credits 11")
    assert simulator.ledger == []
    said = render("--row-credits", 11)
    assert (said.code, "--row-credits is for --max-credits" in said.err) == (2, True)
