"""What a request costs, as far as the journal knows: a balance that is asked for teaches it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import frozen

from .._service import operations
from ..errors import JournalError
from ..results import Estimate
from .bookkeeping import Bookkeeping
from .sending import Calls

if TYPE_CHECKING:
    from .._journal.purses.costs import CostRows

log = logging.getLogger("weryai")


@frozen
class Costs:
    """What submissions have cost, in a journal that learns it; another one knows nothing."""

    calls: Calls
    books: Bookkeeping

    async def balance(self, budget: float | None) -> float:
        """The credits that are left. A journal that fails is no reason not to tell them."""
        rows = self._rows()
        if rows is None:
            return await self.calls.call(operations.balance(), budget)
        try:
            before = await self.books.step(partial(rows.mark, self.calls.now()))
        except JournalError as error:
            log.warning("the balance teaches no price: %s", error)
            return await self.calls.call(operations.balance(), budget)
        credits = await self.calls.call(operations.balance(), budget)
        try:
            await self.books.step(partial(rows.note, before, credits, self.calls.now()))
        except JournalError as error:
            log.warning("the balance teaches no price: %s", error)
        return credits

    async def estimate(self, operation: str, payload: Mapping[str, Any]) -> Estimate:
        """What is known of the cost of a submission. Raises JournalError."""
        rows = self._rows()
        if rows is None:
            return Estimate()
        return await self.books.step(partial(rows.estimate, operation, payload))

    def _rows(self) -> CostRows | None:
        journal: Any = self.books.journal
        return journal.costs(self.books.base_url) if hasattr(journal, "costs") else None
