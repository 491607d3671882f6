"""Upload, submit, wait, download: each rule once, as a coroutine over an injected I/O object."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from .. import requests, webhooks
from .._calls import arguments, repeats, retry_rules
from .._calls.bookkeeping import Asked, Bookkeeping
from .._calls.paying import Payments
from .._calls.repeats import Repeats
from .._calls.sending import Calls
from .._files.images import LocalImage, inspect
from .._journal.entry import MULTI_IMAGE
from .._network.io import IO
from .._network.settings import Config
from .._service import operations
from .._texts import is_address
from ..errors import (
    AlreadySubmittedError,
    InvalidRequestError,
    JournalError,
    NotFoundError,
    ParameterError,
    WebhookError,
)
from ..requests import Image, MultiImageToVideo
from ..results import Job, Model, Result, Task
from . import downloading
from .downloading import Source
from .memory import Memory
from .uploading import Content, Uploads, tell
from .waiting import OnUpdate, Waiting, job_of, require_seconds

if TYPE_CHECKING:
    from .._journal.entry import Entry
    from ..journal import Journal

# What may be logged as it is. All else is the user's own business: only its size is told.
TOLD = (
    "model",
    "aspect_ratio",
    "duration",
    "resolution",
    "video_number",
    "generate_audio",
)

log = logging.getLogger("weryai")


@define
class Flows:
    """The rules, on one kind of I/O. A budget is in seconds; None is the client's own."""

    io: IO
    config: Config
    journal: Journal | None = None
    calls: Calls = field(init=False)
    books: Bookkeeping = field(init=False)
    uploads: Uploads = field(init=False)
    payments: Payments = field(init=False)
    repeats: Repeats = field(init=False)
    memory: Memory = field(init=False, factory=Memory)

    def __attrs_post_init__(self) -> None:
        self.calls = Calls(self.io, self.config)
        self.books = Bookkeeping(self.io, self.config.base_url, self.journal)
        self.uploads = Uploads(self.calls, self.books)
        self.payments = Payments(self.calls, self.books)
        self.repeats = Repeats(self.calls, self.books)

    async def balance(self, budget: float | None) -> float:
        return await self.calls.call(operations.balance(), budget)

    async def models(self, budget: float | None) -> tuple[Model, ...]:
        return await self.calls.call(operations.models(), budget)

    async def status(self, task_id: str, budget: float | None) -> Task:
        told = await self.calls.call(operations.task_status(task_id), budget)
        (task,) = await self._noted(Job([task_id]), [told])
        return task

    async def batch_status(self, batch_id: str, budget: float | None) -> tuple[Task, ...]:
        told = await self.calls.call(operations.batch_status(batch_id), budget)
        return await self._noted(Job(batch_id=batch_id), told)

    async def confirm(self, body: bytes, budget: float | None) -> Task:
        told = webhooks.parse(body)
        try:
            return await self.status(told.id, budget)
        except (NotFoundError, InvalidRequestError) as error:
            raise WebhookError(f"it speaks of a task that does not exist: {told.id!r}") from error

    async def upload(self, source: Image, budget: float | None) -> str:
        image = await self.io.run(inspect, source)
        return await self.uploads.address(await self.uploads.content(image), budget)

    async def submit(
        self,
        request: MultiImageToVideo,
        key: str | None,
        refuse_repeats: bool,
        budget: float | None,
    ) -> Job:
        requests.require(request)
        self.repeats.require(key, refuse_repeats=refuse_repeats)
        patience = self.calls.budget(budget)
        local = await self.io.run(partial(request.check, base_url=self.config.base_url))
        images = await self._held(request.images, local)
        asked = self._asked(request, images, key, refuse_repeats)
        async with self.repeats.turn(asked):
            while not (job := await self.repeats.first(asked, patience)):
                try:
                    return await self._start(request, images, asked, budget)
                except AlreadySubmittedError as error:
                    # Another process was faster, since the look. With the same key that is no
                    # fault: the next look tells what became of it.
                    if key is None or error.entry.idempotency_key != key:
                        raise
        return job

    async def generate(
        self,
        request: MultiImageToVideo,
        timeout: float,
        on_update: OnUpdate | None,
        key: str | None,
        refuse_repeats: bool,
        budget: float | None,
    ) -> Result:
        # All of it before anything is paid.
        require_seconds(timeout)
        arguments.require_update(on_update)
        self.calls.budget(budget)
        job = await self.submit(request, key, refuse_repeats, budget)
        return await self.wait(job, timeout, on_update)

    async def wait(
        self, given: Job | str | Sequence[str], timeout: float, on_update: OnUpdate | None
    ) -> Result:
        require_seconds(timeout)
        arguments.require_update(on_update)
        waiting = await self._waiting(job_of(given))
        try:
            result = await waiting.end(timeout, on_update)
        except BaseException:
            try:
                await self._conclude(waiting)
            except JournalError as error:  # the error that is on its way matters more
                log.warning("%s", error)
            raise
        await self._conclude(waiting)
        return result

    async def download(self, source: Source, directory: str | os.PathLike[str]) -> list[Path]:
        return await downloading.download(self.calls, self.books, source, directory)

    async def _start(
        self,
        request: MultiImageToVideo,
        images: Sequence[str | Content],
        asked: Asked,
        budget: float | None,
    ) -> Job:
        """Upload what is local, then pay."""
        addresses = [
            image if isinstance(image, str) else await self.uploads.address(image, budget)
            for image in images
        ]
        operation = operations.submit(request, addresses)
        sent = self.config.api_key.cut(str(_loggable(operation.request["json"])))
        log.info("submitting: %s", sent)
        try:
            job = await self.payments.pay(operation, asked, budget)
        except (ParameterError, NotFoundError) as error:
            await self.uploads.forget(addresses)  # one of them may be gone
            tell(error, [image.image for image in images if isinstance(image, Content)])
            raise
        log.info("submitted: %s", job.to_dict())
        return job

    async def _noted(self, job: Job, told: Sequence[Task]) -> tuple[Task, ...]:
        """The tasks of one reply, with the names that their videos have."""
        videos = self.memory.videos_of(job, told)
        if entry := await self.books.find(job):
            videos.learn(entry.tasks)
        tasks = videos.named(told)
        await self.books.note(job, tasks)
        return tasks

    async def _waiting(self, job: Job) -> Waiting:
        """A wait, with what this client and its journal know of the job."""
        now = self.io.clock.monotonic()
        videos, watch = self.memory.videos_of(job), self.memory.watch(job, now)
        if entry := await self.books.find(job):
            videos.learn(entry.tasks)
            if not watch.tasks:
                watch.tasks = _known_of(job, entry)
                if entry.final:
                    watch.ended_at = now - retry_rules.GRACE
        return Waiting(self.calls, job, watch, videos)

    async def _conclude(self, waiting: Waiting) -> None:
        """What a wait leaves behind, however it ended."""
        job, tasks = waiting.job, waiting.result.tasks
        self.memory.videos_of(job, tasks)
        if waiting.over:
            self.memory.conclude(job)
        await self.books.note(job, tasks, final=waiting.final)

    async def _held(
        self, images: Sequence[Image], local: Iterable[LocalImage]
    ) -> list[str | Content]:
        """Addresses, and each local image by its content."""
        left = iter(local)
        return [
            image
            if isinstance(image, str) and is_address(image)
            else await self.uploads.content(next(left))
            for image in images
        ]

    def _asked(
        self,
        request: MultiImageToVideo,
        images: Sequence[str | Content],
        key: str | None,
        refuse_repeats: bool,
    ) -> Asked:
        """What tells this submission from others."""
        held = [image if isinstance(image, str) else f"sha256:{image.digest}" for image in images]
        same = repeats.fingerprint(MULTI_IMAGE, request.payload(), held)
        since = self.calls.now() - repeats.RECENT if refuse_repeats else None
        return Asked(MULTI_IMAGE, same, key, since)


def _known_of(job: Job, entry: Entry) -> dict[str, Task]:
    """What an entry knows of the tasks of a job, which may be a part of the entry's."""
    whole = (
        job.batch_id is not None and entry.job is not None and entry.job.batch_id == job.batch_id
    )
    return {task.id: task for task in entry.tasks if whole or task.id in job.task_ids}


def _loggable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, as it may be logged."""
    return {name: value if name in TOLD else _size(value) for name, value in payload.items()}


def _size(value: object) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters"
    return f"{len(value)} of them" if isinstance(value, list) else "given"
