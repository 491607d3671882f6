"""What PostgreSQL locks by: numbers of 64 bits, which all journals of a database share."""

from __future__ import annotations

import hashlib

MAKING = "weryai: tables are being made"
WRITING = "writing"


def lock_key(*names: str) -> int:
    """The number of what is locked; that two have the same one is as unlikely as with any hash."""
    digest = hashlib.sha256("\0".join(names).encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
