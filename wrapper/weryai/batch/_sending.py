"""The rows of a batch that are submitted: one after the other, each when its turn has come."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from typing import TYPE_CHECKING

from anyio.abc import TaskGroup
from attrs import define

from weryai import (
    REQUESTS,
    AlreadySubmittedError,
    AuthenticationError,
    ConcurrencyLimitError,
    DailyLimitError,
    InsufficientCreditsError,
    InvalidRequestError,
    JournalError,
    RateLimitError,
    ResponseError,
    ServerError,
    SpendLimitError,
    SubmissionUnknownError,
    TransportError,
)
from weryai.journal import Row

if TYPE_CHECKING:
    from ._worker import Worker

# What says that no other row would fare better.
STOPS_ALL = (AuthenticationError, InsufficientCreditsError, DailyLimitError)
# What says that the same row may be sent later: nothing was made of it.
NOT_NOW = (TransportError, JournalError, RateLimitError, ConcurrencyLimitError, ServerError)
PATIENCE = 10.0  # seconds after a row that could not be sent
MOST_LOST = 5  # rows one after the other that could not be sent, or whose fate is unknown
MOST_LOOKED_AT = 30  # rows that wait, to find one that nobody else sends

log = logging.getLogger("weryai")


@define
class Sending:
    """The submissions of a worker, one at a time and so in the order of the manifest.

    Attributes:
        busy: whether rows are being submitted.
        sent: how many were.
        lost: how many in a row could not be sent, or have an unknown fate.
        in_hand: the id of the row that is being sent, if one is.
        stopped: why this run submits no more, where it does not.
    """

    worker: Worker
    busy: bool = False
    stopped: str | None = None
    sent: int = 0
    lost: int = 0
    in_hand: tuple[str, ...] = ()

    async def allowed(self) -> bool:
        """Whether anything is to be submitted."""
        return await self.worker.do(self._is_allowed)

    def _is_allowed(self) -> bool:
        if self.sent >= self.worker.terms.most:
            self.stopped = f"{self.sent} rows were submitted, as many as were to be"
        return self.stopped is None and self.worker.rows.state.paused is None

    async def run(self, group: TaskGroup) -> None:
        """Submit rows until there is none for us, or there are too many to follow."""
        worker, some = self.worker, False
        try:
            while worker.has_room and (row := await self._next()):
                some, self.in_hand = True, (row.id,)
                try:
                    await self._send(group, row)
                finally:
                    self.in_hand = ()
                    worker.journal.release(self._claim(row))
        finally:
            self.busy = False
            if some:
                worker.wake()

    async def _next(self) -> Row | None:
        """The next row to send: the first one that is nobody's, else one of somebody who stands
        still."""
        theirs: list[Row] = []
        if row := await self.worker.do(partial(self._find, theirs)):
            return row
        return next(iter(await self.worker.overdue(theirs, 1)), None)

    def _find(self, theirs: list[Row]) -> Row | None:
        """The first row that waits and is nobody's, claimed; None where there is none, or none is
        to be submitted. What others send is added to `theirs`."""
        theirs.clear()
        if not self._is_allowed():
            return None
        rows, journal = self.worker.rows, self.worker.journal
        for row in rows.waiting(MOST_LOOKED_AT):
            if not journal.claim(claim := self._claim(row)):
                theirs.append(row)
                continue
            same = False
            try:
                now = rows.row(row.id)  # another may have sent it since the look
                same = now is not None and (now.state, now.key) == ("waiting", row.key)
            finally:
                if not same:
                    journal.release(claim)
            if same:
                return now
        return None

    async def _send(self, group: TaskGroup, row: Row) -> None:
        """Submit a row, and have its job followed."""
        worker = self.worker
        worker.tries(row)
        try:
            await self._submit(row)
        except SubmissionUnknownError as error:
            log.warning("row %s: %s", row.id, error)
            self.sent += 1
            await worker.tell(row)
            await worker.fails(row, str(error))
            await self._lose(row, error)
        except STOPS_ALL as error:
            await worker.pause(str(error))
        except NOT_NOW as error:
            if await self._is_wanted(row):
                await self._lose(row, error)
        except SpendLimitError as error:
            self.stopped = str(error)
        except AlreadySubmittedError:
            log.info("row %s is sent by another worker", row.id)
        except (InvalidRequestError, ResponseError) as error:
            self.lost = 0
            await worker.end(row, "failed", str(error))
        else:
            self.sent, self.lost = self.sent + 1, 0
            await worker.started(group, row)

    async def _submit(self, row: Row) -> None:
        client, journal = self.worker.client, self.worker.journal
        request = REQUESTS[row.operation](**row.request)
        try:
            await client.submit(request, idempotency_key=row.key, on_wait=self.worker.terms.on_wait)
        except JournalError as error:
            if error.job is None:
                raise
            job = error.job

            def write() -> None:
                if entry := journal.earlier(client.base_url, idempotency_key=row.key):
                    journal.settle(entry.id, job)

            await self.worker.do(write)  # late, and so it was unknown meanwhile

    async def _is_wanted(self, row: Row) -> bool:
        """Whether a row that was not sent is still to be: it may be paused, or asked for anew."""
        now = await self.worker.do(lambda: self.worker.rows.row(row.id))
        wanted = now is not None and now.key == row.key and now.state == "waiting"
        return wanted and await self.allowed()

    async def _lose(self, row: Row, error: Exception) -> None:
        """Count a row that was not sent, or has an unknown fate: if all are, something is wrong."""
        self.lost += 1
        if not isinstance(error, SubmissionUnknownError):
            await self.worker.do(lambda: self.worker.rows.note(row, str(error)))
        if self.lost < MOST_LOST:
            await self.worker.clock.sleep_async(PATIENCE)
        elif isinstance(error, JournalError):
            raise error
        else:
            words = f"{self.lost} rows one after the other could not be sent: {error}"
            await self.worker.pause(words)

    def _claim(self, row: Row) -> str:
        """The name of the claim on a row that is being sent."""
        named = f"{self.worker.rows.batch} {row.id}"
        return f"row-{hashlib.sha256(named.encode()).hexdigest()[:24]}"
