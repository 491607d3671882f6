"""`weryai estimate`: the words of `generate`, and what such a one is known to cost."""

from __future__ import annotations

from pathlib import Path

from contract_tests.command_line.invoke import FIVE, GENERATE, REQUEST, SMALL, SUBMIT, Cli
from weryai.testing import Simulator

ESTIMATE = ["estimate", "no such file.png", *REQUEST, *FIVE, *SMALL]


def test_what_a_payment_between_two_balances_has_cost_is_told(
    cli: Cli, simulator: Simulator
) -> None:
    said = cli(*ESTIMATE)
    assert (said.code, said.out) == (0, "not known\n")
    assert "`weryai balance` before it and after it" in said.err
    for command in (["balance"], GENERATE, ["balance"]):
        assert cli(*command).code == 0
    received = simulator.received_count
    said = cli(*ESTIMATE)
    assert said.out.startswith("5 credits: measured by 1 payment of this kind, the last on 20")
    assert (said.code, said.err) == (0, "")
    told = cli(*ESTIMATE, "--json").json
    assert (told["operation"], told["credits"], told["payments"]) == (SUBMIT, 5, 1)
    assert cli(*ESTIMATE, "--duration", 10, "--json").json["credits"] is None
    assert simulator.received_count == received, "nothing is sent"
    assert "--prompt" in cli("estimate", "a.png").err


def test_a_journal_that_cannot_be_used_keeps_no_balance_from_being_told(
    cli: Cli, file: Path
) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no journal at all" * 100)
    said = cli("balance")
    assert (said.code, said.out) == (0, "1000 credits\n")
    assert "teaches `weryai estimate` nothing" in said.err
    assert cli(*ESTIMATE).code == 1
