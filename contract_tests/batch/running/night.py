"""A night of renders: a batch, a simulator, and a clock that jumps while all of them sleep."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
from attrs import define

from contract_tests.support.run.jumping_clock import JumpingClock
from weryai import Clock
from weryai.batch import Batch, Manifest, Status, read_manifest
from weryai.journal import PostgresJournal, SQLiteJournal
from weryai.testing import Simulator

USUAL = {
    "images": ["https://example.com/a.jpg"],
    "prompt": "The sun sets",
    "model": "KLING_O1",
    "aspect_ratio": "16:9",
    "duration": 5,
}


async def _at_once(work: Callable[..., Any], *args: Any, **_: Any) -> Any:
    """In the place of a thread, which would look like sleep to the clock."""
    return work(*args)


@define
class Night:
    """A batch called `night`.

    Attributes:
        task_seconds: what a task takes, unless the simulator was told; it is looked at a few times.
    """

    place: str
    folder: Path
    clock: JumpingClock
    simulator: Simulator
    task_seconds: float = 8

    @classmethod
    @contextmanager
    def begun(cls, place: str, folder: Path, **options: Any) -> Iterator[Night]:
        night: Night
        clock = JumpingClock()
        usual: dict[str, Any] = {"render": False, "task_seconds": lambda _: night.task_seconds}
        with Simulator(clock=clock, **usual | options) as simulator:
            night = cls(place, folder, clock, simulator)
            yield night

    @property
    def out(self) -> Path:
        return self.folder / "videos"

    def batch(self, name: str = "night") -> Batch:
        """Opened as another process would."""
        journal: SQLiteJournal | PostgresJournal
        if self.place.startswith("postgresql:"):
            journal = PostgresJournal(self.place, clock="caller")
        else:
            journal = SQLiteJournal(self.place)
        batch = Batch(journal, name)
        batch._owns = True
        return batch

    def manifest(self, *rows: dict[str, Any], ids: str = "") -> Manifest:
        """A manifest of these rows, or one with these letters as ids."""
        given = rows or tuple({"id": name, "prompt": f"Row {name}"} for name in ids)
        path = self.folder / "renders.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in given))
        return read_manifest(path, defaults=USUAL)

    def add(self, *rows: dict[str, Any], ids: str = "") -> Any:
        with self.batch() as batch:
            return batch.add(self.manifest(*rows, ids=ids))

    def run(self, backend: str = "trio", batch: Batch | None = None, **options: Any) -> Status:
        """Run it to its end."""
        if batch is None:
            with self.batch() as opened:
                return self.run(backend, opened, **options)
        (status,) = self.run_all(batch, backend=backend, **options)
        return status

    def run_all(
        self, *batches: Batch, backend: str = "trio", clocks: Sequence[Clock] = (), **options: Any
    ) -> list[Status]:
        """Run several at once, as several processes do, each with a clock of its own where there
        are some. Returns how each ended, the first one first."""
        ends: list[Status] = []

        async def run(batch: Batch, clock: Clock) -> None:
            given = {**options, "of_client": {"clock": clock, **options.get("of_client", {})}}
            given = self.options(**given) | {"clock": clock}
            ends.append(await batch.run_async(self.out, **given))

        async def running() -> None:
            async with self.clock.running():
                try:
                    async with anyio.create_task_group() as group:
                        given = clocks or [self.clock] * len(batches)
                        for batch, clock in zip(batches, given, strict=True):
                            group.start_soon(run, batch, clock)
                except BaseExceptionGroup as several:
                    failure = several.exceptions[0]
                else:
                    return
            raise failure  # as it is: what runs the clock would wrap it

        with patch("anyio.to_thread.run_sync", _at_once):
            anyio.run(running, backend=backend)
        return ends

    def options(self, **options: Any) -> dict[str, Any]:
        """What a run is given."""
        client = partial(self.simulator.async_client, **options.pop("of_client", {}))
        return {"client": client, "clock": self.clock} | options

    def states(self) -> dict[str, str]:
        with self.batch() as batch:
            return {row.id: row.state for row in batch.rows()}

    def paid(self) -> list[str]:
        """The prompts that were paid for."""
        return [each.payload["prompt"] for each in self.simulator.ledger]


def is_whole(path: Path, digest: str) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == digest
