"""A manifest in a folder with two images, read through the front door."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from contract_tests.batch.reading import DEFAULTS, Read
from weryai.batch import Manifest, read_manifest


@pytest.fixture
def folder(tmp_path: Path, pictures: tuple[Path, Path]) -> Path:
    """Where the manifest is, beside `sunrise.png` and `night.png`."""
    for picture in pictures:
        shutil.copy(picture, tmp_path)
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Read:
    """Read a manifest of this content."""

    def read(content: str | bytes, *, name: str = "renders.csv", **given: Any) -> Manifest:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_manifest(path, **{"defaults": DEFAULTS, **given})

    return read
