"""Upload, submit, wait, download: each rule once, as a coroutine over an injected I/O object."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from .. import webhooks
from .._calls import arguments, retry_rules
from .._calls.bookkeeping import Bookkeeping
from .._calls.costs import Costs
from .._calls.sending import Calls
from .._calls.spending import Spending
from .._calls.terms import Terms
from .._calls.turns import Turns
from .._files import preparing
from .._files.preparing import Pictures, open_image
from .._limits import Limits
from .._network.io import IO
from .._network.settings import Config
from .._service import operations
from .._service.endpoints import ENDPOINTS, endpoint_for, endpoint_of
from ..errors import (
    ConfigError,
    InvalidRequestError,
    JournalError,
    NotFoundError,
    WebhookError,
    WeryAIError,
)
from ..requests import Findings, Image, VideoRequest
from ..results import Estimate, Job, Model, Result, Task, Video
from . import downloading
from .downloading import OnProgress, Source
from .memory import MOST, MOST_WRITTEN, Memory, known_of
from .pace import Pace, kind_of
from .polling import Ask, Polls
from .registry import Checking, Registry
from .resuming import Resumes
from .spans import spanned
from .submitting import Submissions
from .uploading import Uploads
from .waiting import OnUpdate, Waiting, job_of, require_seconds
from .waits import Waits, jobs_of

if TYPE_CHECKING:
    from ..journal import Journal

Jobs = Iterable[Job | str | Sequence[str]]

MOST_LOOKED_AT = 100  # jobs among which is the one that was left alone for the longest time

log = logging.getLogger("weryai")


@define
class Flows:
    """The rules, on one kind of I/O. A budget is in seconds; None is the client's own."""

    io: IO
    config: Config
    journal: Journal | None = None
    limits: Limits | None = None
    checking: Checking = field(factory=lambda: Checking(False, None, {}))
    pictures: Pictures | None = None
    calls: Calls = field(init=False)
    books: Bookkeeping = field(init=False)
    registry: Registry = field(init=False)
    uploads: Uploads = field(init=False)
    turns: Turns = field(init=False)
    pace: Pace = field(init=False)
    submissions: Submissions = field(init=False)
    polls: Polls = field(init=False)
    memory: Memory = field(init=False)
    looked_at: dict[str, float] = field(init=False, factory=dict)  # entries that took a place

    def __attrs_post_init__(self) -> None:
        if self.limits is not None and not isinstance(self.limits, Limits):
            raise ConfigError(f"limits must be Limits, or None, not {self.limits!r:.40}")
        if fault := preparing.fault(self.pictures):
            raise ConfigError(fault)
        self.calls = Calls(self.io, self.config)
        self.books = Bookkeeping(self.io, self.config.base_url, self.journal)
        self.registry = Registry(self.calls, self.checking)
        self.uploads = Uploads(self.calls, self.books, self.pictures)
        spending = Spending(self.calls, self.books, self.limits.purse if self.limits else None)
        self.turns = Turns(
            self.calls, self.books, self.limits, self._look_at_another, spending.look
        )
        self.pace = Pace(self.turns)
        self.memory = Memory(MOST if self.journal is None else MOST_WRITTEN)
        self.submissions = Submissions(
            self.calls, self.books, self.registry, self.uploads, self.turns, spending
        )
        self.polls = Polls(self.calls)

    @spanned
    async def balance(self, budget: float | None) -> float:
        self.io.require()
        return await Costs(self.calls, self.books).balance(budget)

    @spanned
    async def estimate(self, request: VideoRequest) -> Estimate:
        endpoint = endpoint_of(request)
        self.io.require()
        return await Costs(self.calls, self.books).estimate(endpoint.operation, request.payload())

    @spanned
    async def models(
        self, kind: type[VideoRequest] | None, budget: float | None
    ) -> tuple[Model, ...]:
        endpoint = ENDPOINTS[0] if kind is None else endpoint_for(kind)
        rows = (await self.registry.rows(endpoint, budget)).models
        return tuple(row for row in rows if endpoint.may_be_for(row))

    @spanned
    async def check(self, request: VideoRequest) -> Findings:
        endpoint = endpoint_of(request)
        self.io.require()
        return await self.registry.look(endpoint, request)

    @spanned
    async def status(self, task_id: str, budget: float | None) -> Task:
        told = await self.calls.call(operations.task_status(task_id), budget)
        (task,) = await self._noted(Job([task_id]), [told])
        return task

    @spanned
    async def batch_status(self, batch_id: str, budget: float | None) -> tuple[Task, ...]:
        told = await self.calls.call(operations.batch_status(batch_id), budget)
        return await self._noted(Job(batch_id=batch_id), told)

    @spanned
    async def confirm(self, body: bytes, budget: float | None) -> Task:
        told = webhooks.parse(body)
        try:
            return await self.status(told.id, budget)
        except (NotFoundError, InvalidRequestError) as error:
            raise WebhookError(f"it speaks of a task that does not exist: {told.id!r}") from error

    @spanned
    async def upload(self, source: Image, budget: float | None) -> str:
        with await self.io.run(open_image, source, self.pictures) as file:
            return await self.uploads.address(await self.uploads.content(file), budget)

    @spanned
    async def submit(self, request: VideoRequest, terms: Terms) -> Job:
        return await self.submissions.submit(request, terms)

    @spanned
    async def generate(
        self,
        request: VideoRequest,
        timeout: float,
        on_update: OnUpdate | None,
        terms: Terms,
    ) -> Result:
        # All of it before anything is paid.
        require_seconds(timeout)
        arguments.listener("on_update", on_update, "Result")
        self.submissions.require(terms)
        job = await self.submit(request, terms)
        return await self.wait(job, timeout, on_update)

    @spanned
    async def wait(
        self, given: Job | str | Sequence[str], timeout: float, on_update: OnUpdate | None
    ) -> Result:
        deadline = self._deadline(timeout, on_update)
        waiting = await self._begin(timeout, deadline, on_update, job_of(given))
        try:
            while (pause := await waiting.round(self.polls.ask)) is not None:
                await self.io.sleep(pause)
        except BaseException as error:
            await self._break_off(waiting, error)
            raise
        await self._conclude(waiting)
        return waiting.result

    def wait_all(self, given: Jobs, timeout: float, on_update: OnUpdate | None) -> Waits:
        deadline = self._deadline(timeout, on_update)
        begin = partial(self._begin, timeout, deadline, on_update)
        waits = Waits(self.io, self.polls, begin, self._look)
        waits.add(jobs_of(given))
        return waits

    @spanned
    async def download(
        self,
        source: Source,
        directory: str | os.PathLike[str],
        names: Sequence[str] | None,
        on_progress: OnProgress | None,
    ) -> list[Path]:
        return await downloading.download(
            self.calls, self.books, source, directory, names, on_progress
        )

    def resume(
        self, directory: str | os.PathLike[str], timeout: float, on_update: OnUpdate | None
    ) -> Resumes:
        if self.journal is None:
            raise ConfigError("resume needs a journal: what was paid for is kept there alone")
        self._deadline(timeout, on_update)
        fetch = partial(self._fetch_to, downloading.folder(directory))
        wait = partial(self.wait_all, timeout=timeout, on_update=on_update)
        return Resumes(self.books, self.journal, wait, fetch)

    async def _fetch_to(self, folder: Path, videos: Sequence[Video]) -> list[Path]:
        return await downloading.download(self.calls, self.books, videos, folder)

    async def _look_at_another(self) -> None:
        """Ask about the job that takes a place and was left alone for the longest time: whoever
        waited for it may wait no more."""
        gone = self.turns.gone
        running = await self.books.running(len(gone) + MOST_LOOKED_AT)
        jobs = {entry.id: entry.job for entry in running if entry.job and entry.id not in gone}
        if not jobs:
            return
        chosen = min(jobs, key=lambda entry_id: self.looked_at.get(entry_id, 0.0))
        self.looked_at[chosen] = self.io.clock.monotonic()
        try:
            await self.wait(jobs[chosen], 0.0, None)
        except NotFoundError:
            gone.add(chosen)
        except WeryAIError as error:
            log.debug("%s", error)

    async def _noted(self, job: Job, told: Sequence[Task]) -> tuple[Task, ...]:
        """The tasks of one reply, with the names that their videos have."""
        videos = self.memory.videos_of(job, told)
        if entry := await self.books.find(job, told):
            videos.learn(entry.tasks)
        tasks = videos.named(told)
        await self.books.note(entry.id if entry else None, job, tasks)
        return tasks

    def _deadline(self, timeout: float, on_update: OnUpdate | None) -> float:
        """When a wait is over. Raises InvalidRequestError for what a wait cannot be given."""
        require_seconds(timeout)
        arguments.listener("on_update", on_update, "Result")
        return self.io.clock.monotonic() + timeout

    async def _begin(
        self, timeout: float, deadline: float, on_update: OnUpdate | None, job: Job
    ) -> Waiting:
        """A wait, with what this client and its journal know of the job."""
        now = self.io.clock.monotonic()
        videos, watch = self.memory.videos_of(job), self.memory.watch(job, now)
        entry_id = None
        if entry := await self.books.find(job):
            videos.learn(entry.tasks)
            if not watch.tasks:
                watch.tasks = known_of(job, entry)
                for task in watch.tasks.values():
                    watch.count(task)
                if entry.final:
                    watch.ended_at = now - retry_rules.GRACE
            # What was told of a batch may belong to an entry that its number alone does not lead
            # to.
            entry_id = entry.id if job.task_ids else None
        kind = kind_of(entry)
        await self.pace.recall(kind)
        return Waiting(
            self.calls, job, watch, videos, self.pace, kind, timeout, deadline, on_update, entry_id
        )

    async def _look(self, waiting: Waiting, ask: Ask) -> float | None:
        """One round of a wait, and what is to be done at its end."""
        try:
            pause = await waiting.round(ask)
        except BaseException as error:
            await self._break_off(waiting, error)
            raise
        if pause is None:
            await self._conclude(waiting)
        return pause

    async def _break_off(self, waiting: Waiting, error: BaseException) -> None:
        """What a wait leaves behind that this error has ended."""
        waiting.tell(error)
        try:
            await self._conclude(waiting)
        except JournalError as failure:  # the error that is on its way matters more
            log.warning("%s", failure)

    async def _conclude(self, waiting: Waiting) -> None:
        """What a wait leaves behind, however it ended."""
        job, tasks = waiting.job, waiting.result.tasks
        self.memory.videos_of(job, tasks)
        if waiting.over:
            self.memory.conclude(job)
        await self.books.note(waiting.entry_id, job, tasks, final=waiting.final)
        if waiting.result.complete:
            await self.pace.learn(waiting.kind, waiting.age, waiting.age - waiting.before)
