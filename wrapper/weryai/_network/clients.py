"""The httpx clients: where they may send, which way they take, and what the environment says."""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from ..errors import ConfigError
from . import addresses
from .agent import AGENT
from .settings import Config

T = TypeVar("T", httpx.Client, httpx.AsyncClient)

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
READ = (*PROXIES, "no_proxy", *TRUST)


class Client(httpx.Client):
    """Ours: what is for this machine goes past all proxies, and what goes direct is bounded."""

    def __init__(self, timeout: float, transport: httpx.BaseTransport | None) -> None:
        if transport is not None:
            super().__init__(timeout=timeout, transport=transport)
            return
        from .transports import Transport  # now, as httpx too loads httpcore with the first client

        trust = _trust()
        super().__init__(timeout=timeout, verify=trust)  # given a transport, it asks for no proxies
        self._transport = Transport(trust)

    # A pattern of httpx's mounts cannot say 127.0.0.0/8, so the choice itself is made here.
    def _transport_for_url(self, url: httpx.URL) -> httpx.BaseTransport:
        direct = addresses.is_loopback(url.host)  # a proxy has another loopback
        return self._transport if direct else super()._transport_for_url(url)

    def transport_of(self, url: httpx.URL) -> httpx.BaseTransport:
        """The transport that takes a request to an address."""
        return self._transport_for_url(url)


class AsyncClient(httpx.AsyncClient):
    """The same for asyncio and trio."""

    def __init__(self, timeout: float, transport: httpx.AsyncBaseTransport | None) -> None:
        if transport is not None:
            super().__init__(timeout=timeout, transport=transport)
            return
        from .transports import AsyncTransport

        trust = _trust()
        super().__init__(timeout=timeout, verify=trust)
        self._transport = AsyncTransport(trust)

    def _transport_for_url(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        direct = addresses.is_loopback(url.host)
        return self._transport if direct else super()._transport_for_url(url)

    def transport_of(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        """The transport that takes a request to an address."""
        return self._transport_for_url(url)


def client(
    config: Config, transport: httpx.BaseTransport | None, given: httpx.Client | None
) -> httpx.Client:
    """The blocking client that was given, else one of ours. Raises ConfigError where that, or the
    environment, cannot be used."""
    if given is not None:
        return _usable(given, httpx.Client, transport)
    with environment(transport):
        return Client(config.timeout, transport)


def async_client(
    config: Config, transport: httpx.AsyncBaseTransport | None, given: httpx.AsyncClient | None
) -> httpx.AsyncClient:
    """`client`, for asyncio and trio."""
    if given is not None:
        return _usable(given, httpx.AsyncClient, transport)
    with environment(transport):
        return AsyncClient(config.timeout, transport)


def _usable(given: T, kind: type[T], transport: object) -> T:
    if not isinstance(given, kind):
        raise ConfigError(f"http_client must be an httpx.{kind.__name__}")
    if transport is not None:
        raise ConfigError("http_client has a transport of its own: give one of the two")
    return given


def for_generated(config: Config, transport: object, hook: Callable[[Any], Any]) -> dict[str, Any]:
    """The settings of the generated client, which makes its own; `hook` sees each request."""
    trust = {} if transport else {"verify_ssl": _trust()}
    return {
        **trust,
        "timeout": httpx.Timeout(config.timeout),
        "headers": {"User-Agent": AGENT, **config.headers},
        "httpx_args": {
            "transport": transport,
            "event_hooks": {"request": [hook]},
            "mounts": direct(config.base_url),
        },
    }


def direct(url: str) -> dict[str, Any]:
    """Mounts of httpx: no proxy for an address of this machine."""
    host = httpx.URL(url).netloc.decode().rpartition("@")[2]
    return {f"all://{host}": None} if addresses.is_loopback(httpx.URL(url).host) else {}


@contextmanager
def environment(transport: object) -> Iterator[None]:
    """Tell what is wrong with the environment by the name of the variable. With a transport of the
    user's own httpx reads none of it. Raises ConfigError."""
    if transport is None and (fault := _proxy_fault() or _trust_fault()):
        raise ConfigError(fault)
    try:
        yield
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        told = ", ".join(name for name in map(_name, READ) if name in os.environ)
        raise ConfigError(f"the environment cannot be used, see {told}: {error}") from error


def _name(variable: str) -> str:
    """As it is set: of the two spellings of a proxy's the small letters win."""
    return variable if variable in os.environ else variable.upper()


def _trust() -> ssl.SSLContext:
    """The TLS context of httpx. The certificates that come with it take 20 ms to read: once a
    process. What the environment names is read for each client, for it may have changed."""
    named = any(os.environ.get(name) for name in TRUST)
    return httpx.create_ssl_context() if named else _usual_trust()


@functools.cache
def _usual_trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _proxy_fault() -> str | None:
    for name in map(_name, PROXIES):
        address = os.environ.get(name)
        if not address:
            continue
        try:
            url = httpx.URL(address if "://" in address else f"http://{address}")
            httpx.HTTPTransport(verify=False, proxy=httpx.Proxy(url)).close()
        except ImportError:
            return (
                f"{name} names a SOCKS proxy, which takes the package socksio: install weryai with"
                " its extra `socks`, in a clone of it: pip install '.[socks]'"
            )
        except (ValueError, httpx.InvalidURL) as error:
            return f"{name} is not the address of a proxy: {error}"
        if not url.host:
            return f"{name} is not the address of a proxy: it names no host"
    return None


def _trust_fault() -> str | None:
    """What httpx would trust, and is not there."""
    if file := os.environ.get("SSL_CERT_FILE"):
        return None if Path(file).is_file() else "SSL_CERT_FILE names a file that is not there"
    folder = os.environ.get("SSL_CERT_DIR")
    missing = folder and not any(Path(each).is_dir() for each in folder.split(os.pathsep))
    return "SSL_CERT_DIR names a folder that is not there" if missing else None
