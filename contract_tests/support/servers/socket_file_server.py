"""A file server on this machine, on real sockets: it serves one file, and takes uploads."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from attrs import define, field

BLOCK = 1024 * 1024


@define
class Files:
    """What a server has, and what it was asked.

    Attributes:
        path: the file it serves, with ranges.
        rest: set to let the second half of an answer go out.
        url: where it is.
        asked: the Range of each GET.
        uploads: of each POST: the length it announced, and how many bytes came.
    """

    path: Path
    rest: threading.Event = field(factory=threading.Event)
    url: str = ""
    asked: list[str | None] = field(factory=list)
    uploads: list[tuple[str | None, int]] = field(factory=list)


@contextmanager
def serve(files: Files) -> Iterator[Files]:
    """Serve until the block ends."""

    class Handler(_Handler):
        served = files

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    files.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield files
    finally:
        files.rest.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Files

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.served.asked.append(asked)
        found = re.fullmatch(r"bytes=(\d+)-", asked or "")
        start = int(found[1]) if found and self.headers["If-Range"] == '"big"' else 0
        total = self.served.path.stat().st_size
        self.send_response(206 if start else 200)
        self.send_header("ETag", '"big"')
        self.send_header("Content-Length", str(total - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        with self.served.path.open("rb") as file:
            half = (total - start) // 2
            self.connection.sendfile(file, start, half)
            self.served.rest.wait(30)
            self.connection.sendfile(file, start + half)

    def do_POST(self) -> None:
        announced = self.headers["Content-Length"]
        came = 0
        while block := self.rfile.read(min(BLOCK, int(announced) - came)):
            came += len(block)
        self.served.uploads.append((announced, came))
        data = {"object_url_list": ["https://files.example.com/a.png"]}
        answer = json.dumps({"status": 0, "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
