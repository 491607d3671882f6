"""A batch in a journal of each kind, on a clock that jumps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.batch.running.night import Night


@pytest.fixture(params=["sqlite", "postgres"])
def night(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Night]:
    """A batch, and a service for it."""
    place = str(tmp_path / "renders.db")
    if request.param == "postgres":
        place = request.getfixturevalue("database")
    with Night.begun(place, tmp_path) as night:
        yield night
