"""Hides from a child process what is here for the sake of the tests, and which httpx imports where
it is: trio, and the click, rich and pygments of httpx's own command line. Few users have them all,
and to import them takes a fifth of the process's time. Python imports this file by its name, from
a folder on PYTHONPATH (support/run/children.py)."""

import sys

# None: to import it raises ModuleNotFoundError.
sys.modules["trio"] = sys.modules["httpx._main"] = None  # type: ignore[assignment]
