"""A case: a step, a fault in its way, and what it is judged by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anyio.from_thread import BlockingPortal
from attrs import frozen

from contract_tests.faults.faulty_server import Door
from contract_tests.faults.outcomes import Fault, When
from contract_tests.faults.steps import Stage, Step, judge_after
from contract_tests.support.clients import KEY
from weryai import Job, Video
from weryai.testing import Simulator

SetUp = Callable[[Step], Stage]


@frozen
class Gallery:
    """A simulator whose jobs are finished, by their number of tasks, and the bytes of a video."""

    simulator: Simulator
    picture: Path
    jobs: dict[int, Job]
    video: Video
    film: bytes


@frozen
class Case:
    """A step, a fault, and the doors between the client and the simulator."""

    step: Step
    fault: Fault
    stage: Stage
    door: Door
    elsewhere: Door
    doors: BlockingPortal

    def play(self) -> None:
        """Take the step, with the fault in its way."""
        self.stage.run(self.step)
        assert self.door.played, "the fault never took place"
        assert not self.door.outlasted, "the client sat through all of it"
        arrivals = [*self.door.arrivals, *self.elsewhere.arrivals]
        api = [arrival for arrival in self.door.arrivals if "/results/" not in arrival.path]
        assert [arrival for arrival in arrivals if arrival.has_key] == api, (
            "the key goes to the API alone"
        )
        assert KEY not in repr(vars(self.stage.error)) if self.stage.error else True
        assert KEY not in f"{self.stage.error!r} {self.stage.error}"

    def end(self) -> None:
        """Take it again without the fault, where it did not succeed."""
        if self.fault.when is When.REFUSING and self.door.times:
            self.doors.call(self.door.listen)
        self.door.times = 0
        judge_after(self.stage, self.step)


Meet = Callable[..., Case]
