"""The rows of a batch, as frozen values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from attrs import frozen

from ..._plain import Plain
from ..entry import State

# What is known of a row, in one word; `Row.state` says which is what.
RowState = Literal["waiting", "sending", "running", "done", "failed", "unknown", "skipped"]
ROW_STATES: tuple[RowState, ...] = get_args(RowState)

# How a row may have ended.
End = Literal["done", "failed", "skipped"]

# What the state of its entry means for a row that has not ended. What its videos came to is known
# when they are files.
OF_ENTRY: Mapping[State | None, RowState] = {
    None: "waiting",
    "sending": "sending",
    "unknown": "unknown",
    "running": "running",
    "ready": "running",
    "incomplete": "running",
    "fetched": "running",
    "failed": "running",
    "settled": "skipped",
}


@frozen(kw_only=True)
class PlannedRow(Plain):
    """A row as its manifest has it; see `Row`."""

    id: str
    place: int
    operation: str
    request: Mapping[str, Any]
    digest: str
    output: str | None = None


@frozen(kw_only=True)
class Row(Plain):
    """One row of a batch, and what is known of it.

    Attributes:
        id: what it is called, in no other row of its batch.
        place: the line of the manifest where it begins.
        operation: the operationId of what is asked for.
        request: what is asked for, the fields of the request as plain JSON.
        digest: equal for rows that ask for the same.
        output: the template of the names of its videos, None where it has none.
        consent: how often it may be paid: once, and once more for each retry or change.
        key: the idempotency key that it is paid under, another one for each consent.
        state: `waiting`: not sent; `sending`; `running`: paid, and not all of it is fetched;
            `done`; `failed`; `unknown`: it may have been paid, so look it up, then resolve it;
            `skipped`: somebody decided that nothing more is to be done.
        entry: the id of its entry in the journal, None where it was not sent.
        reason: why it failed, was skipped, or is not sent or fetched yet.
        files: its videos, each with its SHA-256 in hexadecimal.
        sent_at: when it was sent, in UTC.
        ended_at: when it ended, in UTC.
        credits: what it has cost, or may have, where that is bounded; for its last consent.
    """

    id: str
    place: int
    operation: str
    request: Mapping[str, Any]
    digest: str
    output: str | None = None
    consent: int = 1
    key: str = ""
    state: RowState = "waiting"
    entry: str | None = None
    reason: str | None = None
    files: tuple[tuple[Path, str], ...] = ()
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    credits: float | None = None


def key_of(batch: str, row_id: str, consent: int) -> str:
    """The idempotency key that a row is paid under. No name of a batch holds a space."""
    return f"batch {batch} row {row_id} {consent}"


def row_of(cells: Any) -> Row:
    """A row as it was read, with its entry. Nobody was asked whether that is being sent."""
    return Row(
        id=cells["id"],
        place=cells["place"],
        operation=cells["operation"],
        request=json.loads(cells["request"]),
        digest=cells["digest"],
        output=cells["output"],
        consent=cells["consent"],
        key=cells["key"],
        state=cells["ended"] or OF_ENTRY.get(cells["entry_state"], "running"),
        entry=cells["entry"],
        reason=cells["reason"] or cells["entry_reason"],
        files=tuple((Path(path), digest) for path, digest in json.loads(cells["files"] or "[]")),
        sent_at=_time(cells["sent_at"]),
        ended_at=_time(cells["ended_at"]),
        credits=cells["credits"],
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
