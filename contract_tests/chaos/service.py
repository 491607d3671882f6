"""The simulator on loopback, slow enough at each step for a kill to fall into it."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from anyio import sleep
from attrs import define, field

from contract_tests.support.films import film
from weryai import SystemClock
from weryai.cli.simulate import serving
from weryai.testing import Simulator, Variant

SUBMIT = "/v1/generation/multi-image-to-video"
LONGEST = 0.2  # seconds before a submission is accepted, and again before it is answered
CHUNK = 0.004  # seconds for each 64 kB of a video
LATE = 0.3  # seconds after its end for which a task may be told in part
# How a call is answered: by chance, so that what is told of a job differs from look to look.
VARIANTS = (
    Variant(),
    *(Variant(late=each, named="first") for each in ("videos", "tasks", "state")),
)


@define
class Service:
    """A simulator behind a socket that tells less at first, and how often each video was asked
    for."""

    simulator: Simulator
    dice: random.Random
    fetched: Counter[str] = field(factory=Counter)  # by the task's id
    before: bool = True  # whether a submission is held up before it is accepted, too

    @property
    def app(self) -> Any:
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The simulator, with pauses."""
        path = scope.get("path", "")
        result = path.startswith("/results/")

        async def slowly(message: Any) -> None:
            if path == SUBMIT and message["type"] == "http.response.start":
                await sleep(self.dice.uniform(0, LONGEST))
            if result and message["type"] == "http.response.body":
                await sleep(CHUNK)
            await send(message)

        self.simulator.variant = self.dice.choice(VARIANTS)
        if result:
            self.fetched[path.removeprefix("/results/").removesuffix("-1.mp4")] += 1
        if path == SUBMIT and self.before:
            await sleep(self.dice.uniform(0, LONGEST))
        await self.simulator.app(scope, receive, slowly)

    def accepted(self) -> Counter[int]:
        """How often each caller_id was paid for."""
        return Counter(line.payload["caller_id"] for line in self.simulator.ledger)

    def digest(self, task_id: str) -> str:
        """What the video of a task looks like, drawn now if nobody has asked for it yet."""
        path = self.simulator._account.video(task_id, 1, lambda url: None)
        assert path is not None, f"{task_id} has no video"
        return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def service(seed: int, **options: Any) -> Iterator[tuple[Service, str]]:
    """Serve on loopback, with options of the simulator. Gives the service and its address."""
    dice = random.Random(seed)

    def draw(task: object, path: Path, fetch: object) -> None:
        path.write_bytes(film(dice.randbytes(dice.randrange(200_000, 2_000_000))))

    usual = {"credits": 1e9, "task_seconds": 0.1, "late_seconds": LATE}
    simulator = Simulator(**usual | options, clock=SystemClock())
    with patch("weryai.testing._films.results._draw", draw), simulator:
        found = Service(simulator, dice)
        with serving(cast(Simulator, found)) as (address, _):  # all it needs is the application
            yield found, address
