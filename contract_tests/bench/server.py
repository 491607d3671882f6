"""The service that everybody is measured against: canned answers on loopback, from a process of its
own, which counts the connections and the requests that come in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

from contract_tests.support import films

PIECE = b"\0" * 65536
MEGABYTE = 2**20
BATCH_SIZE = 4
TASK = "task_0123456789abcdef"
# What a peer asks for, and the least that it takes for an answer.
PEERS = {
    "/fal/": {
        "request_id": "r1",
        "response_url": "http://127.0.0.1/r1",
        "status_url": "http://127.0.0.1/r1/status",
        "cancel_url": "http://127.0.0.1/r1/cancel",
        "status": "IN_QUEUE",
        "queue_position": 1,
    },
    "/replicate/": {
        "id": "r1",
        "model": "a/b",
        "version": "v1",
        "status": "processing",
        "input": {"prompt": "x"},
        "output": None,
        "logs": "",
        "error": None,
        "metrics": None,
        "created_at": "2026-11-25T00:00:00Z",
        "started_at": None,
        "completed_at": None,
        "urls": {"get": "http://127.0.0.1/r1", "cancel": "http://127.0.0.1/r1/cancel"},
    },
    "/openai/": {
        "id": "r1",
        "object": "video",
        "model": "sora-2",
        "status": "in_progress",
        "progress": 0,
        "created_at": 1,
        "seconds": "4",
        "size": "720x1280",
    },
    "/google/": {"name": "models/veo-3/operations/r1", "done": False},
    "/luma/": {
        "id": "r1",
        "generation_type": "video",
        "state": "dreaming",
        "model": "ray-2",
        "created_at": "2026-11-25T00:00:00Z",
        "assets": None,
        "request": {"generation_type": "video", "prompt": "x", "model": "ray-2"},
    },
}


def task(name: str, state: str, *videos: str) -> dict[str, Any]:
    return {"task_id": name, "task_status": state, **({"videos": videos} if videos else {})}


def answer(method: str, path: str, polls: Counter[str]) -> Any:
    """The JSON of an answer. A task whose name begins with `n` ends at its n-th poll."""
    for prefix, told in PEERS.items():
        if path.startswith(prefix):
            return told
    data: Any
    name = path.split("/")[-2]
    polls[name] += 1
    if path.endswith("/upload-file"):
        data = {"object_url_list": ["https://cdn.example.com/a.png"]}
    elif method == "POST":
        data = {"batch_id": "100000001", "task_ids": [TASK]}
    elif "/batch/" in path:
        data = [_polled(f"{name}_{number}", polls[name]) for number in range(BATCH_SIZE)]
    else:
        data = _polled(name, polls[name])
    return {"status": 0, "desc": "success", "message": "success", "data": data}


def _polled(name: str, polls: int) -> dict[str, Any]:
    last, _, _ = name.partition("_")
    if last.isdigit() and polls >= int(last):
        return task(name, "succeed", f"http://127.0.0.1/{name}.mp4")
    return task(name, "processing")


class Server:
    """Counts what it answers."""

    def __init__(self) -> None:
        self.seen = dict.fromkeys(("connections", "open", "most_open", "requests"), 0)
        self._polls: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.seen["connections"] += 1
        self.seen["open"] += 1
        self.seen["most_open"] = max(self.seen["most_open"], self.seen["open"])
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await _skip_body(reader, head.lower())
                method, path, _ = head.decode("latin-1").split(" ", 2)
                await self._answer(writer, method, path)
        self.seen["open"] -= 1
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, method: str, path: str) -> None:
        if path == "/seen":
            body = json.dumps(self.seen).encode()
            self.seen.update(connections=0, requests=0, most_open=self.seen["open"])
        elif path.startswith("/file/"):
            self.seen["requests"] += 1
            await _send_file(writer, int(path.split("/")[2].partition(".")[0]))
            return
        else:
            self.seen["requests"] += 1
            body = json.dumps(answer(method, path, self._polls)).encode()
        writer.write(_head(len(body), "application/json") + body)
        await writer.drain()


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await _skip(reader, size + 2)
        await reader.readline()
    elif b"content-length: " in head:
        await _skip(reader, int(head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0]))


async def _skip(reader: asyncio.StreamReader, left: int) -> None:
    while left:
        data = await reader.read(min(left, MEGABYTE))
        if not data:
            raise ConnectionError
        left -= len(data)


async def _send_file(writer: asyncio.StreamWriter, megabytes: int) -> None:
    """A film of that size, with nothing in it."""
    size = megabytes * MEGABYTE
    start = films.head(size - len(films.head(0)))
    writer.write(_head(size, "video/mp4") + start)
    left = size - len(start)
    while left:
        writer.write(PIECE[: min(left, len(PIECE))])
        left -= min(left, len(PIECE))
        await writer.drain()


def _head(size: int, kind: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode()


@contextmanager
def running() -> Iterator[str]:
    """A server in a process of its own. Yields its address."""
    argv = [sys.executable, "-m", __name__]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def seen(url: str) -> dict[str, int]:
    """What it has seen since it was asked last: `connections`, `most_open` at once, `requests`."""
    with urlopen(f"{url}/seen") as reply:
        return dict(json.load(reply))


async def _main() -> None:
    server = await asyncio.start_server(Server().serve, "127.0.0.1", 0, limit=MEGABYTE)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
