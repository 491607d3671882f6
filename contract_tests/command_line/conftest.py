"""A simulator with a key of its own, and the command line on it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.command_line.invoke import ESCAPE, FIVE, HTTPS, KEY, REQUEST, SMALL, Cli, Said
from weryai.cli import _setup, main
from weryai.cli.simulate import make_simulator, serving
from weryai.testing import Simulator


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """The command line sets up the package's log; other tests must not meet that."""
    log = logging.getLogger("weryai")
    level, handlers = log.level, list(log.handlers)
    yield
    log.setLevel(level)
    log.handlers = handlers


@pytest.fixture(autouse=True)
def nothing_to_look_at(quick_videos: None) -> None:
    """The demo, in a process of its own, draws real videos; here nobody sees them."""


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which this test's journal is kept, by child processes too."""
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setenv("XDG_CACHE_HOME", str(state / "cache"))
    return state


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(api_key=KEY) as simulator:
        yield simulator


@pytest.fixture
def cli(
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    """Run a command on a simulator whose time is turned by waiting, and never see the key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        _setup, "make_client", lambda base_url, **options: simulator.client(**options)
    )

    monkeypatch.setattr(
        _setup,
        "make_async_client",
        lambda base_url, **options: simulator.async_client(**options),
    )
    monkeypatch.setattr(_setup, "make_clock", lambda: simulator.clock)

    def run(*argv: object) -> Said:
        code = main([*map(str, argv)])
        said = Said(code, *capsys.readouterr())
        assert KEY not in said.out + said.err
        assert ESCAPE not in said.out + said.err
        return said

    return run


@pytest.fixture
def submitted(cli: Cli) -> str:
    """The id of a task that runs."""
    return cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL).out.strip()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A simulator behind a real socket, in real time."""
    with make_simulator(task_seconds=0.3) as simulator, serving(simulator) as (url, _):
        yield url


@pytest.fixture
def file(own_state: Path) -> Path:
    """Where the journal is."""
    return own_state / "weryai" / "jobs.journal"
