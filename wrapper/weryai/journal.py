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

from ._entries import Entry
from ._sqlite import SQLiteJournal
from .results import Job, Task, Video

__all__ = ["Entry", "Journal", "SQLiteJournal"]


class Journal(Protocol):
    """Where a client writes down what it pays for.

    The methods block, and are called from any thread and by several processes at once. One that
    writes returns when what it wrote survives a crash. All raise JournalError where that cannot be.
    """

    def begin(
        self, entry_id: str, base_url: str, payload: Mapping[str, Any], sent_at: datetime
    ) -> None:
        """Write down the intent, and claim the entry until `accept`, `refuse` or `doubt`."""
        ...

    def accept(self, entry_id: str, job: Job) -> None:
        """Write down the ids of what was started."""
        ...

    def refuse(self, entry_id: str) -> None:
        """Remove an intent that is proven to have started nothing."""
        ...

    def doubt(self, entry_id: str, reason: str) -> None:
        """Write down why it is not known whether something was started."""
        ...

    def note(self, base_url: str, job: Job, tasks: Sequence[Task]) -> None:
        """Write down what was told of the tasks of a job, under the ids that the service gave them
        there. A job that belongs to no entry is passed over.
        """
        ...

    def fetched(self, base_url: str, video: Video, path: Path) -> None:
        """Write down where a video is; one that belongs to no entry is passed over."""
        ...

    def entries(self) -> list[Entry]:
        """Every submission, the oldest first."""
        ...

    def entry(self, entry_id: str) -> Entry | None:
        """One submission, None if there is none of this id."""
        ...

    def settle(self, entry_id: str, job: Job | None = None) -> None:
        """Write down what somebody found out: the ids of what was started, or, without a job, that
        nothing more is to be done."""
        ...

    def forget(self, entry_ids: Collection[str]) -> None:
        """Remove what its caller has seen to be done; an id that is no entry is passed over."""
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
