"""The simulator's front door."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self, cast

import httpx

from weryai import AsyncWeryAI, Clock, WeryAI

from ._account import Accepted, Account, Received
from ._asgi import OPERATIONS, App
from ._clock import ManualClock
from ._scenario import Answer, Lost, Outcome, Outcomes, require, require_number
from ._transport import AsyncTransport, BlockingTransport
from ._variant import Variant

API_KEY = "sk-simulator"
BASE_URL = "http://localhost"


class Simulator:
    """A service of one account, in memory.

    It checks every documented limit, lets 20 tasks run at once, charges credits, answers with
    business codes inside HTTP 200, and renders the videos from the images that were uploaded. An
    address on another machine is never fetched: a labelled placeholder stands in.

    Parameters:
        credits: what the account holds; infinity never runs out, and the balance that is told
            then is 1,000,000,000, as JSON has no infinity.
        price: credits for each second of each video. The real prices are not published.
        task_seconds: from submission to the end of a task.
        late_seconds: from the end of a task until what its variant tells late is told.
        variant: how replies are spelled.
        clock: where time comes from; by default a ManualClock that waiting clients turn.
        api_key: the one key that is accepted.

    Raises: ValueError for what cannot be, here and wherever something is planned.
    """

    def __init__(
        self,
        *,
        credits: float = 1000,
        price: float = 1,
        task_seconds: float = 30,
        late_seconds: float = 10,
        variant: Variant | None = None,
        clock: Clock | None = None,
        api_key: str = API_KEY,
    ) -> None:
        seconds = {"task_seconds": task_seconds, "late_seconds": late_seconds}
        for name, value in {"credits": credits, "price": price, **seconds}.items():
            require_number(name, value)
        require(math.isfinite(price), "price is finite")
        require(isinstance(api_key, str) and api_key != "", "api_key is a text")
        self.clock = clock or ManualClock()
        self.api_key = api_key
        self._account = Account(
            self.clock, credits, price, task_seconds, late_seconds, _variant(variant or Variant())
        )
        self._app = App(self._account, api_key)
        self._transport = BlockingTransport(self._app.in_process)

    @property
    def app(self) -> Any:
        """The ASGI application: every operation of the contract, the registry too."""
        return self._app

    @property
    def ledger(self) -> list[Accepted]:
        """Every paid submission that was accepted, whether or not its answer arrived."""
        return self._account.ledger

    @property
    def received(self) -> list[Received]:
        """Every request that arrived, in order."""
        return self._account.received

    @property
    def credits(self) -> float:
        """What is left."""
        return self._account.credits

    @property
    def variant(self) -> Variant:
        """How replies are spelled; may be set at any time."""
        return self._account.variant

    @variant.setter
    def variant(self, variant: Variant) -> None:
        self._account.variant = _variant(variant)

    @property
    def outcomes(self) -> deque[Outcome]:
        """How the next tasks end, in the order they are started; then they succeed."""
        return self._account.outcomes

    @outcomes.setter
    def outcomes(self, outcomes: Iterable[Outcome]) -> None:
        self._account.outcomes = Outcomes(outcomes)

    def next(self, operation: str, *answers: Answer | Lost) -> None:
        """Answer the next calls of an operation like this, one each, then as usual again.

        Parameters:
            operation: the operationId in the contract, such as `submit_multi_image_to_video`.
            answers: what to answer; `refusal(1001)` makes the common ones.

        Raises: ValueError for an operation that does not exist, or what is no answer.
        """
        known = ", ".join(OPERATIONS)
        require(operation in OPERATIONS, f"operation is one of {known}, not {operation!r}")
        for each in answers:
            words = f"answers are refusal(code), Answer(...) or Lost(...), not {each!r}"
            require(isinstance(each, Answer | Lost), words)
        self._account.script[operation].extend(answers)

    def notice(self, task_id: str) -> bytes:
        """The body with which the service would call the webhook of a task now.

        While the simulator is served it calls webhooks on this machine by itself.

        Raises: KeyError for a task that does not exist.
        """
        return self._app.notice(self._account.tasks[task_id])

    def client(self, **options: Any) -> WeryAI:
        """A blocking client of this simulator, on its clock and without a socket."""
        return WeryAI(**self._options(self._transport) | options)

    def async_client(self, **options: Any) -> AsyncWeryAI:
        """An asyncio client of this simulator, on its clock and without a socket."""
        return AsyncWeryAI(**self._options(AsyncTransport(self._app.in_process)) | options)

    def close(self) -> None:
        """End the thread of the blocking clients and delete the rendered videos."""
        self._transport.close()
        self._account.folder.cleanup()

    def _options(self, transport: httpx.BaseTransport | httpx.AsyncBaseTransport) -> dict[str, Any]:
        return {
            "api_key": self.api_key,
            "base_url": BASE_URL,
            "transport": transport,
            "clock": self.clock,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _variant(given: object) -> Variant:
    names = ", ".join(Variant.choices())
    require(isinstance(given, Variant), f"variant is a Variant of {names}, not {given!r}")
    return cast(Variant, given)
