"""Which error an answer is: one table for business codes, one for HTTP statuses.

Two meanings of the codes are published. The server's own enum is right where users saw the codes
live (1001 is a rate limit, 1002 a bad parameter), so it is the one used here; 1002 has also been
seen for a bad key and for content, which its text tells.
"""

from __future__ import annotations

import re
from typing import Any

from .._texts import retry_after
from ..errors import (
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
    UnexpectedResponseError,
)
from .envelope import Reply
from .json_values import whole

CODES: dict[int, type[ResponseError]] = {
    429: RateLimitError,
    1001: RateLimitError,
    1002: ParameterError,
    1003: NotFoundError,
    1006: ParameterError,
    1007: RateLimitError,
    1009: PermissionDeniedError,
    1010: NotFoundError,
    1011: InsufficientCreditsError,
    1014: ParameterError,
    1015: DailyLimitError,
    1017: PermissionDeniedError,
    2001: ContentRejectedError,
    2003: ContentRejectedError,
    2004: ParameterError,
    6001: ServerError,
    6002: RateLimitError,
    6003: ServerError,
    6004: ServerError,
    6010: ConcurrencyLimitError,
    6101: DailyLimitError,
}
STATUSES: dict[int, type[ResponseError]] = {
    400: ParameterError,
    401: AuthenticationError,
    403: AuthenticationError,
    429: RateLimitError,
}
# In words, because 1002 stands for three things.
ABOUT_THE_KEY = re.compile(r"api[ _-]?key|authenticat|unauthori[sz]ed|invalid token", re.I)
ABOUT_CONTENT = re.compile(r"sensitive|policy|policies|moderation|敏感|违规|审核", re.I)


def raise_for_http(reply: Reply) -> None:
    """Raise for every HTTP status but 200."""
    status = reply.status_code
    if status == 200:
        return
    words = _words(reply.told)
    code = reply.code if reply.code in CODES else None
    if status >= 500:
        kind: type[ResponseError] = ServerError
    elif code is None or (status == 401 and code == 1002):
        kind = STATUSES.get(status, UnexpectedResponseError)
    else:
        kind = _kind(code, words)
    raise _error(kind, reply, words, code)


def business(reply: Reply, parsed: Any) -> ResponseError:
    """The error for a refusal inside HTTP 200. Raises ValueError where it is no refusal at all."""
    code = whole(parsed.status)
    if code <= 200:
        raise ValueError("a success of the wrong shape")
    words = _words(reply.told)
    return _error(_kind(code, words), reply, words, code)


def unexpected(reply: Reply, why: Exception) -> ResponseError:
    """The error for an answer that breaks the contract."""
    words = f"an answer that breaks the contract ({type(why).__name__}: {str(why)[:200]})"
    return _error(UnexpectedResponseError, reply, words, None)


def _kind(code: int, words: str) -> type[ResponseError]:
    if code == 1002 and ABOUT_THE_KEY.search(words):
        return AuthenticationError
    if code == 1002 and ABOUT_CONTENT.search(words):
        return ContentRejectedError
    return CODES.get(code, ServerError if 500 <= code < 600 else ResponseError)


def _error(kind: type[ResponseError], reply: Reply, words: str, code: int | None) -> ResponseError:
    return kind(
        words,
        code=code,
        http_status=reply.status_code,
        retry_after=retry_after(reply.retry_after),
        raw=reply.raw,
        headers=reply.headers,
    )


def _words(body: dict[str, Any]) -> str:
    """Every text of an envelope that says why, each once."""
    texts = [body.get(name) for name in ("message", "desc", "msg")]
    return ": ".join(
        dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text)
    )
