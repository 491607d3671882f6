"""Cases that hypothesis generates, kept until something changes that they are generated from.

They are the same in every run, see hypothesis_profiles.py, and to generate one takes several
times as long as to try it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).parents[3]
# The contract, what makes cases of it, and the versions of what generates them.
SOURCES = ("openapi/weryai.yaml", "constraints.txt", "contract_tests/support/**/*.py")


@cache
def digest(test: str) -> str:
    """Of all that the cases of a test are generated from; TEST is its file."""
    read = [file.read_bytes() for each in SOURCES for file in sorted(ROOT.glob(each))]
    told = repr([sys.version, *read, Path(test).read_bytes()])
    return hashlib.sha256(told.encode()).hexdigest()


@frozen
class KeptCases:
    """Cases in files of a folder.

    Parameters:
        folder: None where none are to be kept.
    """

    folder: Path | None

    def each(self, name: str, cases: SearchStrategy[Any], check: Callable[[Any], None]) -> None:
        """Check each case that a strategy generates, or generated before.

        Parameters:
            name: which no other strategy has. Other cases are generated for another name.
            cases: values of JSON.
        """
        kept = self.folder / f"{name}.json" if self.folder else None
        of = digest(check.__code__.co_filename)
        if kept and (known := _known(kept, of)):
            for case in known:
                _tried(check, case)
            return
        told: list[str] = []

        @hypothesis.seed(name)
        @settings(  # beside those of the profile, which is loaded by now
            deadline=None,
            phases=[Phase.generate],  # a case is small enough: to shrink it takes minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(cases)
        def generated(case: Any) -> None:
            told.append(json.dumps(case))
            check(case)

        generated()
        if kept:
            draft = kept.with_suffix(".draft")
            draft.write_text(f'{{"of": "{of}", "cases": [{",".join(told)}]}}')
            draft.replace(kept)


def _tried(check: Callable[[Any], None], case: Any) -> None:
    """Check a case; what fails tells which, as hypothesis does."""
    try:
        check(case)
    except BaseException as error:
        error.add_note(f"Falsifying example: {case!r}")
        raise


def _known(kept: Path, of: str) -> list[Any]:
    """The cases in a file, none if they are of something else."""
    try:
        told = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        return []
    return list(told["cases"]) if told["of"] == of else []
