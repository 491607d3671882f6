"""Where things are kept for this user."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

BASE_URL = "https://api.weryai.com"


def address(base_url: str | None = None) -> str:
    """The address of the API that a command speaks to, which is given this one or none."""
    return (base_url or os.environ.get("WERYAI_BASE_URL") or BASE_URL).rstrip("/")


def journal_path(base_url: str | None = None) -> Path:
    """The journal of this user for an address, unless told otherwise: jobs of a simulator are not
    to be found among those that were paid for.

    There was one for all addresses once. What it holds of another address, and is not done, is
    found there until that address has a journal of its own.
    """
    from platformdirs import user_state_path

    folder, url = user_state_path("weryai", appauthor=False), address(base_url)
    usual = folder / "jobs.journal"
    own = usual if url == BASE_URL else folder / f"jobs-{_mark(url)}.journal"
    return usual if not own.exists() and _has_open(usual, url) else own


def _mark(base_url: str) -> str:
    """An address in the name of a file."""
    plain = re.sub("[^A-Za-z0-9.]+", "-", base_url.partition("://")[2])[:60].strip("-.")
    return f"{plain}-{hashlib.sha256(base_url.encode()).hexdigest()[:6]}"


def _has_open(path: Path, base_url: str) -> bool:
    if not path.exists():
        return False
    from weryai.journal import SQLiteJournal

    journal = SQLiteJournal(path)
    try:
        return any(entry.base_url == base_url for entry in journal.open_entries())
    finally:
        journal.close()


def models_path() -> Path:
    """Where the rows of the registry are kept for the next commands."""
    from platformdirs import user_cache_path

    return user_cache_path("weryai", appauthor=False) / "models.json"
