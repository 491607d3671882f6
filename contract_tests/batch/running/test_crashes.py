"""A run that is stopped at any of its calls pays nothing twice and loses nothing."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from contract_tests.batch.running.mortal import KilledError, Mortal, MortalTransport
from contract_tests.batch.running.night import Night, is_whole
from weryai.testing._transport import AsyncTransport


def life(night: Night, dies_at: float, name: str = "night", **options: Any) -> Mortal:
    """A run that ends at one of its calls."""
    mortal, batch = Mortal(dies_at), night.batch(name)
    mortal.lead(batch)
    transport = MortalTransport(mortal, AsyncTransport(night.simulator.app.in_process))
    with suppress(KilledError):
        night.run(batch=batch, of_client={"transport": transport}, **options)
    mortal.bury(batch)
    return mortal


# Not every call, and others in each kind of journal: all take a while.
@pytest.mark.parametrize(
    ("night", "first", "step"), [("sqlite", 1, 4), ("postgres", 3, 8)], indirect=["night"]
)
def test_a_run_that_is_killed_at_any_call_goes_on_where_it_was(
    night: Night, first: int, step: int
) -> None:
    unsure = 0
    for number in count(first, step):
        ids = [f"{number}-{each}" for each in "ab"]
        rows = [{"id": each, "prompt": f"Row {each}"} for each in ids]
        night.add(*rows)
        killed = life(night, number)
        status = night.run()
        states = {row: state for row, state in night.states().items() if row in ids}
        assert set(states.values()) <= {"done", "unknown"}
        unsure += [*states.values()].count("unknown")
        assert status.counts["unknown"] == unsure
        if killed.calls < number:
            break
    assert killed.calls > 30
    assert Counter(night.paid()).most_common(1)[0][1] == 1
    paid = {prompt.removeprefix("Row ") for prompt in night.paid()}
    with night.batch() as batch:
        done = {row.id: row.files for row in batch.rows("done")}
    assert paid >= done.keys()
    assert all(is_whole(*file) for files in done.values() for file in files)
    assert 0 < unsure < number / 8, "in doubt is what was on its way"


@pytest.mark.parametrize(
    ("night", "first", "step"), [("sqlite", 2, 4), ("postgres", 4, 8)], indirect=["night"]
)
def test_no_more_is_spent_than_was_said_whatever_call_a_run_is_killed_at(
    night: Night, first: int, step: int
) -> None:
    """Each row costs 5, which nobody knows before the first one."""
    for number in count(first, step):
        name, before = f"night-{number}", night.simulator.credits
        night.clock.now += 100_000  # so that no other batch knows the price any more
        with night.batch(name) as batch:
            batch.add(night.manifest(ids="abcd"))
        killed = life(night, number, name, max_credits=12)
        with night.batch(name) as batch:
            status = night.run(batch=batch, max_credits=12)
        paid = before - night.simulator.credits
        assert paid <= status.spent <= 12
        assert status.spent == 5 * (4 - status.counts["waiting"]) or status.counts["unknown"]
        assert paid == 10 or status.counts["unknown"]
        assert "credits are left" in str(status.stopped) or status.counts["unknown"] == 2
        if killed.calls < number:
            break
    assert killed.calls > 30
