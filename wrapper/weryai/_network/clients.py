"""The httpx clients: where they may send, which way they take, and what the environment says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from ..errors import ConfigError, InvalidRequestError
from . import addresses
from .settings import Config

Hooks = dict[str, list[Callable[..., Any]]]

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# What is long is bounded as it arrives, which compression would hide.
PLAIN = {"Accept-Encoding": "identity"}
READ = (*PROXIES, "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


class _Client(httpx.Client):
    # A pattern of httpx's mounts cannot say 127.0.0.0/8, so the choice itself is made here.
    def _transport_for_url(self, url: httpx.URL) -> httpx.BaseTransport:
        direct = addresses.is_loopback(url.host)  # a proxy has another loopback
        return self._transport if direct else super()._transport_for_url(url)


class _AsyncClient(httpx.AsyncClient):
    def _transport_for_url(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        direct = addresses.is_loopback(url.host)
        return self._transport if direct else super()._transport_for_url(url)


def client(config: Config, transport: httpx.BaseTransport | None) -> httpx.Client:
    """A blocking client. Raises ConfigError where the environment cannot be used."""
    with environment(transport):
        hooks: Hooks = {"request": [partial(guard, config)]}
        return _Client(
            timeout=config.timeout, transport=transport, event_hooks=hooks, headers=PLAIN
        )


def async_client(config: Config, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """An async client. Raises ConfigError where the environment cannot be used."""
    with environment(transport):
        hooks: Hooks = {"request": [partial(guard_async, config)]}
        return _AsyncClient(
            timeout=config.timeout, transport=transport, event_hooks=hooks, headers=PLAIN
        )


def for_generated(config: Config, transport: object, hook: Callable[[Any], Any]) -> dict[str, Any]:
    """The settings of the generated client, which makes its own; `hook` sees each request."""
    return {
        "timeout": httpx.Timeout(config.timeout),
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


def guard(config: Config, request: httpx.Request) -> None:
    """No request leaves for an address that must not be used, not along a redirect either."""
    if fault := config.fault(str(request.url)):
        raise InvalidRequestError([f"an address {fault}"])


async def guard_async(config: Config, request: httpx.Request) -> None:
    """`guard`, as an async client calls it."""
    guard(config, request)


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
