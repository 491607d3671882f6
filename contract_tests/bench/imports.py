"""What a start costs: imports where nothing but httpx and attrs is installed, and the help of the
command line. Compiled files, and the certificates that come with httpx, whatever the environment
says."""

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
# What a Python runs that finds all of this environment.
FULL = (sys.executable, "-c")
CLIENTS = "from weryai import WeryAI, AsyncWeryAI"
# What is loaded with the first client of each kind, and a store of certificates.
MADE = "httpx.Client(); httpx.AsyncClient()"
CLIENTS_MADE = f"{CLIENTS}; key = 'sk-0123456789'; WeryAI(key); AsyncWeryAI(key)"
# By the kind of start, by what is started, by the unit.
Starts = dict[str, dict[str, dict[str, float]]]


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


def figures() -> Starts:
    """Of each start: `cpu` in milliseconds beyond that of an empty Python, `instructions` likewise
    where they can be counted, and as ratios to the first of its kind."""
    _as_usual()
    with lean() as alone:
        scripts = {
            "nothing": "pass",
            "httpx": "import httpx",
            "httpx and attrs": "import httpx, attrs",
            "weryai": "import weryai",
            "weryai and its clients": CLIENTS,
        }
        made = {"nothing": "pass", "httpx": f"import httpx; {MADE}", "weryai": CLIENTS_MADE}
        core, ready = (
            _of({name: [*alone[:-1], alone[-1] + each] for name, each in kind.items()})
            for kind in (scripts, made)
        )
    main = "import sys; sys.argv[1:] = ['--help']; from weryai.cli import main; main()"
    scripts = {"nothing": "pass", "import typer, rich": "import typer, rich", "weryai --help": main}
    return {
        "import, where httpx and attrs alone are": core,
        "likewise, and a client of each kind made": ready,
        "start of the command line": _of({name: [*FULL, each] for name, each in scripts.items()}),
    }


def beside(peers: Mapping[str, str]) -> Starts:
    """The same of imports beside those of the peers, by the name of the package: without counting,
    which takes a minute each, for what differs by whole factors."""
    _as_usual()
    ours = {"nothing": "pass", "httpx": "import httpx", "weryai": CLIENTS}
    argvs = {name: [*FULL, each] for name, each in {**ours, **peers}.items()}
    return {"import, where the peers are": _of(argvs, count=False)}


def _as_usual() -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        os.environ.pop(name, None)


def _of(argvs: Mapping[str, Sequence[str]], count: bool = True) -> dict[str, dict[str, float]]:
    told = {name: {"cpu": each} for name, each in measuring.cpu_of_processes(argvs).items()}
    if count and measuring.has_valgrind():
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
