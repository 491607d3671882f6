"""Make generated_client/weryai_api from openapi/weryai.yaml; with --check only compare the two.

Beside what the generator makes stand limits.py, what a request may hold, and openapi.json, the
contract as data.

The generator's own templates are used with the few repairs listed in templates/repairs.toml. A
repair whose text is no longer in the template stops the run, so an upgrade of the generator cannot
drop one in silence.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import documents
import limits
import openapi_python_client
from openapi_python_client.config import Config, ConfigFile, MetaType

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "generated_client" / "weryai_api"
CONFIG = HERE / "generator.yaml"
MARK = "# Generated from openapi/weryai.yaml by `make generate`. Do not edit.\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit 1 on a difference"
    )
    parser.add_argument("--contract", type=Path, default=HERE / "weryai.yaml")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    require_pinned("openapi-python-client", "ruff")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / TARGET.name
        generate(options.contract, fresh, templates=repaired_templates(Path(folder) / "templates"))
        if not options.check:
            replace(fresh, options.target)
            return 0
        differing = differences(fresh, options.target)
    for name in differing:
        print(f"{name}: not what the contract generates; run `make generate`", file=sys.stderr)
    return 1 if differing else 0


def require_pinned(*names: str) -> None:
    """The output depends on both versions to the byte."""
    pins = dict(
        re.findall(r"^([\w-]+)==(\S+)$", (HERE.parent / "constraints.txt").read_text(), re.M)
    )
    for name in names:
        installed = metadata.version(name)
        if installed != pins[name]:
            sys.exit(f"{name} {installed} is installed, {pins[name]} is pinned: make clean install")


def repaired_templates(folder: Path) -> Path:
    """Write those of the generator's templates that need a repair, repaired, to `folder`."""
    packaged = resources.files("openapi_python_client") / "templates"
    for repair in tomllib.loads((HERE / "templates" / "repairs.toml").read_text())["repair"]:
        target = folder / repair["template"]
        text = (
            target.read_text() if target.exists() else (packaged / repair["template"]).read_text()
        )
        if repair["find"] not in text:
            sys.exit(f"{repair['template']}: nothing to repair ({repair['why']})")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(repair["find"], repair["replace"]))
    return folder


def generate(contract: Path, target: Path, templates: Path) -> None:
    """Run the generator, refuse a silent loss, and mark each file."""
    try:
        document = documents.load(contract)
        told = limits.module(document)
    except documents.UnreadableError as error:
        sys.exit(str(error))
    except limits.CannotCarryError as error:
        sys.exit(f"{error}: limits.py cannot carry it, so say it in another form")
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    # JSON, which is read in no time: the generator's reader of YAML takes longer than all the rest.
    data = target.with_name("openapi.json")
    data.write_text(text)
    run_generator(data, target, templates)
    refuse_lost_models(document, target)
    (target / "limits.py").write_text(told)
    run_hooks(target)
    shutil.move(data, target)
    for file in target.rglob("*.py"):
        file.write_text(MARK + file.read_text())
    (target / "py.typed").touch()


def run_generator(data: Path, target: Path, templates: Path) -> None:
    """In this process, which takes less than to start another; a warning ends the run too."""
    options = ConfigFile.load_from_path(CONFIG)
    options.post_hooks = []  # run_hooks runs them when limits.py is there too
    config = Config.from_sources(options, MetaType.NONE, data, "utf-8", True, output_path=target)
    with contextlib.redirect_stdout(io.StringIO()):
        errors = openapi_python_client.generate(config=config, custom_template_path=templates)
    if errors:
        sys.exit("\n".join(f"{each.header}: {each.detail}" for each in errors))


def run_hooks(target: Path) -> None:
    """Format what was made."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    for hook in documents.read(CONFIG.read_text())["post_hooks"]:
        subprocess.run([*shlex.split(hook), "--quiet"], cwd=target, env=environment, check=True)


def refuse_lost_models(document: dict[str, Any], target: Path) -> None:
    """The generator drops a schema that it cannot build (an allOf of a $ref to a bare anyOf, say)
    and exits 0 all the same."""
    schemas = document["components"].get("schemas", {})
    expected = {name for name, schema in schemas.items() if "properties" in schema}
    made = set(re.findall(r'"(\w+)"', (target / "models" / "__init__.py").read_text()))
    if lost := sorted(expected - made):
        sys.exit(f"the generator dropped {', '.join(lost)}: write them in a form that it can build")


def replace(fresh: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(fresh, target)


def differences(fresh: Path, target: Path) -> list[str]:
    """Paths that differ or stand on one side only; caches of the interpreter do not count."""
    names = {
        file.relative_to(root)
        for root in (fresh, target)
        for file in root.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    return sorted(str(name) for name in names if not same(fresh / name, target / name))


def same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and filecmp.cmp(one, other, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
