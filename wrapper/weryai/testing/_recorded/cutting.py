"""What of a request and an answer may be written down: no key, no address, no image, no video."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from .._wire import contract

KEY = "[key]"
# In the place of an address: nobody owns it, and the client takes it for one that can be reached.
INSTEAD = "https://example.com/"
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".mp4", ".mov", ".webm")
# Of the others nobody knows what they hold.
HEADERS = ("accept", "content-type", "location", "retry-after", "user-agent")
SHORTEST = 4  # characters of a key that are told from any other text
LONGEST = 64 * 1024  # characters of a text that is no JSON

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>\\]+|\bdata:[\w/+.-]*[;,]\S*", re.I)
_PATHS = [
    (each.method, re.compile(re.sub(r"\{\w+\}", "[^/?#]+", each.path) + r"\Z"))
    for each in contract.ALL
]


def path_of(request: httpx.Request) -> str | None:
    """The path of a call of the API, as the contract has it; None for anything else."""
    for method, path in _PATHS:
        if method == request.method and (found := path.search(request.url.path)):
            return found[0]
    return request.url.path if "authorization" in request.headers else None


class Cutting:
    """Takes out what is secret. Each address has one stand-in, so that what is recorded hangs
    together; of one with a signature the query is no part.
    """

    def __init__(self) -> None:
        self._instead: dict[str, str] = {}
        self._key = ""

    def learn(self, request: httpx.Request) -> None:
        """Take note of the key that signs a request."""
        self._key = request.headers.get("authorization", "").rpartition(" ")[2] or self._key

    def url(self, request: httpx.Request) -> str:
        """The address of a request: of the API it is what was asked, of a file a stand-in."""
        if (path := path_of(request)) is None:
            return self.address(str(request.url))
        host = request.url.netloc.decode().rpartition("@")[2]
        return self.text(path, f"{request.url.scheme}://{host}")

    def headers(self, headers: httpx.Headers) -> list[tuple[str, str]]:
        """Those that anybody may see, and that there was a key."""
        kept = [(name, self.text(headers[name])) for name in HEADERS if name in headers]
        return kept + [("authorization", f"Bearer {KEY}")] * ("authorization" in headers)

    def body(self, content: bytes) -> str:
        """A text that came or went, of whatever kind."""
        try:
            return json.dumps(self.value(json.loads(content)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.text(content[:LONGEST].decode(errors="replace"))

    def value(self, value: Any) -> Any:
        """A JSON value."""
        if isinstance(value, dict):
            return {self.text(name): self.value(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str, before: str = "") -> str:
        """A text; `before` stays as it is."""
        return before + _ADDRESS.sub(lambda found: self.address(found[0]), self._without_key(text))

    def _without_key(self, text: str) -> str:
        """Without the key, and without its first characters where the text ends in them: it may
        have been cut there."""
        for spelled in {self._key, quote(self._key, safe="")} - {""}:
            text = text.replace(spelled, KEY)
        for length in range(len(self._key) - 1, SHORTEST - 1, -1):
            if text.endswith(self._key[:length]):
                return text[:-length] + KEY
        return text

    def address(self, address: str) -> str:
        """The stand-in of an address."""
        whole = re.split(r"[?#]", address, maxsplit=1)[0]
        suffix = PurePosixPath(urlsplit(whole).path).suffix.lower()
        shown = suffix if suffix in SUFFIXES else ""
        return self._instead.setdefault(whole, f"{INSTEAD}{len(self._instead) + 1}{shown}")
