"""One step of a journal, and what came of it: its failures are told as errors of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from attrs import define

from ..errors import AlreadySubmittedError, JournalError, SpendLimitError, WeryAIError
from ..results import Job

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

log = logging.getLogger("weryai")


@define
class Step(Generic[T]):
    """Something that a journal does, and what came of it: its failures are told from what stops it
    from outside, which may come at the same time."""

    work: Callable[[], T]
    done: bool = False
    failure: BaseException | None = None
    _result: T | None = None

    def __call__(self) -> None:
        try:
            self._result = self.work()
            self.done = True
        except BaseException as error:  # Ctrl-C in it too: what was paid must not go unsaid
            self.failure = error

    @property
    def result(self) -> T:
        return cast("T", self._result)


def told(failure: BaseException) -> WeryAIError:
    """What a journal raised, as an error of ours."""
    if isinstance(failure, (AlreadySubmittedError, SpendLimitError, JournalError)):
        return failure
    try:
        words = f"{type(failure).__name__}: {failure}"
    except Exception:  # it cannot even say what it is
        words = type(failure).__name__
    error = JournalError(f"the journal failed: {words}")
    error.__cause__ = failure
    return error


def keep_ids(error: E, job: Job) -> E:
    """The error, with the ids that are in no journal."""
    words = f"the job is paid and goes on, keep its ids: {job.name}"
    log.warning("%s", words)
    error.add_note(words)
    if isinstance(error, WeryAIError):
        error.job = job
    return error
