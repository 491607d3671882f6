"""Without its extra the simulator says what to install."""

from __future__ import annotations

from functools import partial

import pytest

from contract_tests.command_line.invoke import process
from contract_tests.support.run import forked

# As where nothing was loaded yet of the simulator, and nothing of the package.
IMPORT = """
import sys
module, without = sys.argv[1:]
for name in [*sys.modules]:
    if f"{name}.".startswith((f"{module}.", f"{without}.")):
        del sys.modules[name]
sys.modules[without] = None
exec(f"from {module} import Simulator")
"""


def imported(module: str, *, without: str) -> str:
    """The last line that an import says where a package is not there."""
    start = partial(forked.Popen, load=[module])
    done = process(module, without, script=IMPORT, start=start)
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
