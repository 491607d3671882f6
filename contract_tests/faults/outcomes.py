"""What must come of each fault at each step, written by hand and apart from the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any

import httpx
from attrs import frozen

from weryai import (
    AuthenticationError,
    ConcurrencyLimitError,
    ContentRejectedError,
    DailyLimitError,
    InsufficientCreditsError,
    NotFoundError,
    ParameterError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
    WeryAIError,
)


class When(Enum):
    """How far a server gets before it fails."""

    REFUSING = auto()  # nobody listens
    CONNECTING = auto()  # the connection is there, and nothing has been read
    ARRIVING = auto()  # the head of the request was read
    ANSWERING = auto()  # all of the request was read


class Row(Enum):
    """What a client can know after a fault: a row of the table "What may be sent again"."""

    NEVER_SENT = auto()
    REFUSED_FOR_NOW = auto()
    LIMITED = auto()  # HTTP 429 that is not readable: a gateway's, or the service's
    LOST = auto()
    LOST_EARLY = auto()  # the connection went while it was made, or just after: seen as either
    FAILED = auto()  # HTTP 5xx, 408
    CONFLICT = auto()  # HTTP 409, 425, 499, 418: perhaps accepted, and not better the next time
    UNREADABLE = auto()
    REDIRECTED = auto()
    KEY = auto()  # the service says that the key is bad
    EDGE = auto()  # a page behind 401 or 403
    NOT_FOUND = auto()
    REFUSED = auto()
    DOUBTED = auto()  # a code that is not known to make no task
    HARMLESS = auto()  # an answer that is odd or slow, and complete


class End(Enum):
    AGAIN = "it was sent again, and all is well"
    EITHER = "AGAIN or UNKNOWN"
    UNKNOWN = "SubmissionUnknownError, and it was not sent again"
    RAISED = "the error of its kind, at once"
    WELL = "all is well, and it was sent once"


_FREE = dict.fromkeys(("upload", "wait", "batch", "download"), End.AGAIN)
_NO = dict.fromkeys(("upload", "submit", "download"), End.RAISED)
_POLLS = dict.fromkeys(("wait", "batch"), End.AGAIN)

TABLE: dict[Row, dict[str, End]] = {
    Row.NEVER_SENT: {**_FREE, "submit": End.AGAIN},
    Row.REFUSED_FOR_NOW: {**_FREE, "submit": End.AGAIN},
    Row.LIMITED: {**_FREE, "submit": End.UNKNOWN},
    Row.LOST: {**_FREE, "submit": End.UNKNOWN},
    Row.LOST_EARLY: {**_FREE, "submit": End.EITHER},
    Row.FAILED: {**_FREE, "submit": End.UNKNOWN},
    Row.CONFLICT: {**_NO, **_POLLS, "submit": End.UNKNOWN},
    Row.UNREADABLE: {**_NO, **_POLLS, "submit": End.UNKNOWN},
    Row.REDIRECTED: {**_NO, **_POLLS, "submit": End.UNKNOWN, "download": End.AGAIN},
    Row.KEY: {**_NO, "wait": End.RAISED, "batch": End.RAISED},
    Row.EDGE: {**_NO, **_POLLS},
    Row.NOT_FOUND: {**_NO, **_POLLS},
    Row.REFUSED: {**_NO, **_POLLS},
    Row.DOUBTED: {**_NO, **_POLLS, "submit": End.UNKNOWN},
    Row.HARMLESS: dict.fromkeys(("upload", "submit", "wait", "batch", "download"), End.WELL),
}

# Inside HTTP 200, by the server's own enum; 1004 and 9999 are such as nobody has explained.
CODES: dict[int, tuple[Row, type[ResponseError]]] = {
    404: (Row.DOUBTED, ResponseError),
    408: (Row.DOUBTED, ResponseError),
    409: (Row.DOUBTED, ResponseError),
    429: (Row.REFUSED_FOR_NOW, RateLimitError),
    500: (Row.FAILED, ServerError),
    502: (Row.FAILED, ServerError),
    599: (Row.FAILED, ServerError),
    600: (Row.DOUBTED, ResponseError),
    1001: (Row.REFUSED_FOR_NOW, RateLimitError),
    1002: (Row.REFUSED, ParameterError),
    1003: (Row.NOT_FOUND, NotFoundError),
    1004: (Row.DOUBTED, ResponseError),
    1006: (Row.REFUSED, ParameterError),
    1007: (Row.REFUSED_FOR_NOW, RateLimitError),
    1009: (Row.REFUSED, PermissionDeniedError),
    1010: (Row.NOT_FOUND, NotFoundError),
    1011: (Row.REFUSED, InsufficientCreditsError),
    1014: (Row.REFUSED, ParameterError),
    1015: (Row.REFUSED, DailyLimitError),
    1017: (Row.REFUSED, PermissionDeniedError),
    2001: (Row.REFUSED, ContentRejectedError),
    2003: (Row.REFUSED, ContentRejectedError),
    2004: (Row.REFUSED, ParameterError),
    6001: (Row.REFUSED_FOR_NOW, ServerError),
    6002: (Row.REFUSED_FOR_NOW, RateLimitError),
    6003: (Row.DOUBTED, ServerError),
    6004: (Row.DOUBTED, ServerError),
    6010: (Row.REFUSED_FOR_NOW, ConcurrencyLimitError),
    6101: (Row.REFUSED, DailyLimitError),
    9999: (Row.DOUBTED, ResponseError),
}

# What a row ends in where it never passes; a refusal ends in the error of its own kind.
LASTING: dict[Row, type[WeryAIError]] = {
    Row.NEVER_SENT: TransportError,
    Row.LOST: TransportError,
    Row.LOST_EARLY: TransportError,
    Row.FAILED: ServerError,
    Row.CONFLICT: UnexpectedResponseError,
    Row.UNREADABLE: UnexpectedResponseError,
    Row.REDIRECTED: UnexpectedResponseError,
    Row.KEY: AuthenticationError,
    Row.EDGE: AuthenticationError,
    Row.LIMITED: RateLimitError,
}

# After these the service may have the submission; the tests let it have it.
PERHAPS_ACCEPTED = {
    Row.LIMITED,
    Row.DOUBTED,
    Row.LOST,
    Row.FAILED,
    Row.CONFLICT,
    Row.UNREADABLE,
    Row.REDIRECTED,
    Row.HARMLESS,
}

Play = Callable[[Any], Awaitable[bool | None]]
# From the address that was asked for, and the same path on another origin.
Respond = Callable[[str, str], httpx.Response]


@frozen
class Fault:
    """One fault.

    Attributes:
        name: of the test.
        row: what the client can know after it.
        play: what the server does with an `Exchange`; true if the connection may be used again.
        respond: the answer, where the fault is a whole one.
        kind: the error of a refusal, where its row does not tell.
        when: how far the server gets.
        accepted: whether the service carries the request out before.
        file: its row for a download, where that is another one.
        pause: seconds that the service asked to wait.
        tls: whether it needs an https address.
    """

    name: str
    row: Row
    play: Play
    respond: Respond | None = None
    kind: type[WeryAIError] | None = None
    when: When = When.ANSWERING
    accepted: bool = False
    file: Row | None = None
    pause: float = 0
    tls: bool = False

    def end(self, step: str) -> End:
        """What must come of it where it happens once."""
        return TABLE[(self.file or self.row) if step == "download" else self.row][step]

    def error(self) -> type[WeryAIError]:
        """The error of an upload or a submission that it ends."""
        return self.kind or LASTING[self.row]
