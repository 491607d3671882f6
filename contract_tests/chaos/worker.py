"""A process that is killed: it submits, waits and downloads until then, or opens new journals.

python -m contract_tests.chaos.worker MODE FOLDER FIRST_CALLER_ID
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from weryai import AsyncWeryAI, MultiImageToVideo, SystemClock, WeryAI
from weryai.journal import SQLiteJournal
from weryai.testing import sample

# Pauses of seconds between polls would be most of the time in which it can be killed.
HURRY = 50.0
# In the folder of a run.
JOURNAL, VIDEOS, NEW = "jobs.journal", "videos", "new"


class HastyClock(SystemClock):
    """The real time, with short pauses."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / HURRY)

    async def sleep_async(self, seconds: float) -> None:
        await asyncio.sleep(seconds / HURRY)


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


def work(folder: Path, caller_ids: itertools.count[int]) -> None:
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
    else:
        open_journals(Path(where) / NEW, int(first))
