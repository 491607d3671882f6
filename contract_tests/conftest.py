"""What the tests share: a simulator, and one client in both colours."""

from __future__ import annotations

import functools
import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx
import pytest

from contract_tests.support import hypothesis_profiles
from contract_tests.support.failure_lines import pytest_terminal_summary as pytest_terminal_summary
from contract_tests.support.films import film
from weryai import AsyncWeryAI, MultiImageToVideo, WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import ManualClock, Simulator, sample

hypothesis_profiles.load()

COLOURS = ("sync", "async")
# The colours as they are run. Many tests of values alone need no trio: IN_COLOURS.
MODES = ("sync", "asyncio", "trio")
IN_COLOURS = pytest.mark.parametrize("make_client", MODES[:2], indirect=True)
KEY = "sk-test-0123456789abcdef"

MakeClient = Callable[..., WeryAI]


def pytest_collection_finish() -> None:
    """The thousands of tests stay until the end: to look through them for garbage again and again
    takes 7 % of the run."""
    gc.freeze()


class Blocked:
    """An async client whose methods block, so that one test can speak to both colours."""

    def __init__(self, client: AsyncWeryAI, portal: anyio.from_thread.BlockingPortal) -> None:
        self._client, self._portal = client, portal

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if not inspect.iscoroutinefunction(value):
            return value
        return lambda *args, **kw: self._portal.call(functools.partial(value, *args, **kw))

    def __repr__(self) -> str:
        return repr(self._client)


class Network:
    """Answers in this order, and then with the last one for ever; keeps what was sent in `seen`."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        # A response can be read once, and in one colour.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in ("WERYAI_API_KEY", "WERYAI_BASE_URL", "WERYAI_REGISTRY_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def portal() -> Iterator[anyio.from_thread.BlockingPortal]:
    """The event loop of every client of the async colour: to start one takes longer than a test."""
    with anyio.from_thread.start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def trio_portal() -> Iterator[anyio.from_thread.BlockingPortal]:
    """The same on trio."""
    with anyio.from_thread.start_blocking_portal("trio") as portal:
        yield portal


@contextmanager
def clients(colour: str, portal: anyio.from_thread.BlockingPortal) -> Iterator[MakeClient]:
    """Make clients in one colour; `handler` answers in the place of the network."""
    opened: list[WeryAI] = []

    def make(
        simulator: Simulator | None = None,
        handler: Callable[[httpx.Request], httpx.Response] | None = None,
        **options: Any,
    ) -> Any:
        if handler is not None:
            options["transport"] = httpx.MockTransport(handler)
        if simulator is None:
            options = {"api_key": KEY, "clock": ManualClock()} | options
        if colour == "sync":
            client: Any = simulator.client(**options) if simulator else WeryAI(**options)
        else:
            build = simulator.async_client if simulator else AsyncWeryAI
            client = Blocked(build(**options), portal)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture(params=MODES)
def make_client(request: pytest.FixtureRequest) -> Iterator[MakeClient]:
    """Make a client in the mode of this run."""
    mode = request.param
    portal = request.getfixturevalue("trio_portal" if mode == "trio" else "portal")
    with clients("sync" if mode == "sync" else "async", portal) as make:
        yield make


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
def client(make_client: MakeClient, simulator: Simulator) -> WeryAI:
    """A client of the simulator, in both colours."""
    return make_client(simulator)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two different images on disk."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = folder / "sunrise.png", folder / "night.png"
    for path in paths:
        path.write_bytes(sample(path.stem, (320, 180)))
    return paths


@pytest.fixture
def ask(pictures: tuple[Path, Path]) -> Callable[..., MultiImageToVideo]:
    """Make a request; what a test does not care about is filled in."""

    def make(**given: Any) -> MultiImageToVideo:
        usual = {
            "images": pictures,
            "prompt": "The sun sets",
            "model": "KLING_O1",
            "aspect_ratio": "16:9",
            "duration": 5,
        }
        return MultiImageToVideo(**{**usual, **given})

    return make


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SQLiteJournal]:
    journal = SQLiteJournal(tmp_path / "state" / "jobs.journal")
    yield journal
    journal.close()


@pytest.fixture
def quick_videos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of next to nothing, where a test is not about what can be seen."""

    def draw(*_: object, path: Path, **__: object) -> None:
        path.write_bytes(film())

    monkeypatch.setattr("weryai.testing._account.render", draw)
