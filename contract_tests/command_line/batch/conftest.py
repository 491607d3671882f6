"""A manifest of three rows, and the command that renders it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contract_tests.command_line.invoke import Cli, Said

ROWS = """id,prompt,images,output
fox,The fox wakes up,https://example.com/a.jpg,films/{id}-{n}
owl,The owl flies,https://example.com/b.jpg,
crow,The crow lands,https://example.com/c.jpg,
"""
DEFAULTS = ("--model", "KLING_O1", "--aspect-ratio", "16:9", "--duration", 5)
Render = Callable[..., Said]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "renders.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture
def render(cli: Cli, manifest: Path) -> Render:
    def run(*options: object) -> Said:
        return cli("batch", "run", manifest, *DEFAULTS, "--out", "videos", *options)

    return run
