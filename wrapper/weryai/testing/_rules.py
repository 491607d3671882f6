"""What holds for every task and every call, and what happens to them by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from math import inf, isfinite
from typing import Any

from attrs import frozen

from ._scenario import Lost, Outcome, is_number, require, require_number

# Why tasks failed, as users of the service have seen it told.
REASONS = ("Content moderation", "Image asset audit", "Copyright restrictions")

SHARES = (
    "spread",
    "fail_rate",
    "lose_answers",
    "lose_webhooks",
    "double_webhooks",
    "late_webhooks",
)

Seconds = float | Callable[[Mapping[str, Any]], float]


@frozen(kw_only=True)
class Rules:
    """How the service deals with everybody: the parameters of `Simulator` of the same names."""

    price: float
    task_seconds: Seconds
    spread: float
    late_seconds: float
    answer_seconds: float
    spacing: float
    max_running: float
    fail_rate: float
    lose_answers: float
    lose_webhooks: float
    double_webhooks: float
    late_webhooks: float

    def __attrs_post_init__(self) -> None:
        for name in ("price", "late_seconds", "answer_seconds", "spacing"):
            require_number(name, getattr(self, name))
        for name in ("price", "answer_seconds", "spacing"):
            require(isfinite(getattr(self, name)), f"{name} is finite")
        if not callable(self.task_seconds):
            require_number("task_seconds", self.task_seconds)
        for name in SHARES:
            share = getattr(self, name)
            fits = is_number(share) and 0 <= share <= 1
            require(fits, f"{name} is a share from 0 to 1, not {share!r}")
        most = self.max_running
        whole = is_number(most) and most >= 1 and (most == inf or most == int(most))
        require(whole, f"max_running is a whole number, 1 or more, or infinity, not {most!r}")

    def seconds(self, payload: Mapping[str, Any]) -> float:
        """How long a task takes that nobody has planned. Raises ValueError for what is no time."""
        if not callable(self.task_seconds):
            return self.task_seconds
        told = self.task_seconds(payload)
        require_number("what task_seconds returns", told)
        return told


class Chance:
    """What nobody has planned: the same again for the same seed and the same submissions, in the
    same order. Each task draws as much as any other, so that more failures change no times."""

    def __init__(self, seed: int) -> None:
        require(isinstance(seed, int) and is_number(seed), f"seed is a whole number, not {seed!r}")
        self._tasks = random.Random(f"ends {seed}")
        self._answers = random.Random(f"answers {seed}")
        self._webhooks = random.Random(f"webhooks {seed}")

    def task(self, rules: Rules, payload: Mapping[str, Any]) -> tuple[Outcome, float]:
        """How a task ends, and after how many seconds."""
        fate, reason, place = (self._tasks.random() for _ in range(3))
        failed = fate < rules.fail_rate
        why = REASONS[int(reason * len(REASONS))]
        stretch = 1 + rules.spread * (2 * place - 1)
        return Outcome("failed", why) if failed else Outcome(), rules.seconds(payload) * stretch

    def lost(self, rules: Rules) -> Lost | None:
        """Whether the answer to a submission is lost, and whether it was accepted, as half are."""
        fate, accepted = self._answers.random(), self._answers.random() < 0.5
        return Lost(accepted=accepted) if fate < rules.lose_answers else None

    def webhook(self, rules: Rules) -> list[float]:
        """How many seconds after its time a webhook is called, for each time that it is."""
        lost, twice, late = (self._webhooks.random() for _ in range(3))
        delay = rules.late_seconds if late < rules.late_webhooks else 0.0
        times = 2 if twice < rules.double_webhooks else 1
        return [] if lost < rules.lose_webhooks else [delay] * times
