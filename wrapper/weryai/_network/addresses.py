"""Which addresses may be used at all, and which of them belong to the public internet."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache
from urllib.parse import urlsplit

# The last labels of names that no public DNS serves: RFC 6761, RFC 6762 with its appendix G, RFC
# 7686, RFC 8375, and ICANN's resolution of 2024 on `internal`.
PRIVATE_NAMES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan"}
    | {"home.arpa", "test", "invalid", "example", "onion"}
)
# A top-level domain starts with a letter; what ends in a number is read as an IPv4 address, however
# odd: 127.1, 0x7f.0.0.1, 2130706433.
NAME = re.compile(r"([\w-]+\.)+[^\W\d_][\w-]*")
# Of IPv6 only this is handed out to be reached by all (RFC 4291, 2.4): the rest is private, or has
# an IPv4 address inside, as ::127.0.0.1 and 64:ff9b::7f00:1 have.
UNICAST = ipaddress.ip_network("2000::/3")
# Handed out for protocols and for documents, 6to4 and Teredo with an IPv4 address inside among them
# (IANA's registries of special-purpose addresses). Which of them are global, Python's releases do
# not agree on.
SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "2001::/23", "2002::/16", "3fff::/20")))


@lru_cache(maxsize=64)
def fault(url: str) -> str | None:
    """Why an address must not be used, None if it may be: https, or http on this machine."""
    import httpx  # loaded where an address is read: most commands that list or help read none

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


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address without a `fault`."""
    import httpx

    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host is this machine, in any spelling that an operating system takes for it."""
    address = _address(host)
    return host.lower().removesuffix(".") == "localhost" if address is None else address.is_loopback


def is_public(host: str) -> bool:
    """Whether a host may be one of the public internet, by what it says of itself.

    A name is not resolved. What it came to now need not be what the connection comes to later,
    behind a proxy it is the proxy that resolves it, and some networks give every name an address of
    their own. So a public name with a private address passes: where it is https, the certificate of
    that name is what stands in its way.
    """
    name = host.lower().removesuffix(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        ends = {name.split(".")[-1], ".".join(name.split(".")[-2:])}
        return bool(NAME.fullmatch(name)) and not ends & PRIVATE_NAMES
    if mapped := getattr(address, "ipv4_mapped", None):
        return is_public(str(mapped))
    if address.version == 6 and address not in UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in SPECIAL)
    )


@lru_cache(maxsize=64)
def private_fault(url: str) -> str | None:
    """Why an address can be none of the public internet, None if it may be one."""
    import httpx

    try:
        # As both readers see it: the one that connects, and the one that everybody else has.
        hosts = {httpx.URL(url).host, urlsplit(url).hostname or ""}
    except (ValueError, httpx.InvalidURL):
        return "is not a valid address"
    if all(map(is_public, hosts)):
        return None
    return "points to this machine or to a private network"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a host is, None where it is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # such as 127.1, as in C
        except (OSError, UnicodeError):
            return None
    return getattr(address, "ipv4_mapped", None) or address
