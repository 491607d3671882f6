"""The work on a batch: rows are submitted one after the other, and all that run are followed.

What is submitted next is read from the journal each time, so that a pause or another worker counts
at once. Rows that wait are in the journal and take no memory. What waits for a place never stands
before what would free one: each job that runs is followed by a task of its own.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup
from attrs import define, field, frozen

from weryai import (
    AsyncWeryAI,
    AuthenticationError,
    Clock,
    Delay,
    JournalError,
    ResponseError,
    TransportError,
    WeryAIError,
)
from weryai.journal import BatchRows, PostgresJournal, Row, SQLiteJournal

from ._fetching import Fetching, StoppingError
from ._sending import Sending

T = TypeVar("T")

MOST_IN_HAND = 100  # jobs that are followed, or fetched, at once
LOOK = 5.0  # seconds between two looks at what others have left
BALANCE = 60.0  # seconds between two looks at the balance
FIRST = 10  # rows, half of which may not fail
TRIES, PAUSE = 6, 0.5  # of what a journal does, and seconds: a database may restart

log = logging.getLogger("weryai")


@frozen
class Terms:
    """How a batch is to be run; see `Batch.run_async`."""

    most: float
    keep_going: bool
    on_row: Callable[[Row], None]
    on_wait: Callable[[Delay], None] | None


@define
class Worker:
    """One run of a batch.

    Attributes:
        client: whose journal is that of the batch.
        out: the folder for the videos.
        in_hand: the ids of the rows that are followed here.
        left: the keys of the rows that are left as they are until the next run.
        first: the keys of the first rows that were sent in this run.
        failed: how many of those have failed.
        woken: whether the last thing in hand was done since the last look.
    """

    client: AsyncWeryAI
    journal: SQLiteJournal | PostgresJournal
    rows: BatchRows
    out: Path
    clock: Clock
    terms: Terms
    sending: Sending = field(init=False)
    in_hand: set[str] = field(factory=set)
    left: set[str] = field(factory=set)
    first: set[str] = field(factory=set)
    failed: int = 0
    woken: bool = False
    resting: anyio.CancelScope = field(factory=anyio.CancelScope)
    seeing: anyio.CancelScope = field(factory=anyio.CancelScope)

    def __attrs_post_init__(self) -> None:
        self.sending = Sending(self)

    async def run(self) -> None:
        """Until nothing is left to do, or something stops it."""
        await self._note_balance()
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._see_balance)
                while await self._look(group):
                    await self._rest()
                self.seeing.cancel()
        except BaseExceptionGroup as several:
            raise _first(several) from None
        await self._note_balance()

    @property
    def has_room(self) -> bool:
        """Whether another job can be followed."""
        return len(self.in_hand) < MOST_IN_HAND

    async def take(self, group: TaskGroup, rows: Sequence[Row]) -> None:
        """Follow the jobs of rows, but for those that another worker follows who lives."""
        theirs = []
        for row in rows:
            if not self.has_room:
                return
            if await self.do(partial(self._claimed, row)):
                self._start(group, row)
            else:
                theirs.append(row)
        for row in await self.overdue(theirs, MOST_IN_HAND - len(self.in_hand)):
            self._start(group, row)

    async def overdue(self, rows: Sequence[Row], most: int) -> list[Row]:
        """Those rows of others who stand still, to be taken over."""
        found = await self.do(lambda: self.rows.overdue(rows, self.now, most)) if rows else []
        for row in found:
            log.warning("row %s: whoever had it in hand stands still, and it is taken over", row.id)
        return found

    @property
    def now(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(self.clock.time(), UTC)

    async def started(self, group: TaskGroup, row: Row) -> None:
        """Tell a row that was just submitted, and follow its job."""

        def look() -> tuple[Row | None, bool]:
            now = self.rows.row(row.id)
            return now, now is not None and now.state == "running" and self._claimed(now)

        now, is_ours = await self.do(look)
        if now and now.state == "running":  # else another has told it, who took it over
            self.terms.on_row(now)
        if now and is_ours:
            self._start(group, now)

    async def end(
        self,
        row: Row,
        state: Literal["done", "failed", "skipped"],
        reason: str | None = None,
        paths: Sequence[Path] = (),
    ) -> None:
        """Write down how a row ended, and tell it, unless another has done so."""
        at = self.now

        def write() -> Row | None:
            files = [(path, sha256(path)) for path in paths]
            self.rows.end(row, state, at, reason, files)
            return self.rows.row(row.id)

        now = await self.do(write)
        if now and now.state == state and now.ended_at == at:
            self.terms.on_row(now)
            if state == "failed":
                await self.fails(row, str(reason))

    def tries(self, row: Row) -> None:
        """Remember the first rows that are sent."""
        if len(self.first) < FIRST:
            self.first.add(row.key)

    async def fails(self, row: Row, why: str) -> None:
        """See whether half of the first rows have failed."""
        self.failed += row.key in self.first
        if row.key in self.first and 2 * self.failed == FIRST and not self.terms.keep_going:
            words = f"{self.failed} of the first {FIRST} rows failed, the last one: {why}"
            await self.pause(words)

    async def pause(self, reason: str) -> None:
        """Let nothing be submitted any more, here and elsewhere, until somebody says so."""
        log.warning("the batch is paused: %s", reason)
        await self.do(lambda: self.rows.pause(reason))

    async def tell(self, row: Row) -> Row | None:
        """Tell a row as it is now."""
        now = await self.do(lambda: self.rows.row(row.id))
        if now:
            self.terms.on_row(now)
        return now

    async def do(self, work: Callable[[], T]) -> T:
        """Something that a journal or a disk does, and may do twice: it is tried again where the
        journal fails. Raises JournalError."""
        for tried in range(TRIES):
            try:
                return await to_thread.run_sync(work)
            except JournalError as error:
                if tried == TRIES - 1:
                    raise
                log.warning("%s; trying again", error)
            await self.clock.sleep_async(PAUSE * 2**tried)
        raise AssertionError("unreachable")  # pragma: no cover

    def wake(self) -> None:
        """End the rest where nothing is in hand any more."""
        if not self.in_hand and not self.sending.busy:
            self.woken = True
            self.resting.cancel()

    def _claimed(self, row: Row) -> bool:
        """Whether the job of a row is ours to follow from now on."""
        return self.journal.claim(str(row.entry))

    async def _note_balance(self) -> None:
        """Write down the balance, and for which service the batch is."""
        credits = None
        try:
            credits = await self.client.balance()
        except AuthenticationError:
            raise
        except (TransportError, ResponseError) as error:
            log.warning("the balance is not known: %s", error)
        await self.do(lambda: self.rows.begin(self.client.base_url, credits))

    async def _see_balance(self) -> None:
        """Write the balance down now and then, for whoever asks how it stands. Raises nothing."""
        with self.seeing:
            while True:
                await self.clock.sleep_async(BALANCE)
                try:
                    await self._note_balance()
                except WeryAIError as error:  # whoever submits meets it too
                    log.info("the balance is not known: %s", error)

    async def _look(self, group: TaskGroup) -> bool:
        """Take up what is to be done. Returns whether anything is left."""
        self.woken = False
        if mine := {*self.in_hand, *self.sending.in_hand}:
            await self.do(lambda: self.rows.put_off(mine, self.now))
        begun = [
            row
            for row in await self.do(self.rows.begun)
            if row.state != "unknown" and row.key not in self.left
        ]
        left = bool(begun)
        running = [row for row in begun if row.state == "running" and row.id not in self.in_hand]
        await self.take(group, running)
        if await self.sending.allowed() and (await self.do(partial(self.rows.waiting, 1))) != []:
            left = True
            if self.has_room and not self.sending.busy:
                self.sending.busy = True
                group.start_soon(self.sending.run, group)
        return left or bool(self.in_hand) or self.sending.busy

    async def _rest(self) -> None:
        """Until the next look, or until nothing is in hand."""
        with anyio.CancelScope() as self.resting:
            if not self.woken:
                await self.clock.sleep_async(LOOK)

    def _start(self, group: TaskGroup, row: Row) -> None:
        """Follow the job of a row."""
        self.in_hand.add(row.id)
        group.start_soon(self._follow, row, str(row.entry))

    async def _follow(self, row: Row, entry_id: str) -> None:
        try:
            await Fetching(self, row, entry_id).run()
        except StoppingError as error:
            self.left.add(row.key)
            await self.do(partial(self.rows.note, row, error.note))
            await self.tell(row)
            if error.stops_all:
                await self.pause(error.note)
        except JournalError as error:  # it is looked at again
            log.warning("row %s: %s", row.id, error)
        finally:
            self.journal.release(entry_id)
            self.in_hand.discard(row.id)
            self.wake()


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first of several errors, Ctrl-C before all."""
    errors = [
        _first(error) if isinstance(error, BaseExceptionGroup) else error
        for error in several.exceptions
    ]
    stops = [error for error in errors if not isinstance(error, Exception)]
    return [*stops, *errors][0]
