"""Waiting for a job: polls that may fail, states that are spelled in many ways, and a deadline."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, field, frozen

from . import _retry, _wire
from ._calls import Calls
from ._wire import Operation
from .errors import (
    InvalidRequestError,
    NotFoundError,
    ResponseError,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    WaitTimeoutError,
    WeryAIError,
)
from .results import Job, Result, Task

OnUpdate = Callable[[Result], None]
Failure = TransportError | ResponseError

log = logging.getLogger("weryai")


def require_seconds(timeout: float) -> None:
    """Refuse a timeout that is none. Raises InvalidRequestError."""
    if not isinstance(timeout, (int, float)) or not timeout >= 0:  # NaN is not either
        raise InvalidRequestError([f"timeout must be a number of seconds, not {timeout!r}"])


@frozen
class Waiting:
    """One wait for one job; `seen` are its tasks as last told."""

    calls: Calls
    job: Job
    seen: dict[str, Task] = field(factory=dict)
    warned: set[str] = field(factory=set)

    async def end(self, timeout: float, on_update: OnUpdate | None) -> Result:
        """Poll until every task has ended. Whatever ends it sooner carries the job."""
        try:
            return await self._watch(timeout, on_update)
        except WeryAIError as error:
            error.job = self.job
            if self.seen:
                error.result = self.result
            raise
        except BaseException as error:
            error.add_note(f"the job is paid and goes on: {self.job.name}")
            raise

    @property
    def result(self) -> Result:
        """The job as last told."""
        return Result(self.job, tuple(self.seen.values()))

    async def _watch(self, timeout: float, on_update: OnUpdate | None) -> Result:
        require_seconds(timeout)
        clock = self.calls.io.clock
        deadline = clock.monotonic() + timeout
        pauses = _retry.poll_pauses()
        while True:
            error = await self._look()
            result = self.result
            self._report_unknown()
            if on_update and self.seen:
                on_update(result)
            if result.done and result.failed:
                raise TaskFailedError(result)
            if result.done:
                return result
            left = deadline - clock.monotonic()
            if left <= 0:
                raise WaitTimeoutError(self.job, result if self.seen else None, timeout) from error
            await self.calls.io.sleep(min(left, max(next(pauses), _retry.retry_after(error))))

    async def _look(self) -> Failure | None:
        """Bring `seen` up to date. Returns why a poll failed, where a later one may succeed.

        A final refusal is raised once every other task has ended, so that none is lost with it.
        """
        errors: list[Failure] = []
        job, seen = self.job, self.seen
        if job.batch_id and len(job.task_ids) != 1:
            error = await self._look_at(_wire.batch_status(job.batch_id))
            if not isinstance(error, (NotFoundError, UnexpectedResponseError)) or not job.task_ids:
                errors += [error] if error else []
                return self._settle(errors)
            # A batch that cannot be read is no reason to give up its tasks.
        for task_id in job.task_ids:
            if task_id not in seen or not seen[task_id].done:
                error = await self._look_at(_wire.task_status(task_id), task_id)
                errors += [error] if error else []
        running = [task for task in seen.values() if not task.done]
        return errors[0] if errors and running else self._settle(errors)

    async def _look_at(self, poll: Operation[Any], task_id: str = "") -> Failure | None:
        """One poll. Returns why it failed; a refused key is raised at once."""
        try:
            told = await self.calls.once(poll)
        except (TransportError, ResponseError) as error:
            if _retry.is_bad_key(error):
                raise
            log.info("a poll failed, the wait goes on: %s", error)
            return error
        for task in told if isinstance(told, tuple) else (told,):
            name = task_id or task.id
            if name in self.seen and not task.videos:
                # A later reply may leave out what was made, and not take it away.
                task = evolve(task, videos=self.seen[name].videos)
            self.seen[name] = task
        return None

    def _settle(self, errors: Sequence[Failure]) -> Failure | None:
        """Raise the first of these if none can turn out better, else return it."""
        born = self.job.submitted_at
        age = (self.calls.now() - born).total_seconds() if born else None
        if errors and all(_retry.ends_a_wait(error, age) for error in errors):
            raise errors[0]
        return errors[0] if errors else None

    def _report_unknown(self) -> None:
        """Say once per spelling that a state is not known; it counts as still running."""
        for task in self.seen.values():
            if not task.known and task.raw_state not in self.warned:
                self.warned.add(task.raw_state)
                log.warning("task %s is in an unknown state, %r", task.id, task.raw_state)
