"""One hop: a request that goes out once, to where it may go, and whose answer comes back unread.

A call of the API is brought to the transport itself. What httpx's client would add is not wanted:
cookies, redirects, hooks, an auth of its own, which together take longer than the rest of a call. A
client of the user's own is asked through its `send`, which is all that it promises, with none of
them either: a redirect that it followed by itself could pay twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import httpx

from ..errors import InvalidRequestError
from .agent import AGENT
from .clients import AsyncClient, Client
from .settings import Config

# What is long is bounded as it arrives, which compression would hide.
HEADERS: Mapping[str, str] = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
    "User-Agent": AGENT,
}
# How a client of httpx is asked for one hop and nothing else.
ALONE: Mapping[str, Any] = {"auth": None, "follow_redirects": False, "stream": True}


def request(
    call: dict[str, Any] | httpx.Request, timeout: float, trace: Callable[..., Any]
) -> httpx.Request:
    """A request from the keyword arguments of one, or one that a redirect asks for, with its times:
    `timeout` seconds for each step, and what `trace` of deadlines makes of them."""
    times = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
    extensions = {"timeout": times, "trace": partial(trace, timeout)}
    if isinstance(call, httpx.Request):
        call.extensions |= extensions
        return call
    url, more = _url(call["url"]), call.get("headers", {}).items()
    if "files" in call:
        made = {"url": url, "headers": _headers(*more), "extensions": extensions}
        return httpx.Request(**{**call, **made})
    # Given as a stream, httpx looks at no header: that would take as long as all the rest of it.
    content, length = _content(call)
    headers = _headers(("Host", url.netloc.decode()), *more, *length)
    body = httpx.ByteStream(content)
    return httpx.Request(call["method"], url, headers=headers, stream=body, extensions=extensions)


# To parse an address and to write headers down is a tenth of a call, and polls repeat both.
@lru_cache(maxsize=128)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


@lru_cache(maxsize=128)
def _headers(*more: tuple[str, str]) -> httpx.Headers:
    """Those of every request and more, which a request copies."""
    return httpx.Headers({**HEADERS, **dict(more)})


def _content(call: dict[str, Any]) -> tuple[bytes, Sequence[tuple[str, str]]]:
    """The JSON that is sent, and the header that tells its length; nothing where there is none."""
    if "json" not in call:
        return b"", ()
    content = json.dumps(call["json"], ensure_ascii=False, separators=(",", ":")).encode()
    return content, [("Content-Length", str(len(content)))]


def ask(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The answer of one hop, not yet read. Raises what httpx raises."""
    if not isinstance(http, Client):
        return http.send(request, **ALONE)
    try:
        response = http.transport_of(request.url).handle_request(request)
    except httpx.RequestError as error:
        error.request = request  # as httpx's client does: it tells where the request went
        raise
    response.request = request
    return response


async def ask_async(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """`ask`, as an async client does it."""
    if not isinstance(http, AsyncClient):
        return await http.send(request, **ALONE)
    try:
        response = await http.transport_of(request.url).handle_async_request(request)
    except httpx.RequestError as error:
        error.request = request
        raise
    response.request = request
    return response


class Guard:
    """No request leaves for an address that must not be used, not along a redirect either."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._known = set[tuple[str, str, int | None]]()

    def require(self, request: httpx.Request) -> None:
        """Raise InvalidRequestError where it must not be used."""
        if fault := self._config.fault(str(request.url)):
            raise InvalidRequestError([f"an address {fault}"])

    def require_known(self, request: httpx.Request) -> None:
        """The same for a call of the API, of which scheme, host and port alone are not ours to
        say: each of them is looked at once."""
        url = request.url
        origin = url.scheme, url.host, url.port
        if origin not in self._known:
            self.require(request)
            self._known.add(origin)
