"""The key, the addresses and the limits of a client, from arguments and then the environment."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping

from attrs import field, frozen

from ..errors import ConfigError
from . import addresses
from .key import Key

BASE_URL = "https://api.weryai.com"
REGISTRY_URL = "https://api-growth-agent.weryai.com"

# Seconds.
RETRY_BUDGET = 180.0
WAIT_TIMEOUT = 1800.0
LONGEST = 1e6  # for one request; a socket takes no more than 2**31 milliseconds

# How the path of a call starts, by the contract.
PATH_OF_A_CALL = re.compile(r"(?<=[^/])(/growthai)?/v\d+(/.*)?$")


@frozen
class Config:
    """Checked settings.

    Attributes:
        headers: of each call of the API, beside those of every request.
    """

    api_key: Key
    base_url: str
    registry_url: str
    timeout: float
    retry_budget: float
    headers: Mapping[str, str] = field(factory=dict)

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
    headers: Mapping[str, str],
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
        headers=headers,
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
