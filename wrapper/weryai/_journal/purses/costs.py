"""What submissions have cost, learned from balances that somebody asked for anyway.

The difference between two balances is what the submissions between them have cost, where they are
of one kind and nothing else that the journal knows of can have changed it. Whatever else happened
on the account in between, such as a purchase of credits, nobody here knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from ...results import Estimate
from ..connection import Connection, Holders, Tables
from ..connection import Row as Found
from ..rows import text_of
from ..turns import SURE
from .prices import KNOWN_FOR, SMALL, kind_of, learn

LAST = "SELECT max(rowid) AS last FROM entries"
# Of all addresses: kept by a trigger, so that it costs the same in a journal of any size.
FAILED = """
SELECT COALESCE(sum(number), 0) AS failed FROM counts WHERE state IN ('incomplete', 'failed')
"""
ON_ITS_WAY = "SELECT id, sent_at FROM entries WHERE state = 'unknown' AND base_url = ?"
READING = "SELECT credits, last, failed FROM readings WHERE base_url = ? AND at > ?"
READ = """
INSERT INTO readings (base_url, credits, last, failed, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (base_url) DO UPDATE SET credits = excluded.credits, last = excluded.last,
    failed = excluded.failed, at = excluded.at
"""
SINCE = """
SELECT operation, payload, submitted_at, purse FROM entries
WHERE rowid > ? AND base_url = ? ORDER BY rowid LIMIT ?
"""
MOST = 100  # submissions between two balances; more are seldom of one kind, and take time to read
NO_PURSE = ""
KNOWN = """
SELECT credits, payments, least, most, at FROM prices WHERE base_url = ? AND kind = ?
ORDER BY at DESC
"""
UNREAD = "DELETE FROM readings WHERE base_url = (SELECT base_url FROM entries WHERE id = ?)"


@frozen
class Mark:
    """What a journal knows at one moment.

    Attributes:
        last: the number of the latest entry.
        failed: how many jobs have failed, in part too: such a one may give credits back.
        calm: whether no submission was on its way, which the balance shows or does not.
    """

    last: int
    failed: int
    calm: bool


@frozen
class CostRows:
    """What submissions to one service have cost. Every method may raise JournalError."""

    base_url: str
    _db: Tables
    _claims: Holders

    def mark(self, now: datetime) -> Mark:
        """What is known before the balance is asked for."""
        return self._db.read(lambda db: self._mark(db, now))

    def note(self, before: Mark, credits: float, at: datetime) -> None:
        """Write down a balance, and what it tells. One is worth nothing while a submission was on
        its way.

        Parameters:
            before: what was known when it was asked for.
            at: when it was here.
        """

        def note(db: Connection) -> None:
            now = self._mark(db, at)
            if not (before.calm and now.calm and before.last == now.last):
                return
            since = text_of(at - KNOWN_FOR)
            reading = db.execute(READING, (self.base_url, since)).fetchone()
            if reading is not None and reading["failed"] == now.failed:
                self._see(db, reading, credits, at)
            db.execute(READ, (self.base_url, credits, now.last, now.failed, text_of(at)))

        self._db.write(note)

    def estimate(self, operation: str, payload: Mapping[str, Any]) -> Estimate:
        """What is known of the cost of a submission, whoever has learned it."""
        rows = self._db.rows(KNOWN, (self.base_url, kind_of(operation, payload)))
        if not rows:
            return Estimate()
        return Estimate(
            credits=float(rows[0]["credits"]),
            payments=sum(int(row["payments"]) for row in rows),
            least=min(float(row["least"]) for row in rows),
            most=max(float(row["most"]) for row in rows),
            last_at=datetime.fromisoformat(rows[0]["at"]),
        )

    def _mark(self, db: Connection, now: datetime) -> Mark:
        found = db.execute(ON_ITS_WAY, (self.base_url,)).fetchall()
        calm = not any(now - datetime.fromisoformat(row["sent_at"]) < SURE for row in found)
        if calm and found:
            calm = not self._claims.held([row["id"] for row in found])
        last = db.execute(LAST).fetchone()["last"]
        return Mark(last or 0, int(db.execute(FAILED).fetchone()["failed"]), calm)

    def _see(self, db: Connection, reading: Found, credits: float, at: datetime) -> None:
        """Learn what those have cost that came after a balance. A purse learns for itself."""
        found = db.execute(SINCE, (reading["last"], self.base_url, MOST + 1)).fetchall()
        cost = reading["credits"] - credits
        clear = all(row["submitted_at"] is not None and row["purse"] is None for row in found)
        if not (found and len(found) <= MOST and clear and cost > SMALL):
            return
        payloads = [json.loads(row["payload"]) for row in found]
        kinds = {kind_of(row["operation"], each) for row, each in zip(found, payloads, strict=True)}
        if len(kinds) == 1:
            where = (NO_PURSE, self.base_url, kinds.pop())
            learn(db, where, payloads[0], cost / len(found), at, payments=len(found))


def forget(db: Connection, entry_id: str) -> None:
    """What is forgotten would be missing among those that came after a balance."""
    db.execute(UNREAD, (entry_id,))
