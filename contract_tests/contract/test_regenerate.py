"""What `make regenerate` promises: the order, what ends it, and what it leaves to read."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from contract_tests.contract.breaking.changes_in_process import ROOT

regenerate: Any = importlib.import_module("regenerate")
TARGETS = [step.target for step in regenerate.STEPS]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose Makefile has every target, and writes down which one was made."""
    rules = [f"{name}:\n\t@echo {name} $(BASE) | tee -a made" for name in TARGETS]
    (tmp_path / "Makefile").write_text("\n".join(rules) + "\n")
    monkeypatch.setattr(regenerate, "ROOT", tmp_path)
    monkeypatch.delenv("MAKEFLAGS", raising=False)  # `make regenerate BASE=...` hands it down
    return tmp_path


def break_target(root: Path, name: str) -> None:
    makefile = root / "Makefile"
    text = makefile.read_text()
    makefile.write_text(text.replace(f"\n\t@echo {name} ", f"\n\t@false && echo {name} "))


def order(root: Path) -> list[str]:
    return [line.split()[0] for line in (root / "made").read_text().splitlines()]


def test_each_step_is_a_target_of_the_makefile_and_the_quick_ones_come_first() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(TARGETS) <= set(targets)
    assert TARGETS[-2:] == ["types", "contract"]


def test_the_last_commit_is_what_a_change_is_compared_with(made: Path) -> None:
    assert regenerate.main([]) == 0
    assert order(made) == TARGETS
    assert "breaking HEAD" in (made / "made").read_text()
    assert regenerate.main(["v0.1.0"]) == 0
    assert "changelog v0.1.0" in (made / "made").read_text()


@pytest.mark.parametrize("failing", ["format", "breaking", "types", "contract"])
def test_a_step_that_fails_is_named_at_the_end_and_the_others_are_taken(
    made: Path, failing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_target(made, failing)
    assert regenerate.main([]) == 1
    assert order(made) == [name for name in TARGETS if name != failing]
    ended = capsys.readouterr().out.partition("== regenerate")[2]
    assert re.findall(r"^(\w+) .* FAILED: .+$", ended, re.MULTILINE) == [failing]


@pytest.mark.parametrize("failing", ["valid", "generate"])
def test_a_contract_that_cannot_be_used_ends_it(
    made: Path, failing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (made / "made").touch()
    break_target(made, failing)
    assert regenerate.main([]) == 1
    assert order(made) == TARGETS[: TARGETS.index(failing)]
    assert "nothing else was tried" in capsys.readouterr().out


def test_what_it_means_for_users_is_printed_and_kept_though_the_suite_fails(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_target(made, "contract")
    regenerate.main([])
    assert (made / "reports" / "breaking.txt").read_text() == "breaking HEAD\n"
    assert (made / "reports" / "changelog.md").read_text() == "changelog HEAD\n"
    assert "breaking HEAD" in capsys.readouterr().out
