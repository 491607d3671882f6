"""Agents whose servers are killed pay nothing twice and lose no id; `make agents` tries it at
length."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.agents.killing import run


@pytest.mark.timeout(600)  # it starts half a dozen processes, on whatever machine
def test_agents_whose_servers_are_killed_pay_nothing_twice_and_lose_no_id(tmp_path: Path) -> None:
    figures = run(submissions=2, agents=2, rate=1, seed=4, folder=tmp_path)
    assert not figures.broken, str(figures)
    assert figures.kills >= 2
    assert figures.told + figures.unknown == 2
    assert figures.paid >= figures.told
