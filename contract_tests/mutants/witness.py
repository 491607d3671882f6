"""A pytest plugin for the runs on a copy: it stops a run that would test another tree."""

from __future__ import annotations

from pathlib import Path

import pytest

import weryai
import weryai_api

WRONG_TREE = 77


def pytest_configure() -> None:
    for package in (weryai, weryai_api):
        file = Path(str(package.__file__)).resolve()
        if not file.is_relative_to(Path.cwd().resolve()):
            pytest.exit(f"{file} is not in the copy", returncode=WRONG_TREE)
