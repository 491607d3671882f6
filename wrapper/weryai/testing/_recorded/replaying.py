"""A transport of httpx that answers what was recorded."""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from .._films.results import smallest
from .._wire.refusals import REFUSALS, Refusal
from .cutting import path_of


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers the requests of a client of either kind out of a HAR file that `Recorder` has
    written, without a network: each call as it was answered then, in the order of then, and a read
    that comes once more as the last time. Every video is the same tiny one.

    What was not asked then is not found: HTTP 404, code 1003.

    Parameters:
        path: of the file.

    Raises:
        ValueError: it is no HAR file.
        OSError: it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._answers: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        self._lock = threading.Lock()
        try:
            for entry in json.loads(Path(path).read_text("utf-8"))["log"]["entries"]:
                asked = entry["request"]["method"], urlsplit(entry["request"]["url"]).path
                self._answers[asked].append(entry["response"])
        except (ValueError, KeyError, TypeError) as error:
            words = f"{path} is no HAR file, or its client was never closed"
            raise ValueError(words) from error

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()  # as a server does, so that what goes wrong with a body does here too
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = request.method, path_of(request) or request.url.path
        with self._lock:
            answers = self._answers[asked]
            if not answers:
                words = f"nothing more was recorded of {asked[0]} {asked[1]}"
                return httpx.Response(404, json=Refusal(REFUSALS["not_found"], words).envelope())
            repeats = len(answers) == 1 and request.method == "GET"
            told = answers[0] if repeats else answers.pop(0)
        if not told["status"]:
            raise _failure(told.get("comment", ""))("as it was recorded", request=request)
        return _response(told)


def _response(told: Mapping[str, Any]) -> httpx.Response:
    headers = [(each["name"], each["value"]) for each in told["headers"]]
    text = told["content"].get("text")
    if text is None and told["status"] in (200, 206):  # a part of a video was asked for
        return httpx.Response(200, headers={"content-type": "video/mp4"}, content=smallest())
    return httpx.Response(told["status"], headers=headers, content=(text or "").encode())


def _failure(name: str) -> type[httpx.RequestError]:
    """What was raised then; where that was no failure of the network, nobody knows what came."""
    kind = getattr(httpx, name, None)
    if isinstance(kind, type) and issubclass(kind, httpx.RequestError):
        return kind
    return httpx.ReadTimeout
