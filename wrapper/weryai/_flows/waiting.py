"""Waiting for a job: polls that may fail, states that are spelled in many ways, and a deadline.

A job is its batch and its tasks, whichever are known: each round asks for the batch where there is
one, then for every task that its answer did not name. Ids never leave a job. It is complete when
all of them have ended and as many videos are known as were paid for; what ended short of that is
looked at for a minute more, because a success may list its videos late, and a failure be none.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from attrs import define, evolve, field

from .._calls import arguments, retry_rules
from .._calls.sending import Calls
from .._service import operations, replies
from ..errors import (
    InvalidRequestError,
    RateLimitError,
    ServerError,
    TaskFailedError,
    TransportError,
    WaitTimeoutError,
    WeryAIError,
)
from ..results import Job, Result, Task
from .memory import Watch
from .pace import Pace
from .polling import FAILURES, Ask, Failure, Poll
from .video_identity import Videos

OnUpdate = Callable[[Result], None]
Failures = dict[str | None, Failure]

SUCCEED = "succeed"  # as the service spells it most
GONE = "expired"  # of a task that it does not know any more

log = logging.getLogger("weryai")


def require_seconds(timeout: float) -> None:
    """Refuse a timeout that is none. Raises InvalidRequestError."""
    arguments.seconds("timeout", timeout)


def job_of(given: object) -> Job:
    """The job that is meant by a job, an id, or a list of ids. Raises InvalidRequestError."""
    if isinstance(given, Job):
        return given
    ids = [given] if isinstance(given, str) else given
    if not isinstance(ids, (list, tuple)) or not ids:
        raise InvalidRequestError([f"{given!r:.80} is no job: give a Job, or ids of tasks"])
    for task_id in ids:
        operations.task_status(task_id)  # raises for what cannot be an id
    return Job(ids)


@define(eq=False)
class Waiting:
    """One wait for one job.

    Attributes:
        watch: what the client remembers of it from earlier waits.
        pace, kind: how soon it is looked at again, and what that depends on.
        timeout, deadline: the seconds that were given, and when they are over.
        entry_id: where it is in the journal, where that is known.
        before: how old the job was at the round before, in seconds.
        heard: the ids that this wait knows about: told, or known to have ended and gone by now.
        over: whether the job has concluded, and not this wait alone.
        final: whether it ended short of what was paid for, and a minute later still had.
        answered, unsure: whether a poll of the last round was answered, and whether one failed that
            may succeed later.
        lost: whether the answer about the batch was lost in the last round, or HTTP 5xx.
    """

    calls: Calls
    job: Job
    watch: Watch
    videos: Videos
    pace: Pace
    kind: str | None
    timeout: float
    deadline: float
    on_update: OnUpdate | None = None
    entry_id: str | None = None
    rounds: int = 0
    before: float = 0.0
    heard: set[str] = field(factory=set)
    warned: frozenset[str] = frozenset()
    over: bool = False
    final: bool = False
    answered: bool = False
    unsure: bool = False
    lost: bool = False

    async def round(self, ask: Ask) -> float | None:
        """Ask once for all that is open. Returns the seconds until the next round, None where the
        job is complete. Raises what ends a wait sooner."""
        failures = await self._look(ask)
        result = self.result
        self._report_unknown()
        if self.on_update and result.tasks:
            self.on_update(result)
        self.over = self._is_over(result, failures)
        if self.over:
            if result.complete:
                return None
            raise TaskFailedError(result)
        error = next(iter(failures.values()), None)
        left = self.deadline - self.calls.io.clock.monotonic()
        if left <= 0:
            raise WaitTimeoutError(
                self.job, result if result.tasks else None, self.timeout
            ) from self._trouble(failures)
        self.rounds, self.before = self.rounds + 1, self.age
        pause = min(self.pace.pause(self.rounds, self.kind, self.age), self._grace_left())
        return min(left, max(pause, retry_rules.retry_after(error)))

    def tell(self, error: BaseException) -> None:
        """Let what ends the wait carry the job."""
        if not isinstance(error, WeryAIError):
            error.add_note(f"the job is paid and goes on: {self.job.name}")
            return
        error.job = self.job
        if self.watch.tasks:
            error.result = self.result

    @property
    def age(self) -> float:
        """Seconds since the job was submitted; where that is not known, since it was first looked
        at."""
        if self.job.submitted_at:
            return (self.calls.now() - self.job.submitted_at).total_seconds()
        return self.calls.io.clock.monotonic() - self.watch.since

    @property
    def result(self) -> Result:
        """The job as last told."""
        return Result(self.job, self.videos.whole(list(self.watch.tasks.values())))

    async def _look(self, ask: Ask) -> Failures:
        """One round: the batch, then every task that it did not name, but not those that have ended
        while others run. Returns why polls failed, by what was asked for; None is the batch.

        A final refusal is raised once everything else has ended, so that nothing is lost with it.
        """
        failures: Failures = {}
        running, named = self.watch.ended_at is None, set[str]()
        if self.job.batch_id:
            named = await self._poll(
                ask, operations.batch_status, self.job.batch_id, None, failures
            )
        for task_id in self._ids() if self._may_go_on(failures.get(None)) else ():
            known = task_id in named or (running and self._has_ended(task_id))
            if not known and self._source(task_id):
                named |= await self._poll(ask, operations.task_status, task_id, task_id, failures)
        gone = self._give_up(failures)
        self.answered = bool(named or gone)
        self.unsure = bool(failures.keys() - gone)
        return failures

    async def _poll(
        self, ask: Ask, poll: Poll, asked_for: str, source: str | None, failures: Failures
    ) -> set[str]:
        """One poll. Returns the ids that its answer names; a refused key is raised at once."""
        try:
            told = await ask(poll, asked_for)
        except FAILURES as error:
            if retry_rules.is_bad_key(error):
                raise
            log.info("a poll failed, the wait goes on: %s", error)
            failures[source] = error
            return set()
        tasks = self.videos.named(told)
        if source is None:
            self._forget_places()
        share = max(1, (self.job.video_number or 1) // max(1, len(self._ids())))
        for task in tasks:
            self.watch.tasks[task.id] = self._judged(task, share)
            self.watch.count(task)
        ids = {task.id for task in tasks}
        self.heard |= ids
        return ids

    def _may_go_on(self, error: Failure | None) -> bool:
        """Whether to ask for the tasks in this round: not where the service wants fewer calls, and
        not where all of it may be down, unless the batch was lost the last time too."""
        before, self.lost = self.lost, isinstance(error, (TransportError, ServerError))
        return not isinstance(error, RateLimitError) and (before or not self.lost)

    def _forget_places(self) -> None:
        """What is known by its place alone is told anew by each answer; an end stays one."""
        for task_id in self._ids():
            if self._source(task_id) is None:
                if self.watch.tasks[task_id].done:
                    self.heard.add(task_id)
                else:
                    del self.watch.tasks[task_id]

    def _judged(self, task: Task, share: int) -> Task:
        """A task whose state is not known has succeeded where it comes with its share of the videos
        that were paid for, twice in a row."""
        before = self.watch.odd.pop(task.id, 0)
        if task.known or len(task.videos) < share:
            return task
        self.watch.odd[task.id] = before + 1
        return evolve(task, raw_state=SUCCEED) if before else task

    def _ids(self) -> list[str]:
        """Every id that this job has had; none leaves it."""
        return [*dict.fromkeys([*self.job.task_ids, *self.watch.tasks])]

    def _source(self, task_id: str) -> str | None:
        """What to ask for a task: its id, or None, the batch, where that gave it no id."""
        if task_id not in self.job.task_ids and replies.is_place(task_id, self.job.batch_id):
            return None
        return task_id

    def _has_ended(self, task_id: str) -> bool:
        return task_id in self.heard and self.watch.tasks[task_id].done

    def _give_up(self, failures: Failures) -> set[str | None]:
        """Raise where no poll of what is open can turn out better, unless all that was paid for is
        made: then what is gone has ended. Returns what cannot."""
        if not failures:
            return set()
        gone = {
            each for each, error in failures.items() if retry_rules.ends_a_wait(error, self.age)
        }
        for task_id, task in self.watch.tasks.items():
            if task.done and self._source(task_id) in gone:
                self.heard.add(task_id)  # it has ended, and is gone by now
        ids = self._ids()
        left = {each: self._source(each) for each in ids if not self._has_ended(each)}
        if (left or not ids) and gone.issuperset(left.values() or [None]):
            if not self._is_all_made():
                raise failures[next(iter(left.values()), None)]
            for task_id, source in left.items():
                self.watch.tasks[task_id] = Task(task_id, GONE, message=str(failures[source]))
                self.heard.add(task_id)
        return gone

    def _is_all_made(self) -> bool:
        """Whether as many videos are known as were paid for."""
        number = self.job.video_number
        return number is not None and len(self.result.videos) >= number

    def _trouble(self, failures: Failures) -> Failure | None:
        """Why nothing is known of what is open; not why a batch failed beside its tasks."""
        left = [self._source(each) for each in self._ids() if not self._has_ended(each)]
        asked = left if self.answered else failures
        return next((failures[each] for each in asked if each in failures), None)

    def _is_over(self, result: Result, failures: Failures) -> bool:
        """Whether it is complete, or everything ended a minute ago and nothing came after that."""
        now = self.calls.io.clock.monotonic()
        if not result.done or not all(map(self._has_ended, self._ids())):
            self.watch.ended_at = None
            return False
        # Where nobody knows how many there are to be, the batch has to tell.
        told = self.job.video_number is not None or None not in failures
        if result.complete and told and self._is_listed():
            return True
        if self.watch.ended_at is None:
            self.watch.ended_at = now
        if now - self.watch.ended_at < retry_rules.GRACE or not self.answered:
            return False
        self.final = not (self.unsure or result.complete)
        return True

    def _is_listed(self) -> bool:
        """Whether the tasks ever named at once as many videos as were paid for. One that moved to
        another address is two to us; so where they did not, others may be still to come."""
        return sum(self.watch.named.values()) >= (self.job.video_number or 0)

    def _grace_left(self) -> float:
        """Seconds until what has ended short is believed; no end where that is not the question."""
        if self.watch.ended_at is None:
            return math.inf
        left = self.watch.ended_at + retry_rules.GRACE - self.calls.io.clock.monotonic()
        return left if left > 0 else math.inf

    def _report_unknown(self) -> None:
        """Say once per spelling that a state is not known; it counts as still running."""
        for task in [*self.watch.tasks.values()]:
            if not task.known and task.raw_state not in self.warned:
                self.warned |= {task.raw_state}
                log.warning("task %s is in an unknown state, %r", task.id, task.raw_state)
