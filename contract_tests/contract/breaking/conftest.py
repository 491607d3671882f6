"""Python names are read without asking git about the folder that they are in."""

from __future__ import annotations

from collections.abc import Iterator

import griffe
import pytest


@pytest.fixture(scope="module", autouse=True)
def no_git_of_griffe() -> Iterator[None]:
    """It asks for links to the source of each package, which nothing here shows: two processes each
    time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(griffe.GitInfo, "from_package", lambda package: None)
        yield
