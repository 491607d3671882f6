"""Going on with all that a journal has open: wait for it, and fetch what is in no file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from attrs import field, frozen

from .._calls.bookkeeping import Bookkeeping
from .._journal.entry import TO_DO, Entry, Resumed
from ..errors import DownloadError
from ..results import Ended, Job, Video
from .waits import Waits

if TYPE_CHECKING:
    from ..journal import Journal

Fetch = Callable[[Sequence[Video]], Awaitable[list[Path]]]


@frozen
class Resumes:
    """The open entries of a journal, as they end; an async iterator of them too.

    Attributes:
        wait: for these jobs.
        fetch: these videos, wherever they are to go.
    """

    books: Bookkeeping
    journal: Journal
    wait: Callable[[Sequence[Job]], Waits]
    fetch: Fetch
    begun: list[Waits] = field(factory=list)
    entries: dict[Job, Entry] = field(factory=dict)

    async def next(self) -> Resumed | None:
        """The next entry that has ended, None where none is left. One that another process has
        claimed by then is left to it."""
        if not self.begun:
            self.entries.update(await self.books.step(self._left))
            self.begun.append(self.wait([*self.entries]))
        while ended := await self.begun[0].next():
            if resumed := await self._fetched(self.entries[ended.job], ended):
                return resumed
        return None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Resumed:
        if (resumed := await self.next()) is None:
            raise StopAsyncIteration
        return resumed

    def _left(self) -> Mapping[Job, Entry]:
        """What waiting and fetching bring on, of this service."""
        return {
            entry.job: entry
            for entry in self.journal.open_entries()
            if entry.job and entry.state in TO_DO and entry.base_url == self.books.base_url
        }

    async def _fetched(self, entry: Entry, ended: Ended) -> Resumed | None:
        if not await self.books.step(partial(self.journal.claim, entry.id)):
            return None
        try:
            # Another process may have fetched it while this one waited.
            now = await self._now(entry)
            paths: Sequence[Path] = []
            error = ended.error
            try:
                paths = await self.fetch(now.unfetched)
            except DownloadError as failure:
                paths, error = failure.paths, error or failure
            return Resumed(await self._now(entry), tuple(paths), error)
        finally:
            await self.books.step(partial(self.journal.release, entry.id))

    async def _now(self, entry: Entry) -> Entry:
        look: Callable[[], Entry | None] = partial(self.journal.entry, entry.id)
        return await self.books.step(look) or entry
