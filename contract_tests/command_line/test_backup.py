"""Nothing lost: `weryai jobs backup` copies the journal while others write to it, and `weryai jobs
check` tells whether it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.command_line.invoke import GENERATE, Cli, jobs
from weryai.journal import SQLiteJournal


def test_a_backup_of_the_journal_is_a_journal(cli: Cli, file: Path, tmp_path: Path) -> None:
    cli(*GENERATE)
    copy = tmp_path / "the copy"
    held = SQLiteJournal(file)  # another process has it open
    said = cli("jobs", "backup", copy)
    assert "1 job copied" in said.err
    assert f"  weryai jobs --journal '{copy}'\n" in said.err
    assert cli("jobs", "--json", "--journal", copy).json == {"jobs": jobs(cli)}
    assert cli("jobs", "backup", tmp_path / "b", "--json").json == {"backup": f"{tmp_path}/b"}
    held.close()


def test_a_backup_can_be_at_home(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli(*GENERATE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert cli("jobs", "backup", "~/copy", "--json").json == {"backup": f"{tmp_path}/copy"}


@pytest.mark.parametrize("command", [("jobs", "backup"), ("jobs", "backup", "--journal", "none")])
def test_a_backup_takes_the_place_of_no_file(
    cli: Cli, file: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    cli(*GENERATE)
    before, mine = file.read_bytes(), tmp_path / "mine"
    mine.write_text("mine")
    for target in (mine, file):
        said = cli(*command, target)
        assert said.code != 0
        assert "is there already" in said.err or "reads a journal" in said.err
    assert (file.read_bytes(), mine.read_text()) == (before, "mine")


def test_damage_that_no_other_command_comes_upon_is_told_by_a_check(cli: Cli, file: Path) -> None:
    cli(*GENERATE)
    assert cli("jobs", "check").err == "1 job: no damage\n"
    assert cli("jobs", "check", "--json").json == {"checked": 1}
    journal = SQLiteJournal(file)
    (page,) = journal._db.rows("SELECT rootpage FROM sqlite_master WHERE name = 'uploads'")[0]
    journal.close()
    with file.open("r+b") as content:
        content.seek(4096 * (page - 1))
        content.write(b"\xff" * 100)
    assert cli("jobs").code == 0
    said = cli("jobs", "check")
    assert said.code == 1
    assert "is damaged or is no journal" in said.err
