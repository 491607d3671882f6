"""A request of each paid operation, for rules that hold for all of them."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual


@pytest.fixture(params=PAID)
def operation(request: pytest.FixtureRequest) -> str:
    """The operationId of this run."""
    name: str = request.param
    return name


@pytest.fixture
def asked(operation: str) -> Any:
    """The usual request of this run's operation, whose images are addresses."""
    return usual(operation)
