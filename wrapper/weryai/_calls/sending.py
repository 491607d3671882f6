"""One call that costs nothing: sent until it is answered, refused for good, or its budget is used
up. What a paid call adds is in `paying`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from attrs import frozen

from .._network import failures
from .._network.deadlines import BoundedBody
from .._network.io import IO
from .._network.settings import Config
from .._service import envelope
from .._service.cost import Cost
from .._service.envelope import Reply
from .._service.operations import Operation
from ..errors import ResponseError, WeryAIError
from . import arguments, retry_rules

T = TypeVar("T")

log = logging.getLogger("weryai")


@frozen
class Calls:
    """Sends operations, on one kind of I/O."""

    io: IO
    config: Config

    async def call(self, operation: Operation[T], budget: float | None = None) -> T:
        """Send until it is answered, refused for good, or the budget (seconds) is used up."""
        seconds, started = self.budget(budget), self.io.clock.monotonic()
        for attempt in count(1):
            try:
                return await self.once(operation)
            except WeryAIError as error:
                pause = retry_rules.pause(error, Cost.FREE, attempt)
                spent = self.io.clock.monotonic() - started
                if not retry_rules.may_be_repeated(error) or spent + pause > seconds:
                    raise
                log.info("%s; trying again in %.1f s", error, pause)
            await self.io.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    async def once(self, operation: Operation[T]) -> T:
        """Send it a single time."""
        if operation.cost is not Cost.FREE:
            raise AssertionError("a paid call goes through `paying`, which writes it down")
        return self.read(operation, await self.ask(operation, BoundedBody(operation.longest)))

    async def ask(self, operation: Operation[T], body: BoundedBody) -> Reply:
        """The reply, whatever it is; what arrives of it is in `body`."""
        base = self.config.registry_url if operation.registry else self.config.base_url
        key = self.config.api_key
        call = {**operation.request, "url": base + operation.request["url"]}
        if self.config.headers:
            call["headers"] = {**call.get("headers", {}), **self.config.headers}
        with failures.mapped(key.cut):
            response = await self.io.send(call, key, body)
        return envelope.read(response, body, key)

    def read(self, operation: Operation[T], reply: Reply) -> T:
        """What a reply says. Raises a ResponseError without the key."""
        try:
            return operation.read(reply)
        except ResponseError as error:
            error.hide(self.config.api_key.cut)
            raise

    def budget(self, given: float | None) -> float:
        """Seconds; the client's own where none is given. Raises InvalidRequestError."""
        return (
            self.config.retry_budget if given is None else arguments.seconds("retry_budget", given)
        )

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.fromtimestamp(self.io.clock.time(), UTC)
