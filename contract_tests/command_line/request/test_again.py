"""`weryai again`: a past job is asked for once more, with what is changed."""

from __future__ import annotations

import pytest

from contract_tests.command_line.invoke import FIVE, GENERATE, HTTPS, REQUEST, Cli, jobs
from weryai.testing import Simulator

ONE = ["--endpoint", "image-to-video", "-p", "p", "-m", "SORA_2", "-a", "16:9", "-d", "4"]
TWO_FRAMES = ["-p", "p", "-m", "WERYDANCE_2_0", "-a", "16:9", "-d", "5"]


def entry(cli: Cli) -> str:
    """The id of the last job."""
    found: str = jobs(cli)[-1]["entry"]
    return found


def test_all_is_as_it_was_but_what_is_changed(cli: Cli, simulator: Simulator) -> None:
    cli("generate", HTTPS, f"{HTTPS}?b", *REQUEST, *FIVE, "-n", 2, "--caller-id", 7, "--no-audio")
    said = cli("again", entry(cli)[:8], "-p", "A bear", "-o", "bear.mp4")
    assert (said.code, said.out) == (0, "bear-1.mp4\nbear-2.mp4\n")
    first, second = (line.payload for line in simulator.ledger)
    assert second == first | {"prompt": "A bear"}
    said = cli("again", entry(cli), HTTPS, "-n", 1, "--dry-run")
    assert said.json == first | {"prompt": "A bear", "images": [HTTPS], "video_number": 1}
    assert len(simulator.ledger) == 2


def test_each_endpoint_takes_its_own(cli: Cli, simulator: Simulator) -> None:
    cli("submit", HTTPS, *ONE)
    assert cli("again", entry(cli), "-p", "q").code == 0
    cli("submit", "--first", HTTPS, "--last", HTTPS, *TWO_FRAMES)
    assert cli("again", entry(cli), "-p", "q").code == 0
    found = [(job["operation"], job["payload"]) for job in jobs(cli)]
    for before, after in (found[:2], found[2:]):
        assert after == (before[0], before[1] | {"prompt": "q"})
    said = cli("again", entry(cli), HTTPS)
    assert said.code == 2
    assert "is of first-last-image-to-video, which does not take IMAGES" in said.err


def test_images_that_may_be_gone_are_asked_for_before_anything_is_paid(
    cli: Cli, simulator: Simulator
) -> None:
    cli(*GENERATE)
    simulator.clock.sleep(25 * 3600)
    before = len(simulator.received)
    said = cli("again", entry(cli), "-p", "A bear")
    assert (said.code, said.out, len(simulator.received)) == (2, "", before)
    assert "give them again: IMAGES" in said.err
    assert cli("again", entry(cli), HTTPS, "-p", "A bear").code == 0


def test_what_still_runs_is_not_paid_for_twice_without_a_word(
    cli: Cli, simulator: Simulator
) -> None:
    cli("submit", *GENERATE[1:])
    assert cli("again", entry(cli)).code == 2
    assert cli("again", entry(cli), "--again").code == 0
    assert len(simulator.ledger) == 2


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nothing"], "is no entry of the journal"),
        (["", "-p", "x"], "the id of the entry is empty"),
        ([], "Missing argument"),
        (["ENTRY", "-d", "x"], "duration"),
        (["ENTRY", "--name", "{x}"], "nothing else in braces"),
        (["ENTRY", "--journal", "none"], "this command reads a journal"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_paid(
    cli: Cli, simulator: Simulator, argv: list[str], words: str
) -> None:
    cli(*GENERATE)
    before = len(simulator.received)
    said = cli("again", *(entry(cli) if word == "ENTRY" else word for word in argv))
    assert (said.code, said.out, len(simulator.received)) == (2, "", before)
    assert words in said.err


def test_its_help_requires_nothing(cli: Cli) -> None:
    text = cli("again", "--help").out
    assert "Required" not in text
    assert "--endpoint" not in text
