"""What is let in: calls to this machine by its own names, with bodies of a bounded size."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

import httpx
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

MAX_JSON = 1024 * 1024
MAX_UPLOAD = 10 * 1024 * 1024
# The file, and what a form has around it: boundaries, names and the two small fields.
MAX_FORM = MAX_UPLOAD + 64 * 1024

_HOST = re.compile(r"(?:\[(?P<six>[\da-fA-F:.]+)\]|(?P<name>[\w.-]+))(?::\d{1,5})?", re.ASCII)
# The service's own names, for whoever puts the simulator in its place, and what Starlette's
# TestClient calls an application in its own process: no stranger owns any of them.
_STOOD_IN_FOR = ("api.weryai.com", "api-growth-agent.weryai.com", "testserver")


class TooLargeError(MultiPartException):
    """More bytes than a body may have: the base has the parser of forms close its files."""


def is_ours(hosts: Sequence[str]) -> bool:
    """Whether a Host header names this machine.

    A name that somebody else owns may lead here as well (DNS rebinding), and a page from there
    would then read what we answer. Origin needs no look: a page of another name gets no CORS.
    """
    found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    host: str = (found["six"] or found["name"]) if found else ""
    return host.lower() in _STOOD_IN_FOR or is_this_machine(host)


def is_this_machine(host: str) -> bool:
    """Whether a host, without brackets, is one of the names of this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine: the simulator calls no other."""
    try:
        parts = httpx.URL(url)
        return is_this_machine(parts.host) and (parts.port or 0) < 2**16
    except (httpx.InvalidURL, ValueError):
        return False


def bounded(request: Request, limit: int) -> Request:
    """The request, whose body raises TooLargeError where more than `limit` bytes come.

    Raises:
        TooLargeError: where so many are declared, before any of them is read.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
        raise TooLargeError(f"the body has more than {limit} bytes")
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > limit:
            raise TooLargeError(f"the body has more than {limit} bytes")
        return message

    return Request(request.scope, receive)


def joined(chunks: Iterable[bytes], limit: int) -> bytes | None:
    """All of them together, None as soon as they are more than `limit` bytes."""
    whole = bytearray()
    for chunk in chunks:
        whole += chunk
        if len(whole) > limit:
            return None
    return bytes(whole)
