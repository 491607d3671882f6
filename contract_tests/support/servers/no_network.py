"""Proof that nothing outside this machine is called, whatever library would do it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOCAL = (None, "127.0.0.1", "::1", "localhost")
_watching: list[list[str]] = []


@contextmanager
def loopback_only() -> Iterator[list[str]]:
    """Refuse, and collect, every host outside this machine that this process tries to reach."""
    _install()
    called: list[str] = []
    _watching.append(called)
    try:
        yield called
    finally:
        _watching.remove(called)


@functools.cache
def _install() -> None:
    sys.addaudithook(_audit)  # an audit hook stays: Python cannot remove one


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    address = arguments[:1] if event == "socket.getaddrinfo" else arguments[1]
    if isinstance(address, tuple) and address[0] not in LOCAL:
        _watching[-1].append(str(address[0]))
        raise ConnectionRefusedError(f"{address[0]} is not this machine")
