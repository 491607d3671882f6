"""An account's limits are held by whoever submits: each waits for its turn, and none is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.requests import usual
from contract_tests.support.run.jumping_clock import JumpingClock
from weryai import (
    ConfigError,
    Delay,
    InvalidRequestError,
    Limits,
    ParameterError,
    RateLimitError,
    SubmissionUnknownError,
)
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, Lost, ManualClock, Simulator, refusal

SUBMIT = "submit_multi_image_to_video"
Submit = Callable[..., Any]


@pytest.fixture(params=["no journal", "a journal"])
def options(request: pytest.FixtureRequest, journal_file: Path) -> dict[str, Any]:
    """Limits hold with a journal and without."""
    return {} if request.param == "no journal" else {"journal": journal_file}


class OneDay(ManualClock):
    """What waits for ever is told by the clock, and not by the patience of the tests."""

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        assert self.now < ManualClock().now + 86_400, "it waits for ever"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(credits=10_000, clock=OneDay()) as simulator:
        yield simulator


def times(simulator: Simulator) -> list[float]:
    return [accepted.at for accepted in simulator.ledger]


def gaps(simulator: Simulator) -> list[float]:
    return [after - before for before, after in pairwise(times(simulator))]


def test_a_submission_waits_until_the_last_one_is_an_interval_ago(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(interval=2.5), **options)
    for _ in range(3):
        client.submit(usual(SUBMIT))
    assert gaps(simulator) == pytest.approx([2.5, 2.5])
    simulator.clock.sleep(2.0)  # the pause is what is left of it
    client.submit(usual(SUBMIT))
    assert gaps(simulator)[-1] == pytest.approx(2.5)
    simulator.clock.sleep(60.0)
    before = simulator.clock.time()
    client.submit(usual(SUBMIT))
    assert times(simulator)[-1] == before


def test_a_submission_waits_for_a_place_and_asks_itself_whether_one_is_free(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=2, interval=0), **options)
    start = simulator.clock.time()
    for _ in range(5):
        client.submit(usual(SUBMIT))  # nobody waits for any of them
    started = [at - start for at in times(simulator)]
    assert started[:2] == [0, 0]
    assert 30 <= started[2] <= started[3] <= 45
    assert 60 <= started[4] <= 90


def test_each_video_that_is_paid_for_takes_a_place(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=4, interval=0), **options)
    start = simulator.clock.time()
    client.submit(usual(SUBMIT, video_number=3))
    client.submit(usual(SUBMIT))
    assert times(simulator) == [start, start]
    client.submit(usual(SUBMIT, video_number=2))
    assert times(simulator)[2] >= start + 30


def test_a_job_with_more_videos_than_places_runs_alone(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=2, interval=0), **options)
    start = simulator.clock.time()
    client.submit(usual(SUBMIT, video_number=4))
    assert times(simulator) == [start]
    client.submit(usual(SUBMIT))
    assert times(simulator)[1] >= start + 30


@pytest.mark.parametrize("code", [429, 1001, 1007, 6001, 6002, 6010])
def test_a_refusal_for_now_is_no_failure_however_often_it_comes(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any], code: int
) -> None:
    simulator.next(SUBMIT, *[Answer(200, {"status": code, "msg": "later"})] * 12)
    waits: list[Delay] = []
    client = make_client(simulator, limits=Limits(), retry_budget=5, **options)
    client.submit(usual(SUBMIT), on_wait=waits.append)
    assert len(simulator.ledger) == 1
    # A pause is drawn, and one of no time is passed over.
    assert {"refused"} <= {delay.reason for delay in waits} <= {"refused", "interval"}


def test_after_a_refusal_nobody_is_let_through_for_as_long_as_was_asked(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    later = {"status": 1001, "msg": "later"}
    simulator.next(SUBMIT, Answer(429, later, headers={"Retry-After": "50"}))
    client = make_client(simulator, limits=Limits(), **options)
    start = simulator.clock.time()
    with pytest.raises(RateLimitError):
        client.submit(usual(SUBMIT), retry_budget=0)  # sends once
    client.submit(usual(SUBMIT))
    assert times(simulator) == [pytest.approx(start + 50)]


def test_what_was_refused_for_good_is_raised_and_takes_no_place(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    simulator.next(SUBMIT, refusal(1002))
    client = make_client(simulator, limits=Limits(running=1, interval=0), **options)
    with pytest.raises(ParameterError):
        client.submit(usual(SUBMIT))
    start = simulator.clock.time()
    client.submit(usual(SUBMIT))
    assert times(simulator) == [start]


def test_one_whose_fate_is_not_known_takes_its_place_for_an_hour(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    client = make_client(simulator, limits=Limits(running=1, interval=0), **options)
    start = simulator.clock.time()
    with pytest.raises(SubmissionUnknownError):
        client.submit(usual(SUBMIT))
    simulator.clock.sleep(3590)
    client.submit(usual(SUBMIT))
    assert times(simulator)[1] == pytest.approx(start + 3600, abs=1)


def test_a_job_that_the_service_knows_no_more_takes_no_place(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=1, interval=0), **options)
    job = client.submit(usual(SUBMIT))
    simulator.next("get_task_status", *[refusal(1003)] * 100)
    simulator.next("get_batch_status", *[refusal(1003)] * 100)
    start = simulator.clock.time()
    client.submit(usual(SUBMIT))
    assert len(simulator.ledger) == 2
    assert simulator.clock.time() - start < 120, job


def test_what_was_seen_to_end_frees_its_place_at_once(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=1, interval=0), **options)
    client.generate(usual(SUBMIT))
    before = simulator.clock.time()
    client.generate(usual(SUBMIT))
    assert times(simulator)[1] == before


def test_it_is_told_what_a_submission_waits_for_before_each_pause(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, limits=Limits(running=1), **options)
    waits: list[Delay] = []
    client.submit(usual(SUBMIT), on_wait=waits.append)
    assert waits == []
    client.submit(usual(SUBMIT), on_wait=waits.append)
    assert [reason for reason, _ in groupby(delay.reason for delay in waits)] == [
        "interval",
        "running",
    ]
    assert len(waits) > 10, "it lasts half a minute"
    assert [words for words, _ in groupby(map(str, waits))] == [
        "the last one was a moment ago",
        "as many tasks run as the account may have",
    ]


@pytest.mark.parametrize("bad", [5, "print", lambda: None])
def test_who_cannot_be_told_of_a_wait_is_refused_before_anything_is_paid(
    make_client: MakeClient, simulator: Simulator, bad: Any
) -> None:
    client = make_client(simulator, limits=Limits())
    for call in (client.submit, client.generate):
        with pytest.raises(InvalidRequestError, match="on_wait must"):
            call(usual(SUBMIT), on_wait=bad)
    assert simulator.received == []


def test_all_clients_of_one_journal_hold_the_limits_together(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    clients = [
        make_client(simulator, limits=Limits(running=2), journal=tmp_path / "jobs")
        for _ in range(3)
    ]
    start = simulator.clock.time()
    for client in clients:
        client.submit(usual(SUBMIT))
    first, second, third = (at - start for at in times(simulator))
    assert first == 0
    assert second == pytest.approx(2.5)
    assert third >= 30


def test_a_service_has_limits_of_its_own_in_a_journal(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    start = simulator.clock.time()
    for host in ("one", "other"):
        address = {"base_url": f"https://{host}.example.com", "journal": tmp_path / "jobs"}
        client = make_client(simulator, limits=Limits(running=1), **address)
        client.submit(usual(SUBMIT))
    assert times(simulator) == [start, start]


class Slow(SQLiteJournal):
    """The first intents take seconds to be written down."""

    clock: ManualClock
    pauses: list[float]

    def begin(self, *args: Any, **options: Any) -> Delay | None:
        delay = super().begin(*args, **options)
        if delay is None and self.pauses:
            self.clock.advance(self.pauses.pop())
        return delay


def test_a_turn_that_was_written_down_too_late_is_not_used(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    journal = Slow(tmp_path / "jobs")
    journal.clock = simulator.clock  # type: ignore[assignment]
    journal.pauses = [0.05, 2.4, 0.05]
    slow = make_client(simulator, limits=Limits(), journal=journal)
    other = make_client(simulator, limits=Limits(), journal=tmp_path / "jobs")
    for client in (slow, slow, other, slow, other):
        client.submit(usual(SUBMIT))
    assert min(gaps(simulator)) >= 2.4
    assert len(simulator.ledger) == 5
    journal.close()


class Stopped(Exception):
    """Raised by whoever is told of the wait."""


def test_what_is_stopped_while_it_waits_was_never_sent_and_is_in_no_journal(
    make_client: MakeClient, simulator: Simulator, tmp_path: Path
) -> None:
    journal = SQLiteJournal(tmp_path / "jobs")
    client = make_client(simulator, limits=Limits(running=1, interval=0), journal=journal)
    client.submit(usual(SUBMIT))

    def stop(_: Delay) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        client.submit(usual(SUBMIT), on_wait=stop)
    assert len(simulator.ledger) == 1
    assert [entry.state for entry in journal.entries()] == ["running"]
    others: list[Delay] = []
    client.submit(usual(SUBMIT), on_wait=others.append)
    assert {delay.reason for delay in others} == {"running"}, "its place in the queue is free"
    journal.close()


def test_without_limits_everything_is_sent_at_once(
    make_client: MakeClient, simulator: Simulator, options: dict[str, Any]
) -> None:
    client = make_client(simulator, **options)
    for _ in range(5):
        client.submit(usual(SUBMIT))
    assert gaps(simulator) == [0] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"running": 0},
        {"running": 2.5},
        {"running": True},
        {"interval": -1},
        {"interval": float("nan")},
        {"interval": float("inf")},
        {"interval": "2.5"},
        {"interval": None},
    ],
    ids=str,
)
def test_limits_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigError, match=f"{name} must be a"):
        Limits(**wrong)


def test_limits_are_those_of_the_service_and_its_users() -> None:
    assert Limits() == Limits(running=20, interval=2.5)


def test_something_else_in_the_place_of_limits_is_refused(make_client: MakeClient) -> None:
    with pytest.raises(ConfigError, match="limits must be Limits"):
        make_client(limits=20)


def test_one_that_is_held_back_for_longer_than_an_hour_still_gets_its_turn() -> None:
    clock = JumpingClock()
    later = Answer(429, {"status": 1001, "msg": "later"}, headers={"Retry-After": "3700"})

    async def two_at_once(simulator: Simulator) -> None:
        async with (
            clock.running(),
            simulator.async_client(limits=Limits(running=1, interval=0)) as client,
            anyio.create_task_group() as group,
        ):
            for number in range(2):  # the second one waits for the place of the first
                group.start_soon(client.submit, usual(SUBMIT, prompt=f"Row {number}"))

    with Simulator(clock=clock, answer_seconds=1, render=False) as simulator:
        simulator.next(SUBMIT, later)
        anyio.run(two_at_once, simulator)
        assert len(simulator.ledger) == 2
