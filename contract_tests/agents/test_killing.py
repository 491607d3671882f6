"""Agents whose servers are killed pay nothing twice and lose no id; `make agents` tries it at
length."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.agents.killing import run

pytestmark = pytest.mark.long


@pytest.mark.timeout(600)  # it starts half a dozen processes, on whatever machine
def test_agents_whose_servers_are_killed_pay_nothing_twice_and_lose_no_id(tmp_path: Path) -> None:
    figures = run(submissions=3, agents=2, rate=1, seed=4, folder=tmp_path, cap=25, priced=True)
    assert not figures.broken, str(figures)
    assert figures.kills >= 3
    assert figures.told + figures.unknown + figures.refused == 3 + 2
    assert figures.refused, "all would cost 35"
    assert figures.paid >= figures.told
