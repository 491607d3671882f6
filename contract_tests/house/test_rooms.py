"""The walls between the rooms of the house: what each folder and each lone module may import."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
PACKAGES = {"weryai": "wrapper", "weryai_api": "generated_client", "contract_tests": "."}
BY_HAND = ("wrapper", "contract_tests", "openapi")
MOST_MODULES = 16  # in a folder: as many as are taken in at a glance


@frozen
class Wall:
    """What a room may import beside itself and the standard library.

    Attributes:
        imports: rooms of its package, the package for its public names, and libraries.
        annotations: what it may name in annotations and nowhere else.
    """

    imports: str = ""
    annotations: str = ""


# By the path of a folder or a module; of several the longest counts.
WALLS = {
    "weryai/_command": Wall("cli"),
    "weryai/_texts": Wall(),
    "weryai/_ids": Wall("weryai_api.limits"),
    "weryai/_version": Wall(),
    "weryai/_plain": Wall("errors attrs"),
    "weryai/_notebook": Wall(annotations="results"),
    "weryai/errors": Wall("_texts", annotations="_journal results"),
    "weryai/_states": Wall(),
    "weryai/results": Wall("_ids _notebook _plain _states _texts errors attrs"),
    "weryai/_network": Wall("_texts _version errors anyio attrs httpcore httpx"),
    "weryai/_files": Wall("_plain _texts errors results PIL attrs pi_heif"),
    "weryai/requests": Wall(
        "_files _network _plain _texts errors attrs weryai_api.limits", "results"
    ),
    "weryai/_service": Wall(
        "_ids _plain _texts errors requests results attrs weryai_api", "_network httpx"
    ),
    "weryai/_limits": Wall("_plain errors attrs"),
    "weryai/_journal": Wall("_files _ids _plain _texts errors _limits results attrs"),
    "weryai/_journal/postgres": Wall("_journal _texts errors psycopg"),
    "weryai/journal": Wall("_journal _limits results"),
    "weryai/webhooks": Wall("_service errors results anyio attrs", "_async_client _client journal"),
    "weryai/_calls": Wall("_journal _network _service errors journal _limits results attrs"),
    "weryai/_flows": Wall(
        "_calls _files _journal _network _service _texts errors _limits requests results webhooks"
        " _version attrs",
        "httpx journal",
    ),
    "weryai/_client": Wall(
        "_calls _flows _network _service _limits requests results", "_files httpx journal"
    ),
    "weryai/_async_client": Wall(
        "_calls _flows _network _service _limits requests results", "_files httpx journal"
    ),
    "weryai/__init__": Wall(
        "_async_client _client _files _network _plain _service errors _limits requests results"
        " webhooks"
    ),
    "weryai/batch": Wall("weryai journal requests anyio attrs"),
    "weryai/mcp": Wall("weryai journal requests anyio attrs mcp mcp_types pydantic"),
    "weryai/testing/pytest_plugin": Wall("testing pytest", "weryai"),
    "weryai/testing": Wall(
        "weryai journal PIL anyio attrs av harfile httpx jsonschema_rs starlette"
    ),
    "weryai/report": Wall("PIL attrs jinja2 markupsafe matplotlib"),
    "weryai/cli": Wall(
        "weryai batch journal mcp report requests testing webhooks attrs platformdirs rich typer"
        " uvicorn"
    ),
    "weryai_api": Wall("attrs httpx"),
    # Any library and all of the product, and of the tests themselves nothing but helpers.
    "contract_tests/support": Wall("*"),
}


@frozen
class Import:
    """What a file that is behind a wall imports, and whether for annotations alone."""

    file: str
    room: str
    name: str
    annotates: bool

    @property
    def doors(self) -> list[str]:
        wall = WALLS.get(self.room, Wall())
        return f"{wall.imports} {wall.annotations if self.annotates else ''}".split()

    def passes(self, doors: list[str]) -> bool:
        """Whether it gets through one of these doors."""
        if within(self.name, [self.room.replace("/", ".")]):
            return True
        package = self.room.partition("/")[0]
        top, *steps = self.name.split(".")
        if top != package:
            return top in sys.stdlib_module_names or "*" in doors or within(self.name, doors)
        public = not steps or not steps[0].startswith("_")
        if public and f"{package}/{steps[0] if steps else ''}" not in WALLS:
            return package in doors
        # What a room calls private is nobody else's, whatever the room itself is called.
        private = any(step.startswith("_") for step in steps[1:])
        return within(".".join(steps), doors) and not private


def within(name: str, doors: list[str]) -> bool:
    return any(f"{name}.".startswith(f"{door}.") for door in doors)


def through_walls(root: Path) -> list[Import]:
    """All imports of a tree's files that are behind a wall; all of the product has to be."""
    found = []
    for package, folder in PACKAGES.items():
        for file in sorted((root / folder / package).rglob("*.py")):
            path = file.relative_to(root / folder).with_suffix("").as_posix()
            walls = [room for room in WALLS if f"{path}/".startswith(f"{room}/")]
            if walls or package != "contract_tests":
                room = max(walls, key=len, default=f"{package}/")
                found += [Import(path, room, *each) for each in imports(file, path)]
    return found


@cache
def house() -> list[Import]:
    """Those of this house."""
    return through_walls(ROOT)


def breaches(seen: list[Import]) -> list[str]:
    """Each import that no wall has a door for, as `file: what it imports`."""
    return [f"{each.file}: {each.name}" for each in seen if not each.passes(each.doors)]


def imports(file: Path, path: str) -> Iterator[tuple[str, bool]]:
    """The full name of all that a file imports, and whether that is for annotations alone."""
    package = path.split("/")[:-1]
    seen = nodes(ast.parse(file.read_text()))
    plain = {node.id for node, beside in seen if isinstance(node, ast.Name) and not beside}
    for node, beside in seen:
        if isinstance(node, ast.Import):
            module, names = "", node.names
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module, names = ".".join([*base, *filter(None, [node.module]), ""]), node.names
        else:
            continue
        for each in names:
            bound = each.asname or each.name.partition(".")[0]
            yield module + each.name, beside or (bound not in plain)


def nodes(tree: ast.AST) -> list[tuple[ast.AST, bool]]:
    """Each node, and whether it is not looked at when a program runs."""
    found, left = [], [(tree, False)]
    while left:
        node, beside = left.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
            beside |= node.test.id == "TYPE_CHECKING"
        found.append((node, beside))
        for name, value in ast.iter_fields(node):
            below = value if isinstance(value, list) else [value]
            inside = beside or name in ("annotation", "returns")
            left += [(each, inside) for each in below if isinstance(each, ast.AST)]
    return found


def modules(root: Path) -> dict[str, int]:
    """How many modules each folder holds that is written by hand."""
    files = [file for top in BY_HAND for file in (root / top).rglob("*.py")]
    return Counter(str(file.parent.relative_to(root)) for file in files)


# The house as it is


def test_no_room_imports_what_its_wall_has_no_door_for() -> None:
    assert breaches(house()) == [], "the doors are in WALLS"


def test_every_door_is_used() -> None:
    """Else a wall stands open for whoever comes next."""
    seen = house()
    for room, wall in WALLS.items():
        own = [each for each in seen if each.room == room]
        doors = f"{wall.imports} {wall.annotations}".split()
        for door in doors:
            others = [each for each in doors if each != door]
            needed = any(each.passes(doors) and not each.passes(others) for each in own)
            assert needed, f"nothing in {room} needs {door}"


def test_every_arrow_between_rooms_points_one_way() -> None:
    rooms = {
        room.partition("/")[2]: wall for room, wall in WALLS.items() if room.startswith("weryai/")
    }
    # A door with the name of its own room is a library's, such as that of mcp.
    doors = {room: {*wall.imports.split()} - {room} for room, wall in rooms.items()}
    TopologicalSorter(doors).prepare()


def test_no_folder_holds_more_modules_than_are_taken_in_at_a_glance() -> None:
    assert {name: number for name, number in modules(ROOT).items() if number > MOST_MODULES} == {}


# A house with a breach


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("_network/io.py", "from .._service import operations"),
        ("_network/io.py", "from ..results import Job"),
        ("_files/partial.py", "from .._network import clock"),
        ("_files/partial.py", "import httpx"),
        ("_files/images.py", "from .._service.cost import Cost"),
        ("_service/replies.py", "from .._network.addresses import origin\norigin"),
        ("_service/replies.py", "import httpx\nhttpx.get"),
        ("_calls/sending.py", "import anyio\nanyio.run"),
        ("_calls/sending.py", "import httpx\ndef f(): httpx.get"),
        ("_calls/paying.py", "from .._files import images"),
        ("_calls/paying.py", "from weryai_api.models import SubmitOk"),
        ("_flows/flows.py", "import weryai_api.limits"),
        ("requests/_fields.py", "from weryai_api import models"),
        ("_journal/sqlite.py", "import psycopg"),
        ("_journal/sqlite.py", "from ..cli import main"),
        ("errors.py", "from .results import Job\nJob"),
        ("_flows/flows.py", "from ..requests._fields import checked"),
        ("cli/_main.py", "from weryai._client import WeryAI"),
        ("cli/_main.py", "from .._network import clock"),
        ("cli/_main.py", "import weryai._client"),
        ("cli/_main.py", "from weryai.testing import _account"),
        ("mcp/_desk.py", "from .._journal.entry import Entry"),
        ("testing/_asgi.py", "from .._service import refusals"),
        ("testing/_asgi.py", "import weryai_api.models"),
        ("elsewhere/new.py", "import httpx"),
        ("new.py", "from ._client import WeryAI"),
    ],
)
def test_an_import_through_a_wall_is_seen(tmp_path: Path, file: str, line: str) -> None:
    path = tmp_path / "wrapper" / "weryai" / file
    path.parent.mkdir(parents=True)
    path.write_text("from __future__ import annotations\n")
    assert breaches(through_walls(tmp_path)) == []
    path.write_text(f"{line}\n")
    assert len(breaches(through_walls(tmp_path))) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("_client.py", "import httpx\ndef f(transport: httpx.BaseTransport | None) -> None: ..."),
        ("_service/replies.py", "if TYPE_CHECKING:\n    from .._network import io"),
        (
            "_network/io.py",
            "import json, httpx\nfrom . import clock\nfrom ..errors import WeryAIError",
        ),
        ("requests/_fields.py", "from weryai_api import limits\nlimits.A"),
        ("cli/_main.py", "from weryai import WeryAI\nfrom weryai.journal import Entry\nWeryAI"),
        ("cli/_main.py", "from ._commands.app import app\nimport weryai\nweryai.__version__"),
    ],
)
def test_what_goes_through_a_door_or_into_annotations_is_none(
    tmp_path: Path, file: str, line: str
) -> None:
    path = tmp_path / "wrapper" / "weryai" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}\n")
    assert breaches(through_walls(tmp_path)) == []


def test_a_helper_that_imports_a_test_is_seen(tmp_path: Path) -> None:
    support = tmp_path / "contract_tests" / "support"
    support.mkdir(parents=True)
    (support / "films.py").write_text("import respx\nfrom contract_tests.support import replies\n")
    assert breaches(through_walls(tmp_path)) == []
    (support / "films.py").write_text("from contract_tests.client.test_replies import EXAMPLES\n")
    assert breaches(through_walls(tmp_path)) == [
        "contract_tests/support/films: contract_tests.client.test_replies.EXAMPLES"
    ]


def test_a_folder_that_is_too_full_is_seen(tmp_path: Path) -> None:
    for number in range(MOST_MODULES + 1):
        (tmp_path / "wrapper" / "weryai").mkdir(parents=True, exist_ok=True)
        (tmp_path / "wrapper" / "weryai" / f"m{number}.py").touch()
    assert modules(tmp_path) == {"wrapper/weryai": MOST_MODULES + 1}
