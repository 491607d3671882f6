"""A batch: the rows of a manifest in a journal, and what can be done with them."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio
from attrs import evolve

from weryai import (
    AsyncWeryAI,
    Clock,
    ConfigError,
    Delay,
    InvalidRequestError,
    Job,
    Limits,
    Purse,
    SystemClock,
)
from weryai.journal import (
    ROW_STATES,
    PostgresJournal,
    Row,
    RowState,
    SQLiteJournal,
    open_journal,
)

from ._values import Added, Status, planned, purse_of, status_of
from ._worker import Terms, Worker
from .manifest import Manifest

NAME = re.compile(r"[\w.-]{1,60}")


class Batch:
    """The rows of a manifest, each paid once, whatever crashes, and by however many processes.

        with Batch.open("renders.db") as batch:
            batch.add(read_manifest("renders.csv"))
            print(batch.run("videos").counts)

    Parameters:
        journal: where it is kept, beside what was paid for.
        name: of this batch, of several in one journal: letters, digits, `.`, `-` and `_`.

    Raises:
        ConfigError: the name is none.
    """

    def __init__(self, journal: SQLiteJournal | PostgresJournal, name: str = "batch") -> None:
        if not NAME.fullmatch(name):
            raise ConfigError(f"a batch is named by 1 to 60 letters and digits, not {name!r:.80}")
        self.journal, self.name = journal, name
        self._rows = journal.batch(name)
        self._owns = False

    @classmethod
    def open(cls, place: str | os.PathLike[str], name: str = "batch") -> Self:
        """A batch in the journal of a place, which it closes at its end.

        Parameters:
            place: the path of a file, or `postgresql://…` where several machines work on it.

        Raises:
            JournalError: the journal cannot be used.
            ConfigError: the name is none.
        """
        batch = cls(open_journal(place), name)
        batch._owns = True
        return batch

    def add(self, manifest: Manifest, *, dry_run: bool = False) -> Added:
        """Take the rows of a manifest in, all of them or, where it has faults, none. Free.

        Rows are told by their ids: one that is there and asks for the same stays as it is, and one
        that asks for something else is paid anew. What a manifest does not name any more stays.

        Parameters:
            dry_run: only say what would become of them.

        Raises:
            JournalError: the journal fails.
        """
        if manifest.faults:
            return Added(faults=manifest.faults)
        told = self._rows.add([*map(planned, manifest.rows)], dry_run=dry_run)
        return Added(tuple(told["new"]), tuple(told["known"]), tuple(told["changed"]))

    def run(self, out: str | os.PathLike[str], **options: Any) -> Status:
        """`run_async`, in an event loop of its own. Paid."""
        return anyio.run(partial(self.run_async, out, **options))

    async def run_async(
        self,
        out: str | os.PathLike[str],
        *,
        client: Callable[..., AsyncWeryAI] = AsyncWeryAI,
        limits: Limits | None = Limits(),  # noqa: B008 # a frozen value
        max_rows: int | None = None,
        max_credits: float | None = None,
        row_credits: float | None = None,
        keep_going: bool = False,
        on_row: Callable[[Row], None] | None = None,
        on_wait: Callable[[Delay], None] | None = None,
        clock: Clock | None = None,
    ) -> Status:
        """Submit what waits, wait for what runs, and save each video as its job ends. Paid: it
        charges credits for each video of each row that is submitted.

        It goes on where it was: no row is paid twice, whatever stopped the last run, and several
        runs at once, in other processes or on other machines, share the rows. It ends when all rows
        have; or, where it is paused, when all that was paid for is here.

        A refused key, too few credits or the limit of a day pause it, and so does a journal, a disk
        or a service that fails again and again.

        Parameters:
            out: the folder for the videos. They are called by the row's template, `{id}` or, of
                several, `{id}-{n}` where it has none.
            client: makes the client, with the `journal` and the `limits` that it is given, such as
                `functools.partial(AsyncWeryAI, api_key)`.
            limits: of the account.
            max_rows: how many rows to submit at the most.
            max_credits: what all rows of the batch may cost together, over all runs: a
                `weryai.Purse` of the batch, which says what holds when.
            row_credits: what one row may cost at the most, until one of its kind has shown its
                price: with it `max_credits` holds for the very first row too.
            keep_going: do not pause where half of the first ten rows fail.
            on_row: called with each row that has changed.
            on_wait: called with what the next row waits for.
            clock: where the time comes from, as tests do.

        Returns:
            how it stands.

        Raises:
            ConfigError: the client cannot be made, nothing was added, or the batch is for another
                service.
            JournalError: the journal fails again and again.
            AuthenticationError: the key is refused at the start.
        """
        clock, folder = clock or SystemClock(), Path(os.path.abspath(out))  # noqa: ASYNC240
        terms = Terms(
            math.inf if max_rows is None else max_rows,
            keep_going,
            on_row or (lambda _: None),
            on_wait,
        )
        if max_credits is not None:
            purse = Purse(purse_of(self.name), max_credits, row_credits)
            limits = evolve(limits or Limits(), purse=purse)
        elif row_credits is not None:
            raise ConfigError("row_credits is for max_credits: give both")
        async with client(journal=self.journal, limits=limits) as opened:
            worker = Worker(opened, self.journal, self._rows, folder, clock, terms)
            await worker.run()
        status = await anyio.to_thread.run_sync(partial(self.status, clock=clock))
        waits = status.counts["waiting"] and not status.paused
        return evolve(status, stopped=worker.sending.stopped if waits else None)

    def status(self, *, clock: Clock | None = None) -> Status:
        """How it stands. Free, and nothing is asked of the service.

        Raises:
            JournalError: the journal fails.
        """
        return status_of(self.journal, self.name, (clock or SystemClock()).time())

    def rows(self, *states: RowState) -> Iterator[Row]:
        """Its rows in the order of the manifest, those in one of these states, else all. They are
        read while they are taken.

        Raises:
            JournalError: the journal fails.
        """
        if unknown := [state for state in states if state not in ROW_STATES]:
            raise InvalidRequestError(
                [f"{unknown[0]!r} is no state of a row; those are {', '.join(ROW_STATES)}"]
            )
        return self._rows.rows(states or ROW_STATES)

    def row(self, row_id: str) -> Row:
        """One row.

        Raises:
            InvalidRequestError: there is none of this id.
            JournalError: the journal fails.
        """
        if (row := self._rows.row(row_id)) is None:
            raise InvalidRequestError([f"{row_id!r} is no row of the batch {self.name!r}"])
        return row

    def retry(self, *row_ids: str) -> list[str]:
        """Let rows that failed, or were skipped, be paid once more by the next run.

        Parameters:
            row_ids: which; all that failed where none is given.

        Returns:
            their ids.

        Raises:
            InvalidRequestError: one of them is none of these; `resolve` is for what is unknown.
            JournalError: the journal fails.
        """
        rows = [*map(self.row, row_ids)] if row_ids else [*self.rows("failed")]
        if wrong := [row for row in rows if row.state not in ("failed", "skipped")]:
            raise InvalidRequestError(
                [f"row {row.id!r} is {row.state}, not failed or skipped" for row in wrong]
            )
        self._rows.retry(rows)
        return [row.id for row in rows]

    def resolve(
        self,
        row_id: str,
        *,
        task_id: str | Sequence[str] | None = None,
        retry: bool = False,
        skip: bool = False,
    ) -> Row:
        """Say what became of a row whose fate is not known, or that a row is not to be sent.

        Parameters:
            task_id: the id or the ids that were found: its videos are fetched by the next run.
            retry: nothing was found: pay for it once more. If it was paid after all, that is twice.
            skip: nothing more is to be done; for a row that waits too.

        Returns:
            the row as it is now.

        Raises:
            InvalidRequestError: it is in another state, or not one of the three was given.
            JournalError: the journal fails.
        """
        row = self.row(row_id)
        if (task_id is not None) + retry + skip != 1:
            raise InvalidRequestError(["give one of task_id, retry and skip"])
        if row.state != "unknown" and not (skip and row.state == "waiting"):
            raise InvalidRequestError([f"row {row.id!r} is {row.state}, not unknown"])
        if task_id is not None:
            ids = [task_id] if isinstance(task_id, str) else [*task_id]
            self.journal.settle(str(row.entry), Job(ids, submitted_at=row.sent_at))
        elif skip:
            self._rows.end(row, "skipped", datetime.now(UTC), "as it was resolved")
        if retry:
            self._rows.retry([row])
        if row.entry and task_id is None:
            self.journal.settle(row.entry)
        return self.row(row_id)

    def pause(self, reason: str = "by hand") -> None:
        """Let no run submit anything any more, in whatever process, until `resume`; what is paid
        for is fetched, and then the runs end.

        Raises:
            JournalError: the journal fails.
        """
        self._rows.pause(reason)

    def resume(self) -> None:
        """Take back a pause; what has ended meanwhile has to be run again.

        Raises:
            JournalError: the journal fails.
        """
        self._rows.pause(None)

    def cancel(self) -> None:
        """Skip every row that was not sent; what is paid for is fetched. `retry` takes it back.

        Raises:
            JournalError: the journal fails.
        """
        self._rows.cancel(datetime.now(UTC), "cancelled")

    def close(self) -> None:
        """Close the journal, if it was opened here."""
        if self._owns:
            self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
