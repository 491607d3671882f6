"""Which addresses may be used at all."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import httpx


def is_address(source: str) -> bool:
    """Whether a text is meant as an address, good or bad, and not as a path."""
    return "://" in source or source.startswith("data:")


def fault(url: str) -> str | None:
    """Why an address must not be used, None if it may be: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return "is not a valid address"
    if any(character.isspace() or not character.isprintable() for character in url):
        return "holds white space or control characters"
    if parts.scheme not in ("http", "https"):
        return f"starts with {parts.scheme or 'no scheme'}, not https"
    if not host:
        return "names no host"
    if not all(0 < len(label) < 64 for label in host.removesuffix(".").split(".")):
        return "names a host that cannot be"
    if parts.scheme == "http" and not is_loopback(host):
        return "is plain http, which only this machine may use: make it https"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def identity(url: str) -> str:
    """What a file is known by: its address without query and fragment, where signatures change."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
