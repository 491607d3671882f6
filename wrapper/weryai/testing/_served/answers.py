"""The log of what was asked and answered."""

from __future__ import annotations

import json
import logging
from collections import deque
from contextlib import suppress

from attrs import asdict, define, field, frozen
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weryai import Clock

KEPT = 100
LONGEST = 4096  # bytes of a body that is looked into: refusals are short
log = logging.getLogger("weryai.testing")


@frozen
class Answered:
    """One request and its answer.

    Attributes:
        at: when it came, in seconds since 1970.
        method, path: of the request.
        http: the HTTP status; None where no answer was given.
        code: the business code inside it, None where there is none.
        message: what was said with a code.
        seconds: from the request to its answer.
    """

    at: float
    method: str
    path: str
    http: int | None
    code: int | None
    message: str
    seconds: float

    def __str__(self) -> str:
        told = "no answer" if self.http is None else f"HTTP {self.http}"
        said = f", {self.code} {self.message}".rstrip() if self.code else ""
        return f"{self.method} {self.path}: {told}{said} ({1000 * self.seconds:.0f} ms)"


@define
class AnswerLog:
    """Keeps the last answers, and tells each to the log `weryai.testing` at the level DEBUG."""

    clock: Clock
    last: deque[Answered] = field(factory=lambda: deque(maxlen=KEPT))

    async def watched(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an application answer, and note what it does."""
        at, start = self.clock.time(), self.clock.monotonic()
        http: int | None = None
        body = b""

        async def seen(message: Message) -> None:
            nonlocal http, body
            http = message.get("status", http)
            if len(body) <= LONGEST:
                body += message.get("body", b"")[: LONGEST + 1]
            await send(message)

        try:
            await app(scope, receive, seen)
        finally:
            seconds = self.clock.monotonic() - start
            code, words = _said(body)
            answered = Answered(at, scope["method"], scope["path"], http, code, words, seconds)
            self.last.append(answered)
            log.debug("%s", answered)

    def documents(self) -> list[dict[str, object]]:
        """The last answers, the newest first."""
        return [asdict(each) for each in reversed(self.last)]


def _said(body: bytes) -> tuple[int | None, str]:
    """The business code in a body that refuses, and its words."""
    if len(body) <= LONGEST:
        with suppress(ValueError):
            told = json.loads(body)
            if isinstance(told, dict) and isinstance(told.get("status"), int):
                words = told.get("message") or told.get("msg") or ""
                return (None, "") if told["status"] in (0, 200) else (told["status"], str(words))
    return None, ""
