"""A fault is planned by one line and by its name, and what was paid is told where an assertion of
it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from contract_tests.house.docs import pages
from weryai import (
    ConcurrencyLimitError,
    ContentRejectedError,
    MultiImageToVideo,
    SubmissionUnknownError,
    TaskFailedError,
    WaitTimeoutError,
    WeryAI,
    WeryAIError,
    errors,
)
from weryai.testing import REFUSALS, Simulator

Ask = Callable[..., MultiImageToVideo]
FOX = "https://example.com/fox.jpg"


def test_a_refusal_meets_so_many_submissions_and_costs_nothing(
    simulator: Simulator, client: WeryAI, ask: Ask
) -> None:
    simulator.refuse("too_many_running", times=3)
    for _ in range(3):
        with pytest.raises(ConcurrencyLimitError):
            client.submit(ask(images=[FOX]), retry_budget=0)
    simulator.assert_paid(0)
    client.submit(ask(images=[FOX]))
    simulator.assert_paid(1)


def test_a_refusal_may_meet_another_call_and_say_its_own_words(
    simulator: Simulator, client: WeryAI
) -> None:
    simulator.refuse("not_found", "gone", operation="get_task_status")
    assert client.balance() == 1000
    with pytest.raises(errors.NotFoundError, match="gone"):
        client.status("task_1")


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_that_is_lost_may_be_paid(
    simulator: Simulator, client: WeryAI, ask: Ask, accepted: bool
) -> None:
    simulator.lose_answer(accepted=accepted)
    with pytest.raises(SubmissionUnknownError):
        client.submit(ask(images=[FOX]))
    simulator.assert_paid(int(accepted))


def test_tasks_fail_and_take_long_in_the_order_they_are_planned_and_then_as_usual(
    simulator: Simulator, client: WeryAI, ask: Ask
) -> None:
    simulator.fail_task("Copyright restrictions", times=2)
    simulator.slow(700)
    for _ in range(2):
        with pytest.raises(TaskFailedError, match="Copyright restrictions"):
            client.generate(ask(images=[FOX]))
    with pytest.raises(WaitTimeoutError):
        client.generate(ask(images=[FOX]), timeout=600)
    assert client.generate(ask(images=[FOX]), timeout=60).complete
    simulator.fail_task()
    with pytest.raises(TaskFailedError, match="Content moderation"):
        client.generate(ask(images=[FOX]))


PLANS: dict[str, tuple[Callable[[Simulator], Any], str]] = {
    "a name that nobody knows": (lambda it: it.refuse("too_many"), r"too_many_running \(6010\)"),
    "a code that nobody has seen": (lambda it: it.refuse(4242), r"rate_limit \(1001\)"),
    "no time at all": (lambda it: it.refuse(1001, times=0), "times is 1 to 1000"),
    "too often": (lambda it: it.lose_answer(accepted=True, times=1001), "times is 1 to 1000"),
    "half a time": (lambda it: it.slow(1, times=1.5), "times"),  # type: ignore[arg-type]
    "a time that is true": (lambda it: it.fail_task(times=True), "times"),
    "accepted perhaps": (lambda it: it.lose_answer(accepted=1), "accepted"),  # type: ignore[arg-type]
    "no such call": (lambda it: it.refuse(1001, operation="submit"), "any submission, submit_"),
    "seconds in words": (lambda it: it.slow("10"), "seconds is a number"),  # type: ignore[arg-type]
    "no reason": (lambda it: it.fail_task(5), "message is a text"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", PLANS)
def test_a_fault_that_cannot_be_is_refused_where_it_is_planned(
    simulator: Simulator, name: str
) -> None:
    make, words = PLANS[name]
    with pytest.raises(ValueError, match=words):
        make(simulator)
    assert not simulator.outcomes
    assert simulator.client().balance() == 1000


def test_the_page_has_each_name_its_code_and_what_becomes_of_a_submission(ask: Ask) -> None:
    rows = [f"| `{name}` | {code} | {became(name, ask)} |" for name, code in REFUSALS.items()]
    page = pages.PAGES["docs/testing.md"].read_text()
    assert re.findall(r"^\| `\w+` \| \d.*", page, re.MULTILINE) == rows


def became(name: str, ask: Ask) -> str:
    """What is raised at once, and whether a client with time sends it again."""
    with Simulator(render=False) as simulator:
        client = simulator.client()
        simulator.refuse(name, times=2)
        with pytest.raises(WeryAIError) as raised:
            client.submit(ask(images=[FOX]), retry_budget=0)
        with suppress(WeryAIError):
            client.submit(ask(images=[FOX]))
        again = " tried again" if simulator.ledger else ""
        return f"`{type(raised.value).__name__}` |{again}"


def test_names_of_refusals_can_be_read_and_not_changed() -> None:
    assert REFUSALS["rate_limit"] == 1001
    with pytest.raises(TypeError):
        REFUSALS["mine"] = 1  # type: ignore[index]


def test_what_was_paid_is_told_line_by_line_where_it_is_not_what_was_expected(
    simulator: Simulator, ask: Ask
) -> None:
    client = simulator.client()
    client.submit(ask(images=[FOX], prompt="The fox wakes up"))
    simulator.clock.sleep(3)
    client.submit(ask(images=[FOX], prompt="The fox wakes up"))
    simulator.refuse("image_flagged")
    with pytest.raises(ContentRejectedError):
        client.submit(ask(images=[FOX]))
    client.submit(ask(images=[FOX], prompt="x" * 100, video_number=2))
    with pytest.raises(AssertionError) as failed:
        simulator.assert_paid(1)
    one, two, three = [", ".join(line.task_ids) for line in simulator.ledger]
    paid = "submit_multi_image_to_video, batch 10000000"
    assert str(failed.value).splitlines() == [
        "3 submissions were paid, not 1; 4 arrived",
        "  1. after 0 s, 5 credits, KLING_O1, 5 s: 'The fox wakes up'",
        f"     {paid}1: {one}",
        "  2. after 3 s, 5 credits: the same request as 1",
        f"     {paid}2: {two}",
        f"  3. after 3 s, 10 credits, KLING_O1, 5 s: '{30 * 'x'}...'",
        f"     {paid}3: {three}",
    ]


def test_many_payments_are_told_in_few_lines(ask: Ask) -> None:
    with Simulator(credits=200, max_running=30, render=False) as simulator:
        for _ in range(21):
            simulator.client().submit(ask(images=[FOX]))
        with pytest.raises(AssertionError, match=r"\n  \.\.\. and 1 more\Z") as failed:
            simulator.assert_paid(0)
    assert len(str(failed.value).splitlines()) == 42
