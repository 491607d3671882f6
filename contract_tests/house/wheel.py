"""Build the distribution once and test what users get: `make wheel`.

The wheel is built from the source distribution, so that both are whole. It is installed twice, in
environments of their own: alone, to see what the core needs and says; and with its extras, to run
the contract tests on it, in a copy of the checkout that has no package sources.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
# The tools that only sources need; the tests are run with all the others of dev-requirements.txt.
FOR_SOURCES = {"build", "griffelib", "mypy", "openapi-python-client", "pyright[nodejs]", "ruff"}
# They read sources, or the tools beside the contract, neither of which is in the wheel.
ABOUT_SOURCES = [
    "contract/breaking/test_*.py",
    "contract/drift/test_*.py",
    "contract/test_generated*.py",
    "contract/test_regenerate.py",
    "contract/test_template_repairs.py",
    "contract/test_usual_changes.py",
    "coverage/test_*.py",
    "house/docs/test_pages.py",
    "house/test_rooms.py",
    "house/test_workflow.py",
    "mutants/test_*.py",
]


def main() -> int:
    wheel = built()
    check_content(wheel)
    with tempfile.TemporaryDirectory(prefix="weryai-wheel-") as folder:
        check_core(Path(folder), wheel)
        return tested(Path(folder), wheel)


def built() -> Path:
    """The wheel, made from the source distribution."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    (wheel,) = DIST.glob("*.whl")
    return wheel


def check_content(wheel: Path) -> None:
    """Nothing but the two packages lands in users' site-packages."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"weryai", "weryai_api"}, packages


def check_core(folder: Path, wheel: Path) -> None:
    """The wheel alone: it imports, needs little, is typed, and says which extra is missing."""
    python = installed(folder / "core", str(wheel))
    run(python, "-I", ROOT / "contract_tests" / "house" / "core_alone.py", cwd=folder)
    commands = {
        "cli": ([str(python.parent / "weryai"), "balance"], 2),
        "testing": ([str(python), "-I", "-c", "from weryai.testing import Simulator"], 1),
    }
    for extra, (command, code) in commands.items():
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert f"with its extra `{extra}`" in said.stderr, said
        assert said.returncode == code, said


def tested(folder: Path, wheel: Path) -> int:
    """Run the contract tests on the wheel; returns the exit code of pytest."""
    python = installed(folder / "full", f"{wheel}[cli,mcp,report,testing]", *tools())
    checkout = folder / "checkout"
    for name in ("contract_tests", "docs", "openapi", "skills"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (ROOT / "pyproject.toml", *ROOT.glob("*.md")):
        shutil.copy(file, checkout)
    ignored = [f"--ignore-glob=*/{name}" for name in ABOUT_SOURCES]
    command = [str(python), "-m", "pytest", "contract_tests", "-n", "auto", "--dist", "loadfile"]
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run([*command, *ignored], cwd=checkout, env=environment, check=False)
    return done.returncode


def tools() -> list[str]:
    """What the tests are run with; versions are in constraints.txt."""
    lines = (ROOT / "dev-requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "types-"))]
    return [each for each in wanted if each not in FOR_SOURCES]


def installed(folder: Path, *packages: str) -> Path:
    """The interpreter of a new environment with these packages."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    constraint = ROOT / "constraints.txt"
    run(python, "-m", "pip", "install", "--quiet", "--constraint", constraint, *packages)
    return python


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    print("+", *command[:4], flush=True)
    subprocess.run(command, cwd=cwd, check=True)


if __name__ == "__main__":
    sys.exit(main())
