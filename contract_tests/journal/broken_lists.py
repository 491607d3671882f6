"""The same for what a journal lists, and for who holds an entry."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import evolve

from contract_tests.journal.broken import How
from contract_tests.support.memory_journal import MemoryJournal
from weryai.journal import STATES, Entry


def by_id(real: How, _: MemoryJournal, **options: Any) -> Any:
    return iter(sorted(real(**options), key=lambda entry: entry.id))


def from_it_on(
    real: How, journal: MemoryJournal, *, after: datetime | str | None = None, **options: Any
) -> Any:
    first = [journal.entry(after)] if isinstance(after, str) else []
    found = real(after=after, **options)
    return itertools.chain((entry for entry in first if entry), found)


def nothing_of_none(real: How, _: MemoryJournal, **options: Any) -> Any:
    if options.get("state") not in (None, *STATES):
        return iter(())
    return real(**options)


def nothing_after_none(real: How, journal: MemoryJournal, **options: Any) -> Any:
    after = options.get("after")
    if isinstance(after, str) and after not in journal._entries:
        return iter(())
    return real(**options)


def without_claims(real: How, journal: MemoryJournal) -> Any:
    counts = dict(real())
    counts["unknown"] += counts.pop("sending")
    return counts | {"sending": 0}


def without_incomplete(real: How, _: MemoryJournal) -> Any:
    return (entry for entry in real() if entry.state != "incomplete")


def by_number(real: How, _: MemoryJournal, **options: Any) -> Any:
    """As OFFSET does it."""

    def pages() -> Iterator[Entry]:
        for start in itertools.count(0, 50):
            page = list(itertools.islice(real(**options), start, start + 50))
            yield from page
            if not page:
                return

    return pages()


def again_by_its_holder(real: How, journal: MemoryJournal, entry_id: str) -> Any:
    return real(entry_id) or journal._storage.holders[entry_id] is journal


def anybodys(_: How, journal: MemoryJournal, entry_id: str) -> None:
    journal._storage.holders.pop(entry_id, None)


def held_by_nobody(real: How, _: MemoryJournal, entry_id: str) -> Any:
    entry = real(entry_id)
    return entry and evolve(entry, held=entry.held and entry.job is None)


def still_claimed(real: How, journal: MemoryJournal, entry_id: str, reason: str) -> None:
    real(entry_id, reason)
    journal.claim(entry_id)


def though_claimed(
    real: How, journal: MemoryJournal, entry_id: str, *args: Any, **options: Any
) -> None:
    journal._storage.holders.pop(entry_id, None)
    real(entry_id, *args, **options)


def the_tenth_is_lost(real: How, journal: MemoryJournal, *args: Any, **options: Any) -> None:
    if len(journal._entries) != 9:
        real(*args, **options)


def however_old(real: How, _: MemoryJournal, url: str, sha256: str, since: datetime) -> Any:
    return real(url, sha256, since.replace(year=2000))
