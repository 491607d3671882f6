"""Which batch a command is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from weryai.batch import Batch

from ... import _setup
from ..._errors import UsageError


@contextmanager
def opened(
    database: str | None, base_url: str | None, name: str | None, *, exists: bool = False
) -> Iterator[Batch]:
    """A batch of the journal of this user, or of another place.

    Parameters:
        base_url: as given; each address has a journal of its own.
        name: which one; without it, the only one there is.
        exists: whether it has to be there.

    Raises:
        UsageError: it is not there, or there are several.
        JournalError: the journal cannot be used.
    """
    with _setup.required(database, base_url) as kept:
        there = kept.batches()
        if name is None:
            if len(there) != 1:
                raise UsageError(_which(there))
            (name,) = there
        elif exists and name not in there:
            raise UsageError(f"there is no batch {name!r}: {_which(there)}")
        yield Batch(kept, name)


def _which(names: list[str]) -> str:
    if not names:
        return "`weryai batch run MANIFEST` begins one; --database says where it is kept"
    return f"say which one with --batch: {', '.join(names)}"
