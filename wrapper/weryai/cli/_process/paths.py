"""Paths as they are typed, and as they are told to a shell."""

from __future__ import annotations

import os
import re
import shlex


def expanded(text: str) -> str:
    """With the home folder for a `~` that no shell has seen, as in quotes and in settings files. An
    unknown user's stays what it is."""
    return os.path.expanduser(text)


def without_password(place: str) -> str:
    """A path, or the address of a database as it may be shown: libpq takes what is left out from
    PGPASSWORD or ~/.pgpass."""
    if not place.startswith(("postgresql://", "postgres://")):
        return place
    place = re.sub(r"^(\w+://[^:/?]*):.*@", r"\1@", place, flags=re.DOTALL)
    return re.sub(r"([?&])(?:ssl)?password=[^&]*&?", r"\1", place).rstrip("?&")


def quoted(word: str) -> str:
    """As it can be copied into a shell; bytes that are no text are written as bash and zsh read
    them."""
    try:
        word.encode()
    except UnicodeEncodeError:
        plain = (_plain(byte) for byte in os.fsencode(word))
        return f"$'{''.join(plain)}'"
    return shlex.quote(word)


def _plain(byte: int) -> str:
    character = chr(byte)
    return character if 32 <= byte < 127 and character not in "'\\" else f"\\x{byte:02x}"
