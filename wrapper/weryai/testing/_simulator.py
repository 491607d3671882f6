"""The simulator's front door."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

import httpx

from weryai import AsyncWeryAI, Clock, WeryAI

from ._account import Account
from ._asgi import OPERATIONS, App
from ._clock import ManualClock
from ._faults import Faults
from ._films.results import Results, given
from ._ledger import require_paid
from ._rules import Chance, Rules, Seconds
from ._scenario import require, require_flag, require_number
from ._served import saved
from ._tasks import Accepted
from ._traffic import Received
from ._transport import AsyncTransport, BlockingTransport
from ._wire.variant import Variant

API_KEY = "sk-simulator"
BASE_URL = "http://localhost"


class Simulator(Faults):
    """A service of one account, in memory.

    It checks every documented limit, lets 20 tasks run at once, charges credits, answers with
    business codes inside HTTP 200, and renders the videos from the images that were uploaded. An
    address on another machine is never fetched: a labelled placeholder stands in.

    Parameters:
        credits: what the account holds; infinity never runs out, and the balance that is told
            then is 1,000,000,000, as JSON has no infinity.
        price: credits for each second of each video. The real prices are not published.
        task_seconds: from submission to the end of a task; or a function that is given what was
            sent and returns them.
        spread: how far the times of tasks lie apart, as a share: with 0.3 each takes 0.7 to 1.3
            times its `task_seconds`, by chance.
        late_seconds: from the end of a task until what its variant tells late is told, and until a
            late webhook is called.
        answer_seconds: how long an answer of the API is under way, when all is done.
        spacing: a submission that comes fewer seconds after the one before is refused with 1001.
            Users of the service leave 2.5; how it counts is not published, and here refusals with
            1001 do not count.
        max_running: how many tasks may run at once, 20 on the real service; infinity for any.
        fail_rate: the share of tasks that fail, by chance.
        lose_answers: the share of submissions whose answer is lost, by chance; half are accepted.
        lose_webhooks: the share of webhooks that are never called, by chance.
        double_webhooks: the share of those that are called twice.
        late_webhooks: the share of those that are called `late_seconds` after their time.
        seed: of all that happens by chance: the same again for the same submissions in the same
            order. What `outcomes` and `next` plan comes first.
        render: whether videos are drawn; else each is the same tiny one, and costs no time.
        video: what each video is instead, as bytes or a path; nothing else is looked at.
        state: a file in which tasks, payments, images and how far the clock was turned are kept,
            and from which they go on; `credits` are what the account held at the very beginning.
        variant: how replies are spelled.
        clock: where time comes from; by default a ManualClock that waiting clients turn.
        api_key: the one key that is accepted.

    Raises:
        ValueError: for what cannot be, here and wherever something is planned.
        OSError: for a `video` that cannot be read, and a `state` that cannot be written.
    """

    def __init__(
        self,
        *,
        credits: float = 1000,
        price: float = 1,
        task_seconds: Seconds = 30,
        spread: float = 0,
        late_seconds: float = 10,
        answer_seconds: float = 0,
        spacing: float = 0,
        max_running: float = 20,
        fail_rate: float = 0,
        lose_answers: float = 0,
        lose_webhooks: float = 0,
        double_webhooks: float = 0,
        late_webhooks: float = 0,
        seed: int = 0,
        render: bool = True,
        video: bytes | str | os.PathLike[str] | None = None,
        state: str | os.PathLike[str] | None = None,
        variant: Variant | None = None,
        clock: Clock | None = None,
        api_key: str = API_KEY,
    ) -> None:
        require_number("credits", credits)
        require_flag("render", render)
        require(isinstance(api_key, str) and api_key != "", "api_key is a text")
        rules = Rules(
            price=price,
            task_seconds=task_seconds,
            spread=spread,
            late_seconds=late_seconds,
            answer_seconds=answer_seconds,
            spacing=spacing,
            max_running=max_running,
            fail_rate=fail_rate,
            lose_answers=lose_answers,
            lose_webhooks=lose_webhooks,
            double_webhooks=double_webhooks,
            late_webhooks=late_webhooks,
        )
        chance, variant = Chance(seed), _variant(variant or Variant())
        results = Results(render, given(video))
        self.clock = clock or ManualClock()
        self.api_key = api_key
        account = Account(self.clock, credits, rules, chance, results, variant)
        super().__init__(account, OPERATIONS)
        if state is not None:
            saved.resume(account, state)
        self._app = App(account, api_key)
        self._transport = BlockingTransport(self._app.in_process, self._app.at_once)

    @property
    def app(self) -> Any:
        """The ASGI application: every operation of the contract, the registry too."""
        return self._app

    @property
    def ledger(self) -> list[Accepted]:
        """Every paid submission that was accepted, whether or not its answer arrived."""
        return self._account.ledger

    def assert_paid(self, times: int) -> None:
        """Assert that so many submissions were paid. What fails tells the ledger line by line.

        Parameters:
            times: submissions, each of which may be several videos.

        Raises:
            AssertionError: it is not so.
        """
        __tracebackhide__ = True  # pytest: what failed is the line of the test
        require_paid(self.ledger, times, self._account.traffic.asked.count)

    @property
    def received(self) -> list[Received]:
        """The requests that arrived, in order: the last 10,000 of them."""
        return list(self._account.traffic.received)

    @property
    def received_count(self) -> int:
        """How many requests have arrived in all."""
        return self._account.traffic.count

    @property
    def running(self) -> int:
        """How many tasks have not ended."""
        return self._account.running()

    @property
    def most_running(self) -> int:
        """The most tasks that ran at once."""
        return self._account.traffic.most_running

    @property
    def smallest_gap(self) -> float:
        """The fewest seconds between two submissions that arrived, whatever was answered to them;
        infinity where there were not two."""
        return self._account.traffic.asked.smallest

    @property
    def smallest_accepted_gap(self) -> float:
        """The fewest seconds between two submissions that were accepted; infinity likewise."""
        return self._account.traffic.accepted.smallest

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

    def notice(self, task_id: str) -> bytes:
        """The body with which the service would call the webhook of a task now.

        While the simulator is served it calls webhooks on this machine by itself.

        Raises:
            KeyError: for a task that does not exist.
        """
        return self._app.notice(self._account.tasks[task_id])

    def due_webhooks(self) -> list[tuple[str, bytes]]:
        """The calls of webhooks whose time has come, each once: its address, and its body. For
        tests without a socket; whoever asks for them makes the calls."""
        due = self._account.due_notices()
        return [(task.payload["webhook_url"], self._app.notice(task)) for task in due]

    def client(self, **options: Any) -> WeryAI:
        """A blocking client of this simulator, on its clock and without a socket."""
        return WeryAI(**self._options(self._transport) | options)

    def async_client(self, **options: Any) -> AsyncWeryAI:
        """An asyncio client of this simulator, on its clock and without a socket."""
        return AsyncWeryAI(**self._options(AsyncTransport(self._app.in_process)) | options)

    def close(self) -> None:
        """End the thread of the blocking clients and delete the rendered videos."""
        self._transport.close()
        self._account.results.close()
        if self._account.saved:
            self._account.saved.close()

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
    if not isinstance(given, Variant):
        names = ", ".join(Variant.choices())
        raise ValueError(f"variant is a Variant of {names}, not {given!r}")
    return given
