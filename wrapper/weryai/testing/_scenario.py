"""What goes wrong in a simulated service, as a test plans it; a wrong plan is refused at once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Self, SupportsIndex, cast

from attrs import field, frozen

from ._wire.refusals import REFUSALS, WORDS, Refusal


@frozen
class Answer:
    """An answer in the place of the service's own, once.

    Parameters:
        status: the HTTP status.
        body: as it is sent; text is encoded as UTF-8, anything else as JSON.
        headers: such as Retry-After.
        accepted: carry the request out first, so that only its answer is lost.
    """

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(factory=dict)
    accepted: bool = False

    def __attrs_post_init__(self) -> None:
        status = is_number(self.status) and self.status in range(200, 1000)
        require(status, f"status is a number from 200 to 999, not {self.status!r}")
        require_flag("accepted", self.accepted)
        require(_are_texts(self.headers), "headers are texts by name, such as {'Retry-After': '7'}")
        if not isinstance(self.body, bytes):
            require(_can_be_sent(self.body), "body is bytes, text or JSON that UTF-8 can hold")


@frozen
class Lost:
    """No answer at all, once. In process the client sees a read timeout; served by uvicorn, as
    `weryai simulate` is, the connection ends without a byte.

    Parameters:
        accepted: carry the request out first: the paid job exists, and nobody was told.
    """

    accepted: bool = False

    def __attrs_post_init__(self) -> None:
        require_flag("accepted", self.accepted)


# How tasks end: in the contract's words, and in ones that are defended against (I).
SUCCESSES = ("succeed", "success", "succeeded", "completed")
FAILURES = ("failed", "fail", "error", "canceled", "cancelled")


@frozen
class Outcome:
    """How a task ends.

    Parameters:
        state: `succeed`, `failed` or another of SUCCESSES and FAILURES, in any case; or a word of
            your own, with `ends`.
        message: why it failed.
        videos: whether a task that did not fail has videos.
        seconds: from submission to the end; the simulator's own where it is None.
        ends: of a word of your own: whether a task ends with it, or stays in it and counts as
            running.
    """

    state: str = "succeed"
    message: str | None = None
    videos: bool = True
    seconds: float | None = None
    ends: bool | None = None

    def __attrs_post_init__(self) -> None:
        require(isinstance(self.state, str) and self.state != "", "state is a text")
        known = ", ".join((*SUCCESSES, *FAILURES))
        own = self.state.lower() not in (*SUCCESSES, *FAILURES)
        say = f"state is one of {known}, or a word of your own with ends=True or ends=False"
        require(own == isinstance(self.ends, bool), f"{say}, not {self.state!r}")
        require(self.message is None or isinstance(self.message, str), "message is a text")
        require_flag("videos", self.videos)
        if self.seconds is not None:
            require_number("seconds", self.seconds)

    @property
    def final(self) -> bool:
        """Whether a task ends with it."""
        return self.ends is not False

    @property
    def failed(self) -> bool:
        """Whether the end is a failure."""
        return self.state.lower() in FAILURES


class Outcomes(deque[Outcome]):
    """Outcomes of the next tasks; anything else is refused where it is put in."""

    def __init__(self, given: Iterable[Outcome] = (), maxlen: int | None = None) -> None:
        super().__init__(map(_outcome, given), maxlen)

    def append(self, outcome: Outcome) -> None:
        super().append(_outcome(outcome))

    def appendleft(self, outcome: Outcome) -> None:
        super().appendleft(_outcome(outcome))

    def extend(self, outcomes: Iterable[Outcome]) -> None:
        super().extend([_outcome(outcome) for outcome in outcomes])

    def extendleft(self, outcomes: Iterable[Outcome]) -> None:
        super().extendleft([_outcome(outcome) for outcome in outcomes])

    def insert(self, place: int, outcome: Outcome) -> None:
        super().insert(place, _outcome(outcome))

    def __setitem__(self, place: SupportsIndex, outcome: Outcome) -> None:  # type: ignore[override]
        super().__setitem__(place, _outcome(outcome))

    def __iadd__(self, outcomes: Iterable[Outcome]) -> Self:
        self.extend(outcomes)
        return self


def _outcome(given: Any) -> Outcome:
    ends = ", ".join((*SUCCESSES, *FAILURES))
    words = f"outcomes are Outcome(state, ...), state one of {ends}, not {given!r}"
    require(isinstance(given, Outcome), words)
    return cast(Outcome, given)


def refusal(code: int | str, message: str = "") -> Answer:
    """An Answer with a business code inside HTTP 200, such as `refusal("too_many_running")`.

    Parameters:
        code: a name of REFUSALS or its code, all of them seen or documented; any other code takes
            an Answer.
        message: its own words where it is empty.

    Raises:
        ValueError: for any other name or code.
    """
    known = ", ".join(f"{name} ({number})" for name, number in REFUSALS.items())
    instead = 'Answer(body={"status": code})'
    number = REFUSALS.get(code) if isinstance(code, str) else code
    require(
        is_number(number) and number in WORDS,
        f"code is one of {known}, not {code!r}; {instead} answers with any",
    )
    require(isinstance(message, str), "message is a text")
    return Answer(body=Refusal(cast(int, number), message).envelope())


# What is planned wrong must not show as a puzzle later on.


def require(holds: bool, words: str) -> None:
    """Raise ValueError with these words unless it holds."""
    if not holds:
        raise ValueError(words)


def require_flag(name: str, value: object) -> None:
    """Raise ValueError unless it is True or False."""
    require(isinstance(value, bool), f"{name} is True or False, not {value!r}")


def require_number(name: str, value: object) -> None:
    """Raise ValueError unless it is a number from 0 to infinity."""
    fits = is_number(value) and cast(float, value) >= 0  # NaN is not
    require(fits, f"{name} is a number, 0 or more, not {value!r}")


def is_number(value: object) -> bool:
    """Whether it is one: True is none here."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(headers: object) -> bool:
    texts = isinstance(headers, Mapping) and [*headers, *headers.values()]
    return isinstance(texts, list) and all(isinstance(text, str) for text in texts)


def _can_be_sent(body: object) -> bool:
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True
