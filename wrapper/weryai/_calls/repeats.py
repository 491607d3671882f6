"""Submissions that repeat an earlier one: told by their key, or by what they ask for.

The service has no idempotency key; all that is known of earlier ones is in the journal.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from weakref import WeakValueDictionary

from attrs import field, frozen

from .._journal.entry import SENDING, SETTLED, Entry
from ..errors import AlreadySubmittedError, ConfigError, InvalidRequestError, SubmissionUnknownError
from ..results import Job
from .bookkeeping import Asked, Bookkeeping
from .sending import Calls

LONGEST_KEY = 255  # characters
RECENT = timedelta(hours=24)
PAUSE = 0.25  # seconds between two looks at what another process is sending


@frozen
class Repeats:
    """What earlier submissions mean for the next one."""

    calls: Calls
    books: Bookkeeping
    turns: WeakValueDictionary[str, AbstractAsyncContextManager[object]] = field(
        factory=WeakValueDictionary
    )

    def require(self, key: str | None, *, refuse_repeats: bool) -> None:
        """Refuse what cannot be kept. Raises ConfigError, InvalidRequestError."""
        if key is not None and (fault := _fault(key)):
            raise InvalidRequestError([f"idempotency_key {fault}"])
        if self.books.journal is None and (key is not None or refuse_repeats):
            name = "refuse_repeats" if key is None else "idempotency_key"
            raise ConfigError(
                f"{name} needs a journal: earlier submissions are kept there and nowhere else"
            )

    def turn(self, asked: Asked) -> AbstractAsyncContextManager[object]:
        """Among the threads or tasks of one client, submissions of one key take turns."""
        if asked.key is None:
            return nullcontext()
        return self.turns.setdefault(asked.key, self.calls.io.lock())

    async def first(self, asked: Asked, budget: float) -> Job | None:
        """The job of an earlier submission of the same key, None where there is none. While another
        process is sending that, its end is waited for, `budget` seconds at the most.

        Raises:
            SubmissionUnknownError: the fate of the earlier one is not known.
            InvalidRequestError: it asked for something else, or was settled without ids.
            AlreadySubmittedError: an open entry asks for the same under another key or none, or the
                one of this key is still being sent.
        """
        if asked.key is None and asked.none_since is None:
            return None
        clock = self.calls.io.clock
        deadline = clock.monotonic() + budget
        while entry := await self.books.earlier(asked):
            if asked.key is None or entry.idempotency_key != asked.key:
                raise AlreadySubmittedError(entry)
            if entry.fingerprint != asked.fingerprint:
                raise InvalidRequestError(
                    [f"idempotency_key {asked.key!r} stands for another request, {_told(entry)}"]
                )
            if entry.state != SENDING:
                return _answer(entry)
            if clock.monotonic() + PAUSE > deadline:
                raise AlreadySubmittedError(entry)
            await self.calls.io.sleep(PAUSE)
        return None


def _answer(entry: Entry) -> Job:
    """What an earlier submission of the same key came to."""
    if entry.job is not None:
        return entry.job
    if entry.state == SETTLED:
        raise InvalidRequestError(
            [
                f"idempotency_key {entry.idempotency_key!r}: {_told(entry)}, was settled without"
                " ids; give another key to submit it again"
            ]
        )
    raise SubmissionUnknownError(
        f"no answer of it was written down (idempotency_key {entry.idempotency_key!r})",
        operation=entry.operation,
        payload=dict(entry.payload),
        sent_at=entry.sent_at,
        raw=(entry.reason or "").encode(errors="replace"),
        entry=entry.id,
    )


def _told(entry: Entry) -> str:
    return f"entry {entry.id} of the journal, sent at {entry.sent_at:%Y-%m-%d %H:%M:%S} UTC"


def _fault(key: object) -> str | None:
    if not isinstance(key, str):
        return f"must be a text, not {type(key).__name__}"
    if not 1 <= len(key) <= LONGEST_KEY:
        return f"has {len(key)} characters, 1 to {LONGEST_KEY} are possible"
    if not key.strip():  # of a variable that is not set: it would make one job of all
        return "is blank"
    try:
        key.encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair, which cannot be stored"
    return None
