"""Upload, submit, wait, download: each rule once, as a coroutine over an injected I/O object."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from . import _downloads, _media, _urls, _wire
from ._calls import Calls
from ._config import Config
from ._io import IO
from ._waiting import OnUpdate, Waiting
from .errors import MediaError
from .requests import Image, MultiImageToVideo
from .results import Job, Model, Result, Task, Video

log = logging.getLogger("weryai")


@frozen
class Flows:
    """The rules, on one kind of I/O."""

    io: IO
    config: Config

    @property
    def calls(self) -> Calls:
        return Calls(self.io, self.config)

    async def balance(self) -> float:
        return await self.calls.call(_wire.balance())

    async def models(self) -> tuple[Model, ...]:
        return await self.calls.call(_wire.models())

    async def status(self, task_id: str) -> Task:
        return await self.calls.call(_wire.task_status(task_id))

    async def batch_status(self, batch_id: str) -> tuple[Task, ...]:
        return await self.calls.call(_wire.batch_status(batch_id))

    async def upload(self, source: Image) -> str:
        image = await self.io.run(_media.inspect, source)
        return await self._upload(image)

    async def submit(self, request: MultiImageToVideo) -> Job:
        if faults := await self.io.run(_media.faults, request.images):
            raise MediaError(faults)
        images = [await self._address(image) for image in request.images]
        sent_at = self.calls.now()
        receipt = await self.calls.call(_wire.submit(request, images))
        job = Job(receipt.task_ids, receipt.batch_id, sent_at, request.caller_id)
        log.info("submitted: %s", job.to_dict())
        return job

    async def generate(
        self, request: MultiImageToVideo, timeout: float, on_update: OnUpdate | None
    ) -> Result:
        return await self.wait(await self.submit(request), timeout, on_update)

    async def wait(self, job: Job, timeout: float, on_update: OnUpdate | None) -> Result:
        return await Waiting(self.calls, job).end(timeout, on_update)

    async def download(
        self, source: Result | Task | Iterable[Video], directory: str | os.PathLike[str]
    ) -> list[Path]:
        return await _downloads.download(self.calls, source, directory)

    async def _address(self, image: Image) -> str:
        if isinstance(image, str) and _urls.is_address(image):
            return image
        return await self.upload(image)

    async def _upload(self, image: _media.LocalImage) -> str:
        try:
            content = await self.io.run(_media.open_image, image)
        except OSError as error:
            raise MediaError([f"{image.path}: cannot be read ({error})"]) from error
        try:
            return await self.calls.call(_wire.upload(image, content))
        finally:
            await self.io.run(content.close)
