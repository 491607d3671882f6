"""Tries what no other run has tried: `make fuzz MINUTES=5`, or `make fuzz INPUTS=100000`.

Three parts share the time: hostile bytes to the reply readers and the webhook reader, replies that
hypothesis makes of the contract, and calls that schemathesis makes to the simulator. Each printed
seed makes the same inputs again.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode

from contract_tests.fuzz import hostile
from contract_tests.simulator import schema_cases
from contract_tests.simulator.schema_checks import Watch
from contract_tests.simulator.test_schemas import OWN
from contract_tests.support import replies
from contract_tests.support.run.reports import keep
from contract_tests.support.servers.simulator_http import SUBMIT as PATH
from weryai import InvalidRequestError, MultiImageToVideo
from weryai.testing import sample

NEEDED = {"images", "prompt", "model", "aspect_ratio", "duration"}
AGAIN = "make fuzz SEED={seed} ONLY={number}"


def requests(mode: GenerationMode) -> SearchStrategy[Any]:
    """Bodies of submissions."""
    operation = schemathesis.openapi.from_path(schema_cases.CONTRACT)[PATH]["POST"]
    cases: SearchStrategy[Any] = operation.as_strategy(generation_mode=mode)
    return cases.map(lambda case: case.body)


class Fuzz:
    """What was tried, and what must be looked at."""

    def __init__(self, picture: Path) -> None:
        self.reader = hostile.Reader(picture)
        self.tried: Counter[str] = Counter()
        self.faults: list[str] = []

    def hostile(self, seed: int, number: int) -> None:
        """One input to one reader."""
        made = hostile.make(seed, number)
        try:
            self.tried["read" if self.reader.read(made) else "refused"] += 1
        except Exception:
            again = AGAIN.format(seed=seed, number=number)
            self.fault(f"{made.target}, input {number}; try it with {again}\n{made!r:.2000}")

    def generated(self, seed: int) -> None:
        """Replies of every operation and requests, of the contract and against it."""
        limits = settings(
            max_examples=25,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        for operation, mode in itertools.product([*replies.SCHEMAS, "request"], GenerationMode):
            made = requests(mode) if operation == "request" else replies.generated(operation, mode)
            try:
                seeded(seed)(limits(given(made)(self.reads(operation))))()
            except Exception:
                self.fault(f"{operation}, generated; try it with make fuzz SEED={seed}")

    def reads(self, operation: str) -> Callable[[Any], None]:
        """What is done with each of them."""

        def read(body: Any) -> None:
            self.tried["generated"] += 1
            if operation != "request":
                content = httpx.Response(200, json=body).content
                self.reader.read(hostile.Input(operation, content))
            elif isinstance(body, dict) and body.keys() >= NEEDED:
                known = body.keys() & {
                    parameter.name for parameter in MultiImageToVideo.parameters()
                }
                with suppress(InvalidRequestError):
                    MultiImageToVideo(**{name: body[name] for name in known})

        return read

    def simulator(self, seed: int) -> None:
        """One run of schemathesis, with every check of the suite."""
        watch = Watch()
        other = {
            "seed": seed,
            "generation": {"database": "none", "no-shrink": True},
            "operations": [],  # with other seeds, other ids are worth the calls
        }
        checks = [getattr(watch, name) for name in OWN]
        with tempfile.TemporaryDirectory() as folder, watch.simulator as simulator, watch.http:
            report = schema_cases.run(
                simulator.app, simulator.api_key, watch.prepare, checks, Path(folder), other
            )
        self.tried["calls"] += report.calls.total()
        self.faults += [f"{error} (SEED={seed})" for error in report.errors]
        for (operation, check), verdict in report.verdicts.items():
            told = [
                f"{operation}, {check} (SEED={seed}): {failure}" for failure in verdict.failures
            ]
            self.faults += told[:1]

    def fault(self, what: str) -> None:
        self.faults.append(f"{what}\n{traceback.format_exc()}")


def main() -> int:
    """Run as told. Returns 1 where anything was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--inputs", type=int, help="this many hostile inputs, and nothing else")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--only", type=int, help="the number of one hostile input")
    told = parser.parse_args()
    logging.disable()
    print(f"seed {told.seed}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "night.png"
        picture.write_bytes(sample("night", (32, 18)))
        fuzz = Fuzz(picture)
        if told.only is not None:
            fuzz.hostile(told.seed, told.only)
        elif told.inputs is not None:
            for number in range(told.inputs):
                fuzz.hostile(told.seed, number)
        else:
            for_minutes(fuzz, told.seed, started, told.minutes * 60)
    counts = ", ".join(f"{number:,} {what}" for what, number in sorted(fuzz.tried.items()))
    end = f"{counts} in {time.monotonic() - started:.0f} s; {len(fuzz.faults)} to look at"
    text = "\n\n".join([*fuzz.faults[:20], end])
    print(text)
    keep("fuzz", f"seed {told.seed}\n{text}")
    return bool(fuzz.faults)


def for_minutes(fuzz: Fuzz, seed: int, started: float, seconds: float) -> None:
    """The three parts in turn, with the next seed each time, until the time is up."""
    for turn in itertools.count():
        begun = time.monotonic()
        fuzz.generated(seed + turn)
        fuzz.simulator(seed + turn)
        spent = time.monotonic() - begun
        until = time.monotonic() + min(spent, max(0, started + seconds - time.monotonic()))
        for number in itertools.count(turn * 1_000_000):
            if time.monotonic() >= until:
                break
            fuzz.hostile(seed, number)
        if time.monotonic() + spent > started + seconds:
            return


if __name__ == "__main__":
    sys.exit(main())
