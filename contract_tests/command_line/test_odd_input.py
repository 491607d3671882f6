"""What is typed in an odd way: refused before any request, or taken as it is meant."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import FIVE, GENERATE, HTTPS, REQUEST, SUBMIT, Cli, jobs
from weryai import JournalError
from weryai.cli._process.paths import quoted
from weryai.journal import SQLiteJournal
from weryai.testing import Lost, Simulator

SENTENCE = r"weryai: .*(is empty|is not an id that the service could have given)\n"
ODD = ["", " ", "..", "a/b", "a b", "task_1 ", "a?b", "x" * 129, "\x1b[2J", "\udcff"]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("command", ["status", "wait", "download", "settle"])
def test_an_id_that_cannot_be_one_is_exit_2_before_any_request(
    cli: Cli, simulator: Simulator, command: str, odd: str
) -> None:
    start = [command]
    if command == "settle":
        simulator.next(SUBMIT, Lost(accepted=True))
        cli(*GENERATE)
        start = ["jobs", "settle", jobs(cli)[0]["entry"]]
    before = len(simulator.received), jobs(cli)
    for words in (["task_good", odd], [odd], ["--batch", odd], ["task_good", "--batch", odd]):
        said = cli(*start, *words)
        assert (said.code, said.out) == (2, "")
        assert re.match(
            r"weryai: .*(is empty|is not an id that the service could have given)\n", said.err
        )
        assert cli(*start, *words, "--json").error["type"] == "UsageError"
    assert (len(simulator.received), jobs(cli)) == before


@pytest.mark.parametrize(
    "argv",
    [
        ["jobs", "settle", ""],
        ["jobs", "backup", ""],
        ["upload", ""],
        ["generate", "", *REQUEST, *FIVE],
        ["submit", HTTPS, "", *REQUEST, *FIVE],
        ["resume", "--out", ""],
        [*GENERATE, "--out", ""],
        [*GENERATE, "--journal", ""],
        [*GENERATE, "--base-url", ""],
        ["balance", "--base-url", ""],
    ],
    ids=lambda argv: " ".join(each if each != HTTPS else "" for each in argv),
)
def test_what_is_empty_as_a_variable_of_a_script_may_be_is_refused(
    cli: Cli, simulator: Simulator, argv: list[str]
) -> None:
    said = cli(*argv)
    assert (said.code, said.out) == (2, "")
    assert "is empty" in said.err
    assert not simulator.received


def test_a_tilde_that_no_shell_has_seen_is_the_home_folder(
    cli: Cli, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: Any
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.png").write_bytes(pictures[0].read_bytes())
    monkeypatch.setenv("HOME", str(home))
    said = cli("generate", "~/a.png", *REQUEST, *FIVE, "--out", "~/films", "--journal", "~/j")
    (path,) = said.out.split()
    assert (said.code, Path(path).parent) == (0, home / "films")
    assert (home / "j").exists()
    monkeypatch.setenv("WERYAI_JOURNAL", "~/k")
    said = cli(*GENERATE, "--timeout", 1)
    assert (home / "k").exists()
    assert "--journal" not in said.err, "the environment says it already"
    assert cli("upload", "~/a.png").code == 0
    said = cli("resume", "--out", "~nobody-of-this-name/films")
    assert (said.code, said.out) == (2, "")
    assert "there is no such user" in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


@pytest.mark.parametrize("word", ["a b", "it's", b"f\xffchs", b"it's \xff\\\xc3\xa9", "é"])
def test_a_path_in_a_command_to_copy_is_the_one_that_was_given(word: Any, tmp_path: Path) -> None:

    script = f"printf %s {quoted(os.fsdecode(word))}"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    assert ended.stdout == os.fsencode(word)
    assert quoted(os.fsdecode(word)).isprintable()


@pytest.mark.parametrize("command", ["generate", "submit"])
def test_ids_that_the_journal_has_no_room_for_are_told(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def full(*_: Any) -> None:
        raise JournalError("database or disk is full")

    monkeypatch.setattr(SQLiteJournal, "accept", full)
    said = cli(command, *GENERATE[1:])
    ids = list(simulator.ledger[0].task_ids)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith(f"go on with:\n  weryai wait {ids[0]} --out .\n")
    said = cli(command, *GENERATE[1:], "--model", "KLING_O1", "--caller-id", 1, "--json")
    ids = list(simulator.ledger[1].task_ids)
    assert (said.code, said.error["type"], said.error["task_ids"]) == (1, "JournalError", ids)
