"""The registry of models: asked once an hour, and what it says of a request before it is paid for.

It is a help: one that cannot be asked, or not be read, stops no payment.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import warnings
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from attrs import define, evolve, field, frozen

from .._calls.sending import Calls
from .._files import kept
from .._service import operations
from .._service.endpoints import Endpoint
from .._service.replies import Rows
from ..errors import ConfigError, InvalidRequestError, UnlistedModelWarning, WeryAIError
from ..requests import Findings, VideoRequest, compared, endpoint_of, unasked

# Seconds. Rows are believed for as long as `KEPT`, but no request is refused by rows that are
# older than `FRESH`; and after a failure nobody waits for the registry again for a while.
KEPT = 3600.0
FRESH = 60.0
AFTER_FAILURE = 600.0
PATIENCE = 5.0  # for the registry to connect, and to be silent, while a submission waits for it

ANYWAY = (
    "so says the registry of models; check_models=False, in the shell --no-check-models, sends it"
    " all the same"
)

log = logging.getLogger("weryai")


@frozen
class Told:
    """What the registry has told and why it has not told more, each with its time by the clock."""

    rows: Rows | None
    at: float
    failure: str = ""
    failed_at: float = -math.inf


# By registry and operation.
Known = dict[tuple[str, str], Told]
# Of all clients of this process that are on the network itself and on its clock.
OF_PROCESS: Known = {}


@frozen
class Checking:
    """How a client checks requests by the registry.

    Attributes:
        is_on: whether submissions are checked.
        file: where rows are kept for other processes.
        known: where they are kept in this one.
    """

    is_on: bool
    file: Path | None
    known: Known


def checking(
    is_on: bool | None,
    file: str | os.PathLike[str] | None,
    *,
    transport: object,
    others: Iterable[object],
) -> Checking:
    """See `WeryAI`. Raises ConfigError.

    Parameters:
        others: what else makes a client special, so that it shares its rows with no other.
    """
    if is_on is not None and not isinstance(is_on, bool):
        raise ConfigError(f"check_models must be True, False or None, not {is_on!r:.40}")
    try:
        path = None if file is None else Path(os.fsdecode(file))
    except TypeError:
        raise ConfigError(f"models_file must be a path, not {file!r:.40}") from None
    alone = any(each is not None for each in (transport, *others))
    return Checking(
        transport is None if is_on is None else is_on, path, {} if alone else OF_PROCESS
    )


@define
class Registry:
    """The rows that a client knows."""

    calls: Calls
    checking: Checking
    locks: dict[str, AbstractAsyncContextManager[object]] = field(factory=dict)

    async def rows(self, endpoint: Endpoint, budget: float | None) -> Rows:
        """What it says now. Raises TransportError, ResponseError."""
        rows = await self.calls.call(operations.models(endpoint), budget)
        await self._keep(endpoint, Told(rows, self._now()))
        return rows

    async def require(self, endpoint: Endpoint, request: VideoRequest) -> None:
        """Refuse what the model does not take, before anything is uploaded or paid. Raises
        InvalidRequestError; what may be wrong is a warning."""
        if not self.checking.is_on:
            return
        found = await self.look(endpoint, request)
        if found.faults:
            error = InvalidRequestError(found.faults)
            error.add_note(ANYWAY)
            raise error
        for words in found.warnings:
            warnings.warn(words, UnlistedModelWarning, stacklevel=_outside())

    async def look(self, endpoint: Endpoint, request: VideoRequest) -> Findings:
        """What it says of a request. Asked anew where rows of a while ago have something against
        it: the registry changes with the service."""
        found = _compared(await self._known(endpoint, KEPT), endpoint, request)
        if found.faults or found.warnings:
            found = _compared(await self._known(endpoint, FRESH), endpoint, request)
        return found

    async def _known(self, endpoint: Endpoint, seconds: float) -> Told:
        """What was told in the last seconds, else what is told now; one asks, and whoever else
        wants to know waits for it."""
        if told := self._of_late(endpoint, seconds):
            return told
        name = endpoint.operation
        async with self.locks.setdefault(name, self.calls.io.lock()):
            if told := self._of_late(endpoint, seconds) or await self._in_file(endpoint, seconds):
                return told
            return await self._asked(endpoint)

    def _of_late(self, endpoint: Endpoint, seconds: float) -> Told | None:
        told = self.checking.known.get(self._place(endpoint))
        if told is None:
            return None
        now = self._now()
        if told.rows and 0 <= now - told.at < seconds:
            return told
        if not 0 <= now - told.failed_at < AFTER_FAILURE:
            return None
        return told if 0 <= now - told.at < KEPT else evolve(told, rows=None)

    async def _in_file(self, endpoint: Endpoint, seconds: float) -> Told | None:
        if self.checking.file is None:
            return None
        whole = await self.calls.io.run(kept.load, self.checking.file)
        try:
            found = whole["\n".join(self._place(endpoint))]
            told = Told(Rows.from_dict(found["rows"]), float(found["at"]))
        except (LookupError, TypeError, ValueError, AttributeError):
            return None
        self.checking.known[self._place(endpoint)] = told
        return self._of_late(endpoint, seconds)

    async def _asked(self, endpoint: Endpoint) -> Told:
        self.calls.io.require()
        # In less time than a call may take: somebody waits to pay, and nothing hangs on it.
        io = cast(Any, self.calls.io)
        hasty = evolve(self.calls, io=evolve(io, timeout=min(io.timeout, PATIENCE)))
        try:
            rows = await hasty.call(operations.models(endpoint), 0.0)
            told = Told(rows, self._now())
        except Exception as error:  # a transport of somebody else's may raise anything
            failure = str(error) if isinstance(error, WeryAIError) else type(error).__name__
            log.info("the registry of models cannot be asked: %s", failure)
            earlier = self.checking.known.get(self._place(endpoint)) or Told(None, self._now())
            told = evolve(earlier, failure=failure, failed_at=self._now())
        await self._keep(endpoint, told)
        return told

    async def _keep(self, endpoint: Endpoint, told: Told) -> None:
        place = self._place(endpoint)
        self.checking.known[place] = told
        if self.checking.file is not None and told.rows and not told.failure:
            value = {"at": told.at, "rows": told.rows.to_dict()}
            await self.calls.io.run(kept.put, self.checking.file, "\n".join(place), value)

    def _place(self, endpoint: Endpoint) -> tuple[str, str]:
        return self.calls.config.registry_url, endpoint.operation

    def _now(self) -> float:
        return self.calls.io.clock.time()


def _compared(told: Told, endpoint: Endpoint, request: VideoRequest) -> Findings:
    if told.rows is None:
        return unasked(f"the registry of models cannot be asked: {told.failure}")
    called, rows = endpoint_of(endpoint.operation), told.rows
    return compared(request, rows.models, called, own=rows.own, needs=endpoint.needs)


def _outside() -> int:
    """How far up the first line is that is not of this package, as `warnings.warn` counts it."""
    level, frame = 1, sys._getframe(1)
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == "weryai":
        level, frame = level + 1, cast(Any, frame.f_back)
    return level
