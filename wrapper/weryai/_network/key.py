"""The API key: it signs requests, and is cut out of all that comes back."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

# Characters. Fewer of a key's first ones are its maker's prefix, and any text may end in them.
SHORTEST_SECRET = 4
# A shorter one could be a word of a reply, out of which it would be cut.
SHORTEST_KEY = 8
HIDDEN = "[key]"
# By which a character may be spelled otherwise, in JSON and in an address.
ESCAPES = re.compile(r"[\\%\0]")
BACKSLASH, PERCENT = b"\\%"  # as numbers, which Python finds in bytes without trying anything else
# Bytes that one character of it may take, and what is left of one that is cut.
LONGEST_SPELLING = 24
CUT_ESCAPE = re.compile(rb"(?:\\{1,16}(?:u[0-9a-fA-F]{0,3})?|%[0-9a-fA-F]?)\Z")
# What a reply may be written in besides UTF-8, by JSON's first standard (RFC 4627, 3).
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


class Key:
    """The API key. It signs requests and can be cut out of what comes back; nothing shows it.

    No function of this package holds it as a plain text, so that no traceback with local variables
    shows it either.
    """

    def __init__(self, text: str | None) -> None:
        self._text = os.environ.get("WERYAI_API_KEY", "") if text is None else text
        if isinstance(self._text, str):
            self._text = self._text.strip()
        self._patterns: dict[str, re.Pattern[bytes]] = {}

    def sign(self, request: httpx.Request) -> None:
        """Put it into the headers of a request, whose repr does not show it."""
        request.headers["Authorization"] = f"Bearer {self._text}"

    def cut(self, text: str) -> str:
        """The text without the key, should the service have sent it back."""
        if self._text not in text and not ESCAPES.search(text):
            return text
        return self._without(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def cut_bytes(self, data: bytes) -> bytes:
        """The bytes without the key."""
        return self._without(data)

    def cut_part(self, data: bytes) -> bytes:
        """The first bytes of something, without the key, and without most of it where they end in
        the middle of it."""
        data = self._without(data)
        tail = data[-LONGEST_SPELLING * len(self._text) :]
        in_plain = BACKSLASH not in tail and PERCENT not in tail
        for end in (tail, CUT_ESCAPE.sub(b"", tail)):
            for length in range(len(self._text) - 1, SHORTEST_SECRET - 1, -1):
                if in_plain and not end.endswith(self._text[:length].encode()):
                    continue  # without the pattern, which takes a hundred times as long
                told = end + self._text[length:].encode()  # as if the rest had come too
                found = list(self._spelled("ascii").finditer(told))
                if found and found[-1].end() == len(told):
                    return data[: len(data) - len(tail) + found[-1].start()] + HIDDEN.encode()
        return data

    def _without(self, data: bytes) -> bytes:
        """Without the key, in plain or as JSON or an address may spell it."""
        data = data.replace(self._text.encode(), HIDDEN.encode())
        if BACKSLASH in data or PERCENT in data:
            data = self._spelled("ascii").sub(HIDDEN.encode(), data)
        if 0 in data:
            for coding in WIDE:
                data = self._spelled(coding).sub(HIDDEN.encode(coding), data)
        return data

    def _spelled(self, coding: str) -> re.Pattern[bytes]:
        """The key in bytes of this coding, in whatever way."""
        if coding not in self._patterns:
            self._patterns[coding] = _pattern(self._text, coding)
        return self._patterns[coding]

    def fault(self) -> str | None:
        """Why it cannot be a key, None if it may be one."""
        if not isinstance(self._text, str):
            return "the API key must be a text"
        if not self._text:
            return "no API key: set WERYAI_API_KEY to the one that the WeryAI console made for you"
        if not self._text.isascii() or not self._text.isprintable() or " " in self._text:
            return "the API key holds characters that no key has: copy it again"
        if len(self._text) < SHORTEST_KEY:
            return f"the API key has fewer than {SHORTEST_KEY} characters: copy it again, whole"
        return None

    def reveal(self) -> str:
        """The key itself, for the generated client, which needs it as a text."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN


def _pattern(text: str, coding: str) -> re.Pattern[bytes]:
    """A text in bytes of this coding, each of its characters in plain or escaped."""

    def code(plain: str) -> bytes:
        return re.escape(plain.encode(coding))

    def escaped(character: str) -> bytes:
        # A text in a text has its backslashes twice, and twice again.
        backslashes = b"(?:" + code("\\") + b"){1,16}"
        # A digit in two ways that are one would be tried in both, and all of a key in 2^32.
        digits = b"".join(
            b"(?:" + b"|".join(map(code, sorted({digit, digit.upper()}))) + b")"
            for digit in f"{ord(character):02x}"
        )
        plain = b"(?:" + backslashes + b")?" + code(character)
        unicode = backslashes + code("u00") + digits
        return b"(?:" + plain + b"|" + unicode + b"|" + code("%") + digits + b")"

    return re.compile(b"".join(map(escaped, text)))
