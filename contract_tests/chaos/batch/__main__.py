"""Kill workers of a batch, let the rest end, and count. Exits with 1 where a promise was broken."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from contract_tests.chaos.batch.figures import Figures
from contract_tests.chaos.batch.night import Night
from contract_tests.chaos.service import service
from contract_tests.support.run.reports import keep
from contract_tests.support.servers import postgres

INTERVAL = 0.5  # seconds between two submissions
TASK_SECONDS = 12.0  # so that more than may would run at once
ROWS = 3  # for each kill
LEAST_ROWS = 20


@contextmanager
def database(name: str, folder: Path) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """A place for a journal, and what starts it anew: `sqlite`, `postgres`, or an address."""
    if name == "sqlite":
        yield str(folder / "night.db"), None
    elif name == "postgres":
        with postgres.running() as server:
            yield server.url("night"), server.restart
    else:
        yield name, None


def run(kills: int, workers: int, name: str, seed: int, folder: Path) -> Figures:
    """Kill as often as that, let the batch end, and count."""
    started = time.monotonic()
    options = {"spacing": INTERVAL - 0.25, "task_seconds": TASK_SECONDS}
    with service(seed, **options) as (found, address), database(name, folder) as (place, restart):
        found.before = False  # when they come is looked at
        night = Night(found, address, folder, place, INTERVAL, random.Random(seed), restart)
        try:
            night.add(max(LEAST_ROWS, ROWS * kills))
            night.kill(kills, workers)
            night.finish()
            doubt = night.settle()
            night.start()
            night.finish()
            return night.figures(kills, workers, doubt, started)
        finally:
            night.end()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--workers", type=int, default=4, help="at the same time")
    parser.add_argument("--database", default="sqlite", help="sqlite, postgres, or an address")
    parser.add_argument("--seed", type=int, default=None, help="of the instants, as far as it goes")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="weryai-chaos-") as folder:
        figures = run(options.kills, options.workers, options.database, seed, Path(folder))
    print(figures)
    keep("chaos-batch", f"seed {seed}\n{figures}")
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
