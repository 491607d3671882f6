"""What flows write into a journal, where the client has one."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ._io import IO
from .errors import JournalError, SubmissionUnknownError
from .results import Job, Task, Video

if TYPE_CHECKING:
    from .journal import Journal

log = logging.getLogger("weryai")

LONGEST_RAW = 2000  # bytes of an answer; a real one to a submission has fewer than 500


@frozen
class Records:
    """A journal on one kind of I/O, or none: then every method does nothing."""

    io: IO
    base_url: str
    journal: Journal | None = None

    async def begin(self, entry_id: str, payload: Mapping[str, Any], sent_at: datetime) -> None:
        """Write down the intent, before it is sent."""
        if self.journal:
            await self.io.keep(self.journal.begin, entry_id, self.base_url, payload, sent_at)

    async def accept(self, entry_id: str, job: Job) -> None:
        """Write down what was started. Raises JournalError, which carries the job."""
        if self.journal:
            try:
                await self.io.keep(self.journal.accept, entry_id, job)
            except BaseException as error:
                words = f"the job is paid and goes on, keep its ids: {job.name}"
                log.warning("%s", words)
                error.add_note(words)
                if isinstance(error, JournalError):
                    error.job = job
                raise

    async def fail(self, entry_id: str, error: BaseException, *, unknown: bool) -> None:
        """Remove an intent that started nothing, or write down why that is not known."""
        if self.journal:
            try:
                if unknown:
                    await self.io.keep(self.journal.doubt, entry_id, _reason(error))
                else:
                    await self.io.keep(self.journal.refuse, entry_id)
            except JournalError as failure:  # the error that is on its way matters more
                log.warning("%s; the entry %s stays as an unknown one", failure, entry_id)

    async def note(self, job: Job, tasks: Sequence[Task]) -> None:
        """Write down what was told of the tasks of a job."""
        if self.journal and tasks:
            await self.io.keep(self.journal.note, self.base_url, job, tasks)

    async def fetched(self, video: Video, path: Path) -> None:
        """Write down where a video is."""
        if self.journal:
            await self.io.keep(self.journal.fetched, self.base_url, video, path)


def _reason(error: BaseException) -> str:
    """Why it is not known, with what came of the answer: ids in it must outlive the process."""
    # Ctrl-C and a cancelled task have no words of their own.
    cause = error if str(error) else error.__cause__
    raw = cause.raw if isinstance(cause, SubmissionUnknownError) else b""
    came = f": {raw[:LONGEST_RAW].decode(errors='replace')}" if raw else ""
    return f"{cause}{came}"


def new_id() -> str:
    """An id for an entry, which no other machine gives too."""
    return secrets.token_hex(6)


def opened(journal: Journal | str | os.PathLike[str] | None) -> Journal | None:
    """The journal that a client was given, as an object or as a path."""
    if not isinstance(journal, (str, os.PathLike)):
        return journal
    from .journal import SQLiteJournal

    return SQLiteJournal(journal)
