"""What flows write into a journal, where the client has one."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, field, frozen

from .._journal.entry import RUNNING
from .._journal.turns import Turn
from .._limits import Delay
from .._network.io import IO
from .._service.replies import is_place
from ..errors import ConfigError, JournalError, SubmissionUnknownError
from ..results import Job, Result, Task, Video
from .journal_step import Step, keep_ids, told
from .places import Places

if TYPE_CHECKING:
    from ..journal import Entry, Journal

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

log = logging.getLogger("weryai")

LONGEST_RAW = 2000  # bytes of an answer; a real one to a submission has fewer than 500


@frozen
class Asked:
    """What tells a submission from others in a journal.

    Attributes:
        operation: the operationId.
        fingerprint: equal for two that ask for the same.
        key: the idempotency key that was given.
        none_since: refuse it where an open entry of the same fingerprint was sent after this.
    """

    operation: str
    fingerprint: str | None = None
    key: str | None = None
    none_since: datetime | None = None


@frozen
class Bookkeeping:
    """A journal on one kind of I/O, or none: then every method does nothing.

    A journal may be anybody's: whatever it raises becomes a JournalError, and takes the place of
    no error that says more.
    """

    io: IO
    base_url: str
    journal: Journal | None = None
    places: Places = field(init=False)  # where there is no journal

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "places", Places(self.base_url))

    async def earlier(self, asked: Asked) -> Entry | None:
        """The entry of the same key, or the open one that asks for the same."""
        if not self.journal:
            return None
        look = partial(
            self.journal.earlier,
            self.base_url,
            idempotency_key=asked.key,
            fingerprint=asked.fingerprint,
            since=asked.none_since,
        )
        return await self._do(Step(look))

    async def begin(
        self,
        entry_id: str,
        payload: Mapping[str, Any],
        sent_at: datetime,
        asked: Asked,
        turn: Turn | None = None,
    ) -> Delay | None:
        """Write down the intent, before it is sent, when its turn has come. Raises
        AlreadySubmittedError, JournalError."""
        if not self.journal:
            return self.places.begin(entry_id, payload, sent_at, turn) if turn else None
        step = Step(
            partial(
                self.journal.begin,
                entry_id,
                self.base_url,
                payload,
                sent_at,
                operation=asked.operation,
                idempotency_key=asked.key,
                fingerprint=asked.fingerprint,
                none_since=asked.none_since,
                **({"turn": turn} if turn else {}),
            )
        )
        try:
            return await self._do(step)
        except BaseException:
            if step.done:  # stopped from outside, when it was begun and not sent
                await self.refuse(entry_id)
            raise

    async def turn(
        self, entry_id: str, payload: Mapping[str, Any], at: datetime, turn: Turn
    ) -> Delay | None:
        """Another turn of an intent. Raises JournalError."""
        if not self.journal:
            return self.places.begin(entry_id, payload, at, turn)
        return await self._do(Step(partial(self.journal.turn, entry_id, at, turn)))

    async def hold_back(self, at: datetime, seconds: float) -> None:
        """Let no submission through for so long. Raises JournalError."""
        if not self.journal:
            self.places.hold_back(at, seconds)
            return
        await self._do(Step(partial(self.journal.hold_back, self.base_url, at, seconds)))

    async def running(self, most: int) -> list[Entry]:
        """Entries whose tasks run, the oldest first. A journal that cannot be read has none."""
        if not self.journal:
            return self.places.running()[:most]
        try:
            return await self._do(Step(partial(_running, self.journal, self.base_url, most)))
        except JournalError as error:
            log.warning("%s", error)
            return []

    async def accept(self, entry_id: str, job: Job) -> None:
        """Write down what was started. Raises JournalError, which carries the job."""
        if not self.journal:
            self.places.accept(entry_id, job)
            return
        step = Step(partial(self.journal.accept, entry_id, job))
        try:
            await self.io.run_shielded(step)
        except BaseException as stop:  # from outside, whatever came of the step
            keep_ids(stop, job)
            if step.failure is not None:
                raise stop from keep_ids(told(step.failure), job)
            raise
        if step.failure is not None:
            raise keep_ids(told(step.failure), job)

    async def refuse(self, entry_id: str) -> None:
        """Remove an intent that started nothing. Raises nothing: the error that is on its way
        matters more."""
        if not self.journal:
            self.places.refuse(entry_id)
            return
        await self._end(entry_id, partial(self.journal.refuse, entry_id))

    async def doubt(self, entry_id: str, error: BaseException) -> None:
        """Write down why the fate of an intent is not known. Raises nothing, as `refuse`."""
        if not self.journal:
            return
        for each in (error, error.__cause__):
            if isinstance(each, SubmissionUnknownError):
                each.entry = entry_id
        await self._end(entry_id, partial(self.journal.doubt, entry_id, _reason(error)))

    async def _end(self, entry_id: str, work: Callable[[], None]) -> None:
        try:
            await self._do(Step(work))
        except BaseException as failure:
            log.warning("%s; the entry %s stays as an unknown one", failure, entry_id)

    async def find(self, job: Job, told: Sequence[Task] = ()) -> Entry | None:
        """The entry of a job, by what was told of it too. A journal that cannot be read is no
        reason not to ask the service."""
        if not self.journal:
            return self.places.find(job, told)
        try:
            work = partial(self.journal.find, self.base_url, _with_ids(job, told))
            return await self._do(Step(work))
        except JournalError as error:
            log.warning("%s", error)
            return None

    async def note(
        self, entry_id: str | None, job: Job, tasks: Sequence[Task], *, final: bool = False
    ) -> None:
        """Write down what was told of the tasks of a job: each video once, and nothing that runs
        and is known by its place in a batch alone, for that says nothing of the next look. Raises
        JournalError, which carries it.

        Parameters:
            entry_id: where the job is; None looks it up by its ids and those that were told.
        """
        if not (self.journal or self.places.entries):
            return
        lasting = [task for task in tasks if task.done or not is_place(task.id, job.batch_id)]
        if not self.journal:
            self.places.note(job, lasting)
        if not (self.journal and lasting):
            return
        known = _with_ids(job, lasting)
        at = datetime.fromtimestamp(self.io.clock.time(), UTC)
        said = _Said(_each_once(lasting), final, at)
        work = partial(_note, self.journal, entry_id, self.base_url, known, said)
        try:
            await self._do(Step(work))
        except JournalError as error:
            error.job, error.result = job, Result(job, tuple(tasks))
            raise

    async def fetched(self, video: Video, path: Path) -> None:
        """Write down where a video is. Raises JournalError, which says that it is there."""
        if not self.journal:
            return
        try:
            await self._do(Step(partial(self.journal.fetched, self.base_url, video, path)))
        except JournalError as error:
            words = f"{path} is whole, and that could not be written down: {error}"
            raise JournalError(words) from error

    async def uploaded(self, sha256: str, address: str | None, at: datetime) -> None:
        """Remember where an image is, or that it is there no more. Raises nothing: at worst it is
        uploaded again, which is free."""
        if not self.journal:
            return
        work = partial(self.journal.uploaded, self.base_url, sha256, address, at)
        try:
            await self._do(Step(work))
        except JournalError as error:
            log.warning("an upload is not remembered: %s", error)

    async def address_of(self, sha256: str, since: datetime) -> str | None:
        """Where an image is, if that is known; see `uploaded`."""
        if not self.journal:
            return None
        try:
            work = partial(self.journal.address_of, self.base_url, sha256, since)
            return await self._do(Step(work))
        except JournalError as error:
            log.warning("an upload is not remembered: %s", error)
            return None

    async def step(self, work: Callable[[], T]) -> T:
        """Whatever else a journal is asked. Raises JournalError."""
        return await self._do(Step(work))

    async def _do(self, step: Step[T]) -> T:
        """One step. What stops it from outside is raised as it is."""
        await self.io.run_shielded(step)
        if step.failure is None:
            return step.result
        if isinstance(step.failure, Exception):
            raise told(step.failure)
        raise step.failure


def _reason(error: BaseException) -> str:
    """Why it is not known, with what came of the answer: ids in it must outlive the process."""
    # Ctrl-C and a cancelled task have no words of their own.
    cause = error if str(error) else error.__cause__
    if not isinstance(cause, SubmissionUnknownError):
        return str(cause)
    raw = cause.raw[:LONGEST_RAW].decode(errors="replace")
    return f"{cause.reason}: {raw}" if raw else cause.reason


def _with_ids(job: Job, tasks: Sequence[Task]) -> Job:
    return evolve(job, task_ids=[*job.task_ids, *(task.id for task in tasks)])


@frozen
class _Said:
    """What was told of a job, and when."""

    tasks: Sequence[Task]
    final: bool
    at: datetime


def _note(journal: Journal, entry_id: str | None, base_url: str, job: Job, said: _Said) -> None:
    if entry_id is None and (entry := journal.find(base_url, job)):
        entry_id = entry.id
    if entry_id is not None:
        journal.note(entry_id, said.tasks, final=said.final, at=said.at)


def _running(journal: Journal, base_url: str, most: int) -> list[Entry]:
    running = journal.entries(state=RUNNING)
    return list(islice((each for each in running if each.base_url == base_url), most))


def _each_once(tasks: Sequence[Task]) -> list[Task]:
    """Tasks without the videos that one before them has: in a journal those would be others."""
    seen: set[Video] = set()
    once = []
    for task in tasks:
        once.append(evolve(task, videos=tuple(video for video in task.videos if video not in seen)))
        seen.update(task.videos)
    return once


def new_id() -> str:
    """An id for an entry, which no other machine gives too."""
    return secrets.token_hex(6)


def opened(journal: Journal | str | os.PathLike[str] | None) -> Journal | None:
    """The journal that a client was given, as an object, a path or the address of a database.
    Raises ConfigError where it is none of these."""
    if not isinstance(journal, (str, os.PathLike)):
        if journal is not None and not hasattr(journal, "begin"):
            raise ConfigError(f"journal must be a path, an address or a Journal, not {journal!r}")
        return journal
    from ..journal import open_journal

    return open_journal(journal)
