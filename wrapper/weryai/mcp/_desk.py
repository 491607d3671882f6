"""What every tool works with, and how a failure is told to an agent."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from attrs import field, frozen
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from weryai import InvalidRequestError, Job, SpendLimitError, WeryAI, WeryAIError
from weryai.journal import Entry, Journal

P = ParamSpec("P")
R = TypeVar("R")

NOTHING_PAID = "this call sent nothing and paid nothing"


@frozen
class Desk:
    """One server's client and journal.

    Attributes:
        folder: where every video goes; no agent chooses it.
        agreed: the keys, each with its request, that somebody has agreed to pay for.
    """

    client: WeryAI
    journal: Journal
    folder: Path
    agreed: set[tuple[str, str]] = field(factory=set)

    def known(self, idempotency_key: str) -> Entry | None:
        """The entry of a key."""
        return self.journal.earlier(self.client.base_url, idempotency_key=idempotency_key)

    def entry(self, name: str) -> Entry:
        """What an agent calls a job: its entry, its idempotency key, or one of its task ids. Raises
        ToolError where there is none."""
        url = self.client.base_url
        entry = self.journal.entry(name)
        if entry is None or entry.base_url != url:
            entry = self.known(name) or (self.journal.find(url, Job([name])) if name else None)
        if entry is None:
            raise ToolError(f"there is no job {name!r:.140}: the tool `jobs` lists them")
        return entry

    @contextmanager
    def claimed(self, entry: Entry) -> Iterator[bool]:
        """Keep other processes from fetching an entry. Gives whether that was possible: it is not
        where another one is at it."""
        if not self.journal.claim(entry.id):
            yield False
            return
        try:
            yield True
        finally:
            self.journal.release(entry.id)


At = Context[Desk, Any]


def desk(at: At) -> Desk:
    """The desk of the server that is asked."""
    return at.request_context.lifespan_context


def worded(tool: Callable[P, R]) -> Callable[P, R]:
    """Tell an agent what went wrong: else it would read that the tool has failed, and no more."""

    @functools.wraps(tool)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return tool(*args, **kwargs)
        except WeryAIError as error:
            raise ToolError(_words(error)) from error

    return run


def _words(error: WeryAIError) -> str:
    if isinstance(error, SpendLimitError):
        spent = f"{error.credits - error.left:g} of {error.credits:g} credits are spent or reserved"
        may = f"may cost {error.price:g}" if error.price else "costs nobody knows how many"
        return f"{NOTHING_PAID}: {spent}, and it {may}. Only the user can allow more"
    if isinstance(error, InvalidRequestError):
        return "\n".join([*error.faults, NOTHING_PAID])
    if error.job is not None:  # a journal may have had no room for what was paid
        return f"{error}\nits ids, which must not be lost: {error.job.to_dict()}"
    return str(error)
