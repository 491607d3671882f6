"""Paid once: the same command again is refused while the first one has something left to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import (
    AGAIN,
    FIVE,
    GENERATE,
    HTTPS,
    REQUEST,
    SUBMIT,
    Cli,
    jobs,
)
from weryai import WeryAI
from weryai.testing import Lost, Simulator


@pytest.mark.parametrize("state", ["sending", "unknown", "running", "ready"])
@pytest.mark.parametrize("command", ["generate", "submit"])
def test_the_same_request_again_is_exit_2_and_names_the_entry_and_the_way_on(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, state: str, command: str
) -> None:
    out = ["--out", "films"] if command == "generate" else []
    argv = [command, *GENERATE[1:], "--no-check-models", *out]
    if state == "unknown":
        simulator.next(SUBMIT, Lost(accepted=True))
    inside = _in_the_middle_of(cli, monkeypatch, argv) if state == "sending" else []
    cli("submit", *argv[1 : len(GENERATE) + 1])
    (entry,) = jobs(cli)
    if state == "ready":
        cli("wait", *entry["job"]["task_ids"])
    said = inside[0] if inside else cli(*argv)
    assert (said.code, said.out) == (2, "")
    lines = said.err.splitlines()
    assert f": entry {entry['entry']}, {state}; nothing was sent, nothing" in lines[0]
    where = " ".join(out or ["--out", "."])
    ways = {"unknown": f"jobs settle {entry['entry']} [TASK_ID...]", "sending": f"resume {where}"}
    wait = f"wait {' '.join(simulator.ledger[0].task_ids)} {where}"
    assert lines[2] == f"  weryai {ways.get(state, wait)}"
    assert lines[3] == "to pay for it once more all the same, add --again"
    assert len(jobs(cli)) == len(simulator.ledger) == 1


def _in_the_middle_of(cli: Cli, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> list[Any]:
    """What the same command says while the first is on its way."""
    said: list[Any] = []
    once = WeryAI.submit

    def twice(client: WeryAI, request: Any, **options: Any) -> Any:
        http: Any = client._http
        ask = http.transport_of

        def sending(*args: Any, **more: Any) -> Any:
            monkeypatch.setattr(WeryAI, "submit", once)
            said.append(cli(*argv))
            return ask(*args, **more)

        monkeypatch.setattr(http, "transport_of", sending)
        return once(client, request, **options)

    monkeypatch.setattr(WeryAI, "submit", twice)
    return said


def test_a_program_gets_the_entry_and_its_job(cli: Cli, simulator: Simulator) -> None:
    cli("submit", *GENERATE[1:])
    error = cli(*GENERATE, "--json").error
    (entry,) = jobs(cli)
    assert error["type"] == "AlreadySubmittedError"
    assert (error["entry"], error["state"]) == (entry["entry"], "running")
    assert error["job"]["task_ids"] == list(simulator.ledger[0].task_ids)


def test_again_pays_again_on_purpose(cli: Cli, simulator: Simulator) -> None:
    cli("submit", *GENERATE[1:])
    assert cli("submit", *AGAIN[1:]).code == 0
    assert cli(*AGAIN).code == 0
    assert len(simulator.ledger) == 3
    for command in ("generate", "submit"):
        assert "--again" in cli(command, "--help").out


@pytest.mark.parametrize(
    "changed",
    [["--prompt", "Another"], ["--video-number", "2"], ["--caller-id", "1"], ["--no-audio"]],
    ids=lambda changed: changed[0],
)
def test_another_request_is_no_repeat(cli: Cli, simulator: Simulator, changed: list[str]) -> None:
    cli("submit", *GENERATE[1:])
    assert cli("submit", *GENERATE[1:], *changed).code == 0
    assert len(simulator.ledger) == 2


def test_what_is_fetched_settled_or_old_is_no_repeat(cli: Cli, simulator: Simulator) -> None:
    assert [cli(*GENERATE).code for _ in range(2)] == [0, 0], "fetched"
    cli("submit", *GENERATE[1:])
    cli("jobs", "settle", jobs(cli)[-1]["entry"])
    cli("submit", *GENERATE[1:])
    assert cli("submit", *GENERATE[1:]).code == 2
    simulator.clock.sleep(24 * 3600)
    assert cli("submit", *GENERATE[1:]).code == 0
    assert len(simulator.ledger) == 5


def test_images_count_by_what_they_hold(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(pictures[0].read_bytes())
    cli("submit", pictures[0], *REQUEST, *FIVE)
    before = len(simulator.received)
    assert cli("submit", copy, *REQUEST, *FIVE).code == 2
    assert len(simulator.received) == before, "not even an image was sent"
    assert cli("submit", pictures[1], *REQUEST, *FIVE).code == 0
    assert cli("submit", HTTPS, *REQUEST, *FIVE).code == 0


def test_where_no_journal_is_kept_nothing_is_known_of_earlier_ones(
    cli: Cli, simulator: Simulator
) -> None:
    assert [cli(*GENERATE, "--journal", "none").code for _ in range(2)] == [0, 0]
    assert len(simulator.ledger) == 2
