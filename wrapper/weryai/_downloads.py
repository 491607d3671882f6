"""Downloads: every video that was made becomes a whole file under its own name."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from . import _failures, _files, _retry, _urls
from ._calls import Calls
from ._io import Call
from ._records import Records
from ._retry import Cost
from .errors import (
    DownloadError,
    InvalidRequestError,
    ResponseError,
    TransportError,
    WeryAIError,
)
from .results import Result, Task, Video

Source = Result | Task | Iterable[Video]

log = logging.getLogger("weryai")


async def download(
    calls: Calls, records: Records, source: Source, directory: str | os.PathLike[str]
) -> list[Path]:
    """Fetch all of them; one that fails does not stop the others."""
    folder = Path(directory)
    videos = source.videos if isinstance(source, (Result, Task)) else tuple(source)
    if odd := [video for video in videos if not isinstance(video, Video)]:
        raise InvalidRequestError([f"{odd[0]!r:.80} is no Video: give a Result, Task or Videos"])
    paths: list[Path] = []
    failures: list[DownloadError] = []
    for video, name in zip(videos, _files.names(videos), strict=True):
        try:
            await calls.io.run(_files.make_folder, folder)
            paths.append(await _fetch(calls, video, folder / name))
            await records.fetched(video, paths[-1])
        except (OSError, ValueError, WeryAIError) as error:
            # The others may not be there for long, so they are fetched all the same.
            failures.append(DownloadError(str(error), video=video))
            failures[-1].__cause__ = error
    if failures:
        failures[0].paths = paths
        raise failures[0]
    return paths


async def _fetch(calls: Calls, video: Video, target: Path) -> Path:
    if fault := _urls.fault(video.url):
        raise InvalidRequestError([f"its address {fault}"])
    io = calls.io
    call: Call = {"method": "GET", "url": video.url, "headers": _files.HEADERS}
    started = io.clock.monotonic()
    for attempt in count(1):
        part = _files.part_of(target)
        try:
            with _failures.mapped():
                response = await io.save(call, part)
            _failures.raise_for_download(response)
            await io.run(_files.complete, part, target, response.headers)
            return target
        except (TransportError, ResponseError) as error:
            pause = _retry.pause(error, Cost.FREE, attempt)
            spent = io.clock.monotonic() - started
            if not _retry.is_passing(error) or spent + pause > _retry.DOWNLOAD_BUDGET:
                raise
            log.info("%s: %s; trying again in %.1f s", video.name, error, pause)
        finally:
            _files.drop(part)
        await io.sleep(pause)
    raise AssertionError("unreachable")  # pragma: no cover
