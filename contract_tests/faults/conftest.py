"""What every case needs: a stage, a fault in its way, and one finished video for all downloads."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from attrs import evolve
from PIL import Image

from contract_tests.faults.cases import Case, Gallery, Meet, SetUp
from contract_tests.faults.certificates import AUTHORITY, RIGHT
from contract_tests.faults.faulty_server import Door
from contract_tests.faults.outcomes import Fault, When
from contract_tests.faults.steps import Clock, Stage, Step
from contract_tests.support.clients import KEY, MakeClient
from weryai import MultiImageToVideo
from weryai.testing import Simulator


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trust") / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def trust(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust one authority alone, where a server has to prove who it is: each client reads it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """Made once for all that wait and download; of next to nothing, so that it is small."""
    folder = tmp_path_factory.mktemp("gallery")
    picture = folder / "flat.png"
    Image.new("RGB", (64, 64)).save(picture)
    with Simulator(api_key=KEY, render=False) as simulator, simulator.client() as client:
        jobs = {tasks: client.submit(_small(picture, tasks)) for tasks in (1, 2)}
        video = client.wait(jobs[1]).videos[0]
        client.wait(jobs[2])
        (path,) = client.download([video], folder)
        yield Gallery(simulator, picture, jobs, video, path.read_bytes())


def _small(picture: Path, videos: int) -> MultiImageToVideo:
    return MultiImageToVideo(
        images=[picture],
        prompt="x",
        model="WERYDANCE_2_0",
        aspect_ratio="1:1",
        duration=4,
        video_number=videos,
    )


@pytest.fixture
def set_up(
    gallery: Gallery,
    ask: Callable[..., MultiImageToVideo],
) -> Iterator[SetUp]:
    """Prepare what a step needs, all but its client."""
    with ExitStack() as stack:

        def make(step: Step) -> Stage:
            clock = Clock()
            born = datetime.fromtimestamp(clock.now - 30, UTC)
            job = evolve(gallery.jobs[step.tasks or 1], submitted_at=born)
            simulator = gallery.simulator
            if step.pays:
                simulator = stack.enter_context(Simulator(clock=clock, api_key=KEY))
            folder = gallery.picture.with_name(secrets.token_hex(8))
            return Stage(
                simulator, clock, ask, gallery.picture, folder, job, gallery.video, gallery.film
            )

        yield make


@pytest.fixture(scope="session")
def doors() -> Iterator[BlockingPortal]:
    """The loop of all doors: a thread that is not the clients'."""
    with start_blocking_portal() as doors:
        yield doors


@pytest.fixture(scope="session")
def elsewhere(doors: BlockingPortal, gallery: Gallery) -> Iterator[Door]:
    """Another origin, which has the video too."""
    door = Door(gallery.simulator.app)
    with doors.wrap_async_context_manager(door.serve()):
        yield door


@pytest.fixture
def meet(
    doors: BlockingPortal,
    make_client: MakeClient,
    set_up: SetUp,
    elsewhere: Door,
    request: pytest.FixtureRequest,
) -> Iterator[Meet]:
    """Put a fault in the way of a step."""
    with ExitStack() as stack:

        def meet(step: Step, fault: Fault, times: float = 1, **options: Any) -> Case:
            stage = set_up(step)
            elsewhere.arrivals.clear()
            tls = RIGHT if fault.tls else None
            if tls is not None:
                request.getfixturevalue("trust")
            door = Door(stage.simulator.app, tls, elsewhere.url, fault, times, step.path)
            serving = door.serve(listening=fault.when is not When.REFUSING)
            stack.enter_context(doors.wrap_async_context_manager(serving))
            if fault.when is When.REFUSING:
                stage.clock.slept = partial(doors.call, door.refused)
            client = make_client(base_url=door.url, api_key=KEY, clock=stage.clock, **options)
            stage.open(client, door.url)
            return Case(step, fault, stage, door, elsewhere, doors)

        yield meet
