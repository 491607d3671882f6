"""Paid once: a paid request, from the intent to the ids.

1. The intent is in the journal before anything is sent, when its turn has come.
2. It is sent. It is sent again only after a refusal that certainly made no task, by the table of
   `retry_rules.PAID`.
3. The ids are in the journal before anybody is told; after a refusal the intent is removed; and
   whatever else happens, it stays as one whose fate is not known.

Only what is certain is returned. All that is raised leaves the fate open, Ctrl-C at any line too.
"""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import count
from typing import Any

from attrs import frozen

from .._network.deadlines import BoundedBody
from .._service.cost import Cost
from .._service.envelope import Reply
from .._service.operations import Operation
from .._service.replies import Receipt
from ..errors import (
    ResponseError,
    SubmissionUnknownError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)
from ..results import Job
from . import bookkeeping, retry_rules
from .bookkeeping import Asked, Bookkeeping
from .retry_rules import Verdict
from .sending import Calls
from .spending import Spending
from .terms import OnWait
from .turns import Ticket, Turns

log = logging.getLogger("weryai")


@frozen
class _Refusal:
    """An attempt that certainly made no task: why, and whether another may be made."""

    error: WeryAIError
    may_be_repeated: bool


@frozen
class Payments:
    """Makes paid calls, on one kind of I/O."""

    calls: Calls
    books: Bookkeeping
    turns: Turns
    spending: Spending

    async def pay(
        self,
        operation: Operation[Receipt],
        asked: Asked,
        budget: float | None,
        on_wait: OnWait | None,
    ) -> Job:
        """Submit, within a budget in seconds. Raises what `WeryAI.submit` raises."""
        if operation.cost is not Cost.PAID:
            raise AssertionError("a call that costs nothing needs none of this: see `sending`")
        seconds = self.calls.budget(budget)
        entry, payload = bookkeeping.new_id(), operation.request["json"]
        ticket = Ticket(self.turns, entry, payload, on_wait)
        await ticket.begin(asked)
        try:
            outcome = await self._outcome(operation, seconds, ticket)
        except BaseException as error:
            await self.books.doubt(entry, error)
            raise
        if not isinstance(outcome, Receipt):
            await self.books.refuse(entry)
            raise outcome
        job = self._job(outcome, payload)
        await self.books.accept(entry, job)
        await self.spending.after(entry)
        return job

    async def _outcome(
        self, operation: Operation[Receipt], budget: float, ticket: Ticket
    ) -> Receipt | BaseException:
        """The ids; or the error of a submission that certainly made no task."""
        clock = self.calls.io.clock
        started = clock.monotonic()
        for attempt in count(1):
            try:
                if attempt == 1:
                    await self.spending.before(ticket.entry)
                await ticket.keep()
            except BaseException as stop:  # from outside, while nothing is on its way
                return stop
            answer = await self._attempt(operation)
            if isinstance(answer, Receipt):
                return answer
            if not answer.may_be_repeated:
                return answer.error
            pause = retry_rules.pause(answer.error, Cost.PAID, attempt)
            spent = clock.monotonic() - started
            try:
                if not await self._may_go_on(ticket, answer.error, pause, budget, spent):
                    return answer.error
            except BaseException as stop:
                return stop
        raise AssertionError("unreachable")  # pragma: no cover

    async def _may_go_on(
        self, ticket: Ticket, error: WeryAIError, pause: float, budget: float, spent: float
    ) -> bool:
        """Pause, and say whether to send it again: within the budget, and where turns are taken as
        often as it is refused for now, unless the budget is 0: then it is sent once."""
        if await ticket.hold_back(error, pause):
            return budget > 0
        if spent + pause > budget:
            return False
        log.info("%s; trying again in %.1f s", error, pause)
        await self.calls.io.sleep(pause)
        return True

    async def _attempt(self, operation: Operation[Receipt]) -> Receipt | _Refusal:
        """Send it a single time."""
        sent_at, body, reply = self.calls.now(), BoundedBody(operation.longest), None
        try:
            reply = await self.calls.ask(operation, body)
            return self.calls.read(operation, reply)
        except WeryAIError as error:
            verdict = retry_rules.of_submission(error, reply, operation.request["json"])
            if verdict is Verdict.UNKNOWN:
                raise self._unknown(operation, error, sent_at, body, reply) from error
            return _Refusal(error, verdict is Verdict.AGAIN)
        except BaseException as error:
            # Stopped from outside, or a fault of ours: what was paid must not go unsaid.
            unknown = self._unknown(operation, error, sent_at, body, reply)
            log.warning("%s", unknown)
            if isinstance(error, Exception):
                raise unknown from error
            raise error from unknown

    def _unknown(
        self,
        operation: Operation[Receipt],
        error: BaseException,
        sent_at: datetime,
        body: BoundedBody,
        reply: Reply | None,
    ) -> SubmissionUnknownError:
        return SubmissionUnknownError(
            _what_came(error),
            operation=operation.name,
            payload=operation.request["json"],
            sent_at=sent_at,
            raw=self.calls.config.api_key.cut_part(body.body),
            headers=reply.headers if reply else {},
        )

    def _job(self, receipt: Receipt, payload: dict[str, Any]) -> Job:
        return Job(
            receipt.task_ids,
            receipt.batch_id,
            self.calls.now(),
            payload.get("caller_id"),
            payload.get("video_number", 1),
            headers=receipt.headers,
        )


def _what_came(error: BaseException) -> str:
    """What came instead of an answer that can be believed. Not in the words of the service, nor
    with the hint of the error: they may say to try again, and that is what must not be done."""
    if isinstance(error, UnexpectedResponseError):
        return f"HTTP {error.http_status}, and what it says cannot be read"
    if isinstance(error, ResponseError):
        return f"HTTP {error.http_status}" + (f", code {error.code}" if error.code else "")
    return str(error) if isinstance(error, TransportError) else type(error).__name__
