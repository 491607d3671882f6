"""One job of a batch: waited for, and its videos saved under the names of its row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from weryai import (
    AuthenticationError,
    DownloadError,
    InvalidRequestError,
    Job,
    NotFoundError,
    Result,
    TaskFailedError,
    Video,
    WeryAIError,
)
from weryai.journal import Row

from . import _outputs

if TYPE_CHECKING:
    from ._worker import Worker


class StoppingError(Exception):
    """A row is left as it is until the next run.

    Attributes:
        note: why.
        stops_all: whether others would fare no better.
    """

    def __init__(self, note: str, *, stops_all: bool) -> None:
        super().__init__(note)
        self.note, self.stops_all = note, stops_all


@frozen
class Fetching:
    """The job of one row, in the hands of a worker."""

    worker: Worker
    row: Row
    entry_id: str

    async def run(self) -> None:
        """Wait for it, fetch what was made, and write down how the row ended. Raises StoppingError,
        JournalError."""
        entry = await self.worker.do(lambda: self.worker.journal.entry(self.entry_id))
        if entry is None or entry.job is None:
            return
        if entry.state == "fetched" and entry.result:
            videos = entry.result.videos
            paths = [entry.files[video.name] for video in videos]
            if all([await self.worker.do(path.is_file) for path in paths]):
                await self._end(None, paths)
                return
        result, reason = await self._wait(entry.job)
        paths = await self._save(result.videos if result else (), entry.job)
        await self._end(reason, paths)

    async def _wait(self, job: Job) -> tuple[Result | None, str | None]:
        """What was made, and why it is short of what was paid for."""
        try:
            return await self.worker.client.wait(job, timeout=math.inf), None
        except (TaskFailedError, NotFoundError, InvalidRequestError) as error:
            return error.result, str(error)
        except AuthenticationError as error:
            raise StoppingError(str(error), stops_all=True) from error

    async def _save(self, videos: Sequence[Video], job: Job) -> list[Path]:
        try:
            return await self._download(videos)
        except DownloadError as error:
            if any(isinstance(each.__cause__, OSError) for each in error.failures):
                raise StoppingError(str(error), stops_all=True) from error
        try:  # a look may bring fresh addresses
            fresh = await self.worker.client.wait(job, timeout=0)
            return await self._download(fresh.videos)
        except TaskFailedError as error:
            return await self._again(error.result.videos)
        except WeryAIError as error:
            raise StoppingError(str(error), stops_all=False) from error

    async def _again(self, videos: Sequence[Video]) -> list[Path]:
        try:
            return await self._download(videos)
        except DownloadError as error:
            raise StoppingError(str(error), stops_all=False) from error

    async def _download(self, videos: Sequence[Video]) -> list[Path]:
        if not videos:
            return []
        names = [self._name(number, video, len(videos)) for number, video in enumerate(videos, 1)]
        if all(names):
            chosen = [str(name) for name in names]
            return await self.worker.client.download(videos, self.worker.out, names=chosen)
        return await self.worker.client.download(videos, self.worker.out)

    def _name(self, number: int, video: Video, videos: int) -> str | None:
        """What a video is called below the output folder; None for its own name, where its row has
        no template and an id that is no name."""
        template = self.row.output or ("{id}" if videos == 1 else "{id}-{n}")
        model = str(self.row.request.get("model"))
        name = _outputs.name(template, id=self.row.id, n=number, task=video.name, model=model)
        plain = self.row.output or "/" not in name
        return name if plain and not _outputs.name_fault(name) else None

    async def _end(self, reason: str | None, paths: Sequence[Path]) -> None:
        await self.worker.end(self.row, "failed" if reason else "done", reason, paths)
