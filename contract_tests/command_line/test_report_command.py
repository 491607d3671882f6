"""`weryai jobs report`: what was paid for, and what became of it, on one page."""

from __future__ import annotations

import os
from pathlib import Path

from contract_tests.command_line.invoke import GENERATE, SUBMIT, Cli, jobs, submit
from contract_tests.report.document import Page, words
from weryai.testing import Lost, Outcome, Simulator


def states(page: Page) -> list[str]:
    return [row.attrib["data-state"] for row in page.rows]


def test_the_page_has_every_job_the_latest_first(
    cli: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="flagged"), Outcome()])
    cli(*GENERATE, "--prompt", "The <b>fox</b> wakes up")
    cli(*GENERATE)
    submit(cli)
    simulator.next(SUBMIT, Lost(accepted=True))
    cli(*GENERATE, "--caller-id", 7)
    said = cli("jobs", "report", "--out", "pages", "--title", "Last night")
    assert (said.code, said.err) == (0, "")
    page = Page(Path(said.out.rstrip("\n")))
    assert page.path == tmp_path / "pages" / "index.html"
    assert words(page.all("h1")[0]) == "Last night"
    told = [(job["entry"], job["state"]) for job in reversed(jobs(cli))]
    assert [words(each) for each in page.all("h3")] == [entry for entry, _ in told]
    assert states(page) == [state for _, state in told]
    assert states(page) == ["unknown", "running", "failed", "fetched"]
    assert jobs(cli)[-1]["reason"] in words(page.rows[0])
    assert "flagged" in words(page.rows[2])
    assert "The <b>fox</b> wakes up" in words(page.rows[3])
    assert "https://example.com/a.jpg (not on this machine)" in words(page.rows[3])
    (video,) = page.all("video")
    assert os.path.realpath(page.target(video.attrib["src"])) == os.fsencode(
        *jobs(cli)[0]["files"].values()
    )


def test_the_end_of_a_job_is_when_its_last_video_was_on_disk(
    cli: Cli, simulator: Simulator
) -> None:
    cli(*GENERATE, "--video-number", 2)
    sent = simulator.ledger[0].at
    for number, path in enumerate(jobs(cli)[0]["files"].values()):
        os.utime(path, (sent + 60 * number, sent + 60 * number))
    page = Page(Path(cli("jobs", "report").out.rstrip("\n")))
    assert page.cells(page.all("table")[1])[1][:2] == ["KLING_O1", "1"]
    assert "Took1 min 00 s" in words(page.rows[0])


def test_each_endpoint_shows_its_images(cli: Cli) -> None:
    asked = ("--model", "WERYDANCE_2_0", "--aspect-ratio", "16:9", "--duration", 5, "--prompt", "x")
    first, last = "https://example.com/1.jpg", "https://example.com/2.jpg"
    assert cli("submit", "--first", first, "--last", last, *asked).code == 0
    page = Page(Path(cli("jobs", "report").out.rstrip("\n")))
    assert [words(each).split()[0] for each in page.all("li")] == [first, last]


def test_a_short_job_says_how_many_videos_it_has(cli: Cli, simulator: Simulator) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="flagged")])
    cli(*GENERATE, "--video-number", 2)
    assert jobs(cli)[0]["state"] == "incomplete"
    page = Page(Path(cli("jobs", "report").out.rstrip("\n")))
    assert "1 of 2 videos; flagged" in words(page.rows[0])


def test_a_program_is_told_where_the_page_is(cli: Cli, tmp_path: Path) -> None:
    submit(cli)
    said = cli("jobs", "report", "--json").json
    assert said == {"report": str(tmp_path / "report" / "index.html"), "jobs": 1}


def test_a_page_of_somebody_else_is_left(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    said = cli("jobs", "report", "--out", ".")
    assert said.code == 2
    assert "is no report: give another folder" in said.err
    assert (tmp_path / "index.html").read_text() == "mine"
