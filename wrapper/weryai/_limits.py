"""What an account allows, and what a submission waits for, so that it is never asked for more."""

from __future__ import annotations

import math
from typing import Literal

from attrs import Attribute, field, frozen

from ._plain import Plain
from .errors import ConfigError

# Why a submission is not sent yet; `Delay` says which is what.
Reason = Literal["queue", "refused", "interval", "running"]

WORDS: dict[Reason, str] = {
    "queue": "another one came first",
    "refused": "the service asked for patience",
    "interval": "the last one was a moment ago",
    "running": "as many tasks run as the account may have",
}


def _whole(_: object, attribute: Attribute[int], value: object) -> None:
    if type(value) is not int or value < 1:
        raise ConfigError(f"{attribute.name} must be a whole number from 1, not {value!r}")


def _seconds(_: object, attribute: Attribute[float], value: object) -> None:
    if type(value) not in (int, float) or not 0 <= float(str(value)) < math.inf:
        raise ConfigError(f"{attribute.name} must be a number of seconds from 0, not {value!r}")


@frozen
class Limits(Plain):
    """What an account may ask for at once. A client that is given this sends a submission when its
    turn has come, and not sooner.

    Parameters:
        running: tasks at once, from 1; a job has one for each video that is paid for. The service
            allows 20 (code 6010).
        interval: seconds between two submissions, from 0. How many the service allows is not
            published; 2.5 is what its users arrived at.

    Raises:
        ConfigError: it is none of these numbers.
    """

    running: int = field(default=20, validator=_whole)
    interval: float = field(default=2.5, validator=_seconds)


@frozen
class Delay(Plain):
    """Why a submission is not sent yet.

    Attributes:
        reason: `queue`: others have waited for longer; `refused`: the service has refused one for
            now; `interval`: the last one was sent a moment ago; `running`: the account's tasks.
        seconds: until the next look.
    """

    reason: Reason
    seconds: float

    def __str__(self) -> str:
        return WORDS[self.reason]
