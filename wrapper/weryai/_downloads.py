"""Downloads: every video that was made becomes a whole file under its own name."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

import httpx

from . import _failures, _files, _parts, _retry
from ._calls import Calls
from ._io import IO, Call
from ._parts import Part
from ._records import Records
from ._retry import Cost
from .errors import (
    ConfigError,
    DownloadError,
    InvalidRequestError,
    ResponseError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)
from .results import Result, Task, Video

Source = Result | Task | Iterable[Video]

MAX_REDIRECTS = 10

log = logging.getLogger("weryai")


async def download(
    calls: Calls, records: Records, source: Source, directory: str | os.PathLike[str]
) -> list[Path]:
    """Fetch all of them; one that fails does not stop the others."""
    if calls.io.closed:
        raise ConfigError("this client is closed: make a new one")
    folder = Path(directory)
    videos = source.videos if isinstance(source, (Result, Task)) else tuple(source)
    if odd := [video for video in videos if not isinstance(video, Video)]:
        raise InvalidRequestError([f"{odd[0]!r:.80} is no Video: give a Result, Task or Videos"])
    paths: list[Path] = []
    failures: list[DownloadError] = []
    for video, name in zip(videos, _files.names(videos), strict=True):
        try:
            paths.append(await fetch(calls, video, folder / name))
            await records.fetched(video, paths[-1])
        except (OSError, ValueError, WeryAIError) as error:
            # The others may not be there for long, so they are fetched all the same.
            reason = _files.reason(error) if isinstance(error, OSError) else str(error)
            failures.append(DownloadError(reason, video=video))
            failures[-1].__cause__ = error
    if failures:
        failures[0].paths = paths
        raise failures[0]
    return paths


async def fetch(calls: Calls, video: Video, target: Path) -> Path:
    """Fetch one, going on with what is here of it. Returns its path: `target`, or a name beside it
    where that is another file. Raises OSError, ValueError or a WeryAIError."""
    if fault := calls.config.fault(video.url):
        raise InvalidRequestError([f"its address {fault}"])
    io = calls.io
    await io.run(_files.make_folder, target.parent)
    part = await io.run(_parts.claim, target, video.url)
    try:
        return await _until_whole(io, video, part)
    finally:
        await io.keep(part.release)


async def _until_whole(io: IO, video: Video, part: Part) -> Path:
    """Try until it is here, or for a minute without headway. How long it takes in all is up to its
    size, and a server that starts it anew again and again makes no headway."""
    since, reached, attempt = io.clock.monotonic(), part.size, 0
    while True:
        try:
            return await _attempt(io, video, part)
        except (TransportError, ResponseError) as error:
            if part.size >= reached + _parts.HEADWAY:
                since, reached, attempt = io.clock.monotonic(), part.size, 0
            attempt += 1
            pause = _retry.pause(error, Cost.FREE, attempt)
            spent = io.clock.monotonic() - since
            if not _retry.is_passing(error) or spent + pause > _retry.DOWNLOAD_BUDGET:
                raise
            log.info("%s: %s; trying again in %.1f s", video.name, error, pause)
        await io.sleep(pause)


async def _attempt(io: IO, video: Video, part: Part) -> Path:
    if not part.whole:
        try:
            with _failures.mapped():
                await _transfer(io, video, part)
        finally:
            await io.keep(part.write)
    return await io.run(part.finish)


async def _transfer(io: IO, video: Video, part: Part) -> None:
    """Ask at the video's own address each time: the one it redirects to may be good for once."""
    hop: Call | httpx.Request | None
    hop = {"method": "GET", "url": video.url, "headers": part.headers()}
    for _ in range(MAX_REDIRECTS + 1):
        hop = await io.save(hop, part)
        if hop is None:
            return
    raise UnexpectedResponseError("the address redirects too often", http_status=302)
