"""What a request is known to cost: measured by balances that were asked for, or not known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.client.submit.conftest import Kept
from contract_tests.support.clients import MakeClient
from contract_tests.support.memory_journal import MemoryJournal, Storage
from contract_tests.support.requests import usual
from weryai import (
    Estimate,
    InvalidRequestError,
    JournalError,
    Limits,
    Purse,
    SubmissionUnknownError,
    TaskFailedError,
    WeryAI,
)
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

DAY = 86_400


def test_balances_before_and_after_tell_what_such_a_request_costs(
    make_client: MakeClient, simulator: Simulator, kept: Kept
) -> None:
    client = make_client(simulator, journal=kept)
    request, other = usual(duration=5, images=["no such file.png"]), usual(duration=10)
    client.submit(usual(duration=5))
    client.balance()
    assert client.estimate(request) == Estimate()
    client.submit(usual(duration=5))
    client.balance()
    first = client.estimate(request)
    assert (first.credits, first.payments, first.least, first.most) == (5, 1, 5, 5)
    client.submit(usual(duration=5, prompt="Another"))
    client.submit(usual(duration=5, caller_id=7))
    simulator.clock.sleep(60)
    client.balance()
    received = simulator.received_count
    told = make_client(simulator, journal=kept).estimate(request)
    assert (told.credits, told.payments) == (5, 3)
    assert first.last_at
    assert told.last_at
    assert (told.last_at - first.last_at).seconds == 60
    assert str(told).startswith("5 credits: measured by 3 payments of this kind, the last on 20")
    assert client.estimate(other) == Estimate()
    assert str(client.estimate(other)) == "not known"
    assert simulator.received_count == received, "nothing is sent"


def test_a_purse_teaches_what_its_submissions_cost(
    make_client: MakeClient, simulator: Simulator, kept: Kept
) -> None:
    limits = Limits(interval=0, purse=Purse("night", 100))
    client = make_client(simulator, journal=kept, limits=limits)
    for _ in range(3):
        client.balance()
        client.submit(usual())
    told = make_client(simulator, journal=kept).estimate(usual())
    assert (told.credits, told.payments) == (5, 1), "the others were reckoned with that"


def two_kinds(client: WeryAI, simulator: Simulator) -> None:
    client.submit(usual(duration=5))
    client.submit(usual(duration=10))


def one_of_unknown_fate(client: WeryAI, simulator: Simulator) -> None:
    client.submit(usual())
    simulator.lose_answer(accepted=True)
    with suppress(SubmissionUnknownError):
        client.submit(usual())
    simulator.clock.sleep(120)


def one_that_fails(client: WeryAI, simulator: Simulator) -> None:
    simulator.fail_task("Content moderation")
    job = client.submit(usual())
    with suppress(TaskFailedError):
        client.wait(job)


def one_that_is_forgotten(client: WeryAI, simulator: Simulator) -> None:
    for _ in range(2):
        client.submit(usual())
    assert client.journal is not None
    client.journal.forget([next(client.journal.entries()).id])


def credits_that_are_bought(client: WeryAI, simulator: Simulator) -> None:
    client.submit(usual())
    simulator._account.credits += 100


def a_day(client: WeryAI, simulator: Simulator) -> None:
    client.submit(usual())
    simulator.clock.sleep(DAY + 1)


def nothing(client: WeryAI, simulator: Simulator) -> None:
    simulator._account.credits -= 5


@pytest.mark.parametrize(
    "between",
    [
        two_kinds,
        one_of_unknown_fate,
        one_that_fails,
        one_that_is_forgotten,
        credits_that_are_bought,
        a_day,
        nothing,
    ],
)
def test_what_two_balances_cannot_tell_apart_is_not_known(
    simulator: Simulator, journal: SQLiteJournal, between: Callable[[WeryAI, Simulator], None]
) -> None:
    with simulator.client(journal=journal) as client:
        client.balance()
        between(client, simulator)
        client.balance()
        for seconds in (5, 10):
            assert client.estimate(usual(duration=seconds)) == Estimate()
        client.submit(usual())
        client.balance()
        assert client.estimate(usual()).credits == 5, "the next one is measured again"


class Meanwhile(httpx.BaseTransport):
    """The simulator, which does something while it is asked for the balance."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner, self.work = simulator._transport, list[Callable[[], object]]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        while request.url.path.endswith("/balance") and self.work:
            self.work.pop()()
        return answer


def test_a_balance_that_is_read_while_a_submission_is_on_its_way_tells_nothing(
    simulator: Simulator, journal: SQLiteJournal, tmp_path: Path
) -> None:
    between = Meanwhile(simulator)
    other = SQLiteJournal(journal.path)
    with (
        simulator.client(journal=journal, transport=between) as client,
        simulator.client(journal=other) as elsewhere,
    ):
        client.balance()
        between.work = [lambda: elsewhere.submit(usual())]
        client.balance()  # which shows nothing of it yet
        elsewhere.submit(usual())
        other.begin("sending", client.base_url, {}, client._flows.calls.now())
        client.balance()
        assert client.estimate(usual()) == Estimate()
        other.refuse("sending")
        client.balance()
        told = client.estimate(usual())
        assert (told.credits, told.payments) == (5, 2), "as the two together have cost"
    other.close()


def test_a_journal_that_knows_no_costs_says_so(
    make_client: MakeClient, simulator: Simulator
) -> None:
    for journal in (None, MemoryJournal(Storage())):
        client = make_client(simulator, journal=journal)
        for _ in range(2):
            client.balance()
            client.submit(usual())
        assert client.balance() == simulator.credits
        assert client.estimate(usual()) == Estimate()


def test_a_journal_that_fails_keeps_no_balance_from_being_told(
    make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal
) -> None:
    client = make_client(simulator, journal=journal)
    journal.close()
    assert client.balance() == simulator.credits
    with pytest.raises(JournalError):
        client.estimate(usual())


def test_only_a_request_is_estimated(make_client: MakeClient, simulator: Simulator) -> None:
    client: Any = make_client(simulator)
    with pytest.raises(InvalidRequestError):
        client.estimate("a film")
