"""The commands about a batch that was begun: what each row came to, and what is to become of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from contract_tests.command_line.batch.conftest import DEFAULTS, Render
from contract_tests.command_line.invoke import SUBMIT, Cli
from contract_tests.report.document import Page, words
from weryai.cli import _setup
from weryai.testing import Lost, Outcome, Simulator


def states(cli: Cli) -> dict[str, str]:
    return {row["row"]: row["state"] for row in cli("batch", "rows", "--json").json["rows"]}


def test_status_counts_the_rows_and_the_credits(render: Render, cli: Cli) -> None:
    render("--max-rows", 1)
    said = cli("batch", "status")
    assert [line.split() for line in said.out.splitlines()] == [
        ["STATE", "ROWS"],
        ["waiting", "2"],
        ["done", "1"],
    ]
    told = cli("batch", "status", "--json").json
    assert (told["batch"], told["rows"]) == ("renders", 3)
    assert told["counts"]["done"] == 1
    assert f"credits: {told['credits_before']:,g} before" in said.err
    assert f"{told['credits_now']:,g} when last looked at" in said.err
    assert told["credits_now"] < told["credits_before"]


def test_whoever_watches_is_told_each_change_until_nothing_is_left(
    render: Render, cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.outcomes.append(Outcome("failed", message="flagged"))
    render("--max-rows", 1)
    meanwhile: list[str] = []

    def pause(_: float) -> None:
        patch.undo()
        meanwhile.append(render().err)  # what was told before that is in it, too

    with monkeypatch.context() as patch:
        patch.setattr(_setup, "make_clock", lambda: SimpleNamespace(sleep=pause))
        said = cli("-v", "batch", "status", "--watch")
    (before,) = meanwhile
    assert "renders: 2 waiting, 1 failed" in before
    assert "fox  failed: " in before
    assert "flagged" in before
    assert "time left  nobody knows yet" in before
    assert "renders: 2 done, 1 failed" in said.err
    assert [line.split() for line in said.out.splitlines()[1:]] == [["done", "2"], ["failed", "1"]]


def test_a_batch_of_another_address_lies_in_the_journal_of_that(
    render: Render, cli: Cli, own_state: Path
) -> None:
    render("--max-rows", 1)
    there = ["--base-url", "http://localhost:8000"]
    assert "begins one" in cli("batch", "status", *there).err
    said = render("--max-rows", 1, *there)
    assert said.code == 5
    assert "--base-url http://localhost:8000" in said.err.splitlines()[-1]
    assert len([*(own_state / "weryai").glob("jobs*.journal")]) == 2
    assert cli("batch", "cancel", "--json", *there).json["counts"]["skipped"] == 2
    assert states(cli)["crow"] == "waiting"


def test_rows_tells_the_files_and_their_digests(render: Render, cli: Cli, tmp_path: Path) -> None:
    render("--max-rows", 1)
    (done,) = cli("batch", "rows", "--state", "done", "--json").json["rows"]
    (file,) = done["files"]
    path = Path(file["path"])
    assert path == tmp_path / "videos" / "films" / "fox-1.mp4"
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    said = cli("batch", "rows", "--state", "waiting", "--state", "done")
    assert [line.split()[:2] for line in said.out.splitlines()[1:]] == [
        ["fox", "done"],
        ["owl", "waiting"],
        ["crow", "waiting"],
    ]
    assert cli("batch", "rows", "--state", "gone").code == 2


def test_what_failed_is_paid_once_more_on_purpose_alone(
    render: Render, cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome("failed", message="flagged")])
    render()
    assert render().code == 4
    assert len(simulator.ledger) == 3
    assert cli("batch", "retry").code == 2
    said = cli("batch", "retry", "--failed")
    assert (said.code, len(said.out.split())) == (0, 1)
    assert render().code == 0
    assert len(simulator.ledger) == 4


def lose(render: Render, simulator: Simulator) -> str:
    """The id of a row that was paid for, and whose answer was lost."""
    simulator.next(SUBMIT, Lost(accepted=True))
    assert render().code == 6
    return str(simulator.ledger[0].payload["prompt"]).split()[1]


@pytest.mark.parametrize("way", ["--task-id", "--retry", "--skip"])
def test_an_unknown_row_waits_for_a_person(
    render: Render, cli: Cli, simulator: Simulator, way: str
) -> None:
    row = lose(render, simulator)
    assert render().code == 6
    assert len(simulator.ledger) == 3
    found = [way, *(simulator.ledger[0].task_ids if way == "--task-id" else ())]
    assert cli("batch", "resolve", row, *found).code == 0
    assert render().code == 0
    assert states(cli)[row] == ("skipped" if way == "--skip" else "done")
    assert len(simulator.ledger) == (4 if way == "--retry" else 3)


def test_a_pause_holds_until_it_is_taken_back(
    render: Render, cli: Cli, simulator: Simulator
) -> None:
    render("--max-rows", 1)
    assert cli("batch", "pause", "--reason", "lunch").code == 0
    said = render()
    assert said.code == 5
    assert "paused: lunch; `weryai batch continue --batch renders` takes it back" in said.err
    assert len(simulator.ledger) == 1
    assert cli("batch", "continue").code == 0
    assert render().code == 0


def test_what_is_cancelled_is_never_sent(render: Render, cli: Cli, simulator: Simulator) -> None:
    render("--max-rows", 1)
    assert cli("batch", "cancel", "--json").json["counts"]["skipped"] == 2
    assert render().code == 0
    assert len(simulator.ledger) == 1


def test_the_page_has_every_row_in_the_order_of_the_manifest(
    render: Render, cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="flagged")])
    render()
    said = cli("batch", "report", "--out", "page")
    page = Page(Path(said.out.rstrip("\n")))
    assert words(page.all("h1")[0]) == "renders"
    assert [words(each) for each in page.all("h3")] == ["fox", "owl", "crow"]
    assert [row.attrib["data-state"] for row in page.rows] == ["done", "failed", "done"]
    assert "flagged" in words(page.rows[1])
    assert len(page.all("video")) == 2
    assert os.path.exists(page.target(page.all("video")[0].attrib["src"]))


def test_of_several_batches_one_has_to_be_named(
    render: Render, cli: Cli, manifest: Path, simulator: Simulator
) -> None:
    nothing = cli("batch", "status")
    assert (nothing.code, "weryai batch run MANIFEST" in nothing.err) == (2, True)
    render("--max-rows", 1)
    cli("batch", "run", manifest, *DEFAULTS, "--batch", "other", "--max-rows", 1, "--out", "videos")
    said = cli("batch", "rows")
    assert said.code == 2
    assert "--batch: other, renders" in said.err
    assert cli("batch", "rows", "--batch", "other").code == 0
    assert cli("batch", "rows", "--batch", "none").code == 2
