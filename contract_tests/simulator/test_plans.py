"""A plan that means nothing is refused where it is made, with the list of what can be planned.

Told later, as a task that never ends or an HTTP 500 of the simulator, it would cost its author an
hour.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from weryai.testing import OPERATIONS, Answer, Lost, Outcome, Simulator, Variant, refusal

NAN = math.nan
ENDS = "succeed.*failed.*canceled"
WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a word that is no end": (lambda: Outcome("faild"), ENDS),
    "another": (lambda: Outcome("sucess"), ENDS),
    "a state on the way": (lambda: Outcome("processing"), ENDS),
    "no word": (lambda: Outcome(""), "state"),
    "no text": (lambda: Outcome(5), "state"),  # type: ignore[arg-type]
    "nothing": (lambda: Outcome(None), "state"),  # type: ignore[arg-type]
    "an end that does not end": (lambda: Outcome("failed", ends=False), ENDS),
    "an own word that ends perhaps": (lambda: Outcome("mine", ends="no"), ENDS),  # type: ignore[arg-type]
    "a reason that is no text": (lambda: Outcome("failed", 5), "message"),  # type: ignore[arg-type]
    "videos that are counted": (lambda: Outcome(videos=2), "videos"),  # type: ignore[arg-type]
    "seconds before the start": (lambda: Outcome(seconds=-1), "seconds"),
    "seconds that are no number": (lambda: Outcome(seconds=NAN), "seconds"),
    "seconds in words": (lambda: Outcome(seconds="5"), "seconds"),  # type: ignore[arg-type]
    "seconds that are true": (lambda: Outcome(seconds=True), "seconds"),
    "a code that nobody has seen": (lambda: refusal(4242), "1001.*1002.*6101"),
    "a code as text": (lambda: refusal("1001"), "1001.*1002"),
    "a code that is true": (lambda: refusal(True), "1001.*1002"),
    "a success": (lambda: refusal(0), "1001.*1002"),
    "words that are none": (lambda: refusal(1001, 5), "message"),  # type: ignore[arg-type]
    "an answer without a status": (lambda: Answer(0), "200 to 999"),
    "an answer of a status in words": (lambda: Answer("200"), "200 to 999"),  # type: ignore[arg-type]
    "an answer that is not JSON": (lambda: Answer(body={1, 2}), "body"),
    "an answer with NaN": (lambda: Answer(body={"a": NAN}), "body"),
    "an answer of half a character": (lambda: Answer(body="\ud83d"), "body"),
    "an answer with half a character": (lambda: Answer(body={"a": "\ud83d"}), "body"),
    "headers in a list": (lambda: Answer(headers=[("a", "b")]), "headers"),  # type: ignore[arg-type]
    "headers of numbers": (lambda: Answer(headers={"Retry-After": 7}), "headers"),  # type: ignore[dict-item]
    "an answer accepted perhaps": (lambda: Answer(accepted="no"), "True or False"),  # type: ignore[arg-type]
    "a loss accepted perhaps": (lambda: Lost(accepted=1), "True or False"),  # type: ignore[arg-type]
    "credits below nothing": (lambda: Simulator(credits=-1), "credits"),
    "credits that are no number": (lambda: Simulator(credits=NAN), "credits"),
    "credits in words": (lambda: Simulator(credits="7"), "credits"),  # type: ignore[arg-type]
    "a price below nothing": (lambda: Simulator(price=-1), "price"),
    "a price without end": (lambda: Simulator(price=math.inf), "price"),
    "a price that is no number": (lambda: Simulator(price=NAN), "price"),
    "tasks that end before they start": (lambda: Simulator(task_seconds=-1), "task_seconds"),
    "tasks that end at no time": (lambda: Simulator(task_seconds=NAN), "task_seconds"),
    "what is late before its time": (lambda: Simulator(late_seconds=-1), "late_seconds"),
    "times further apart than they are": (lambda: Simulator(spread=1.1), "spread is a share"),
    "more failures than tasks": (lambda: Simulator(fail_rate=2), "fail_rate is a share"),
    "fewer failures than none": (lambda: Simulator(fail_rate=-0.1), "fail_rate is a share"),
    "a share in words": (lambda: Simulator(lose_answers="all"), "lose_answers is a share"),  # type: ignore[arg-type]
    "a share that is true": (lambda: Simulator(lose_answers=True), "lose_answers is a share"),
    "a share that is no number": (lambda: Simulator(spread=NAN), "spread is a share"),
    "no task at all": (lambda: Simulator(max_running=0), "max_running is a whole"),
    "half a task": (lambda: Simulator(max_running=2.5), "max_running is a whole"),
    "a spacing that never ends": (lambda: Simulator(spacing=math.inf), "spacing is finite"),
    "a spacing below nothing": (lambda: Simulator(spacing=-1), "spacing"),
    "an answer before its request": (lambda: Simulator(answer_seconds=-1), "answer_seconds"),
    "an answer that never comes": (lambda: Simulator(answer_seconds=math.inf), "finite"),
    "a seed in words": (lambda: Simulator(seed="x"), "seed is a whole number"),  # type: ignore[arg-type]
    "half a seed": (lambda: Simulator(seed=0.5), "seed is a whole number"),  # type: ignore[arg-type]
    "a seed without end": (lambda: Simulator(seed=math.inf), "seed is a whole number"),  # type: ignore[arg-type]
    "videos that are drawn perhaps": (lambda: Simulator(render="no"), "render is True or"),  # type: ignore[arg-type]
    "a variant in words": (lambda: Simulator(variant="live"), "success, .*states"),  # type: ignore[arg-type]
    "no key": (lambda: Simulator(api_key=""), "api_key"),
}
ODD: tuple[Any, ...] = ("wrong", None, 1, [])
WRONG |= {
    f"{name}={value!r}": (partial(Variant, **{name: value}), f"{name} is one of")
    for name in Variant.choices()
    for value in ODD
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_at_once_with_what_can(name: str) -> None:
    make, words = WRONG[name]
    with pytest.raises(ValueError, match=words):
        make()


def put(outcomes: Any, way: str, given: Any) -> None:
    """Put an outcome in, in one of the ways that a deque has."""
    match way:
        case "append" | "appendleft":
            getattr(outcomes, way)(given)
        case "extend" | "extendleft":
            getattr(outcomes, way)([given])
        case "insert":
            outcomes.insert(0, given)
        case "set":
            outcomes[0] = given
        case "add":
            outcomes += [given]


WAYS = ("append", "appendleft", "extend", "extendleft", "insert", "set", "add")


@pytest.mark.parametrize("given", ["failed", None, {"state": "failed"}, Outcome, Lost()])
@pytest.mark.parametrize("way", WAYS)
def test_only_an_outcome_gets_among_the_outcomes(
    simulator: Simulator, way: str, given: Any
) -> None:
    simulator.outcomes.append(Outcome())
    with pytest.raises(ValueError, match=ENDS):
        put(simulator.outcomes, way, given)
    with pytest.raises(ValueError, match=ENDS):
        simulator.outcomes = [given]
    assert list(simulator.outcomes) == [Outcome()]


@pytest.mark.parametrize("way", WAYS)
def test_an_outcome_gets_in_as_into_any_deque(simulator: Simulator, way: str) -> None:
    simulator.outcomes.append(Outcome())
    plain = deque([Outcome()])
    put(simulator.outcomes, way, Outcome("failed"))
    put(plain, way, Outcome("failed"))
    assert simulator.outcomes == plain


def test_several_outcomes_are_all_put_in_or_none_of_them(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match=ENDS):
        simulator.outcomes.extend([Outcome(), "failed"])  # type: ignore[list-item]
    assert not simulator.outcomes


def test_outcomes_may_be_set_and_added_to(simulator: Simulator) -> None:
    simulator.outcomes = [Outcome("failed")]
    simulator.outcomes += [Outcome()]
    assert list(simulator.outcomes) == [Outcome("failed"), Outcome()]


@pytest.mark.parametrize("operation", ["submit_wrong", "", "submit", None, 5, []])
def test_an_operation_that_does_not_exist_cannot_be_planned(
    simulator: Simulator, operation: Any
) -> None:
    with pytest.raises(ValueError, match=", ".join(OPERATIONS)):
        simulator.next(operation, Lost())


@pytest.mark.parametrize("answer", ["refusal(1001)", 1001, None, Lost, Outcome(), {"status": 0}])
def test_what_is_no_answer_cannot_be_planned(simulator: Simulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"refusal\(code\), Answer"):
        simulator.next("get_balance", refusal(1001), answer)
    assert simulator.client().balance() == 1000


def test_a_variant_that_is_none_cannot_be_set(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match=r"success, .*states"):
        simulator.variant = "documented"  # type: ignore[assignment]
    assert simulator.variant == Variant()
