"""Tab completes commands, options, and what is known on this disk: models, tasks, entries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract_tests.command_line.invoke import Cli, environment, jobs, submit
from contract_tests.support.run import forked, patience
from weryai.testing import Outcome, Simulator

Tab = Callable[..., list[str]]
BIN = Path(sys.executable).parent
# A line is typed up to here, and then Tab is pressed.
BASH = """
eval "$(_WERYAI_COMPLETE=source_bash weryai)"
for line in "$@"; do
    read -ra COMP_WORDS <<< "$line"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _weryai_completion weryai
    echo "${COMPREPLY[*]}"
done
"""
FISH = """
_WERYAI_COMPLETE=source_fish weryai | source
for line in $argv; complete -C $line; end
"""


@pytest.fixture
def tab(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """What a shell is told when Tab is pressed behind a line."""

    def press(line: str, shell: str = "fish") -> list[str]:
        with monkeypatch.context() as patch:
            patch.setenv("_WERYAI_COMPLETE", f"complete_{shell}")
            patch.setenv("_TYPER_COMPLETE_ARGS", line)
            patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
            said = cli()
        assert (said.code, said.err) == (0, "")
        return said.out.strip().splitlines()

    return press


def typed(shell: list[str], *lines: str, folder: Path = BIN) -> list[str]:
    """What a real shell makes of lines, for a command that speaks to the vendor's address."""
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [*shell, *lines],
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        check=True,
        timeout=patience.SECONDS,
    )
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def test_bash_completes_what_can_be_known(cli: Cli) -> None:
    cli("models")
    [task_id] = submit(cli)
    lines = ["weryai ge", "weryai submit --pr", "weryai generate -m VEO", "weryai wait "]
    assert typed(["bash", "--norc", "-c", BASH, "bash"], *lines) == [
        "generate",
        "--prompt",
        "VEO_3_1",
        task_id,
    ]


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_completes_what_can_be_known(cli: Cli, tmp_path: Path) -> None:
    [task_id] = submit(cli)
    forked.put(tmp_path / "weryai")
    shell = ["fish", "--no-config", "-c", FISH]
    found = typed(shell, "weryai ge", "weryai wait ", folder=tmp_path)
    assert found[0] == "generate\tSubmit, wait and download, all in one: paid."
    assert found[1:] == [f"{task_id}\trunning: The sun sets"]


def test_keys_of_models_are_those_that_the_registry_told_last(cli: Cli, tab: Tab) -> None:
    assert tab("weryai generate -m ") == []
    cli("models")
    keys = [line.partition("\t")[0] for line in tab("weryai generate -m WERYD")]
    assert keys == ["WERYDANCE_2_0", "WERYDANCE_2_0_FAST"]
    cli("models", "--endpoint", "image-to-video")
    assert tab("weryai generate --model SORA_2")[0].startswith("SORA_2")
    assert "KLING_O1" in [line.partition("\t")[0] for line in tab("weryai submit -m ")]


def test_ids_are_those_of_the_journal_the_latest_first(cli: Cli, tab: Tab, tmp_path: Path) -> None:
    first, second = submit(cli), submit(cli, "--video-number", 2)
    told = "\trunning: The sun sets"
    assert tab("weryai status ") == [f"{task_id}{told}" for task_id in (*second, *first)]
    assert tab(f"weryai wait {first[0]}") == [f"{first[0]}{told}"]
    entries = [job["entry"] for job in jobs(cli)]
    assert tab("weryai jobs settle ") == [f"{entry}{told}" for entry in reversed(entries)]
    cli("jobs", "settle", entries[0])
    assert tab("weryai jobs settle ") == [f"{entries[1]}{told}"], "which is all that is open"
    assert tab(f"weryai wait --journal {tmp_path / 'another'} ") == []
    assert not (tmp_path / "another").exists()


def test_names_of_batches_and_the_rows_that_are_not_done(
    cli: Cli, tab: Tab, simulator: Simulator, tmp_path: Path
) -> None:
    header, row = "id,prompt,images,model,aspect_ratio,duration", "https://example.com/a.jpg"
    for name, ids in (("night", "ab"), ("noon", "c")):
        lines = [f"{each},The sun sets,{row},KLING_O1,16:9,5" for each in ids]
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *lines]))
    simulator.outcomes.append(Outcome("failed", message="flagged"))
    for name in ("night", "noon"):
        cli("batch", "run", tmp_path / f"{name}.csv", "--max-rows", 1, "--out", tmp_path)
    assert tab("weryai batch status --batch n") == [
        "night\t1 waiting, 1 failed",
        "noon\t1 done",
    ]
    found = ["a\tfailed: The sun sets", "b\twaiting: The sun sets"]
    assert tab("weryai batch retry --batch night ") == found
    assert tab("weryai batch resolve -b night a") == found[:1]
    assert tab("weryai batch retry --batch noon ") == []


def test_a_shell_hears_nothing_of_a_journal_that_is_damaged(cli: Cli, tab: Tab, file: Path) -> None:
    submit(cli)
    file.write_bytes(b"x" * 4096)
    assert tab("weryai status ") == []


def test_zsh_is_asked_to_list_files_where_nothing_is_known(cli: Cli, tab: Tab) -> None:
    assert tab("weryai models --endpoint f", "zsh") == [
        "_arguments '*: :((\"first-last-image-to-video\"))'"
    ]
    assert tab("weryai generate fo", "zsh") == ["_files"]
