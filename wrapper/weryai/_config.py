"""The key, the addresses and the limits of a client, from arguments and then the environment."""

from __future__ import annotations

import os
from collections.abc import Generator

import httpx
from attrs import frozen

from . import _urls
from .errors import ConfigError

BASE_URL = "https://api.weryai.com"
REGISTRY_URL = "https://api-growth-agent.weryai.com"

# Seconds.
RETRY_BUDGET = 180.0
WAIT_TIMEOUT = 1800.0

# Characters. Fewer of a key's first ones are its maker's prefix, and any text may end in them.
SHORTEST_SECRET = 4


class Key(httpx.Auth):
    """The API key. It signs requests and can be cut out of what comes back; nothing shows it.

    No function of this package holds it as a plain text, so that no traceback with local variables
    shows it either.
    """

    def __init__(self, text: str | None) -> None:
        self._text = os.environ.get("WERYAI_API_KEY", "") if text is None else text
        if isinstance(self._text, str):
            self._text = self._text.strip()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._text}"
        yield request

    def cut(self, text: str) -> str:
        """The text without the key, should the service have sent it back."""
        return self._without(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def cut_from(self, response: httpx.Response) -> httpx.Response:
        """The response without the key, should the service have sent it back."""
        content = self._without(response.content)
        if content == response.content:
            return response
        names = (b"content-type", b"retry-after")
        headers = [pair for pair in response.headers.raw if pair[0].lower() in names]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def cut_bytes(self, data: bytes) -> bytes:
        """The bytes without the key, and without most of it where they end in the middle of it."""
        data = self._without(data)
        for length in range(len(self._text) - 1, SHORTEST_SECRET - 1, -1):
            if data.endswith(self._text[:length].encode()):
                return data[:-length] + b"[key]"
        return data

    def _without(self, data: bytes) -> bytes:
        """Without the key, in plain or as JSON may spell it."""
        plain = self._text.encode()
        return data.replace(plain, b"[key]").replace(plain.replace(b"/", rb"\/"), b"[key]")

    def fault(self) -> str | None:
        """Why it cannot be a key, None if it may be one."""
        if not isinstance(self._text, str):
            return "the API key must be a text"
        if not self._text:
            return "no API key: set WERYAI_API_KEY to the one that the WeryAI console made for you"
        if not self._text.isascii() or not self._text.isprintable() or " " in self._text:
            return "the API key holds characters that no key has: copy it again"
        return None

    def reveal(self) -> str:
        """The key itself, for the generated client, which needs it as a text."""
        return self._text

    def __repr__(self) -> str:
        return "[key]"


@frozen
class Config:
    """Checked settings."""

    api_key: Key
    base_url: str
    registry_url: str
    timeout: float
    retry_budget: float

    def fault(self, url: str) -> str | None:
        """Why no request may go to an address, None if one may."""
        if fault := _urls.fault(url):
            return fault
        ours = _urls.origin(url) == _urls.origin(self.registry_url)  # the user's word, no reply's
        return None if ours else self.private_fault(url)

    def private_fault(self, url: str) -> str | None:
        """Why a reply must not have named an address, None if it may have: the public service has
        no business with what only this machine or its network can reach."""
        inside = _urls.private_fault(self.base_url) is not None
        return None if inside else _urls.private_fault(url)


def load(
    key: Key,
    base_url: str | None,
    registry_url: str | None,
    timeout: float,
    retry_budget: float,
) -> Config:
    """Fill in what was not given and refuse what cannot work. Raises ConfigError."""
    base = _given(base_url)
    # A service of another address, such as the simulator, serves the registry too; the key of a
    # test must not go to the real one.
    beside = REGISTRY_URL if base in (BASE_URL, BASE_URL + "/") else base
    registry = registry_url or os.environ.get("WERYAI_REGISTRY_URL") or beside
    if fault := key.fault():
        raise ConfigError(fault)
    return Config(
        api_key=key,
        base_url=_address("base_url", base),
        registry_url=_address("registry_url", registry),
        timeout=_seconds("timeout", timeout),
        retry_budget=_seconds("retry_budget", retry_budget, zero=True),
    )


def api_address(base_url: str | None) -> str:
    """The API's address that a client takes which is given this one. Raises ConfigError."""
    return _address("base_url", _given(base_url))


def _given(base_url: str | None) -> str:
    return base_url or os.environ.get("WERYAI_BASE_URL") or BASE_URL


def _address(name: str, url: str) -> str:
    if not isinstance(url, str):
        raise ConfigError(f"{name} must be a text")
    if fault := _urls.fault(url):
        raise ConfigError(f"{name} {fault}")
    if "?" in url or "#" in url or "@" in url:
        raise ConfigError(f"{name} must be scheme, host and path alone")
    return url.rstrip("/")


def _seconds(name: str, value: float, *, zero: bool = False) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (0 < value < float("inf") or (zero and value == 0)):
        raise ConfigError(f"{name} must be a number of seconds, not {value!r}")
    return float(value)
