"""What an account allows, and what a submission waits for, so that it is never asked for more."""

from __future__ import annotations

import math
from typing import Literal

from attrs import Attribute, field, frozen
from attrs.validators import optional

from ._plain import Plain
from .errors import ConfigError

# Why a submission is not sent yet; `Delay` says which is what.
Reason = Literal["queue", "refused", "interval", "running", "price"]

LONGEST_NAME = 100  # characters

WORDS: dict[Reason, str] = {
    "queue": "another one came first",
    "refused": "the service asked for patience",
    "interval": "the last one was a moment ago",
    "running": "as many tasks run as the account may have",
    "price": "another one shows what such videos cost",
}


def _whole(_: object, attribute: Attribute[int], value: object) -> None:
    if type(value) is not int or value < 1:
        raise ConfigError(f"{attribute.name} must be a whole number from 1, not {value!r}")


def _seconds(_: object, attribute: Attribute[float], value: object) -> None:
    if type(value) not in (int, float) or not 0 <= float(str(value)) < math.inf:
        raise ConfigError(f"{attribute.name} must be a number of seconds from 0, not {value!r}")


def _credits(_: object, attribute: Attribute[float], value: object) -> None:
    if type(value) not in (int, float) or not 0 <= float(str(value)) < math.inf:
        raise ConfigError(f"{attribute.name} must be a number of credits from 0, not {value!r}")


def _name(_: object, attribute: Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise ConfigError(
            f"{attribute.name} must be 1 to {LONGEST_NAME} characters, not {value!r:.80}"
        )


@frozen
class Purse(Plain):
    """What may be spent, over all processes and machines that use one journal and this name.

    What a submission may cost is reserved in the step that writes its intent, and stays reserved,
    whatever crashes, until it is refused. No price is published: the first submission of each kind
    (model, duration, resolution, sound, number of videos) goes alone, and the balances before and
    after it tell what such a one costs, for 24 hours and for all purses of the journal. One that
    may cost more than is left raises SpendLimitError, and nothing is sent. Nobody else should spend
    credits of the account while a price is learned: it would look too high.

    Parameters:
        name: of the purse, in its journal and for one `base_url`.
        credits: that all submissions together may cost. It may be another one each time.
        price: credits that one of a kind that was not seen yet may cost at the most. Where it is
            left out, what such a one has cost at any time and the dearest second that this purse
            knows are reckoned with; where there is neither, nothing is known: it is sent if
            anything is left, and may cost more.

    Raises:
        ConfigError: the name is none, or a number of credits is.
    """

    name: str = field(validator=_name)
    credits: float = field(validator=_credits)
    price: float | None = field(default=None, validator=optional(_credits))


def _purse(_: object, attribute: Attribute[Purse | None], value: object) -> None:
    if value is not None and not isinstance(value, Purse):
        raise ConfigError(f"{attribute.name} must be a Purse, not {value!r:.80}")


@frozen
class Limits(Plain):
    """What an account may ask for at once. A client that is given this sends a submission when its
    turn has come, and not sooner.

    Parameters:
        running: tasks at once, from 1; a job has one for each video that is paid for. The service
            allows 20 (code 6010).
        interval: seconds between two submissions, from 0. How many the service allows is not
            published; 2.5 is what its users arrived at.
        purse: what may be spent; it needs a journal of `weryai.journal`.

    Raises:
        ConfigError: it is none of these numbers, or no Purse.
    """

    running: int = field(default=20, validator=_whole)
    interval: float = field(default=2.5, validator=_seconds)
    purse: Purse | None = field(default=None, validator=_purse)


@frozen
class Delay(Plain):
    """Why a submission is not sent yet.

    Attributes:
        reason: `queue`: others have waited for longer; `refused`: the service has refused one for
            now; `interval`: the last one was sent a moment ago; `running`: the account's tasks;
            `price`: the first one of its kind shows what such a one costs.
        seconds: until the next look.
    """

    reason: Reason
    seconds: float

    def __str__(self) -> str:
        return WORDS[self.reason]
