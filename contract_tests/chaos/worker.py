"""The process that is killed: it submits, waits and downloads until then.

python -m contract_tests.chaos.worker COLOUR FOLDER FIRST_CALLER_ID
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path

from weryai import AsyncWeryAI, MultiImageToVideo, SystemClock, WeryAI
from weryai.testing import sample

# Pauses of seconds between polls would be most of the time in which it can be killed.
HURRY = 50.0


class HastyClock(SystemClock):
    """The real time, with short pauses."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / HURRY)

    async def sleep_async(self, seconds: float) -> None:
        await asyncio.sleep(seconds / HURRY)


def request(folder: Path, caller_id: int) -> MultiImageToVideo:
    """A job with an image of its own, so that each one uploads too."""
    image = folder / f"{caller_id}.png"
    image.write_bytes(sample("night", (32, 18)) + str(caller_id).encode())
    return MultiImageToVideo(
        images=[image],
        prompt=f"chaos {caller_id}",
        model="KLING_O1",
        aspect_ratio="1:1",
        duration=5,
        video_number=1 + caller_id % 2,
        caller_id=caller_id,
    )


def work(folder: Path, caller_ids: itertools.count[int]) -> None:
    with WeryAI(journal=folder / "jobs.journal", clock=HastyClock()) as client:
        print("ready", flush=True)
        for caller_id in caller_ids:
            result = client.generate(request(folder, caller_id))
            client.download(result, folder / "videos")


async def work_async(folder: Path, caller_ids: itertools.count[int]) -> None:
    async with AsyncWeryAI(journal=folder / "jobs.journal", clock=HastyClock()) as client:
        print("ready", flush=True)
        for caller_id in caller_ids:
            result = await client.generate(request(folder, caller_id))
            await client.download(result, folder / "videos")


if __name__ == "__main__":
    colour, where, first = sys.argv[1:]
    if colour == "sync":
        work(Path(where), itertools.count(int(first)))
    else:
        asyncio.run(work_async(Path(where), itertools.count(int(first))))
