"""`--out` and `--name`: videos come where they were meant to go, under the names that they got."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from contract_tests.command_line.invoke import GENERATE, Cli, submit
from weryai.cli import _files
from weryai.testing import Outcome, Simulator

TWO = ["--video-number", 2]


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["-o", "film.mp4"], ["film.mp4"]),
        (["-o", "new/film.MOV"], ["new/film.MOV"]),
        (["-o", "film.mp4", *TWO], ["film-1.mp4", "film-2.mp4"]),
        (["--name", "Der Fuchs"], ["Der Fuchs.mp4"]),
        (["--name", "{n:02}-{task}", *TWO, "-o", "d"], ["d/01-{0}.mp4", "d/02-{1}.mp4"]),
        (["--name", "{task}/{n}.mp4"], ["{0}/1.mp4"]),
    ],
)
def test_files_are_called_as_was_asked_for(
    cli: Cli, simulator: Simulator, options: list[object], files: list[str]
) -> None:
    said = cli(*GENERATE, *options)
    assert (said.code, said.err.count("submitted")) == (0, 1)
    ids = simulator.ledger[0].task_ids
    assert said.out.splitlines() == [file.format(*ids) for file in files]
    assert all(Path(line).stat().st_size > 100 for line in said.out.splitlines())


def test_a_folder_that_ends_like_a_file_stays_a_folder(cli: Cli, simulator: Simulator) -> None:
    Path("old.mp4").mkdir()
    assert cli(*GENERATE, "-o", "old.mp4").out == f"old.mp4/{simulator.ledger[0].task_ids[0]}.mp4\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--name", "{task"], "--name {task may hold {task} and {n}"),
        (["--name", "{prompt}"], "and nothing else in braces"),
        (["--name", "{}"], "and nothing else in braces"),
        (["--name", "{n.real}"], "and nothing else in braces"),
        (["--name", "{n:Q}"], "and nothing else in braces"),
        (["--name", "../{task}"], "leads out of the folder"),
        (["--name", "/tmp/{task}"], "leads out of the folder"),
        (["--name", ""], "names no file"),
        (["--name", "x" * 201], "more than 200 bytes"),
        (["--name", "{task}" + "x" * 170], "may make names of more than 200 bytes"),
        (["--name", "{n:0200}x"], "may make names of more than 200 bytes"),
        (["--out", "x" * 195 + ".mp4"], "-9.mp4 has more than 200 bytes"),
        (["--out", "x" * 252 + ".mp4"], "-9.mp4 has more than 200 bytes"),
        (["--name", "film", *TWO], "there are 2 videos: put {n} into it"),
        (["--name", "{task}", "--out", "film.mp4"], "names the file already: leave out --name"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_template_that_cannot_be_is_refused_before_anything_is_paid(
    cli: Cli, simulator: Simulator, options: list[object], words: str, more: list[str]
) -> None:
    said = cli(*GENERATE, *options, *more)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not simulator.received


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("file", "--out: file is no folder: give another"),
        ("file/below", "--out: file/below: Not a directory: give another folder"),
        ("x" * 256, "File name too long: give another folder"),
        (".", "--out: .: No such file or directory: give another folder"),
        ("film.mp4", "--out: .: No such file or directory: give another folder"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_before_anything_is_paid(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, out: str, words: str
) -> None:
    Path("file").touch()
    if words.startswith("--out: .:"):
        gone = Path("gone").absolute()
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
    said = cli(*GENERATE, "--out", out)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not simulator.received


def test_a_name_that_turns_out_too_long_is_not_taken_and_the_video_is_there(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_files, "LONG_TASK", "t")
    name = "{task}" + "x" * 190
    said = cli(*GENERATE, "--name", name)
    assert (said.code, said.out) == (0, f"{simulator.ledger[0].task_ids[0]}.mp4\n")


def test_several_jobs_are_not_brought_into_one_file(cli: Cli, simulator: Simulator) -> None:
    submit(cli)
    before = len(simulator.received)
    assert "so give a folder" in cli("resume", "-o", "film.mp4").err
    assert "put {task} into it" in cli("resume", "--name", "{n}").err
    assert len(simulator.received) == before
    [path] = cli("resume", "--name", "{task}-{n}").out.split()
    assert path == f"{simulator.ledger[0].task_ids[0]}-1.mp4"


@pytest.mark.parametrize(
    "options", [["-o", "my film.mp4"], ["-o", "d", "--name", "{n} {task}"], []], ids=repr
)
def test_one_command_brings_the_videos_where_they_were_meant_to_go(
    cli: Cli, simulator: Simulator, options: list[str]
) -> None:
    simulator.outcomes.append(Outcome(seconds=100))
    said = cli(*GENERATE, *options, "--timeout", 10)
    assert (said.code, said.out) == (5, "")
    first, *_, last = [line for line in said.err.splitlines() if line.startswith("  weryai")]
    assert first == last
    told = cli(*shlex.split(last)[1:])
    assert told.code == 0
    [task_id] = simulator.ledger[0].task_ids
    wanted = {0: f"{task_id}.mp4", 2: "my film.mp4", 4: f"d/1 {task_id}.mp4"}[len(options)]
    assert told.out == f"{wanted}\n"


def test_a_wait_without_out_fetches_nothing(cli: Cli) -> None:
    [task_id] = submit(cli)
    assert cli("wait", task_id).out.splitlines()[0].startswith("TASK")
    assert not list(Path().iterdir())
    assert cli("wait", task_id, "--name", "a").out == "a.mp4\n"


def test_videos_are_shown_where_something_shows_them(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "empty"))
        said = cli(*GENERATE, "-o", "film.mp4", "--open")
    assert (said.code, said.out) == (0, "film.mp4\n")
    assert said.err.endswith("nothing on this machine shows film.mp4\n")
    shown: list[str] = []
    monkeypatch.setattr("typer.launch", shown.append)
    [task_id] = submit(cli)
    assert cli("wait", task_id, "-o", "other.mp4", "--open").code == 0
    assert shown == ["other.mp4"]
