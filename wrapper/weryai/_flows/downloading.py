"""Downloads: every video that was made becomes a whole file under its own name."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial as partial_call
from pathlib import Path
from typing import TYPE_CHECKING

from .._calls import retry_rules
from .._calls.bookkeeping import Bookkeeping
from .._calls.sending import Calls
from .._files import naming, partial, placing
from .._network import failures
from .._network.io import IO, Call
from .._service.cost import Cost
from ..errors import (
    DownloadError,
    InvalidRequestError,
    ResponseError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)
from ..results import Job, Result, Task, Video
from .transfer import HEADWAY, Transfer

if TYPE_CHECKING:
    import httpx

Source = Result | Task | Video | Iterable[Result | Task | Video]
# Is told the bytes of a video that are here, and how many there are, None where nobody said.
OnProgress = Callable[[Video, int, int | None], None]

MAX_REDIRECTS = 10

# What a file server says of an address that holds no longer, or never did; 200 with a page in the
# place of a video too. How long an address holds is not published; those of cloud storage are often
# signed for some days.
GONE = frozenset({200, 400, 401, 403, 404, 410})
FRESH = "wait for the job again, which costs nothing and may bring a fresh address"
AGAIN = "try the download again, it costs nothing"

log = logging.getLogger("weryai")


async def download(
    calls: Calls,
    books: Bookkeeping,
    source: Source,
    directory: str | os.PathLike[str],
    names: Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
) -> list[Path]:
    """Fetch all of them; one that fails does not stop the others."""
    calls.io.require()
    to, videos = folder(directory), _videos(source)
    files = naming.names(videos) if names is None else naming.given(videos, names)
    paths: list[Path] = []
    failures: list[DownloadError] = []
    for video, name in zip(videos, files, strict=True):
        try:
            paths.append(await fetch(calls, video, to / name, on_progress))
            await books.fetched(video, paths[-1])
        except (OSError, ValueError, WeryAIError) as error:
            # The others may not be there for long, so they are fetched all the same.
            failures.append(_failure(video, error))
    if failures:
        raise DownloadError.of(failures, len(videos), paths)
    return paths


def folder(directory: object) -> Path:
    """Its name may be of bytes that are no text, which Python keeps as they are."""
    try:
        return Path(os.fsdecode(directory))  # type: ignore[arg-type]
    except TypeError:
        raise InvalidRequestError([f"{directory!r:.80} is no folder: give a path"]) from None


def _videos(source: object) -> list[Video]:
    """What is meant, where that is plain. Raises InvalidRequestError for anything else."""
    several = isinstance(source, Iterable) and not isinstance(source, (str, bytes, Mapping))
    found: list[Video] = []
    for each in source if several else [source]:  # type: ignore[attr-defined]
        if isinstance(each, Job):
            words = "a Job has no videos yet: wait for it, and download what that returns"
            raise InvalidRequestError([words])
        if isinstance(each, (Result, Task)):
            found += each.videos
        elif isinstance(each, Video) and isinstance(each.url, str) and isinstance(each.name, str):
            found.append(each)
        else:
            raise InvalidRequestError([f"{each!r:.80} is no Video: give a Result, Task or Videos"])
    return found


def _failure(video: Video, error: Exception) -> DownloadError:
    """Why a video could not be fetched, and what to do about it."""
    reason, advice = str(error), AGAIN
    if isinstance(error, OSError):
        reason = placing.reason(error)
    if isinstance(error, InvalidRequestError):  # of an address that is none
        advice = FRESH
    if isinstance(error, ResponseError):
        reason = f"{error.message} (HTTP {error.http_status})"
        advice = FRESH if error.http_status in GONE else AGAIN
    failure = DownloadError(reason, video=video, advice=advice)
    failure.__cause__ = error
    return failure


async def fetch(
    calls: Calls, video: Video, target: Path, on_progress: OnProgress | None = None
) -> Path:
    """Fetch one, going on with what is here of it. Returns its path: `target`, or a name beside it
    where that is another file. Raises OSError, ValueError or a WeryAIError."""
    if fault := calls.config.fault(video.url):
        raise InvalidRequestError([f"its address {fault}"])
    io = calls.io
    await io.run(placing.make_folder, target.parent)
    told = on_progress and partial_call(on_progress, video)
    held: list[partial.PartialFile] = []
    try:
        # Kept by the thread that opens it: what is stopped from outside returns nothing.
        await io.run_shielded(lambda: held.append(partial.claim(target, video.url)))
        return await _until_whole(io, video, Transfer(held[0], told))
    finally:
        for file in held:
            await io.run_shielded(file.release)


async def _until_whole(io: IO, video: Video, transfer: Transfer) -> Path:
    """Try until it is here, or for a minute without headway. How long it takes in all is up to its
    size, and a server that starts it anew again and again makes no headway."""
    since, reached, attempt = io.clock.monotonic(), transfer.file.size, 0
    while True:
        try:
            return await _attempt(io, video, transfer)
        except (TransportError, ResponseError) as error:
            if (size := transfer.file.size) >= reached + HEADWAY:
                since, reached, attempt = io.clock.monotonic(), size, 0
            attempt += 1
            pause = retry_rules.pause(error, Cost.FREE, attempt)
            spent = io.clock.monotonic() - since
            if not retry_rules.is_passing(error) or spent + pause > retry_rules.DOWNLOAD_BUDGET:
                raise
            log.info("%s: %s; trying again in %.1f s", video.name, error, pause)
        await io.sleep(pause)


async def _attempt(io: IO, video: Video, transfer: Transfer) -> Path:
    if not transfer.file.whole:
        try:
            with failures.mapped():
                await _receive(io, video, transfer)
        finally:
            await io.run_shielded(transfer.write)
    return await io.run(transfer.finish)


async def _receive(io: IO, video: Video, transfer: Transfer) -> None:
    """Ask at the video's own address each time: the one it redirects to may be good for once."""
    hop: Call | httpx.Request | None
    hop = {"method": "GET", "url": video.url, "headers": transfer.headers()}
    for _ in range(MAX_REDIRECTS + 1):
        hop = await io.save(hop, transfer)
        if hop is None:
            return
    raise UnexpectedResponseError("the address redirects too often", http_status=302)
