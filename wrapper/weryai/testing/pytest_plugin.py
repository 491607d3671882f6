"""Fixtures for pytest, which finds them by itself where `weryai` is installed with its extra
`testing`:

    def test_my_pipeline_pays_once(weryai_client, weryai_simulator, tmp_path):
        weryai_simulator.refuse("too_many_running", times=3)
        my_pipeline(weryai_client, tmp_path)
        weryai_simulator.assert_paid(1)

Each test has a service of its own, in memory: no socket, no key, no waiting, and nothing is drawn.
`@pytest.mark.weryai(credits=4)` gives it other parameters of `Simulator`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

# Nothing of the package is imported before a test asks for it: pytest loads this in every project.
if TYPE_CHECKING:
    from weryai import AsyncWeryAI, WeryAI

    from . import Simulator

MARKER = "weryai(**parameters): what the Simulator of the fixture weryai_simulator is made with"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def weryai_simulator(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Simulator]:
    """A simulated WeryAI of this test alone, whose videos are not drawn. While it is there the
    environment holds no key: a client that the code under test makes by itself can pay nothing."""
    from . import Simulator

    monkeypatch.delenv("WERYAI_API_KEY", raising=False)
    # The nearest comes first, and what it says counts.
    markers = [*request.node.iter_markers("weryai")][::-1]
    args = [value for marker in markers for value in marker.args]  # of which it takes none
    given = {name: value for marker in markers for name, value in marker.kwargs.items()}
    with Simulator(*args, **{"render": False} | given) as simulator:
        yield simulator


@pytest.fixture
def weryai_client(weryai_simulator: Simulator) -> Iterator[WeryAI]:
    """A blocking client of `weryai_simulator`, on its clock: whoever waits with it turns it."""
    with weryai_simulator.client() as client:
        yield client


@pytest.fixture
def weryai_async_client(weryai_simulator: Simulator) -> AsyncWeryAI:
    """The same for asyncio and trio. It holds no socket, and needs no closing."""
    return weryai_simulator.async_client()
