"""What a start costs: imports where nothing but httpx and attrs is installed, and the help of the
command line. Compiled files, whatever PYTHONDONTWRITEBYTECODE says."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from contract_tests.bench import measuring

LEAN = (
    *("anyio", "attr", "attrs", "certifi", "h11", "httpcore", "httpx", "idna", "sniffio"),
    *("typing_extensions", "weryai", "weryai_api"),
)


@contextmanager
def lean() -> Iterator[list[str]]:
    """A Python that finds nothing but these packages, those of this environment."""
    with tempfile.TemporaryDirectory() as folder:
        for name in LEAN:
            if (found := find_spec(name)) and found.origin:
                place = Path(found.origin)
                package = place.name == "__init__.py"
                place = place.parent if package else place
                (Path(folder) / place.name).symlink_to(place)
        script = f"import sys; sys.path.insert(0, {folder!r}); "
        yield [sys.executable, "-I", "-S", "-c", script]


def figures(peers: Mapping[str, str]) -> dict[str, dict[str, dict[str, float]]]:
    """Of each start: `cpu` in milliseconds beyond that of an empty Python, `instructions` likewise
    where they can be counted, and as ratios to the first of its kind.

    Parameters:
        peers: the modules by the name of the package; those that are not here are left out.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    full = [sys.executable, "-c"]
    found = {}
    with lean() as alone:
        found["import, where httpx and attrs alone are"] = _of(
            {
                name: [*alone[:-1], f"{alone[-1]}{script}"]
                for name, script in {
                    "nothing": "pass",
                    "httpx": "import httpx",
                    "attrs": "import attrs",
                    "weryai": "import weryai",
                    "weryai and its clients": "from weryai import WeryAI, AsyncWeryAI",
                }.items()
            },
        )
    if find_spec("typer") and find_spec("rich"):
        main = "import sys; sys.argv[1:] = ['--help']; from weryai.cli import main; main()"
        found["start of the command line"] = _of(
            {
                "nothing": [*full, "pass"],
                "import typer, rich": [*full, "import typer, rich"],
                "weryai --help": [*full, main],
            }
        )
    there = {name: each for name, each in peers.items() if find_spec(each.partition(".")[0])}
    if there:
        modules = {"httpx": "httpx", "weryai": "weryai", **there}
        scripts = {name: [*full, f"import {module}"] for name, module in modules.items()}
        found["import, where the peers are"] = _of({"nothing": [*full, "pass"], **scripts})
    return found


def _of(argvs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    told = {name: {"cpu": each} for name, each in measuring.cpu_of_processes(argvs).items()}
    if measuring.has_valgrind():
        for name, argv in argvs.items():
            told[name]["instructions"] = measuring.instructions_of_a_process(argv)
    nothing = told.pop("nothing")
    found = {
        name: {unit: number - nothing[unit] for unit, number in each.items()}
        for name, each in told.items()
    }
    first = next(iter(found.values()))
    units = dict(first)
    for each in found.values():
        each.update({f"{unit} ratio": each[unit] / units[unit] for unit in units})
    return found
