"""What tests ask a journal for."""

from __future__ import annotations

from weryai.journal import Entry, Journal


def only(journal: Journal) -> Entry:
    """The one entry that there is."""
    (entry,) = journal.entries()
    return entry
