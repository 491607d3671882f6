"""What httpx raises and a file server says, as errors that tell whether anything was sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from .._texts import mended, retry_after
from ..errors import ServerError, TransportError, UnexpectedResponseError

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

# What httpx lets through as it is, and has sent the request before: on asyncio an error of TLS, and
# in every mode what comes of a Location that is no address, where its client is asked.
AS_THEY_ARE = (ssl.SSLError, httpx.InvalidURL, UnicodeError)


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
            retry_after=retry_after(response.headers.get("Retry-After")),
        )
