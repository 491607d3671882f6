"""What a run has printed, kept in reports/ for whoever was not there."""

from __future__ import annotations

from pathlib import Path

REPORTS = Path(__file__).parents[3] / "reports"


def keep(name: str, text: str) -> None:
    """Write reports/`name`.txt."""
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / f"{name}.txt").write_text(f"{text}\n")
