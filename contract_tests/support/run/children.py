"""Child processes of the tests, with the packages that users have."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGES = str(Path(__file__).with_name("users_packages"))


def python_path(*folders: str) -> str:
    """A PYTHONPATH: these folders, behind what hides the packages of the tests alone."""
    return os.pathsep.join([PACKAGES, *filter(None, [*folders, os.environ.get("PYTHONPATH")])])
