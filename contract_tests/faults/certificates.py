"""An authority that the clients of these tests trust, and one that nobody trusts."""

from __future__ import annotations

import ssl

import trustme

AUTHORITY = trustme.CA()


def server(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """What a server of this name proves itself with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


RIGHT = server(AUTHORITY, "127.0.0.1")
OTHER_NAME = server(AUTHORITY, "api.example.com")
UNTRUSTED = server(trustme.CA(), "127.0.0.1")
