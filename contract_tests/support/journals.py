"""What tests ask a journal for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, new_class
from typing import Any

import pytest

from weryai import JournalError
from weryai.journal import Entry, Journal


def only(journal: Journal) -> Entry:
    """The one entry that there is."""
    (entry,) = journal.entries()
    return entry


def opened_beside_another(
    patch: pytest.MonkeyPatch, room: ModuleType, connection: str, opened: Callable[[int], None]
) -> list[str]:
    """Open new journals, each of which another one opens too, before its first statement, before
    its second, and so on to its last. Returns why the other one could not.

    Parameters:
        connection: the name in the room of what executes statements.
        opened: opens and closes the journal of this number.
    """
    told, step, left = list[str](), 0, 0
    own: Any = getattr(room, connection)

    def execute(self: Any, *args: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            try:
                opened(step)
            except JournalError as error:
                told.append(str(error))
        return own.execute(self, *args, **options)

    stepping = new_class(connection, (own,), {}, lambda names: names.update(execute=execute))
    patch.setattr(room, connection, stepping)
    while left <= 0:
        step += 1
        left = step
        opened(step)
        opened(step)
    assert step > 10
    return told
