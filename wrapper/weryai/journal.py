"""What was paid for, on disk: the intent before a submission is sent, its ids after it.

A process that is killed at any instant leaves a journal in which every paid job can be found again:
with its ids, or as one whose fate is not known. The API key is never in it.

    with WeryAI(journal="videos.journal") as client:
        job = client.submit(request)    # written down before it is sent

`SQLiteJournal` keeps it in one file. Whatever has the methods of `Journal` will do in its place,
such as tables in a database that several machines share.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ._journal.entry import Entry
from ._journal.sqlite import SQLiteJournal
from .results import Job, Task, Video

__all__ = ["Entry", "Journal", "SQLiteJournal"]


class Journal(Protocol):
    """Where a client writes down what it pays for.

    The methods block, and are called from any thread and by several processes at once. One that
    writes returns when what it wrote survives a crash. All raise JournalError where that cannot be;
    whatever else one raises counts as that, and stops nothing that was paid for. A text that cannot
    be stored is mended, and an entry that cannot be read whole is told as far as it can be read.
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
    ) -> None:
        """Write down the intent, and claim the entry until `accept`, `refuse` or `doubt`.

        Looking and writing are one step: of two that begin at once with the same key, one does.

        Parameters:
            entry_id: new, else it is a JournalError and the entry of this id stays as it is.
            base_url: the address of the API.
            payload: the JSON that will be sent.
            sent_at: when, in UTC.
            operation: the operationId.
            idempotency_key: unique among the entries of a base_url.
            fingerprint: equal for requests that ask for the same.
            none_since: refuse where an open entry of this base_url with this fingerprint was sent
                after it; None does not look.

        Raises:
            AlreadySubmittedError: with the entry of this key, or the one that asks for the same.
        """
        ...

    def earlier(
        self,
        base_url: str,
        *,
        idempotency_key: str | None = None,
        fingerprint: str | None = None,
        since: datetime | None = None,
    ) -> Entry | None:
        """What `begin` would refuse: the entry of this key, else the latest with this
        fingerprint that was sent after `since`."""
        ...

    def accept(self, entry_id: str, job: Job) -> None:
        """Write down the ids of what was started, and give the claim back."""
        ...

    def refuse(self, entry_id: str) -> None:
        """Remove an intent that is proven to have started nothing, which frees its key, and give
        the claim back. An entry of which anything was written down since stays as it is."""
        ...

    def doubt(self, entry_id: str, reason: str) -> None:
        """Write down why it is not known whether something was started, and give the claim back."""
        ...

    def note(self, base_url: str, job: Job, tasks: Sequence[Task], *, final: bool = False) -> None:
        """Write down what was told of the tasks of a job, under the ids that the service gave them
        there. A job that belongs to no entry is passed over.

        Nothing leaves: tasks and videos that are not told again stay. Within an entry a video is
        known by its address without query and fragment; several of one address in one call are
        several. It keeps the name that it was first noted with, and gets another where a video of
        the entry has that name; its address is the latest one.

        Parameters:
            final: the job was seen to stay as it is for a minute after its end; kept for good.
        """
        ...

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """Write down where a video is, known as in `note`, its name decides among several; one that
        belongs to no entry is passed over. The path comes back as it is, whatever its bytes."""
        ...

    def find(self, base_url: str, job: Job) -> Entry | None:
        """The entry that a job belongs to, by any of its task ids; by its batch where no task of
        the entry is known. The latest of several, None if there is none."""
        ...

    def entries(self) -> list[Entry]:
        """Every submission, the oldest first, all as they are at one moment."""
        ...

    def entry(self, entry_id: str) -> Entry | None:
        """One submission, None if there is none of this id."""
        ...

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        """Write down what somebody found out: the ids of what was started, or, without a job, that
        nothing more is to be done. Ids that the service cannot be asked for leave for those."""
        ...

    def forget(self, entry_ids: Collection[str]) -> None:
        """Remove what its caller has seen to be done, and free its keys; an id that is no entry is
        passed over."""
        ...

    def claim(self, entry_id: str) -> bool:
        """Keep others from fetching an entry, until `release` or the end of this process.

        Returns whether nobody else has claimed it.
        """
        ...

    def release(self, entry_id: str) -> None:
        """Give a claim back."""
        ...

    def uploaded(self, base_url: str, sha256: str, address: str | None, at: datetime) -> None:
        """Write down where an image with this content is; None forgets it."""
        ...

    def address_of(self, base_url: str, sha256: str, since: datetime) -> str | None:
        """Where an image with this content is, if it was uploaded after `since`."""
        ...

    def close(self) -> None:
        """Give back every claim, and close what is open."""
        ...
