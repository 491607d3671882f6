"""A process that is killed: it submits, waits and downloads until then, or opens new journals.

One that forks hands a client that is in use to its children, who must be refused, and then make
clients of their own.

python -m contract_tests.chaos.worker MODE FOLDER FIRST_CALLER_ID
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from contract_tests.chaos.clock import HastyClock
from weryai import AsyncWeryAI, ConfigError, MultiImageToVideo, WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import sample

# In the folder of a run.
JOURNAL, VIDEOS, NEW = "jobs.journal", "videos", "new"
CHILDREN = 2
APART = 300  # added to the caller_id of a process for each of its children
# What a child says of its parent's client.
REFUSED, LET_IN, BROKEN = "was refused", "was let in", "ended badly"


def image(folder: Path, caller_id: int) -> Path:
    """An image of its own for each job, so that each one uploads too."""
    path = folder / f"{caller_id}.png"
    path.write_bytes(sample("night", (32, 18)) + str(caller_id).encode())
    return path


def request(folder: Path, caller_id: int) -> MultiImageToVideo:
    return MultiImageToVideo(
        images=[image(folder, caller_id)],
        prompt=f"chaos {caller_id}",
        model="KLING_O1",
        aspect_ratio="1:1",
        duration=5,
        video_number=1 + caller_id % 2,
        caller_id=caller_id,
    )


def work(folder: Path, caller_ids: Iterable[int]) -> None:
    with WeryAI(journal=folder / JOURNAL, clock=HastyClock()) as client:
        print("ready", flush=True)
        for caller_id in caller_ids:
            result = client.generate(request(folder, caller_id))
            client.download(result, folder / VIDEOS)


async def work_async(folder: Path, caller_ids: itertools.count[int]) -> None:
    async with AsyncWeryAI(journal=folder / JOURNAL, clock=HastyClock()) as client:
        print("ready", flush=True)
        for caller_id in caller_ids:
            result = await client.generate(request(folder, caller_id))
            await client.download(result, folder / VIDEOS)


def fork(folder: Path, first: int) -> None:
    """Hand the client to children after its first call, hear them out, and go on beside them."""
    ears, mouth = os.pipe()
    with WeryAI(journal=folder / JOURNAL, clock=HastyClock()) as client:
        client.balance()
        for number in range(1, CHILDREN + 1):
            if os.fork() == 0:
                be_a_child(client, mouth, folder, first + number * APART)
        for _ in range(CHILDREN):
            os.read(ears, 1)
        print("heard", flush=True)
        for caller_id in itertools.count(first):
            result = client.generate(request(folder, caller_id))
            client.download(result, folder / VIDEOS)


def be_a_child(client: WeryAI, mouth: int, folder: Path, first: int) -> None:
    """Try the client of the parent, then make videos with one of its own; never returns."""
    try:
        try:
            client.submit(request(folder, first))
            said = LET_IN
        except ConfigError:
            said = REFUSED
        print(said, flush=True)
        os.write(mouth, b".")
        work(folder, itertools.islice(itertools.count(first + 1), 2))
    except BaseException:
        print(BROKEN, flush=True)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def open_journals(folder: Path, first: int) -> None:
    """Make a journal and write to it, over and over; the one that is cut short stays."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{first}.journal"
    print("ready", flush=True)
    while True:
        journal = SQLiteJournal(path)
        journal.begin("a", "http://127.0.0.1", {"caller_id": first}, datetime.now(UTC))
        journal.close()
        path.unlink()


if __name__ == "__main__":
    mode, where, first = sys.argv[1:]
    if mode == "sync":
        work(Path(where), itertools.count(int(first)))
    elif mode == "async":
        asyncio.run(work_async(Path(where), itertools.count(int(first))))
    elif mode == "fork":
        fork(Path(where), int(first))
    else:
        open_journals(Path(where) / NEW, int(first))
