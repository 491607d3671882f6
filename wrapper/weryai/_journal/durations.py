"""How soon a kind of submission was ever done, for whoever decides when to look at the next one."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from .connection import Connection, Tables
from .rows import text_of

KNOWN_FOR = timedelta(hours=24)  # then it is learned anew: a service may become slower

SHORTEST = "SELECT seconds FROM durations WHERE base_url = ? AND kind = ? AND at > ?"
LEARN = """
INSERT INTO durations (base_url, kind, seconds, at) VALUES (?, ?, ?, ?)
ON CONFLICT (base_url, kind) DO UPDATE SET seconds = excluded.seconds, at = excluded.at
WHERE excluded.seconds < durations.seconds OR durations.at <= ?
"""


@frozen
class DurationRows:
    """The durations at one service. Every method may raise JournalError."""

    base_url: str
    _db: Tables

    def shortest(self, kind: str, now: datetime) -> float | None:
        """The seconds of the one that was done soonest; None where none was, lately."""
        found = self._db.rows(SHORTEST, (self.base_url, kind, text_of(now - KNOWN_FOR)))
        return float(found[0]["seconds"]) if found else None

    def learn(self, kind: str, seconds: float, now: datetime) -> None:
        """One was done so long after it was submitted."""
        told = (self.base_url, kind, seconds, text_of(now), text_of(now - KNOWN_FOR))

        def write(db: Connection) -> None:
            db.execute(LEARN, told)

        self._db.write(write)
