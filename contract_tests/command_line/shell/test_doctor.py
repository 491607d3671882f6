"""`weryai doctor`: what is there, what is wrong and what to do; nothing is paid."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from contract_tests.command_line.invoke import KEY, Cli, submit
from contract_tests.command_line.test_errors import made_with
from weryai.cli import _setup
from weryai.testing import Simulator, refusal


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WERYAI_API_KEY", KEY)


def told(cli: Cli, *options: object) -> tuple[int, dict[str, tuple[bool, str]]]:
    said = cli("doctor", "--json", *options)
    return said.code, {each["about"]: (each["ok"], each["message"]) for each in said.json["doctor"]}


def test_all_is_well_and_nothing_is_paid(cli: Cli, simulator: Simulator, file: Path) -> None:
    code, found = told(cli)
    assert code == 0
    assert [about for about, (ok, _) in found.items() if not ok] == []
    assert found["journal"][1] == "it is made with the first job"
    assert not file.exists()
    submit(cli)
    said = cli("doctor")
    assert said.code == 0
    assert "ok  balance  99" in said.out
    assert f"1 job, 1 with something left to do: {file}" in said.out
    assert "ok  extras   " in said.out
    assert len(simulator.ledger) == 1


def test_what_is_missing_is_told_and_the_rest_is_looked_at_all_the_same(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(cli)
    monkeypatch.delenv("WERYAI_API_KEY")
    code, found = told(cli)
    assert code == 2
    assert found["key"] == (False, "WERYAI_API_KEY is not set: it comes from the WeryAI console")
    assert found["journal"][0]
    assert "balance" not in found
    said = cli("doctor")
    assert (said.code, said.out.splitlines()[1].split()[:2]) == (2, ["FAILED", "key"])


@pytest.mark.parametrize("refused", [True, False])
def test_a_service_that_says_no_or_nothing_is_exit_3(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    if refused:
        simulator.next("get_balance", refusal(1002))
    else:
        monkeypatch.setattr(_setup, "make_client", made_with(down))
    code, found = told(cli)
    assert (code, found["balance"][0]) == (3, False)
    assert found["version"][0]


def test_a_damaged_journal_is_exit_1(cli: Cli, file: Path) -> None:
    submit(cli)
    file.write_bytes(b"x" * 4096)
    code, found = told(cli)
    assert (code, found["journal"][0], found["balance"][0]) == (1, False, True)
    assert told(cli, "--journal", "none")[0] == 0
