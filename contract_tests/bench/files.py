"""Large files, beside a raw httpx stream: CPU, and the memory that they take beyond what was there.

python -m contract_tests.bench.files URL WAY WHO PICTURES    one of them, in a process of its own
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import httpx
from PIL import Image

from contract_tests.bench import measuring
from weryai import AsyncWeryAI, Video

KEY = "sk-0123456789abcdef"
MEGABYTES = 200
IMAGE = 8  # megabytes, of 10 that one may have
ROUNDS = 3
PIECE = 65536


def images(folder: Path, megabytes: int) -> Iterator[Path]:
    """Images of that size in all, each nearly as large as one may be: what follows the end of one
    is let be. They are made once in a folder."""
    for number in range(megabytes // IMAGE):
        path = folder / f"{number}.png"
        if not path.exists():
            Image.new("RGB", (512, 512), (number, 0, 0)).save(path)
            os.truncate(path, IMAGE * 2**20)
        yield path


async def down_raw(url: str, folder: Path, megabytes: int) -> None:
    address = f"{url}/file/{megabytes}.mp4"
    async with httpx.AsyncClient() as http, http.stream("GET", address) as reply:
        with (folder / "raw").open("wb") as file:
            async for chunk in reply.aiter_raw():
                file.write(chunk)


async def down(url: str, folder: Path, megabytes: int) -> None:
    async with AsyncWeryAI(KEY, base_url=url) as client:
        await client.download(Video(f"{url}/file/{megabytes}.mp4", f"{megabytes}"), folder)


async def up_raw(url: str, folder: Path, megabytes: int, hashed: bool = False) -> None:
    async with httpx.AsyncClient() as http:
        for path in images(folder, megabytes):
            if hashed:
                with path.open("rb") as file:
                    hashlib.file_digest(file, "sha256")

            async def pieces(path: Path = path) -> AsyncIterator[bytes]:
                with path.open("rb") as file:
                    while piece := file.read(PIECE):
                        yield piece

            await http.post(f"{url}/v1/generation/upload-file", content=pieces())


async def up_hashed(url: str, folder: Path, megabytes: int) -> None:
    """With the SHA-256 by which an image is known that is uploaded once."""
    await up_raw(url, folder, megabytes, hashed=True)


async def up(url: str, folder: Path, megabytes: int) -> None:
    async with AsyncWeryAI(KEY, base_url=url) as client:
        for path in images(folder, megabytes):
            await client.upload(path)


WORKS = {
    "down": {"httpx": down_raw, "weryai": down},
    "up": {"httpx": up_raw, "httpx and SHA-256": up_hashed, "weryai": up},
}


def figures(url: str) -> dict[str, dict[str, dict[str, float]]]:
    """By the way and by who does it: `cpu` in seconds, its ratio, and `memory` in MB."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as pictures:
        for _ in images(Path(pictures), MEGABYTES):
            pass  # here, as making them is no part of the work
        for way, each in WORKS.items():
            told: dict[str, list[dict[str, float]]] = {who: [] for who in each}
            for _ in range(ROUNDS):
                for who in each:
                    told[who].append(measuring.in_a_process(__name__, url, way, who, pictures))
            found[way] = _medians(told)
    return found


def _medians(told: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    found = {
        who: {unit: median(turn[unit] for turn in turns) for unit in turns[0]}
        for who, turns in told.items()
    }
    for numbers in found.values():
        numbers["cpu ratio"] = numbers["cpu"] / found["httpx"]["cpu"]
    return found


def measured(url: str, way: str, who: str, pictures: str) -> dict[str, float]:
    """One of them in this process, after a small one."""
    work = WORKS[way][who]
    with tempfile.TemporaryDirectory() as films:
        folder = Path(pictures if way == "up" else films)
        asyncio.run(work(url, folder, IMAGE))
        memory, cpu = measuring.memory(), time.process_time()
        asyncio.run(work(url, folder, MEGABYTES))
        taken = time.process_time() - cpu
        return {"cpu": taken, "memory": measuring.most_memory() - memory}


if __name__ == "__main__":
    print(json.dumps(measured(*sys.argv[1:])))
