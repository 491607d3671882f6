"""The key, the addresses and the limits of a client, from arguments and then the environment."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Generator

import httpx
from attrs import frozen

from ..errors import ConfigError
from . import addresses

BASE_URL = "https://api.weryai.com"
REGISTRY_URL = "https://api-growth-agent.weryai.com"

# Seconds.
RETRY_BUDGET = 180.0
WAIT_TIMEOUT = 1800.0
LONGEST = 1e6  # for one request; a socket takes no more than 2**31 milliseconds

# Characters. Fewer of a key's first ones are its maker's prefix, and any text may end in them.
SHORTEST_SECRET = 4
# A shorter one could be a word of a reply, out of which it would be cut.
SHORTEST_KEY = 8
HIDDEN = "[key]"
# By which a character may be spelled otherwise, in JSON and in an address.
ESCAPES = re.compile(r"[\\%\0]")
# Bytes that one character of it may take, and what is left of one that is cut.
LONGEST_SPELLING = 24
CUT_ESCAPE = re.compile(rb"(?:\\{1,16}(?:u[0-9a-fA-F]{0,3})?|%[0-9a-fA-F]?)\Z")
# What a reply may be written in besides UTF-8, by JSON's first standard (RFC 4627, 3).
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

# How the path of a call starts, by the contract.
PATH_OF_A_CALL = re.compile(r"(?<=[^/])(/growthai)?/v\d+(/.*)?$")


class Key(httpx.Auth):
    """The API key. It signs requests and can be cut out of what comes back; nothing shows it.

    No function of this package holds it as a plain text, so that no traceback with local variables
    shows it either.
    """

    def __init__(self, text: str | None) -> None:
        self._text = os.environ.get("WERYAI_API_KEY", "") if text is None else text
        if isinstance(self._text, str):
            self._text = self._text.strip()
        self._patterns: dict[str, re.Pattern[bytes]] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._text}"
        yield request

    def cut(self, text: str) -> str:
        """The text without the key, should the service have sent it back."""
        if self._text not in text and not ESCAPES.search(text):
            return text
        return self._without(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def cut_bytes(self, data: bytes) -> bytes:
        """The bytes without the key."""
        return self._without(data)

    def cut_part(self, data: bytes) -> bytes:
        """The first bytes of something, without the key, and without most of it where they end in
        the middle of it."""
        data = self._without(data)
        tail = data[-LONGEST_SPELLING * len(self._text) :]
        for end in (tail, CUT_ESCAPE.sub(b"", tail)):
            for length in range(len(self._text) - 1, SHORTEST_SECRET - 1, -1):
                told = end + self._text[length:].encode()  # as if the rest had come too
                found = list(self._spelled("ascii").finditer(told))
                if found and found[-1].end() == len(told):
                    return data[: len(data) - len(tail) + found[-1].start()] + HIDDEN.encode()
        return data

    def _without(self, data: bytes) -> bytes:
        """Without the key, in plain or as JSON or an address may spell it."""
        data = data.replace(self._text.encode(), HIDDEN.encode())
        if b"\\" in data or b"%" in data:
            data = self._spelled("ascii").sub(HIDDEN.encode(), data)
        if b"\0" in data:
            for coding in WIDE:
                data = self._spelled(coding).sub(HIDDEN.encode(coding), data)
        return data

    def _spelled(self, coding: str) -> re.Pattern[bytes]:
        """The key in bytes of this coding, in whatever way."""
        if coding not in self._patterns:
            self._patterns[coding] = _pattern(self._text, coding)
        return self._patterns[coding]

    def fault(self) -> str | None:
        """Why it cannot be a key, None if it may be one."""
        if not isinstance(self._text, str):
            return "the API key must be a text"
        if not self._text:
            return "no API key: set WERYAI_API_KEY to the one that the WeryAI console made for you"
        if not self._text.isascii() or not self._text.isprintable() or " " in self._text:
            return "the API key holds characters that no key has: copy it again"
        if len(self._text) < SHORTEST_KEY:
            return f"the API key has fewer than {SHORTEST_KEY} characters: copy it again, whole"
        return None

    def reveal(self) -> str:
        """The key itself, for the generated client, which needs it as a text."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN


def _pattern(text: str, coding: str) -> re.Pattern[bytes]:
    """A text in bytes of this coding, each of its characters in plain or escaped."""

    def code(plain: str) -> bytes:
        return re.escape(plain.encode(coding))

    def escaped(character: str) -> bytes:
        # A text in a text has its backslashes twice, and twice again.
        backslashes = b"(?:" + code("\\") + b"){1,16}"
        # A digit in two ways that are one would be tried in both, and all of a key in 2^32.
        digits = b"".join(
            b"(?:" + b"|".join(map(code, sorted({digit, digit.upper()}))) + b")"
            for digit in f"{ord(character):02x}"
        )
        plain = b"(?:" + backslashes + b")?" + code(character)
        unicode = backslashes + code("u00") + digits
        return b"(?:" + plain + b"|" + unicode + b"|" + code("%") + digits + b")"

    return re.compile(b"".join(map(escaped, text)))


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
        if fault := addresses.fault(url):
            return fault
        registry = addresses.origin(self.registry_url)  # the user's word, no reply's
        ours = addresses.origin(url) == registry
        return None if ours else self.private_fault(url)

    def private_fault(self, url: str) -> str | None:
        """Why a reply must not have named an address, None if it may have: the public service has
        no business with what only this machine or its network can reach."""
        inside = addresses.private_fault(self.base_url) is not None
        return None if inside else addresses.private_fault(url)


def load(
    key: Key,
    base_url: str | None,
    registry_url: str | None,
    timeout: float,
    retry_budget: float,
) -> Config:
    """Fill in what was not given and refuse what cannot work. Raises ConfigError."""
    base_name, base = _given("base_url", base_url)
    base = base or BASE_URL
    # A service of another address, such as the simulator, serves the registry too; the key of a
    # test must not go to the real one.
    beside = REGISTRY_URL if base in (BASE_URL, BASE_URL + "/") else base
    registry_name, registry = _given("registry_url", registry_url)
    if fault := key.fault():
        raise ConfigError(fault)
    return Config(
        api_key=key,
        base_url=_address(base_name, base),
        registry_url=_address(registry_name, registry or beside),
        timeout=_seconds("timeout", timeout),
        retry_budget=_seconds("retry_budget", retry_budget, zero=True),
    )


def api_address(base_url: str | None) -> str:
    """The API's address that a client takes which is given this one. Raises ConfigError."""
    name, url = _given("base_url", base_url)
    return _address(name, url or BASE_URL)


def _given(name: str, url: str | None) -> tuple[str, str | None]:
    """An address from the argument or from its variable, behind the name of which."""
    variable = f"WERYAI_{name.upper()}"
    return (name, url) if url else (f"{name} ({variable})", os.environ.get(variable))


def _address(name: str, url: str) -> str:
    if not isinstance(url, str):
        raise ConfigError(f"{name} must be a text")
    if "://" not in url and (whole := _with_scheme(url)):
        raise ConfigError(f"{name} has no scheme: make it {whole}")
    if fault := addresses.fault(url):
        raise ConfigError(f"{name} {fault}")
    if "?" in url or "#" in url or "@" in url:
        raise ConfigError(f"{name} must be scheme, host and path alone")
    url = url.rstrip("/")
    if found := PATH_OF_A_CALL.search(url):
        raise ConfigError(f"{name} ends in {found[0]}, which each call brings: leave it out")
    return url


def _with_scheme(url: str) -> str | None:
    """What an address without a scheme is meant to be, None where that is none either."""
    return next(
        (f"{s}://{url}" for s in ("http", "https") if not addresses.fault(f"{s}://{url}")), None
    )


def _seconds(name: str, value: float, *, zero: bool = False) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (0 <= value < math.inf if zero else 0 < value <= LONGEST):
        raise ConfigError(f"{name} must be a number of seconds, not {value!r:.40}")
    return float(value)
