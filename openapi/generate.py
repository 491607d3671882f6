"""Make generated_client/weryai_api from openapi/weryai.yaml; with --check only compare the two.

Beside what the generator makes stand limits.py, what a request may hold, and openapi.json, the
contract as data.

The generator's own templates are used with the few repairs listed in templates/repairs.toml. A
repair whose text is no longer in the template stops the run, so an upgrade of the generator cannot
drop one in silence.
"""

from __future__ import annotations

import argparse
import filecmp
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

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "generated_client" / "weryai_api"
MARK = "# Generated from openapi/weryai.yaml by `make generate`. Do not edit.\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit 1 on a difference"
    )
    parser.add_argument("--contract", type=Path, default=HERE / "weryai.yaml")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
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
    command = ["openapi-python-client", "generate", "--meta", "none", "--overwrite"]
    command += ["--fail-on-warning", "--path", str(contract), "--output-path", str(target)]
    command += ["--config", str(HERE / "generator.yaml"), "--custom-template-path", str(templates)]
    # Without ruff on PATH the generator leaves unformatted code behind and still exits 0.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    document = documents.read(contract.read_text())
    refuse_lost_models(document, target)
    write_data(document, target, environment)
    for file in target.rglob("*.py"):
        file.write_text(MARK + file.read_text())
    (target / "py.typed").touch()


def write_data(document: dict[str, Any], target: Path, environment: dict[str, str]) -> None:
    """Write limits.py, formatted as the rest is, and openapi.json."""
    try:
        (target / "limits.py").write_text(limits.module(document))
    except limits.CannotCarryError as error:
        sys.exit(f"{error}: limits.py cannot carry it, so say it in another form")
    for hook in documents.read((HERE / "generator.yaml").read_text())["post_hooks"]:
        subprocess.run([*shlex.split(hook), "--quiet"], cwd=target, env=environment, check=True)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    (target / "openapi.json").write_text(f"{text}\n")


def refuse_lost_models(document: dict[str, Any], target: Path) -> None:
    """The generator drops a schema that it cannot build (an allOf of a $ref to a bare anyOf, say)
    and exits 0 all the same."""
    schemas = document["components"]["schemas"]
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
