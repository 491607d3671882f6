"""What README, docs and skills show is so: each block runs, against a simulator."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from pathlib import Path
from shutil import copy

import pytest
from PIL import Image
from sybil import Example
from sybil.evaluators.python import PythonEvaluator
from sybil.typing import Evaluator

from contract_tests.house.docs import console, hurry, pages
from contract_tests.support.run import forked
from contract_tests.support.run.users_pytest import run_tests
from contract_tests.support.servers.postgres import PostgresServer
from weryai.cli.simulate import make_simulator, serving
from weryai.testing import Simulator

pytestmark = pytest.mark.long
pytest_plugins = ["pytester"]
LANGUAGES = ("python", "console")
# The first line of each block that is not run; why stands in the page, in front of it.
NOT_RUN = {
    "README.md": ["$ make demo", "$ pip install '.[cli]'"],
    "docs/batches.md": ["$ export WERYAI_JOURNAL=postgresql://renderer@db.example.com/videos"],
    "docs/engines.md": ["# renders.py", "# with_dask.py", "# with_dbos.py"],
    "docs/index.md": ["$ pip install '.[cli]'"],
    "docs/command-line.md": ["$ weryai --install-completion"],
    "docs/maintaining.md": ["$ make drift PAGE=page.txt", "$ make regenerate", "$ make contract"],
    "docs/simulator.md": ["$ schemathesis run openapi/weryai.yaml --url http://127.0.0.1:8765 \\"],
}
DATABASE = "postgresql://renderer@db.example.com/videos"
WITH_BLOCKS = [
    page
    for page in pages.PAGES
    if any(language in LANGUAGES and why is None for language, _, why in pages.fences(page))
]


@pytest.fixture
def served(quick_videos: None) -> Iterator[tuple[Simulator, str]]:
    """A simulator whose tasks end at once, and its address."""
    with make_simulator(task_seconds=0) as simulator, serving(simulator) as (url, _):
        yield simulator, url


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the command `weryai`."""
    folder = tmp_path_factory.mktemp("bin")
    forked.put(folder / "weryai", "contract_tests.house.docs.hurry")
    return folder


@pytest.fixture
def desk(
    served: tuple[Simulator, str], commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder and the environment of somebody who does what a page says."""
    simulator, url = served
    settings = {
        "WERYAI_API_KEY": simulator.api_key,
        "WERYAI_BASE_URL": url,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]),
        "HTTPS_PROXY": "http://127.0.0.1:9",  # where nobody listens: nothing leaves this machine
        "COLUMNS": "80",
    }
    hurry.hurry(monkeypatch.setattr)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "desk"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()  # as if a virtual environment were active
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.timeout(600)  # a page starts up to a dozen processes, on whatever machine
@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_every_block_of_a_page_runs_and_says_what_is_shown(
    page: str, served: tuple[Simulator, str], desk: Path, request: pytest.FixtureRequest
) -> None:
    simulator, url = served
    spoken = {
        "unset WERYAI_BASE_URL": f"export WERYAI_BASE_URL={url}",
        "http://127.0.0.1:8765": url,
        "https://api.weryai.com": url,
        "sk-...": simulator.api_key,
    }
    if DATABASE in (pages.ROOT / page).read_text():
        server: PostgresServer = request.getfixturevalue("postgres")
        spoken[DATABASE] = server.url("docs")
    shell = console.Shell(url)
    run = partial(run_python, pytester=partial(request.getfixturevalue, "pytester"))
    evaluators: dict[str, Evaluator] = {"python": run, "console": shell.evaluate}
    document = pages.document(page, evaluators, spoken)
    document.namespace |= {"simulator": simulator, "names": shell.names}
    examples = list(document.examples())
    draw({name for each in examples for name in pages.IMAGE.findall(each.parsed)}, desk)
    try:
        for example in examples:
            example.evaluate()
    finally:
        shell.close()


def draw(names: set[str], folder: Path) -> None:
    """The images that a page names."""
    for number, name in enumerate(sorted(names)):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".heic":  # which nothing here can write
            copy(pages.ROOT / "contract_tests" / "data" / "photo.heic", path)
            continue
        Image.new("RGB", (1280, 720), (0, 0, number)).save(path)


def run_python(example: Example, pytester: Callable[[], pytest.Pytester]) -> None:
    """Run a block, and the tests that it shows, each with a folder of its own. Tests that take
    fixtures of ours are run by pytest, and their block is a file of its own."""
    known = set(example.namespace)
    PythonEvaluator()(example)
    new = {name: value for name, value in example.namespace.items() if name not in known}
    tests = {name: test for name, test in new.items() if name.startswith("test_")}
    if any("weryai" in name for test in tests.values() for name in signature(test).parameters):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a dozen of others, loaded anew
            run_tests(pytester(), example.parsed).assert_outcomes(passed=len(tests))
        return
    for name, test in tests.items():
        folder = Path(name).resolve()
        folder.mkdir()
        test(folder)


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_block_that_is_not_run_is_named_here_and_says_why_there(page: str) -> None:
    left_out = [source.splitlines()[0] for _, source, why in pages.fences(page) if why]
    assert [line.split("  ")[0] for line in left_out] == NOT_RUN.get(page, [])


@pytest.mark.parametrize("page", pages.PAGES)
def test_no_block_hides_behind_its_language(page: str) -> None:
    """What is `text` is output alone, and what can be typed in is run."""
    told = [(language, source) for language, source, _ in pages.fences(page)]
    assert {language for language, _ in told} <= {*LANGUAGES, "text"}
    assert not [source for language, source in told if language == "text" and "$ " in source]
    ours = dict.fromkeys(LANGUAGES, lambda _: None)
    visible = [fence for fence in pages.fences(page) if fence[0] in LANGUAGES and not fence[2]]
    run = [example.parsed for example in pages.document(page, ours, {}).examples()]
    assert [source for _, source, _ in visible if source not in run] == []
