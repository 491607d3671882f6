"""What may be spent is not passed, over all clients of a journal and whatever becomes of one."""

from __future__ import annotations

import math
from typing import Any

import anyio
import pytest
from attrs import evolve

from contract_tests.client.submit.conftest import Kept
from contract_tests.support.clients import MakeClient
from contract_tests.support.requests import usual
from contract_tests.support.run.jumping_clock import JumpingClock
from weryai import (
    ConfigError,
    Limits,
    Purse,
    SpendLimitError,
    SubmissionUnknownError,
    WeryAIError,
)
from weryai.testing import Answer, Lost, ManualClock, Simulator, refusal

SUBMIT = "submit_multi_image_to_video"
URL = "http://localhost"


@pytest.fixture
def journal(kept: Kept) -> Kept:
    return kept


def limits(credits: float, price: float | None = None) -> Limits:
    return Limits(interval=0, purse=Purse("night", credits, price))


def paid(simulator: Simulator) -> float:
    return sum(accepted.credits for accepted in simulator.ledger)


def spent(journal: Kept) -> float:
    return journal.purse("night", URL).spent()


def submit_all(client: Any, number: int, **given: Any) -> SpendLimitError | None:
    """As many as may be, of so many. Each costs 5."""
    try:
        for _ in range(number):
            client.submit(usual(**given))
    except SpendLimitError as error:
        return error
    return None


def test_no_more_is_spent_than_the_purse_holds(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(23))
    error = submit_all(client, 9)
    assert error is not None
    assert (error.purse, error.left, error.price, error.credits) == ("night", 3, 5, 23)
    assert "3 credits are left, and this may cost 5" in str(error)
    assert paid(simulator) == spent(journal) == 20
    received = simulator.received_count
    assert submit_all(client, 1) is not None
    assert simulator.received_count == received, "nothing is sent"
    again = make_client(simulator, journal=journal, limits=limits(26))
    assert submit_all(again, 9) is not None
    assert paid(simulator) == spent(journal) == 25


def test_of_several_clients_at_once_one_learns_the_price_and_all_keep_to_it(
    journal: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(work: Any, *args: Any, **_: Any) -> Any:
        return work(*args)

    monkeypatch.setattr("anyio.to_thread.run_sync", at_once)
    clock = JumpingClock()
    simulator = Simulator(clock=clock, render=False, task_seconds=5)
    refused: list[SpendLimitError] = []

    async def submit(client: Any, number: int) -> None:
        try:
            await client.submit(usual(prompt=f"Row {number}", duration=5 + 5 * (number % 2)))
        except SpendLimitError as error:
            refused.append(error)

    async def all_of_them() -> None:
        async with (
            clock.running(),
            simulator.async_client(journal=journal, limits=limits(62)) as one,
            simulator.async_client(journal=journal, limits=limits(62)) as other,
            anyio.create_task_group() as group,
        ):
            for number in range(14):
                group.start_soon(submit, (one, other)[number // 2 % 2], number)

    with simulator:
        anyio.run(all_of_them, backend="trio")
    assert 62 - 10 < paid(simulator) == spent(journal) <= 62, "the dearest costs 10"
    assert len(refused) + len(simulator.ledger) == 14


def test_a_refused_one_gives_back_what_it_took(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(10))
    for _ in range(2):  # before the price is known, and after
        simulator.next(SUBMIT, refusal(2003))
        with pytest.raises(WeryAIError):
            client.submit(usual())
        client.submit(usual())
    assert paid(simulator) == spent(journal) == 10


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_one_whose_fate_is_not_known_keeps_what_it_may_have_cost(
    make_client: MakeClient, simulator: Simulator, journal: Kept, accepted: bool, first: bool
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(15))
    if not first:
        client.submit(usual())
    simulator.next(SUBMIT, Lost(accepted=accepted))
    with pytest.raises(SubmissionUnknownError):
        client.submit(usual())
    submit_all(client, 9)
    assert paid(simulator) <= spent(journal) <= 15
    # Where the price was to be seen, the balance shows in a minute whether it was paid.
    assert paid(simulator) == (15 if accepted or first else 10)


def test_a_balance_that_shows_the_cost_late_lets_the_next_one_wait(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    same = Answer(200, {"status": 0, "data": 1000})
    simulator.next("get_balance", *[same] * 6)
    client = make_client(simulator, journal=journal, limits=limits(12))
    assert submit_all(client, 1) is None
    (entry,) = journal.open_entries()
    assert journal.claim(entry.id), "as whoever fetches it does"
    assert [each.held for each in journal.purse("night", URL).learning()] == [False]
    assert submit_all(client, 9) is not None
    assert paid(simulator) == spent(journal) == 10


def test_without_a_balance_nothing_is_sent_whose_price_is_not_known(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    simulator.next("get_balance", *[Answer(503, {})] * 50)
    client = make_client(simulator, journal=journal, limits=limits(12), retry_budget=5)
    with pytest.raises(WeryAIError):
        client.submit(usual())
    assert (paid(simulator), spent(journal), [*journal.entries()]) == (0, 0, [])


def test_one_of_another_kind_is_reckoned_by_the_dearest_second(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(14))
    client.submit(usual(duration=5))
    error = submit_all(client, 1, duration=10)
    assert error is not None
    assert (error.left, error.price, paid(simulator)) == (9, 10, 5)


def test_the_first_of_a_kind_is_held_against_the_price_that_was_said(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(20, price=21))
    assert submit_all(client, 1) is not None
    assert paid(simulator) == 0
    dearer = make_client(simulator, journal=journal, limits=limits(20, price=20))
    assert submit_all(dearer, 9) is not None
    assert paid(simulator) == 20, "what it does cost is known from then on"


def test_a_price_is_learned_anew_after_a_day(
    make_client: MakeClient, simulator: Simulator, clock: ManualClock, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(100))
    submit_all(client, 2)
    clock.advance(86_400 + 1)
    simulator._account.rules = evolve(simulator._account.rules, price=3)
    submit_all(client, 20)
    assert paid(simulator) == spent(journal) == 100


def test_what_is_forgotten_stays_spent(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    client = make_client(simulator, journal=journal, limits=limits(10))
    submit_all(client, 2)
    journal.forget([entry.id for entry in journal.entries()])
    assert (spent(journal), [*journal.entries()]) == (10, [])
    assert submit_all(client, 1) is not None


def test_purses_of_other_names_and_submissions_without_one_count_for_themselves(
    make_client: MakeClient, simulator: Simulator, journal: Kept
) -> None:
    for purse in (Purse("a", 5), Purse("b", 10), None):
        client = make_client(simulator, journal=journal, limits=Limits(interval=0, purse=purse))
        submit_all(client, 3)
    assert paid(simulator) == 5 + 10 + 15


def test_a_purse_needs_a_journal_that_has_one(
    make_client: MakeClient, simulator: Simulator
) -> None:
    with pytest.raises(ConfigError, match="a purse needs a journal"):
        make_client(simulator, limits=limits(5))


@pytest.mark.parametrize(
    "given",
    [("", 5), ("x" * 101, 5), (5, 5), ("a", -1), ("a", math.inf), ("a", "5"), ("a", 5, -1)],
)
def test_what_is_no_purse_is_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match="must be"):
        Purse(*given)
    with pytest.raises(ConfigError, match="must be a Purse"):
        Limits(purse=given)


def balances(simulator: Simulator) -> int:
    """How often somebody has asked for one."""
    return sum("balance" in each.path for each in simulator.received)


def test_what_another_purse_of_the_journal_has_learned_is_known(
    make_client: MakeClient, simulator: Simulator, kept: Kept
) -> None:
    submit_all(make_client(simulator, journal=kept, limits=limits(10)), 9)
    asked = balances(simulator)
    other = Limits(interval=0, purse=Purse("day", 12))
    assert submit_all(make_client(simulator, journal=kept, limits=other), 9) is not None
    assert (paid(simulator), balances(simulator)) == (20, asked)


def test_a_balance_that_somebody_asked_for_is_reckoned_with_and_no_price(
    make_client: MakeClient, simulator: Simulator, kept: Kept
) -> None:
    client = make_client(simulator, journal=kept)
    client.balance()
    client.submit(usual())
    client.balance()
    error = submit_all(make_client(simulator, journal=kept, limits=limits(4)), 1)
    assert error is not None
    assert (error.price, paid(simulator)) == (5, 5)
    asked = balances(simulator)
    submit_all(make_client(simulator, journal=kept, limits=limits(5)), 9)
    assert (paid(simulator), spent(kept)) == (10, 5)
    assert balances(simulator) > asked, "it goes alone all the same, and shows what it costs"
