"""Who is sending an entry: locks of a session, which end with it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from ...errors import JournalError
from .keys import lock_key
from .session import Database

# A lock that is being waited for is in there as well. As two halves of 32 bits.
HELD = """
SELECT classid::bigint << 32 | objid::bigint AS key FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND (classid::bigint << 32 | objid::bigint) = ANY(?)
"""


class Claims:
    """Exclusive claims on names, each until it is freed or the session ends."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._mine: dict[str, int] = {}  # in which session

    def take(self, name: str) -> bool:
        """See `Holders`. A session may lock a second time what it has locked."""
        with self._db.guard:
            if self._holds(name) and self.held([name]):  # asked, in case the session has ended
                return False
            (told,) = self._db.rows("SELECT pg_try_advisory_lock(?) AS got", (self._key(name),))
            if told["got"]:
                self._mine[name] = self._db.number
            return bool(told["got"])

    def free(self, name: str) -> None:
        """See `Holders`. With its session a claim is given back already."""
        with self._db.guard:
            holds = self._db.is_ours and self._holds(name)
            self._mine.pop(name, None)
            if holds:
                with suppress(JournalError):
                    self._db.rows("SELECT pg_advisory_unlock(?)", (self._key(name),))

    def held(self, names: Collection[str]) -> set[str]:
        """See `Holders`."""
        keys = {self._key(name): name for name in names}
        return {keys[row["key"]] for row in self._db.rows(HELD, ([*keys],))} if keys else set()

    def require(self, name: str) -> None:
        """See `Holders`."""
        if not self._holds(name):
            raise JournalError(
                f"the connection to {self._db.name} was lost, and with it the claim on the entry"
                f" {name}: nothing is sent, try again"
            )

    def close(self) -> None:
        """See `Holders`. A server ends a session some time after its connection has ended."""
        for name in [*self._mine]:
            self.free(name)

    def _holds(self, name: str) -> bool:
        return self._mine.get(name) == self._db.number

    def _key(self, name: str) -> int:
        return lock_key(self._db.journal, "entry", name)
