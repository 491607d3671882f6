"""Without its extra the simulator says what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest


def imported(module: str, *, without: str) -> str:
    """The last line that an import says where a package is not there."""
    code = f"import sys; sys.modules[{without!r}] = None; from {module} import Simulator"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("package", ["PIL", "av", "jsonschema_rs", "starlette"])
def test_a_package_that_is_missing_is_named_with_the_extra_that_brings_it(package: str) -> None:
    told = imported("weryai.testing", without=package)
    assert told == (
        f"ModuleNotFoundError: {package} is not installed: install weryai with its extra"
        " `testing`, in a clone of it: pip install '.[testing]'"
    )


def test_a_module_of_our_own_that_is_missing_is_in_no_extra() -> None:
    assert "extra" not in imported("weryai.testing", without="weryai.testing._wire.variant")
