"""The polls of waits: so many in flight at once, and each question of a round once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from copy import copy
from typing import Any

from attrs import field, frozen

from .._calls.sending import Calls
from .._service.operations import Operation
from ..errors import InvalidRequestError, ResponseError, TransportError
from ..results import Task

# Polls in flight at once, of all the waits of a client. They are held back here, and not by the
# pool of connections: for each request that waits there httpcore looks through all the others, and
# it opens a connection for each that comes while no other is idle.
MOST = 20

Failure = TransportError | ResponseError | InvalidRequestError
FAILURES = (TransportError, ResponseError, InvalidRequestError)  # the same, for `except`
Poll = Callable[[str], Operation[Any]]
Ask = Callable[[Poll, str], Awaitable[tuple[Task, ...]]]


@frozen
class Polls:
    """The polls of one client."""

    calls: Calls
    gate: AbstractAsyncContextManager[object] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "gate", self.calls.io.lock(MOST))

    async def ask(self, poll: Poll, asked_for: str) -> tuple[Task, ...]:
        """Ask for a task or a batch. Raises why there is no answer, which is a Failure."""
        operation = poll(asked_for)
        self.calls.io.require()  # before a lock that is of one event loop
        async with self.gate:
            told = await self.calls.once(operation)
        return told if isinstance(told, tuple) else (told,)


@frozen
class Round:
    """The polls of one round for several jobs of a batch."""

    polls: Polls
    told: dict[tuple[Poll, str], tuple[Task, ...] | Failure] = field(factory=dict)

    async def ask(self, poll: Poll, asked_for: str) -> tuple[Task, ...]:
        """`Polls.ask`; the first answer is that to all who ask the same."""
        if (poll, asked_for) not in self.told:
            try:
                self.told[poll, asked_for] = await self.polls.ask(poll, asked_for)
            except FAILURES as error:
                self.told[poll, asked_for] = error
        answer = self.told[poll, asked_for]
        if isinstance(answer, Exception):
            raise copy(answer)  # it is to carry the job of whoever asks
        return answer
