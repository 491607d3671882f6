"""How hypothesis generates: the same cases in every run, or others in every run."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

settings.register_profile("ci", derandomize=True, database=None, max_examples=60)
settings.register_profile("fuzz", database=None)


def load() -> None:
    """Load what WERYAI_HYPOTHESIS names, `ci` unless it says otherwise."""
    settings.load_profile(_name())
    if repeats():
        # Else constants that hypothesis finds in the modules which happen to be imported are mixed
        # in, and the order of the tests changes the cases.
        providers._get_local_constants = Constants


def repeats() -> bool:
    """Whether each run has the same cases."""
    return _name() == "ci"


def _name() -> str:
    return os.environ.get("WERYAI_HYPOTHESIS", "ci")
