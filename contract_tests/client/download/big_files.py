"""How much memory and time 200 MB take, either way, beside httpx alone.

`python -m contract_tests.client.download.big_files` prints the best time of three runs. Each is
done by a process of its own with a server on this machine, and tells how far the memory of that
process rose above where it was. Linux only: it reads /proc.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import httpx

from contract_tests.support.films import head
from contract_tests.support.run import children
from contract_tests.support.servers.socket_file_server import Files, serve
from weryai import AsyncWeryAI, Video, WeryAI
from weryai._files import images

MB = 1_000_000
SIZE = 200 * MB
# A frame of 23 x 14 pixels and a scan, which goes on to the end of the file.
JPEG = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x0e\0\x17\x01\x01\x11\0\xff\xda\0\x02"
KEY = "sk-test-0123456789abcdef"
OURS = ("download", "async download", "upload", "async upload")


def download(url: str, folder: Path) -> None:
    with WeryAI(KEY, base_url=url) as client:
        client.download([Video(url + "/v.mp4", "ours")], folder)


def upload(url: str, folder: Path) -> None:
    with WeryAI(KEY, base_url=url) as client:
        client.upload(folder / "big.jpg")


def async_download(url: str, folder: Path) -> None:
    async def work() -> None:
        async with AsyncWeryAI(KEY, base_url=url) as client:
            await client.download([Video(url + "/v.mp4", "ours_async")], folder)

    anyio.run(work)


def async_upload(url: str, folder: Path) -> None:
    async def work() -> None:
        async with AsyncWeryAI(KEY, base_url=url) as client:
            await client.upload(folder / "big.jpg")

    anyio.run(work)


def raw_download(url: str, folder: Path) -> None:
    with (
        httpx.Client() as http,
        http.stream("GET", url) as answer,
        (folder / "raw.mp4").open("wb") as file,
    ):
        for chunk in answer.iter_bytes():
            file.write(chunk)


def raw_async_download(url: str, folder: Path) -> None:
    async def work() -> None:
        async with httpx.AsyncClient() as http, http.stream("GET", url) as answer:
            with (folder / "raw.mp4").open("wb") as file:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)

    anyio.run(work)


def raw_upload(url: str, folder: Path) -> None:
    with httpx.Client() as http, (folder / "big.jpg").open("rb") as file:
        http.post(url, files={"file": file})


def raw_async_upload(url: str, folder: Path) -> None:
    async def work() -> None:
        with (folder / "big.jpg").open("rb") as file:
            async with httpx.AsyncClient() as http:
                await http.post(url, files={"file": file})

    anyio.run(work)


WORKS: dict[str, Callable[[str, Path], None]] = {
    "download": download,
    "async download": async_download,
    "upload": upload,
    "async upload": async_upload,
    "httpx download": raw_download,
    "httpx async download": raw_async_download,
    "httpx upload": raw_upload,
    "httpx async upload": raw_async_upload,
}


def memory(field: str) -> float:
    """MB of this process: VmRSS is what it has, VmHWM the most it had."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024 / MB


def work(name: str, url: str, folder: Path) -> dict[str, float]:
    """Do one of them. Returns the seconds it took and the MB by which memory rose."""
    images.MAX_BYTES = SIZE
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # reset the peak of resident memory, VmHWM
    before, started = memory("VmRSS"), time.monotonic()
    WORKS[name](url, folder)
    return {"seconds": time.monotonic() - started, "MB": memory("VmHWM") - before}


def lay_out(folder: Path) -> None:
    """Make what is sent, and what is served."""
    film = head(SIZE - len(head(0)))
    for name, start, end in (("big.jpg", JPEG, b"\xff\xd9"), ("big.mp4", film, b"")):
        with (folder / name).open("wb") as file:
            file.write(start)
            file.truncate(SIZE - len(end))
            file.seek(0, 2)
            file.write(end)


def measure(names: list[str], folder: Path) -> tuple[dict[str, dict[str, float]], Files]:
    """Do them one after the other, in a process of their own, with what is laid out there."""
    with serve(Files(folder / "big.mp4")) as files:
        files.rest.set()
        command = [
            sys.executable,
            "-m",
            "contract_tests.client.download.big_files",
            files.url,
            str(folder),
            *names,
        ]
        settings = {**os.environ, "PYTHONPATH": children.python_path()}
        ended = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), files


def main(arguments: list[str]) -> None:
    if arguments:
        url, folder, *names = arguments
        print(json.dumps({name: work(name, url, Path(folder)) for name in names}))
        return
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            lay_out(Path(folder))
            for file in Path(folder).iterdir():
                file.read_bytes()  # fill the page cache, which the first measurement would pay for
            runs.append(measure(list(WORKS), Path(folder))[0])
    for name in OURS:
        rise = max(run[name]["MB"] for run in runs)
        ours, theirs = (
            min(run[which]["seconds"] for run in runs) for which in (name, f"httpx {name}")
        )
        print(
            f"{name:15} {rise:5.1f} MB  {ours:5.2f} s  httpx {theirs:5.2f} s  {ours / theirs:4.2f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
