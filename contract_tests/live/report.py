"""What a live run says of each call, and what it writes down."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from attrs import define, field

from contract_tests.live.judge import differences, media_type
from contract_tests.live.recorder import Exchange, Recorder
from contract_tests.live.redact import redacted, swept, words
from contract_tests.support.contract import PLACES
from weryai import WeryAIError

T = TypeVar("T")


@define
class Report:
    """One line for each call, and one file for each reply that is not like one before."""

    recorder: Recorder
    folder: Path
    key: str = field(repr=False)
    replies: int = 0
    differing: int = 0
    told: int = 0  # exchanges
    seen: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.json"):
            old.unlink()

    def call(
        self, operation: str, ask: Callable[[], T], expected: type[WeryAIError] | None = None
    ) -> T | None:
        """Make a call and tell of it; None where it raised an error of the client's own."""
        try:
            found, raised = ask(), None
        except WeryAIError as error:
            found, raised = None, error
        finally:
            self.catch_up()
        if type(raised) is not (expected or type(None)):
            wanted = expected.__name__ if expected else "an answer"
            got = type(raised).__name__ if raised else "an answer"
            self.say(operation, "client", [f"it had {got}, {wanted} was looked for"])
        return found

    def catch_up(self) -> None:
        """Tell of what was sent since."""
        new = self.recorder.exchanges[self.told :]
        self.told += len(new)
        for exchange in new:
            self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        found = differences(exchange)
        record = swept(recorded(exchange) | {"differences": found}, self.key)
        text = json.dumps(record, ensure_ascii=False, indent=2)
        if text in self.seen:
            return  # the same reply to a further poll
        self.seen.add(text)
        self.replies += 1
        path = self.folder / f"{self.replies:02}-{exchange.operation}.json"
        at = datetime.now(UTC).isoformat(timespec="seconds")
        path.write_text(json.dumps({"at": at} | record, ensure_ascii=False, indent=2) + "\n")
        self.say(exchange.operation, str(exchange.status or "-"), record["differences"])

    def say(self, operation: str, status: str, found: list[str]) -> None:
        """One line, and whether it counts as a difference."""
        self.differing += bool(found)
        said = f"DIFFERS: {'; '.join(found)}" if found else "as the contract says"
        print(f"  {operation:<27} {status:<6} {said}", flush=True)


def recorded(exchange: Exchange) -> dict[str, Any]:
    """The exchange as it may be written down, but for the key."""
    path, method = PLACES[exchange.operation]
    record = {"operation": exchange.operation, "call": f"{method.upper()} {path}"}
    if exchange.sent:
        record["request"] = redacted(json.loads(exchange.sent))
    return record | {
        "http_status": exchange.status,
        "content_type": words(media_type(exchange)),
        "retry_after": words(exchange.headers.get("retry-after", "")) or None,
        "body": body(exchange.body),
    }


def body(content: bytes) -> Any:
    try:
        return redacted(json.loads(content))
    except (ValueError, RecursionError):
        return {"bytes": len(content), "begins": words(content[:80].decode(errors="replace"))}
