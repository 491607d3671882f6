"""What may be sent again, and when. Pure decisions: nothing here does I/O.

The service has no idempotency key, so a paid request is sent again only where it is certain that
no task was made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from .._service.cost import Cost
from .._service.envelope import Reply
from .._service.refusals import ABOUT_THE_KEY
from ..errors import (
    AuthenticationError,
    InvalidRequestError,
    NotFoundError,
    ResponseError,
    TransportError,
    WeryAIError,
)
from .clean_refusals import is_clean, own_code

Random = Callable[[], float]


class Verdict(Enum):
    AGAIN = "send it again"
    RAISE = "tell the caller"
    UNKNOWN = "it may have been paid: tell the caller, and never send it again"


# Refusals that pass and that made no task: rate limits (1001, 429, 6002), a full queue (1007), the
# workflow's own failure (6001, seen live with no task made), 20 tasks at once (6010).
REFUSED_FOR_NOW = frozenset({429, 1001, 1007, 6001, 6002, 6010})

# Refusals that stay and that made no task, by the server's own enum. Not 6003 and 6004: whether
# credits went with them is not known.
REFUSED = frozenset({1002, 1003, 1006, 1009, 1010, 1011, 1014, 1015, 1017, 2001, 2003, 2004, 6101})

# What no service has looked at. Not 408, 409, 425 and 499: a gateway may say them when the service
# behind it was too slow, or had the request already.
REFUSED_BY_HTTP = frozenset({400, 401, 403, 404, 405, 413, 414, 415, 422, 431, 451})


@frozen
class Row:
    """One row of the table: a clean refusal of these statuses and codes, and what follows."""

    statuses: Container[int]
    codes: Container[int | None]  # None: an answer that has no code of its own
    verdict: Verdict


# A paid submission that was answered, and not with a job. The first row that holds; where none
# does (any other code, 3xx, 408, 409, 425, 499, 5xx), its fate is not known.
PAID = (
    Row({200, 429}, REFUSED_FOR_NOW, Verdict.AGAIN),
    Row({200, *range(400, 500)}, REFUSED, Verdict.RAISE),
    Row(REFUSED_BY_HTTP, {None}, Verdict.RAISE),
)

# Seconds: the first bound and the last. Users of the service wait 15 to 30 s after a refusal.
LOST_PAUSE = (0.5, 8.0)
REFUSED_PAUSE = (3.0, 60.0)

# A task that was just made may not be known everywhere yet.
NEW_JOB = 60.0
# What looks ended may not have told all: a success may list its videos late, and a failure be none.
GRACE = 60.0

# A result may not be there yet when its task has succeeded; the vendor's client waits for it too.
NOT_THERE_YET = frozenset({403, 404, 408, 429})
DOWNLOAD_BUDGET = 60.0


def of_submission(error: WeryAIError, reply: Reply | None, sent: Mapping[str, Any]) -> Verdict:
    """What follows for a paid submission of this JSON that failed, after this reply or none."""
    if isinstance(error, TransportError):
        return Verdict.UNKNOWN if error.sent else Verdict.AGAIN
    if not isinstance(error, ResponseError):
        return Verdict.RAISE
    return Verdict.UNKNOWN if reply is None else of_a_refusal(reply, sent)


def of_a_refusal(reply: Reply, sent: Mapping[str, Any]) -> Verdict:
    """What follows for a paid submission from an answer that is no job."""
    code = own_code(reply)
    for row in PAID:
        if reply.status_code in row.statuses and code in row.codes:
            return row.verdict if is_clean(reply, sent) else Verdict.UNKNOWN
    return Verdict.UNKNOWN


def may_be_repeated(error: WeryAIError) -> bool:
    """Whether a call that costs nothing may fare better the next time."""
    if not isinstance(error, ResponseError):
        return isinstance(error, TransportError)
    failed = error.http_status >= 500 or error.http_status in (408, 429)
    return failed or error.code in REFUSED_FOR_NOW or error.code in range(500, 600)


def pause(error: WeryAIError, cost: Cost, attempt: int, rand: Random = random.random) -> float:
    """Seconds before attempt number `attempt` (the first repeat is 1) of a call that failed."""
    refused = isinstance(error, ResponseError) and cost is Cost.PAID
    first, last = REFUSED_PAUSE if refused else LOST_PAUSE
    bound = min(last, first * 2.0 ** min(attempt - 1, 32))
    return max(rand() * bound, retry_after(error))


def retry_after(error: WeryAIError | None) -> float:
    """Seconds the service asked to wait, 0 where it did not."""
    return (error.retry_after or 0.0) if isinstance(error, ResponseError) else 0.0


def ends_a_wait(error: WeryAIError, age: float) -> bool:
    """Whether a failed poll can never turn out better. `age`: of the job, where that is not known
    of the wait, in seconds."""
    if isinstance(error, NotFoundError):
        return age > NEW_JOB
    return isinstance(error, InvalidRequestError) or is_bad_key(error)


def is_bad_key(error: WeryAIError) -> bool:
    """Whether the service itself says, in words, that the key is bad. A page behind 401 or 403 may
    be of an edge that has a bad minute."""
    return isinstance(error, AuthenticationError) and bool(ABOUT_THE_KEY.search(error.message))


def is_passing(error: TransportError | ResponseError) -> bool:
    """Whether a download that failed may succeed a moment later."""
    if isinstance(error, TransportError):
        return True
    return error.http_status in NOT_THERE_YET or error.http_status >= 500
