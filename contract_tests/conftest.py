"""What the tests share: a simulator, and one client in every mode."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.from_thread
import pytest

from contract_tests.support.clients import MODES, MakeClient, clients
from contract_tests.support.films import film
from contract_tests.support.run import hypothesis_profiles, memory_disk
from contract_tests.support.run.failure_lines import (
    pytest_terminal_summary as pytest_terminal_summary,
)
from contract_tests.support.run.kept_cases import KeptCases
from contract_tests.support.run.turns import pytest_generate_tests as pytest_generate_tests
from weryai import MultiImageToVideo, WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import ManualClock, Simulator, sample

if TYPE_CHECKING:
    from contract_tests.support.servers.postgres import PostgresServer

SETTINGS = (
    *("WERYAI_API_KEY", "WERYAI_BASE_URL", "WERYAI_REGISTRY_URL"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)

memory_disk.use()
hypothesis_profiles.load()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """The thousands of tests stay until the end: to look through them for garbage again and again
    takes 7 % of the run, and a fifth of their collection. What they have loaded and cached stays
    too: to look through it is another 7 %, so the oldest generation is looked through 14 times as
    seldom. The youngest is looked through as often as is usual: with 2,000 objects in it the run
    takes 6 % more, perhaps because its memory is then no longer in the processor's cache."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(700, 10, 140)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """To look for garbage once more as the interpreter ends takes each process a second."""
    gc.freeze()
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of long tests, most of which wait, come one at a time, evenly among the others: where
    two wait at once a processor has nothing to do, and where one comes last all but one have."""
    files = defaultdict[Path, list[pytest.Item]](list)
    for item in items:
        files[item.path].append(item)
    long = [path for path, tests in files.items() if tests[0].get_closest_marker("long")]
    others = [path for path in files if path not in long]
    before = [*accumulate((len(files[path]) for path in others), initial=0)]
    places = {path: number * before[-1] / len(long) for number, path in enumerate(long)}
    places |= zip(others, before, strict=False)
    items[:] = [item for path in sorted(places, key=places.__getitem__) for item in files[path]]


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are processors: some tests wait for a process, an engine or a browser."""
    return (yield) + 1


@pytest.fixture(scope="session", autouse=True)
def no_settings() -> Iterator[None]:
    """No test sees the settings of whoever runs it. Trust that is named, such as that of a proxy
    that looks into TLS, is also read anew for each client: 25 ms."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def kept_cases(pytestconfig: pytest.Config) -> KeptCases:
    """Generated cases, in pytest's cache where there is one and where each run has the same."""
    kept = getattr(pytestconfig, "cache", None) if hypothesis_profiles.repeats() else None
    return KeptCases(kept and kept.mkdir("cases"))


@pytest.fixture(scope="session")
def portal() -> Iterator[anyio.from_thread.BlockingPortal]:
    """The event loop of every client on asyncio: to start one takes longer than a test."""
    with anyio.from_thread.start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def trio_portal() -> Iterator[anyio.from_thread.BlockingPortal]:
    """The same on trio."""
    with anyio.from_thread.start_blocking_portal("trio") as portal:
        yield portal


@pytest.fixture(params=MODES)
def make_client(request: pytest.FixtureRequest) -> Iterator[MakeClient]:
    """Make a client in the mode of this run."""
    portal = request.getfixturevalue("trio_portal" if request.param == "trio" else "portal")
    with clients(request.param, portal) as make:
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
    """A client of the simulator, in every mode."""
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


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a file holds that nobody has written to: to make its tables takes two thirds of opening
    a new one."""
    path = tmp_path_factory.mktemp("empty") / "jobs.journal"
    SQLiteJournal(path).close()
    return path.read_bytes()


@pytest.fixture
def journal_file(tmp_path: Path, empty_journal: bytes) -> Path:
    """An empty journal, for a test that is not about how its tables are made."""
    path = tmp_path / "state" / "jobs.journal"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(empty_journal)
    path.chmod(0o600)
    return path


@pytest.fixture
def journal(journal_file: Path) -> Iterator[SQLiteJournal]:
    journal = SQLiteJournal(journal_file)
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One for all tests of a process, where one asks for it: it starts in a second."""
    from contract_tests.support.servers.postgres import running

    with running() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    """The address of an empty journal, for a test that is not about how its tables are made."""
    return postgres.url(postgres.emptied())


@pytest.fixture
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Videos of 4 pictures a second, where a test looks at the first and the last alone."""
    monkeypatch.setattr("weryai.testing._films.render.FRAME_RATE", 4)


@pytest.fixture
def quick_videos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of next to nothing, where a test is not about what can be seen."""

    def draw(task: object, path: Path, fetch: object) -> None:
        path.write_bytes(film())

    monkeypatch.setattr("weryai.testing._films.results._draw", draw)
