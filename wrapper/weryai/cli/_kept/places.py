"""Where things are kept for this user."""

from __future__ import annotations

from pathlib import Path


def journal_path() -> Path:
    """The journal of this user, unless told otherwise."""
    from platformdirs import user_state_path

    return user_state_path("weryai", appauthor=False) / "jobs.journal"


def models_path() -> Path:
    """Where the rows of the registry are kept for the next commands."""
    from platformdirs import user_cache_path

    return user_cache_path("weryai", appauthor=False) / "models.json"
