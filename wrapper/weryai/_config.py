"""The key, the addresses and the limits of a client, from arguments and then the environment."""

from __future__ import annotations

import os

from attrs import field, frozen

from . import _urls
from .errors import ConfigError

BASE_URL = "https://api.weryai.com"
REGISTRY_URL = "https://api-growth-agent.weryai.com"


@frozen
class Config:
    """Checked settings; the key stays out of the repr."""

    api_key: str = field(repr=False)
    base_url: str
    registry_url: str
    timeout: float
    retry_budget: float


def load(
    api_key: str | None,
    base_url: str | None,
    registry_url: str | None,
    timeout: float,
    retry_budget: float,
) -> Config:
    """Fill in what was not given and refuse what cannot work. Raises ConfigError."""
    base = base_url or os.environ.get("WERYAI_BASE_URL") or BASE_URL
    # A service of another address, such as the simulator, serves the registry too; the key of a
    # test must not go to the real one.
    beside = REGISTRY_URL if base in (BASE_URL, BASE_URL + "/") else base
    registry = registry_url or os.environ.get("WERYAI_REGISTRY_URL") or beside
    return Config(
        api_key=_key(api_key or os.environ.get("WERYAI_API_KEY") or ""),
        base_url=_address("base_url", base),
        registry_url=_address("registry_url", registry),
        timeout=_seconds("timeout", timeout),
        retry_budget=_seconds("retry_budget", retry_budget, zero=True),
    )


def _key(key: str) -> str:
    if not isinstance(key, str):
        raise ConfigError("the API key must be a text")
    key = key.strip()
    if not key:
        raise ConfigError(
            "no API key: set WERYAI_API_KEY to the one that the WeryAI console made for you"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("the API key holds characters that no key has: copy it again")
    return key


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
