"""pytest in the project of somebody who uses the package, with the plugin of it."""

from __future__ import annotations

import gc
import os
from importlib.metadata import entry_points

import pytest

PLUGIN = "weryai.testing.pytest_plugin"


def run_tests(pytester: pytest.Pytester, source: str, *args: str) -> pytest.RunResult:
    """Run a file of tests. pytest finds the plugin by itself where the package was installed since
    it has one, and where it looks for plugins; elsewhere it is told."""
    found = entry_points(group="pytest11", name="weryai")
    looks = not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")  # as tests of mutants do not
    told = () if found and looks else ("-p", PLUGIN)
    pytester.makepyfile(source)
    gc.collect()  # what earlier tests left may tell of itself when it is found, and here that fails
    return pytester.runpytest_inprocess("--strict-markers", "-W", "error", *told, *args)
