"""A process that is killed at any of its calls, as far as what it leaves behind can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from attrs import define

from weryai.batch import Batch


class KilledError(BaseException):
    """In the place of SIGKILL: whatever the process still tries fails with this as well."""


@define
class Mortal:
    """Counts the calls of a process, and ends it at one: before it, or behind it, when what it has
    done is there and nobody was told.

    Attributes:
        dies_at: the number of that call; infinity for one that lives.
        calls: how many there were.
    """

    dies_at: float
    calls: int = 0

    def live(self) -> None:
        """Another instant of its life."""
        self.calls += 1
        if self.calls >= self.dies_at:
            raise KilledError

    def lead(self, batch: Batch) -> None:
        """Let the journal of a batch be the process's own."""
        tables = batch.journal._db
        write = tables.write

        def mortal(work: Callable[[Any], Any]) -> Any:
            self.live()
            found = write(work)
            self.live()
            return found

        tables.write = mortal  # type: ignore[method-assign]

    def bury(self, batch: Batch) -> None:
        """What the end of a process ends: its claims and its connections."""
        batch.journal._claims.close()
        batch.journal._db.close()


class MortalTransport(httpx.AsyncBaseTransport):
    """The network of such a process."""

    def __init__(self, mortal: Mortal, inner: httpx.AsyncBaseTransport) -> None:
        self._mortal, self._inner = mortal, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._mortal.live()
        response = await self._inner.handle_async_request(request)
        self._mortal.live()
        return response
