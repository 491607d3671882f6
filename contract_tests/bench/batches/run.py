"""One batch, in a process of its own.

python -m contract_tests.bench.batches.run URL FOLDER ROWS
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from contract_tests.bench import measuring
from weryai import AsyncWeryAI, Limits
from weryai.batch import Batch, read_manifest

KEY = "sk-simulator"
LOOKS = 5  # at what takes milliseconds: the quickest counts


def measured(url: str, folder: Path, number: int) -> dict[str, float]:
    """Run so many rows, and look at them when they have ended."""
    place = folder / "renders.db"
    client = partial(AsyncWeryAI, KEY, base_url=url)
    with Batch.open(place) as batch:
        add(batch, url, folder / "renders.csv", number)
        measuring.memory()
        before = time.process_time()
        status = batch.run(folder / "videos", client=client, limits=Limits(interval=0))
        cpu = time.process_time() - before
        assert status.counts["done"] == number, status
    return {
        "cpu": 1000 * cpu / number,
        "memory": measuring.most_memory(),
        "open": quickest(lambda: Batch.open(place).close()),
        "status": quickest(lambda: told(place)),
    }


def add(batch: Batch, url: str, manifest: Path, number: int) -> None:
    """As `weryai batch run` does, which lets go of the manifest then."""
    cells = "https://example.com/a.jpg,KLING_O1,16:9,5"
    rows = "".join(f"row-{each},Row {each},{cells}\n" for each in range(number))
    manifest.write_text(f"id,prompt,images,model,aspect_ratio,duration\n{rows}")
    assert len(batch.add(read_manifest(manifest, base_url=url)).new) == number


def told(place: Path) -> None:
    """What `weryai batch status` asks for."""
    with Batch.open(place) as batch:
        batch.status()


def quickest(work: Callable[[], object]) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(LOOKS):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return 1000 * min(taken)


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
