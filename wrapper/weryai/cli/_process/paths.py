"""Paths as they are typed, and as they are told to a shell."""

from __future__ import annotations

import os
import shlex


def expanded(text: str) -> str:
    """With the home folder for a `~` that no shell has seen, as in quotes and in settings files. An
    unknown user's stays what it is."""
    return os.path.expanduser(text)


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
