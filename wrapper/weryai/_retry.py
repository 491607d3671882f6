"""What may be sent again, and when. Pure decisions: nothing here does I/O.

The service has no idempotency key, so a paid request is sent again only where it is certain that
no task was made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import count

from ._failures import RefusalWithIdsError
from .errors import (
    AuthenticationError,
    NotFoundError,
    ResponseError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)

Random = Callable[[], float]


class Cost(Enum):
    """What sending a call twice would cost."""

    FREE = "free"
    PAID = "paid"


class Verdict(Enum):
    AGAIN = "send it again"
    RAISE = "tell the caller"
    UNKNOWN = "it may have been paid: tell the caller, and never send it again"


# Refusals that pass and that made no task: rate limits (1001, 429, 6002), a full queue (1007), the
# workflow's own failure (6001, seen live with no task made), 20 tasks at once (6010).
REFUSED_FOR_NOW = frozenset({429, 1001, 1007, 6001, 6002, 6010})

# A gateway may say these when the service behind it was too slow, or had the request already. Below
# 400 it is an answer that cannot be read, or a redirect that may stand behind an accepted POST.
PERHAPS_ACCEPTED = frozenset({408, 409, 499})

# Seconds: the first bound and the last. Users of the service wait 15 to 30 s after a refusal.
LOST_PAUSE = (0.5, 8.0)
REFUSED_PAUSE = (3.0, 60.0)

POLL_FIRST, POLL_GROWTH, POLL_LAST = 3.0, 1.3, 15.0
# A task that was just made may not be known everywhere yet.
NEW_JOB = 60.0

# A result may not be there yet when its task has succeeded; the vendor's client waits for it too.
NOT_THERE_YET = frozenset({403, 404, 408, 429})
DOWNLOAD_BUDGET = 60.0


def verdict(error: WeryAIError, cost: Cost) -> Verdict:
    """Whether a call that failed like this may be sent again."""
    if isinstance(error, TransportError):
        return _if_free(cost) if error.sent else Verdict.AGAIN
    if not isinstance(error, ResponseError):
        return Verdict.RAISE
    if isinstance(error, RefusalWithIdsError):
        return _if_free(cost)
    if error.http_status >= 500 or error.http_status == 408:
        return _if_free(cost)
    if isinstance(error, UnexpectedResponseError):
        perhaps = error.http_status < 400 or error.http_status in PERHAPS_ACCEPTED
        return Verdict.UNKNOWN if cost is Cost.PAID and perhaps else Verdict.RAISE
    if error.http_status == 429 or error.code in REFUSED_FOR_NOW:
        return Verdict.AGAIN
    return Verdict.RAISE


def pause(error: WeryAIError, cost: Cost, attempt: int, rand: Random = random.random) -> float:
    """Seconds before attempt number `attempt` (the first repeat is 1) of a call that failed."""
    refused = isinstance(error, ResponseError) and cost is Cost.PAID
    first, last = REFUSED_PAUSE if refused else LOST_PAUSE
    bound = min(last, first * 2.0 ** min(attempt - 1, 32))
    return max(rand() * bound, retry_after(error))


def retry_after(error: WeryAIError | None) -> float:
    """Seconds the service asked to wait, 0 where it did not."""
    return (error.retry_after or 0.0) if isinstance(error, ResponseError) else 0.0


def poll_pauses(rand: Random = random.random) -> Iterator[float]:
    """Seconds between polls: about 3 at first, growing, at most 15."""
    for number in count():
        bound = min(POLL_LAST, POLL_FIRST * POLL_GROWTH ** min(number, 32))
        yield bound * (0.8 + 0.2 * rand())


def ends_a_wait(error: WeryAIError, job_age: float | None) -> bool:
    """Whether a failed poll can never turn out better. A job of unknown age counts as old."""
    if isinstance(error, NotFoundError):
        return job_age is None or job_age > NEW_JOB
    return isinstance(error, AuthenticationError)


def is_passing(error: TransportError | ResponseError) -> bool:
    """Whether a download that failed may succeed a moment later."""
    if isinstance(error, TransportError):
        return True
    return error.http_status in NOT_THERE_YET or error.http_status >= 500


def _if_free(cost: Cost) -> Verdict:
    return Verdict.UNKNOWN if cost is Cost.PAID else Verdict.AGAIN
