"""Upload, submit, wait, download: each rule once, as a coroutine over an injected I/O object."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from . import _downloads, _media, _records, _urls, _waiting, _wire, webhooks
from ._calls import Calls, Fate
from ._config import Config
from ._downloads import Source
from ._io import IO
from ._records import Records
from ._uploads import Uploads
from ._waiting import OnUpdate, Waiting
from .errors import (
    InvalidRequestError,
    JournalError,
    MediaError,
    NotFoundError,
    ParameterError,
    WebhookError,
)
from .requests import Image, MultiImageToVideo
from .results import Job, Model, Result, Task

if TYPE_CHECKING:
    from .journal import Journal

# Told by their first characters in a log: they are the user's own business.
PRIVATE = ("prompt", "negative_prompt", "webhook_url", "images")
SHORT = 24

log = logging.getLogger("weryai")


@define
class Flows:
    """The rules, on one kind of I/O. A budget is in seconds; None is the client's own."""

    io: IO
    config: Config
    journal: Journal | None = None
    calls: Calls = field(init=False)
    records: Records = field(init=False)
    uploads: Uploads = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.calls = Calls(self.io, self.config)
        self.records = Records(self.io, self.config.base_url, self.journal)
        self.uploads = Uploads(self.calls, self.journal)

    async def balance(self, budget: float | None) -> float:
        return await self.calls.call(_wire.balance(), budget)

    async def models(self, budget: float | None) -> tuple[Model, ...]:
        return await self.calls.call(_wire.models(), budget)

    async def status(self, task_id: str, budget: float | None) -> Task:
        task = await self.calls.call(_wire.task_status(task_id), budget)
        await self.records.note(Job([task_id]), [task])
        return task

    async def batch_status(self, batch_id: str, budget: float | None) -> tuple[Task, ...]:
        tasks = await self.calls.call(_wire.batch_status(batch_id), budget)
        await self.records.note(Job(batch_id=batch_id), tasks)
        return tasks

    async def confirm(self, body: bytes, budget: float | None) -> Task:
        told = webhooks.parse(body)
        try:
            return await self.status(told.id, budget)
        except (NotFoundError, InvalidRequestError) as error:
            raise WebhookError(f"it speaks of a task that does not exist: {told.id!r}") from error

    async def upload(self, source: Image, budget: float | None) -> str:
        image = await self.io.run(_media.inspect, source)
        return await self.uploads.address(image, budget)

    async def submit(self, request: MultiImageToVideo, budget: float | None) -> Job:
        if faults := await self.io.run(_media.faults, request.images):
            raise MediaError(faults)
        images = [await self._address(image, budget) for image in request.images]
        try:
            job = await self._pay(request, images, budget)
        except (ParameterError, NotFoundError):
            await self.uploads.forget(images)  # one of them may be gone
            raise
        log.info("submitted: %s", job.to_dict())
        return job

    async def generate(
        self,
        request: MultiImageToVideo,
        timeout: float,
        on_update: OnUpdate | None,
        budget: float | None,
    ) -> Result:
        _waiting.require_seconds(timeout)  # before anything is paid
        return await self.wait(await self.submit(request, budget), timeout, on_update)

    async def wait(self, job: Job, timeout: float, on_update: OnUpdate | None) -> Result:
        waiting = Waiting(self.calls, job)
        try:
            result = await waiting.end(timeout, on_update)
        except BaseException:
            try:
                await self.records.note(job, waiting.result.tasks)
            except JournalError as error:  # the error that is on its way matters more
                log.warning("%s", error)
            raise
        try:
            await self.records.note(job, result.tasks)
        except JournalError as error:
            error.job, error.result = job, result
            raise
        return result

    async def download(self, source: Source, directory: str | os.PathLike[str]) -> list[Path]:
        return await _downloads.download(self.calls, self.records, source, directory)

    async def _pay(
        self, request: MultiImageToVideo, images: Sequence[str], budget: float | None
    ) -> Job:
        """The paid call: written down before it is sent, and again when its fate is known."""
        operation = _wire.submit(request, images)
        log.info("submitting: %s", _shortened(operation.request["json"]))
        entry, fate, sent_at = _records.new_id(), Fate(), self.calls.now()
        try:
            await self.records.begin(entry, operation.request["json"], sent_at)
            receipt = await self.calls.call(operation, budget, fate)
        except BaseException as error:
            await self.records.fail(entry, error, unknown=fate.open)
            raise
        job = Job(receipt.task_ids, receipt.batch_id, self.calls.now(), request.caller_id)
        await self.records.accept(entry, job)
        return job

    async def _address(self, image: Image, budget: float | None) -> str:
        if isinstance(image, str) and _urls.is_address(image):
            return image
        return await self.upload(image, budget)


def _shortened(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, as it may be logged."""
    return {name: _cut(value) if name in PRIVATE else value for name, value in payload.items()}


def _cut(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return [f"{each[:SHORT]}…" for each in value]
    return f"{value[:SHORT]}…"
