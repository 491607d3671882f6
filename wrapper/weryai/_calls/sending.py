"""One call: sent until it is answered, refused for good, or its budget is used up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from attrs import define, frozen

from .._network import failures
from .._network.deadlines import BoundedBody
from .._network.io import IO
from .._network.settings import Config
from .._service import envelope
from .._service.cost import Cost
from .._service.envelope import Reply
from .._service.operations import Operation
from ..errors import (
    ResponseError,
    SubmissionUnknownError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)
from . import arguments, retry_rules
from .retry_rules import Verdict

T = TypeVar("T")

log = logging.getLogger("weryai")


@define
class Fate:
    """What is known of a paid call: `open` while it may have been accepted and nobody was told."""

    open: bool = False


@frozen
class Calls:
    """Sends operations, on one kind of I/O."""

    io: IO
    config: Config

    async def call(
        self, operation: Operation[T], budget: float | None = None, fate: Fate | None = None
    ) -> T:
        """Send until it is answered, refused for good, or the budget (seconds) is used up.

        `fate` is kept up to date, for whoever has to know when this is stopped from outside.
        """
        budget = self.budget(budget)
        fate = fate or Fate()
        started = self.io.clock.monotonic()
        for attempt in count(1):
            sent_at, answer, reply = self.now(), BoundedBody(operation.longest), None
            fate.open = operation.cost is Cost.PAID
            try:
                reply = await self._ask(operation, answer)
                return self._read(operation, reply)
            except WeryAIError as error:
                paid = operation.request.get("json")
                verdict = retry_rules.verdict(error, operation.cost, reply, paid)
                if verdict is Verdict.UNKNOWN:
                    raise self._unknown(operation, error, sent_at, answer) from error
                fate.open = False
                pause = retry_rules.pause(error, operation.cost, attempt)
                spent = self.io.clock.monotonic() - started
                if verdict is Verdict.RAISE or spent + pause > budget:
                    raise
                log.info("%s; trying again in %.1f s", error, pause)
            except BaseException as error:
                # Stopped from outside, or a fault of ours: what was paid must not go unsaid.
                if fate.open:
                    unknown = self._unknown(operation, error, sent_at, answer)
                    log.warning("%s", unknown)
                    if isinstance(error, Exception):
                        raise unknown from error
                    raise error from unknown
                raise
            await self.io.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    async def once(self, operation: Operation[T]) -> T:
        """Send it a single time."""
        return self._read(operation, await self._ask(operation, BoundedBody(operation.longest)))

    async def _ask(self, operation: Operation[T], answer: BoundedBody) -> Reply:
        """The reply, whatever it is; what arrives of it is in `answer`."""
        self.io.require()
        base = self.config.registry_url if operation.registry else self.config.base_url
        key = self.config.api_key
        call = {**operation.request, "url": base + operation.request["url"]}
        with failures.mapped(key.cut):
            response = await self.io.send(call, key, answer)
        return envelope.read(response, answer, key)

    def _read(self, operation: Operation[T], reply: Reply) -> T:
        try:
            return operation.read(reply)
        except ResponseError as error:
            error.hide(self.config.api_key.cut)
            raise

    def _unknown(
        self, operation: Operation[T], error: BaseException, sent_at: datetime, answer: BoundedBody
    ) -> SubmissionUnknownError:
        return SubmissionUnknownError(
            _came(error),
            payload=operation.request["json"],
            sent_at=sent_at,
            raw=self.config.api_key.cut_part(answer.body),
        )

    def budget(self, given: float | None) -> float:
        """Seconds; the client's own where none is given. Raises InvalidRequestError."""
        return (
            self.config.retry_budget if given is None else arguments.seconds("retry_budget", given)
        )

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.fromtimestamp(self.io.clock.time(), UTC)


def _came(error: BaseException) -> str:
    """What came instead of an answer that can be believed. Not in the words of the service, nor
    with the hint of the error: they may say to try again, and that is what must not be done."""
    if isinstance(error, UnexpectedResponseError):
        return f"HTTP {error.http_status}, and what it says cannot be read"
    if isinstance(error, ResponseError):
        return f"HTTP {error.http_status}" + (f", code {error.code}" if error.code else "")
    return str(error) if isinstance(error, TransportError) else type(error).__name__
