"""Which error an answer is: one table for business codes, one for HTTP statuses.

Two meanings of the codes are published. The server's own enum is right where users saw the codes
live (1001 is a rate limit, 1002 a bad parameter), so it is the one used here; 1002 has also been
seen for a bad key and for content, which its text tells.
"""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from .._texts import mended
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
    TransportError,
    UnexpectedResponseError,
)
from .envelope import Reply
from .json_values import whole

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

# What httpx lets through as it is, and has sent the request before: on asyncio an error of TLS, and
# in both colours what comes of a Location that is no address, though no redirect is followed.
AS_THEY_ARE = (ssl.SSLError, httpx.InvalidURL, UnicodeError)

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
LONGEST_RETRY_AFTER = 86400.0
# In words, because 1002 stands for three things.
ABOUT_THE_KEY = re.compile(r"api[ _-]?key|authenticat|unauthori[sz]ed|invalid token", re.I)
ABOUT_CONTENT = re.compile(r"sensitive|policy|policies|moderation|敏感|违规|审核", re.I)


@contextmanager
def mapped(cut: Callable[[str], str] = str) -> Iterator[None]:
    """Turn whatever httpx raises into a TransportError that tells whether anything was sent.

    What is not known for certain counts as sent: a request that may have been paid. `cut` takes the
    key out of a text: h11 quotes lines that it cannot read.
    """
    try:
        yield
    except NEVER_SENT as error:
        raise TransportError(f"no connection to {_where(error)} ({_name(error)})") from error
    except (httpx.HTTPError, httpx.StreamError, *AS_THEY_ARE) as error:
        told = f"the answer was lost ({_name(error)})"
        words = cut(mended(told))
        raise TransportError(words, sent=True) from (error if words == told else None)


def _where(error: httpx.RequestError) -> str:
    """The host that was asked for, without a path: what is signed stays private."""
    try:
        url = error.request.url
    except RuntimeError:  # of a transport of the user's own, perhaps
        return "the service"
    host = url.netloc.decode().rpartition("@")[2]
    through = (
        ", through the proxy of the environment" if isinstance(error, httpx.ProxyError) else ""
    )
    return f"{url.scheme}://{host}{through}"


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def raise_for_download(response: httpx.Response) -> None:
    """Raise for every HTTP status but 200. A file server's statuses say nothing about the key."""
    if response.status_code != 200:
        kind = ServerError if response.status_code >= 500 else UnexpectedResponseError
        raise kind(
            "the file could not be fetched",
            http_status=response.status_code,
            retry_after=_retry_after(response.headers.get("Retry-After")),
        )


def raise_for_http(reply: Reply) -> None:
    """Raise for every HTTP status but 200."""
    status, words = reply.status_code, _words(reply.told)
    if status == 200:
        return
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
        retry_after=_retry_after(reply.retry_after),
        raw=reply.raw,
    )


def _words(body: dict[str, Any]) -> str:
    """Every text of an envelope that says why, each once."""
    texts = [body.get(name) for name in ("message", "desc", "msg")]
    return ": ".join(
        dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text)
    )


def _retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, min(seconds, LONGEST_RETRY_AFTER)) if seconds == seconds else None


def _seconds_until(date: str) -> float:
    """Seconds from now to an HTTP date, NaN where it is none."""
    try:
        at = parsedate_to_datetime(date)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (aware - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
