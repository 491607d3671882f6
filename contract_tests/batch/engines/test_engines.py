"""Rows that are tasks of an engine are paid once, whichever of its workers is killed, and all of
them together keep to the limits of the account. What docs/engines.md shows is what runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import define, field

from contract_tests.support.run import forked, patience
from contract_tests.support.servers.postgres import PostgresServer
from weryai.cli.simulate import make_simulator, serving
from weryai.testing import Simulator

pytestmark = pytest.mark.long
PAGE = Path(__file__).parents[3] / "docs" / "engines.md"
ROWS = [f"row-{number}" for number in range(4)]
MOST_RUNNING = 3
# How soon is looked: at a job, of half a second, and by DBOS at its queue.
SOON = "\nfrom weryai._flows import pace\n\npace.FIRST = 0.2\n"
CONCURRENCY = "worker_concurrency=2, polling_interval_sec=0.1"


@define
class Machines:
    """Processes of an engine: forks of what has loaded it, which takes longer than they live."""

    simulator: Simulator
    folder: Path
    settings: dict[str, str]
    engine: tuple[str, ...] = ()
    running: list[subprocess.Popen[str]] = field(factory=list)

    def start(self, *argv: str) -> subprocess.Popen[str]:
        with (self.folder / "log.txt").open("a") as log:
            process = forked.Popen(
                [sys.executable, "-m", *argv],
                load=self.engine,
                env=os.environ | self.settings,
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.running.append(process)
        return process

    def wait_until_paid(self, number: int) -> None:
        """Until so many rows are, and the next are in hand."""
        deadline = time.monotonic() + patience.SECONDS
        while len(self.simulator.ledger) < number:
            assert time.monotonic() < deadline, (self.folder / "log.txt").read_text()
            time.sleep(0.05)

    def ends(self, driver: subprocess.Popen[str]) -> dict[str, str]:
        """By row what its task came to: the name of a class."""
        out, _ = driver.communicate(timeout=patience.SECONDS)
        return {line.split()[0]: line.split()[1] for line in out.splitlines() if line[:4] == "row-"}


@pytest.fixture
def machines(postgres: PostgresServer, tmp_path: Path) -> Iterator[Machines]:
    """With the files of the page, and an account that may run two tasks."""
    for source in re.findall(r"```python\n(# \w+\.py\n.*?)```", PAGE.read_text(), re.DOTALL):
        name, _, code = source.partition("\n")
        code = code.replace("running=20, interval=2.5", f"running={MOST_RUNNING}, interval=0")
        code = code.replace("worker_concurrency=20", CONCURRENCY)
        code += SOON if "def render(" in code else ""
        (tmp_path / name.removeprefix("# ")).write_text(code)
    with (
        make_simulator(task_seconds=0.5, render=False) as simulator,
        serving(simulator) as (address, _),
    ):
        settings = {
            "DATABASE": postgres.url(f"s_{os.urandom(6).hex()}"),
            "WERYAI_API_KEY": simulator.api_key,
            "WERYAI_BASE_URL": address,
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(tmp_path),
            "PYTHONWARNINGS": "ignore",
        }
        with ended(Machines(simulator, tmp_path, settings)) as found:
            yield found


@contextmanager
def ended(machines: Machines) -> Iterator[Machines]:
    try:
        yield machines
    finally:
        for process in machines.running:
            process.kill()
            process.communicate()


def addresses(known: Path) -> list[str]:
    """Of a scheduler of dask, as far as its file has them."""
    return re.findall(r'"(tcp://[^"]+)"', known.read_text()) if known.exists() else []


def require_paid_once(machines: Machines, ends: dict[str, str]) -> None:
    simulator = machines.simulator
    paid = Counter(payment.payload["prompt"] for payment in simulator.ledger)
    assert sorted(ends) == ROWS, (machines.folder / "log.txt").read_text()
    assert {*ends.values()} <= {"list", "SubmissionUnknownError"}
    assert max(paid.values()) == 1
    done = [row for row, what in ends.items() if what == "list"]
    assert len(done) <= len(paid) <= len(ROWS)
    assert [*ends.values()].count("SubmissionUnknownError") <= MOST_RUNNING, "what was on its way"
    assert len(done) == len([*(machines.folder / "videos").glob("*.mp4")])
    assert simulator.most_running <= MOST_RUNNING


@pytest.mark.timeout(300)  # four processes, on whatever machine
def test_rows_that_dask_runs_are_paid_once_though_a_worker_is_killed(machines: Machines) -> None:
    quiet = ["--no-dashboard"]
    machines.engine = "distributed.client", "distributed.scheduler", "distributed.worker"
    scheduler = machines.start(
        "distributed.cli.dask_scheduler",
        *("--host", "127.0.0.1", "--port", "0", "--scheduler-file", "scheduler.json"),
        *quiet,
    )
    assert scheduler.poll() is None
    worker = ["distributed.cli.dask_worker", "--scheduler-file", "scheduler.json"]
    worker += ["--no-nanny", "--nthreads", "2", *quiet]
    known = machines.folder / "scheduler.json"
    patience.until(lambda: addresses(known))  # the file is there before it is full
    machines.settings["SCHEDULER"] = addresses(known)[0]
    victim = machines.start(*worker)
    driver = machines.start("with_dask")
    machines.wait_until_paid(1)
    victim.kill()
    machines.start(*worker)
    require_paid_once(machines, machines.ends(driver))


@pytest.mark.timeout(300)
def test_rows_that_dbos_runs_are_paid_once_though_its_process_is_killed(
    machines: Machines,
) -> None:
    machines.engine = ("dbos",)
    victim = machines.start("with_dbos")
    machines.wait_until_paid(1)
    victim.kill()
    require_paid_once(machines, machines.ends(machines.start("with_dbos")))
