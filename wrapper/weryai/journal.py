"""What was paid for, on disk: the intent before a submission is sent, its ids after it.

A process that is killed at any instant leaves a journal in which every paid job can be found again:
with its ids, or as one whose fate is not known. The API key is never in it.

    with WeryAI(journal="videos.journal") as client:
        job = client.submit(request)    # written down before it is sent

`SQLiteJournal` keeps it in one file, `PostgresJournal` in a database that several machines share.
Whatever has the methods of `Journal` will do in their place; `weryai.testing.check_journal` tells
whether it keeps what they promise.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ._journal.batches.row import ROW_STATES, PlannedRow, Row, RowState
from ._journal.batches.rows import BatchRows, BatchState
from ._journal.entry import OPEN_STATES, STATES, Entry, Resumed, State
from ._journal.postgres.journal import PostgresJournal
from ._journal.sqlite import SQLiteJournal
from ._journal.turns import Turn
from ._limits import Delay
from .results import Job, Task, Video

__all__ = [
    "OPEN_STATES",
    "ROW_STATES",
    "STATES",
    "BatchRows",
    "BatchState",
    "Entry",
    "Journal",
    "PlannedRow",
    "PostgresJournal",
    "Resumed",
    "Row",
    "RowState",
    "SQLiteJournal",
    "State",
    "Turn",
    "open_journal",
]


def open_journal(place: str | os.PathLike[str]) -> SQLiteJournal | PostgresJournal:
    """The journal of a place, as a client opens what it is given as `journal`.

    Parameters:
        place: `postgresql://…` or `postgres://…` for a database, else the path of a file.

    Raises:
        JournalError: it cannot be used; see the two classes.
    """
    if isinstance(place, str) and place.startswith(("postgresql://", "postgres://")):
        return PostgresJournal(place)
    return SQLiteJournal(place)


class Journal(Protocol):
    """Where a client writes down what it pays for.

    The methods block, and are called from any thread and by several processes at once. One that
    writes returns when what it wrote survives a crash. All raise JournalError where that cannot be;
    whatever else one raises counts as that, and stops nothing that was paid for. A text that cannot
    be stored is mended, and an entry that cannot be read whole is told as far as it can be read.

    What is done for one job costs the same however many there are: look up by ids, keys and
    addresses, and keep the state of each entry, which only `held` has to be added to.
    """

    def begin(
        self,
        entry_id: str,
        base_url: str,
        payload: Mapping[str, Any],
        sent_at: datetime,
        *,
        operation: str = ...,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        none_since: datetime | None = None,
        turn: Turn = ...,
    ) -> Delay | None:
        """Write down the intent, and claim the entry until `accept`, `refuse` or `doubt`.

        Looking and writing are one step: of two that begin at once with the same key, one does.
        Where it has to wait for its turn, no intent is written and nothing claimed; it is asked
        for again then.

        Parameters:
            entry_id: new and claimed by nobody, else it is a JournalError, and what there is of
                this id stays as it is.
            base_url: the address of the API.
            payload: the JSON that will be sent.
            sent_at: when, in UTC.
            operation: the operationId.
            idempotency_key: unique among the entries of a base_url.
            fingerprint: equal for requests that ask for the same.
            none_since: refuse where the videos of an entry of this base_url with this fingerprint,
                which was sent after it, are to come: in `sending`, `unknown`, `running`, `ready`.
                None does not look.
            turn: refuse it as well where the limits of an account would not hold: by the entries
                of this base_url that run, those whose fate is not known for an hour, and by when
                the last ones had their turn. Left out where there are no limits.

        Returns:
            None when it is written down; else what it waits for, its place among all who wait here
            being kept for 15 s, or until `refuse`.

        Raises:
            AlreadySubmittedError: with the entry of this key, or the one that asks for the same.
        """
        ...

    def turn(self, entry_id: str, at: datetime, turn: Turn) -> Delay | None:
        """The turn of an entry that is begun and was not sent, or was refused for now: as `begin`
        gives it, the entry itself taking no place. Asked for only where there are limits.

        Parameters:
            at: the time, in UTC. A journal that several machines share goes by its own clock.
        """
        ...

    def hold_back(self, base_url: str, at: datetime, seconds: float) -> None:
        """Give nobody a turn for so long: the service has refused one for now. Asked for only where
        there are limits."""
        ...

    def earlier(
        self,
        base_url: str,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        since: datetime | None = None,
    ) -> Entry | None:
        """What `begin` would refuse: the entry of this key in any state, else, of those with this
        fingerprint that were sent after `since` and whose videos are to come, the latest."""
        ...

    def accept(self, entry_id: str, job: Job) -> None:
        """Write down the ids of what was started, and when, and give the claim back. The caller_id
        and the number of videos (1 where it says none) of `Entry.job` are those of the payload."""
        ...

    def refuse(self, entry_id: str) -> None:
        """Remove an intent that is proven to have started nothing, which frees its key, and give
        the claim back; of one that waits to begin, give its place up. An entry of which anything
        was written down since stays as it is."""
        ...

    def doubt(self, entry_id: str, reason: str) -> None:
        """Write down why it is not known whether something was started, and give the claim back."""
        ...

    def note(
        self,
        entry_id: str,
        tasks: Sequence[Task],
        *,
        final: bool = False,
        at: datetime | None = None,
    ) -> None:
        """Write down what was told of the tasks of an entry, which is `Entry.told` from then on.
        Where that is what is known, nothing is written; an id that is no entry is passed over.

        Parameters:
            final: the job was seen to stay as it is for a minute after its end; kept for good.
            at: when, in UTC.
        """
        ...

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """Write down where a video is, of whichever entry it is: known by its address, without the
        query and fragment where those are others, and its name decides among several. One that
        belongs to no entry is passed over. The path comes back absolute, whatever its bytes."""
        ...

    def find(self, base_url: str, job: Job) -> Entry | None:
        """The entry that a job belongs to, by any of its task ids; by its batch where no task of
        the entry is known. The latest of several, None if there is none."""
        ...

    def entry(self, entry_id: str) -> Entry | None:
        """One submission, None if there is none of this id."""
        ...

    def entries(
        self,
        *,
        state: State | None = None,
        after: datetime | str | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Submissions, the oldest first: by the time that they were sent, those of the same time in
        the order that they began in.

        They are read while they are taken, a page at a time, so that a hundred thousand need no
        more memory than a hundred. Each is as it is at one moment; what is there all the while is
        told once, whatever others write meanwhile.

        Parameters:
            state: only those in this state.
            after: only what follows, in the order that is asked for: an entry, by its id, or a
                time.
            newest_first: in the opposite order.

        Raises:
            JournalError: at once where there is no such state, or no entry of this id.
        """
        ...

    def open_entries(self) -> Iterator[Entry]:
        """Those that are `open`, told as `entries` tells them. Costs what these cost, however many
        are closed."""
        ...

    def counts(self) -> Mapping[State, int]:
        """How many entries are in each of the `STATES`; no entry is read for it that is closed."""
        ...

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        """Write down what somebody found out: the ids of what was started, as `accept` does, which
        opens it again; or, without a job, that nothing more is to be done. Ids that the service
        cannot be asked for leave for those, and all others stay."""
        ...

    def forget(self, entry_ids: Collection[str]) -> None:
        """Remove what its caller has seen to be done, and free its keys; an id that is no entry is
        passed over."""
        ...

    def claim(self, entry_id: str) -> bool:
        """Keep others from fetching an entry, until `release`, `close` or the end of this process,
        however it ends.

        Returns whether it was free: one that is claimed, through this object too, is not.
        """
        ...

    def release(self, entry_id: str) -> None:
        """Give a claim back; one that was made through another object stays."""
        ...

    def uploaded(self, base_url: str, sha256: str, address: str | None, at: datetime) -> None:
        """Write down where an image with this content is, in the place of what was known; None
        forgets it."""
        ...

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        """Where an image with this content is, if it was uploaded after `since`."""
        ...

    def close(self) -> None:
        """Give back every claim, and close what is open."""
        ...
