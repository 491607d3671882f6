"""What may be spent, over all that use a journal: each submission takes what it may cost from a
purse in the transaction that writes its intent, and keeps it, whatever becomes of it.

No prices are published. The first submission of each kind goes alone, holding all that is left, and
the balances before and after it tell what such a one costs.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from ..._limits import Delay, Purse
from ...errors import SpendLimitError
from ..connection import Connection, Holders, Tables
from ..entry import UNKNOWN
from ..rows import text_of
from ..turns import TICK
from . import costs, prices
from .prices import KNOWN_FOR, SMALL, kind_of

SPENT = """
SELECT (SELECT COALESCE(sum(credits), 0) FROM entries WHERE purse = ? AND base_url = ?)
    + COALESCE((SELECT forgotten FROM purses WHERE name = ? AND base_url = ?), 0) AS credits
"""
# Those whose cost nobody knows yet: one at the most, and it holds all that is left.
LEARNING = """
SELECT id, state, balance, sent_at FROM entries
WHERE purse = ? AND base_url = ? AND credits IS NULL
"""
ON_ITS_WAY = "SELECT id FROM entries WHERE purse = ? AND base_url = ? AND state = 'unknown'"
# What another purse has learned will do: its first one went alone, too. A price without a purse is
# that of balances between which anything may have happened.
PRICE = """
SELECT credits FROM prices WHERE base_url = ? AND kind = ? AND at > ? AND purse != ''
ORDER BY purse != ?, credits DESC LIMIT 1
"""
HIGHEST = "SELECT max(rate) AS rate FROM prices WHERE purse = ? AND base_url = ?"
DEAREST = "SELECT max(most) AS most FROM prices WHERE base_url = ? AND kind = ?"
RESERVE = "UPDATE entries SET purse = ?, kind = ?, credits = ? WHERE id = ?"
BEFORE = "UPDATE entries SET balance = ? WHERE id = ?"
COST = "UPDATE entries SET credits = ? WHERE id = ? AND credits IS NULL"
ASKED = "SELECT purse, base_url, kind, operation, payload, credits FROM entries WHERE id = ?"
# What was spent stays spent.
FORGET = """
INSERT INTO purses (name, base_url, forgotten) VALUES (?, ?, ?)
ON CONFLICT (name, base_url) DO UPDATE SET forgotten = purses.forgotten + excluded.forgotten
"""


@frozen
class Learning:
    """A submission whose cost nobody knows yet.

    Attributes:
        state: of its entry.
        held: whether it is being sent.
        balance: before it was sent; None where it was not.
    """

    entry_id: str
    state: str
    held: bool
    balance: float | None
    sent_at: datetime


@frozen
class PurseRows:
    """A purse in a journal. Every method may raise JournalError."""

    name: str
    base_url: str
    _db: Tables
    _claims: Holders

    def spent(self) -> float:
        """The credits that were spent or are reserved."""
        return float(self._db.read(lambda db: _spent(db, self.name, self.base_url)))

    def learning(self) -> list[Learning]:
        """Those whose cost nobody knows yet."""
        found = self._db.rows(LEARNING, (self.name, self.base_url))
        with self._db.explained():
            # One that was accepted is held by whoever fetches it, and shows its cost all the same.
            held = self._claims.held([row["id"] for row in found if row["state"] == UNKNOWN])
        return [
            Learning(
                row["id"],
                row["state"],
                row["id"] in held,
                row["balance"],
                datetime.fromisoformat(row["sent_at"]),
            )
            for row in found
        ]

    def note_balance(self, entry_id: str, balance: float) -> None:
        """Write down the balance before a submission is sent."""
        self._db.write(lambda db: db.execute(BEFORE, (balance, entry_id)))

    def learn(self, entry_id: str, credits: float, at: datetime, *, price: bool) -> None:
        """Write down what one has cost, unless that is known.

        Parameters:
            price: that is what the next one of its kind will cost.
        """

        def learn(db: Connection) -> None:
            row = db.execute(ASKED, (entry_id,)).fetchone()
            if row is None or row["credits"] is not None:
                return
            db.execute(COST, (credits, entry_id))
            if price:
                where = (row["purse"], row["base_url"], row["kind"])
                prices.learn(db, where, json.loads(row["payload"]), credits, at)

        self._db.write(learn)


def keep_back(
    claims: Holders,
    db: Connection,
    base_url: str,
    purse: Purse | None,
    operation: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> Delay | None:
    """What a submission waits for: until somebody has learned what one costs. Raises
    SpendLimitError where it may cost more than is left."""
    if purse is None:
        return None
    where = (purse.name, base_url)
    if db.execute(LEARNING, where).fetchone() is not None:
        return Delay("price", TICK)
    kind = kind_of(operation, payload)
    price = _price(db, base_url, purse, kind, now)
    if price is None and _held(db, claims, where):
        return Delay("price", TICK)
    left = purse.credits - _spent(db, *where)
    least = _least(db, purse, base_url, kind, payload) if price is None else price
    if least > left + SMALL or (price is None and left <= SMALL):
        raise SpendLimitError(purse.name, max(left, 0.0), least, purse.credits)
    return None


def reserve(
    entry_id: str,
    db: Connection,
    base_url: str,
    purse: Purse | None,
    operation: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> None:
    """Take what an intent may cost; where nobody knows that, all that is left."""
    if purse is not None:
        kind = kind_of(operation, payload)
        price = _price(db, base_url, purse, kind, now)
        db.execute(RESERVE, (purse.name, kind, price, entry_id))


def forget(db: Connection, entry_id: str) -> None:
    """Keep what an entry has cost that is to be forgotten."""
    costs.forget(db, entry_id)
    row = db.execute(ASKED, (entry_id,)).fetchone()
    if row is not None and row["purse"] is not None:
        db.execute(FORGET, (row["purse"], row["base_url"], row["credits"] or 0.0))


def _spent(db: Connection, name: str, base_url: str) -> float:
    return float(db.execute(SPENT, (name, base_url) * 2).fetchone()["credits"])


def _price(db: Connection, base_url: str, purse: Purse, kind: str, now: datetime) -> float | None:
    since = text_of(now - KNOWN_FOR)
    row = db.execute(PRICE, (base_url, kind, since, purse.name)).fetchone()
    return None if row is None else float(row["credits"])


def _held(db: Connection, claims: Holders, where: tuple[str, str]) -> Collection[str]:
    """The entries of a purse that are on their way now: they would change the balance too."""
    ids = [row["id"] for row in db.execute(ON_ITS_WAY, where)]
    return claims.held(ids) if ids else ()


def _least(
    db: Connection, purse: Purse, base_url: str, kind: str, payload: Mapping[str, Any]
) -> float:
    """What one of a kind that is not known has to be reckoned with: what was said, else what one
    has cost at the most, and as much a second as the dearest of those of this purse."""
    if purse.price is not None:
        return purse.price
    rate = db.execute(HIGHEST, (purse.name, base_url)).fetchone()["rate"] or 0.0
    most = db.execute(DEAREST, (base_url, kind)).fetchone()["most"] or 0.0
    return max(float(rate) * prices.seconds(payload), float(most))
