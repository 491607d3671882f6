"""A client with a journal, which knows what was submitted before; nobody looks at its videos."""

from __future__ import annotations

import pytest

from contract_tests.support.clients import MakeClient
from weryai import WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator


@pytest.fixture(autouse=True)
def nothing_to_look_at(quick_videos: None) -> None:
    """The simulator draws no real videos."""


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal) -> WeryAI:
    return make_client(simulator, journal=journal)
