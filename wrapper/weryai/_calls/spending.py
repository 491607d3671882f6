"""What submissions cost, where that is bounded: learned from the balances before and after one."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import frozen

from .._journal.turns import SURE
from .._limits import Purse
from .._service import operations
from ..errors import ConfigError, ResponseError, TransportError, WeryAIError
from .bookkeeping import Bookkeeping
from .sending import Calls

if TYPE_CHECKING:
    from .._journal.purses.rows import Learning, PurseRows

TRIES, PAUSE = 3, 1.0  # looks at the balance after a submission, and seconds between them

log = logging.getLogger("weryai")


@frozen
class Spending:
    """The purse of one client, or none: then every method does nothing."""

    calls: Calls
    books: Bookkeeping
    purse: Purse | None = None

    def __attrs_post_init__(self) -> None:
        if self.purse is not None and not hasattr(self.books.journal, "purse"):
            raise ConfigError("a purse needs a journal: give a path, or the address of a database")

    async def before(self, entry_id: str) -> None:
        """Write down the balance before a submission that is to show what it costs. Raises why that
        cannot be; then it must not be sent."""
        if self.purse is None:
            return
        learning = await self._do("learning")
        if any(each.entry_id == entry_id for each in learning):
            await self._do("note_balance", entry_id, await self._balance())

    async def after(self, entry_id: str) -> None:
        """See what a submission has cost that was accepted. Raises nothing that is no end from
        outside: whoever wants to submit the next one looks again."""
        if self.purse is None:
            return
        try:
            for _ in range(TRIES):
                learning = await self._do("learning")
                if all(each.entry_id != entry_id for each in learning):
                    return
                await self._see(learning)
                await self.calls.io.sleep(PAUSE)
        except WeryAIError as error:
            log.warning("what it has cost is not known yet: %s", error)

    async def look(self) -> None:
        """See what those have cost that others have left. Raises JournalError."""
        if self.purse is None:
            return
        try:
            await self._see(await self._do("learning"))
        except (TransportError, ResponseError) as error:
            log.info("the balance is not known: %s", error)

    async def _see(self, learning: list[Learning]) -> None:
        for each in learning:
            if each.held:
                continue
            cost = 0.0 if each.balance is None else each.balance - await self._balance()
            if cost > 0 or self._is_over(each):
                now = self.calls.now()
                await self._do("learn", each.entry_id, max(cost, 0.0), now, price=cost > 0)

    def _is_over(self, each: Learning) -> bool:
        """Whether the balance would show by now what it has cost."""
        if each.state == "unknown" and each.balance is not None:
            return self.calls.now() - each.sent_at > SURE
        return each.state != "running"

    async def _balance(self) -> float:
        return await self.calls.call(operations.balance(), None)

    async def _do(self, method: str, *args: Any, **options: Any) -> Any:
        """What a purse of the journal does."""
        journal: Any = self.books.journal
        assert self.purse is not None  # noqa: S101 # as every caller has looked
        rows: PurseRows = journal.purse(self.purse.name, self.books.base_url)
        return await self.books.step(partial(getattr(rows, method), *args, **options))
