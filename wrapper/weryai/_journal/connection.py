"""What a journal in tables needs of its database, which SQLite and PostgreSQL have alike.

The statements are written as SQLite takes them, with `?` for a value, and so that PostgreSQL takes
them too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from ..errors import JournalError

T = TypeVar("T")


class Row(Protocol):
    """What a query finds, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...

    def keys(self) -> Iterable[str]: ...


class Cursor(Protocol):
    """The rows that a statement has found."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A transaction, to be read from or written to. It stores any text, mended."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor: ...


class Tables(Protocol):
    """Where the tables are, for all threads of a process. All raise JournalError.

    Attributes:
        time_sent: the column `sent_at` as it is compared with.
    """

    time_sent: str

    @property
    def name(self) -> str:
        """What it is called in an error."""
        ...

    def rows(self, query: str, values: Sequence[object] = ()) -> Sequence[Row]: ...

    # Functions, and no blocks of a `with`: Ctrl-C between the two halves of a context manager in
    # Python leaves what it has begun open, for as long as the traceback is kept.

    def read(self, work: Callable[[Connection], T], /) -> T:
        """One snapshot: all that this work reads is of one moment."""
        ...

    def write(self, work: Callable[[Connection], T], /) -> T:
        """One transaction, beside no other one that writes, which survives a crash at the end."""
        ...

    def explained(self) -> AbstractContextManager[None]:
        """Turn whatever the database does into a JournalError that says what to do."""
        ...

    def require_in_place(self) -> None:
        """Refuse where what is written now will not be found."""
        ...

    def now(self, db: Connection, told: datetime, /) -> datetime:
        """The time that everybody goes by who writes here, as the caller's clock tells it."""
        ...

    def as_time_sent(self, text: str) -> str | bytes:
        """A time, or a part of one, to compare `time_sent` with."""
        ...

    @property
    def is_ours(self) -> bool:
        """Whether this process opened it, and not the one that forked it."""
        ...

    def close(self) -> None: ...


class Holders(Protocol):
    """Who sends or fetches which entry: claims, which end with their holder."""

    def take(self, name: str) -> bool:
        """Claim it until it is freed or the process ends; whether it was free."""
        ...

    def free(self, name: str) -> None:
        """Give a claim back, if it is ours. Raises nothing."""
        ...

    def held(self, names: Collection[str]) -> set[str]:
        """Which of them anybody holds now, this object included."""
        ...

    def require(self, name: str) -> None:
        """Refuse where a claim that was made here is lost. Raises JournalError."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class UnsureError(JournalError):
    """The connection was lost while a transaction was ending: it is written, or it is not."""
