"""The workflow in .github runs nothing but make targets, and may do next to nothing else."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / ".github" / "workflows" / "contract.yml").read_text()
WORKFLOW = yaml.load(TEXT, yaml.BaseLoader)  # `on` is a word here, and 3.10 no number
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(name: str, run: str) -> list[list[str]]:
    """The words of a step's command, once for each entry of the job's matrix."""
    matrix = JOBS[name].get("strategy", {}).get("matrix", {})
    found = []
    for values in product(*matrix.values()):
        text = run
        for key, value in zip(matrix, values, strict=True):
            text = text.replace(f"${{{{ matrix.{key} }}}}", value)
        found.append(shlex.split(text))
    return found


@pytest.mark.parametrize(
    ("job", "run"), [(name, step["run"]) for name, step in STEPS if "run" in step]
)
def test_each_command_is_a_make_target_that_exists(job: str, run: str) -> None:
    assert re.fullmatch(r'make [a-z $."{}=A-Z0-9]+', run), "one make command, and nothing else"
    for program, target, *settings in commands(job, run):
        assert program == "make"
        assert target in TARGETS
        assert all(re.fullmatch(r"[A-Z]+=\S*", setting) for setting in settings)


def test_lint_types_drift_suite_and_wheel_run_on_every_python_that_is_supported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    assert JOBS["test"]["strategy"]["matrix"]["python"] == versions
    run = [step["run"].split()[1] for name, step in STEPS if name == "test" and "run" in step]
    assert run == ["install", "lint", "types", "drift", "contract", "docs", "wheel"]
    assert JOBS["nightly"]["strategy"]["matrix"]["target"] == ["mutants", "fuzz"]
    assert "schedule" in WORKFLOW["on"]


def test_every_action_is_pinned_to_a_commit_and_named_by_its_version() -> None:
    used = re.findall(r"uses: (.+)", TEXT)
    assert len(used) == len([step for _, step in STEPS if "uses" in step])
    for each in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)


def test_it_may_only_read_and_keeps_no_credentials() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    for _, step in STEPS:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


def test_only_the_live_job_has_a_secret_and_only_a_person_can_start_it() -> None:
    assert re.findall(r"secrets\.\w+", TEXT) == ["secrets.WERYAI_API_KEY"]
    (step,) = (step for _, step in STEPS if "secrets." in str(step))
    assert step["run"] == 'make live BUDGET="$BUDGET"'
    assert step in JOBS["live"]["steps"]
    assert JOBS["live"]["if"] == "github.event_name == 'workflow_dispatch' && inputs.live"
    assert "make live" not in str([job for name, job in JOBS.items() if name != "live"])


def test_each_job_keeps_its_reports_whatever_fails() -> None:
    for job in JOBS.values():
        last = job["steps"][-1]
        assert last["uses"].startswith("actions/upload-artifact@")
        assert last["with"]["path"] == "reports/"
        assert last["if"] == "${{ !cancelled() }}"


TYPED = ["5", "-1", "5'; touch broken; '", '5"; touch broken; "', "$(shell touch broken)", "`x`"]


@pytest.mark.parametrize(
    ("arguments", "budget"),
    [([], []), (["BUDGET="], []), *(([f"BUDGET={each}"], [f"--budget={each}"]) for each in TYPED)],
    ids=["left in the environment", "empty", *TYPED],
)
def test_only_a_budget_of_the_command_line_is_one_and_no_shell_reads_it(
    tmp_path: Path, arguments: list[str], budget: list[str]
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done\n")
    python.chmod(0o755)
    settings = {**os.environ, "BUDGET": "7", "LIVE_BUDGET": "8"}
    settings.pop("MAKEFLAGS", None)
    command = ["make", "--silent", "--no-print-directory", "--assume-old=.venv/installed"]
    place = f"BIN={os.path.relpath(tmp_path, ROOT)}"
    done = subprocess.run(
        [*command, place, f"--file={ROOT / 'Makefile'}", "live", *arguments],
        cwd=ROOT, env=settings, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["-m", "contract_tests.live", *budget]
    assert not (ROOT / "broken").exists()


SOURCES = ("Makefile", "pyproject.toml", "constraints.txt", "dev-requirements.txt")


def make(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit status and the output of make in a folder of its own."""
    settings = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=settings, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize(("target", "tools"), [("demo", False), ("install", True), ("lint", True)])
def test_only_what_checks_the_product_installs_the_tools_that_check_it(
    tmp_path: Path, target: str, tools: bool
) -> None:
    for name in SOURCES:
        (tmp_path / name).write_text((ROOT / name).read_text())
    told = make(tmp_path, "--dry-run", target)[1]
    assert "--constraint constraints.txt --editable '.[cli,testing]'" in told
    assert ("--constraint constraints.txt --requirement dev-requirements.txt" in told) == tools
    # It takes minutes: what is installed is told, and pip shows how far it is.
    assert told.count("Installing ") == 1 + tools
    assert "--quiet" not in told


# `make test`

TOOLS = ("ruff", "openapi-spec-validator", "mypy", "pyright", "python")
# Each waits until the other has begun, which one after the other never would.
TOGETHER = """touch {own}
for each in $(seq 600); do test -e {other} && exit 0; sleep 0.1; done
exit 1"""


def made(folder: Path, **scripts: str) -> tuple[int, str]:
    """The exit status and the output of `make test` with these in the place of the tools, by name;
    `tests` stands for pytest, and the others succeed."""
    tools = folder / ".venv" / "bin"
    tools.mkdir(parents=True)
    (folder / "wrapper" / "weryai").mkdir(parents=True)
    (folder / "contract_tests" / "house").mkdir(parents=True)
    (folder / "contract_tests" / "house" / "public_surface.py").touch()
    scripts["python"] = 'case "$*" in *pytest*) ' + scripts.pop("tests", "echo tests") + ";; esac"
    for name in TOOLS:
        script = scripts.get(name, f"echo {name}")
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    for name in SOURCES:
        (folder / name).write_text((ROOT / name).read_text())
    for name in ("weryai", "installed"):
        (folder / ".venv" / name).touch()
    return make(folder, "test")


def test_lint_and_types_run_beside_the_tests(tmp_path: Path) -> None:
    tests = TOGETHER.format(own="tests-run", other="types-run")
    types = TOGETHER.format(own="types-run", other="tests-run")
    code, said = made(tmp_path, tests=tests, mypy=types)
    assert code == 0, said
    assert re.findall("^(?:ruff|openapi-spec-validator|pyright)$", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "other"), [("ruff", "pyright"), ("mypy", "ruff"), ("pyright", "mypy")]
)
def test_what_lint_or_types_find_fails_and_is_told_below_what_the_tests_say(
    tmp_path: Path, name: str, other: str
) -> None:
    code, said = made(tmp_path, **{name: f"echo {name} finds this; exit 1"})
    assert code != 0
    assert said.rindex(f"{name} finds this") > said.rindex("tests\n")
    assert f"{other}\n" in said, "one that fails keeps no other from being run"


def test_tests_that_fail_do_so_whatever_lint_and_types_say(tmp_path: Path) -> None:
    code, said = made(tmp_path, tests="echo tests find this; exit 1")
    assert code != 0
    assert "tests find this" in said
    assert "pyright\n" in said


def test_pyright_reads_the_package_again_once_something_of_it_has_changed(tmp_path: Path) -> None:
    made(tmp_path)
    package = tmp_path / "wrapper" / "weryai"
    module = package / "module.py"
    module.touch()
    (package / "__pycache__").mkdir()

    def reads(*changed: Path) -> bool:
        """Whether it runs where these are newer than its last success, and nothing else is."""
        for each in tmp_path.rglob("*"):
            passed = each == tmp_path / ".venv" / "pyright"
            os.utime(each, (0, 10**9 + passed + 2 * (each in changed)))
        return "pyright\n" in make(tmp_path, "types", "PYTHON=true")[1]

    assert not reads()
    assert not reads(package / "__pycache__")
    assert reads(module)
    assert reads(tmp_path / "pyproject.toml")
    assert reads(tmp_path / ".venv" / "installed")
    module.unlink()
    assert reads(package)


def test_pyright_runs_until_it_finds_nothing(tmp_path: Path) -> None:
    assert "pyright finds this" in made(tmp_path, pyright="echo pyright finds this; exit 1")[1]
    assert "pyright finds this" in make(tmp_path, "types")[1]
