"""The plugin in the project of somebody else, as pytest runs it there."""

from __future__ import annotations

import gc
import re
import tomllib
import warnings
from pathlib import Path
from typing import Protocol

import pytest

from contract_tests.house.docs import pages
from contract_tests.support.run import children
from contract_tests.support.run.users_pytest import PLUGIN, run_tests

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]

PIPELINE = """
    from weryai import MultiImageToVideo, WeryAI

    REQUEST = MultiImageToVideo(
        images=["https://example.com/fox.jpg"], prompt="The fox wakes up", model="KLING_O1",
        aspect_ratio="16:9", duration=5,
    )
"""


class Run(Protocol):
    def __call__(self, source: str, *args: str) -> pytest.RunResult: ...


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run tests of a pipeline, on the machine of somebody who has a key."""
    monkeypatch.setenv("WERYAI_API_KEY", "sk-of-the-real-account")
    return lambda source, *args: run_tests(pytester, PIPELINE + source, *args)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no plugins of others, which is half of a run."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"weryai": PLUGIN}


def test_each_test_has_a_service_of_its_own_and_clients_of_it_in_both_kinds(run: Run) -> None:
    told = run(
        """
    import asyncio, pytest

    @pytest.mark.parametrize("turn", [1, 2])
    def test_blocking(weryai_client, weryai_simulator, tmp_path, turn):
        (path,) = weryai_client.download(weryai_client.generate(REQUEST), tmp_path)
        assert path.stat().st_size < 10_000  # nothing is drawn
        weryai_simulator.assert_paid(1)

    def test_async(weryai_async_client, weryai_simulator, tmp_path):
        async def pipeline():
            result = await weryai_async_client.generate(REQUEST)
            return await weryai_async_client.download(result, tmp_path)

        assert asyncio.run(pipeline())
        weryai_simulator.assert_paid(1)
    """
    )
    told.assert_outcomes(passed=3)


class LeftBehind:
    """Garbage in a circle that tells of itself when it is found, as a generator of trio does."""

    def __init__(self) -> None:
        self.circle = self

    def __del__(self) -> None:
        warnings.warn("left behind", ResourceWarning, stacklevel=1)


@pytest.mark.usefixtures("alone")
@pytest.mark.filterwarnings("ignore:left behind")
def test_garbage_of_another_test_fails_no_test_of_a_user(run: Run) -> None:
    left = LeftBehind()
    gc.collect()  # so that it is old: young garbage is found before the run begins
    del left
    told = run(
        """
    import gc

    def test_that_has_much_to_do(weryai_simulator):
        gc.collect()
    """
    )
    told.assert_outcomes(passed=1)


@pytest.mark.usefixtures("alone")
def test_a_mark_says_what_the_simulator_is_made_with_and_the_nearest_counts(run: Run) -> None:
    told = run(
        """
    import pytest

    pytestmark = pytest.mark.weryai(credits=1, price=3)

    @pytest.mark.weryai(credits=7)
    def test_credits(weryai_client, weryai_simulator):
        assert weryai_client.balance() == 7
        assert weryai_simulator.clock.time() > 0

    @pytest.mark.weryai(7)
    def test_what_has_no_name(weryai_simulator):
        pass

    @pytest.mark.weryai(credit=7)
    def test_what_is_unknown(weryai_simulator):
        pass
    """
    )
    told.assert_outcomes(passed=1, errors=2)
    told.stdout.fnmatch_lines(["*credit*"])


@pytest.mark.usefixtures("alone")
def test_a_client_that_the_code_makes_by_itself_has_no_key_to_pay_with(run: Run) -> None:
    told = run(
        """
    import os, pytest
    from weryai import ConfigError

    def test_key(weryai_simulator):
        with pytest.raises(ConfigError, match="WERYAI_API_KEY"):
            WeryAI().submit(REQUEST)

    def test_afterwards():
        assert os.environ["WERYAI_API_KEY"]
    """
    )
    told.assert_outcomes(passed=2)


@pytest.mark.usefixtures("alone")
def test_a_payment_too_many_is_shown_at_the_line_of_the_test(run: Run) -> None:
    told = run(
        """
    def test_once(weryai_client, weryai_simulator):
        weryai_client.submit(REQUEST)
        weryai_client.submit(REQUEST)
        weryai_simulator.assert_paid(1)
    """
    )
    told.assert_outcomes(failed=1)
    (shown,) = [text for language, text, _ in pages.fences("docs/testing.md") if language == "text"]
    told.stdout.fnmatch_lines(re.sub(r"task_\w+", "task_*", shown).splitlines())
    assert "_ledger.py" not in told.stdout.str()
    assert "_simulator.py" not in told.stdout.str()


@pytest.mark.usefixtures("alone")
def test_a_worker_of_xdist_has_the_fixtures_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", children.python_path())
    told = run(
        """
    import pytest

    @pytest.mark.parametrize("turn", range(2))
    def test_once(weryai_client, weryai_simulator, turn):
        weryai_client.submit(REQUEST)
        weryai_simulator.assert_paid(1)
    """,
        "-pxdist",
        "-n1",
    )
    told.assert_outcomes(passed=2)
