"""SIGTERM and SIGHUP end a command as Ctrl-C does: with words, and with nothing lost."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.command_line.invoke import GENERATE, Cli, environment, jobs, process, submit
from contract_tests.command_line.test_errors import made_with
from contract_tests.support.run import forked, patience
from weryai import WeryAI
from weryai.cli import _output, _setup
from weryai.cli._process.serving import wait
from weryai.cli.simulate import make_simulator, serving
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

CODES = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGTERM: 143}
EACH = pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
# Of a script whose last argument is the number of a signal.
HEAD = """
import os, signal, sys
from weryai.cli import main
number = int(sys.argv.pop())
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""


@pytest.fixture(autouse=True)
def handlers_are_given_back() -> Any:
    # A test run in the background hands down that Ctrl-C is ignored, `nohup` that SIGHUP is.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    before = [signal.getsignal(number) for number in CODES]
    yield
    assert [signal.getsignal(number) for number in CODES] == before


@pytest.fixture(scope="module")
def busy() -> Iterator[str]:
    """The address of a service that is not done before anybody has had enough."""
    with make_simulator(task_seconds=3600) as simulator, serving(simulator) as (url, _):
        yield url


@EACH
@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_during_a_wait_keeps_the_job_and_says_how_to_go_on(
    busy: str, tmp_path: Path, number: signal.Signals, as_json: bool
) -> None:
    more = ["--json"] if as_json else []
    argv = [*GENERATE, "--base-url", busy, *more, str(int(number))]
    start = forked.Popen if as_json or number is not signal.SIGINT else subprocess.Popen[str]
    running = start(
        [sys.executable, "-c", f"{HEAD}sys.exit(main())", *argv],
        # A signal in the very moment in which a file is opened leaves it to the garbage collector.
        env=environment(busy, PYTHONWARNINGS="error,ignore::ResourceWarning"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    [task_id] = re.findall(r"submitted: (\S+)", running.stderr.readline())
    running.send_signal(number)
    out, err = running.communicate(timeout=patience.SECONDS)
    assert running.returncode == CODES[number]
    assert "Traceback" not in err
    if as_json:
        assert json.loads(out)["error"]["task_ids"] == [task_id]
    else:
        assert out == ""
        assert "weryai: stopped\n" in err
        assert err.endswith(f"go on with:\n  weryai wait --base-url {busy} {task_id} --out .\n")


@pytest.mark.parametrize(
    ("number", "module"),
    [
        (signal.SIGHUP, "weryai.cli._main"),
        (signal.SIGINT, "weryai.cli._start"),
        (signal.SIGINT, "weryai.errors"),
        (signal.SIGINT, "typer"),
        (signal.SIGTERM, "weryai.cli._commands"),
    ],
)
def test_a_signal_while_the_command_line_is_loaded_ends_it_with_words(
    number: signal.Signals, module: str
) -> None:
    script = """
class Loading:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            sys.meta_path.remove(self)
            signal.raise_signal(number)

sys.meta_path.insert(0, Loading())
sys.exit(main())
"""
    ended = process(module, str(int(number)), script=HEAD + script)
    assert (ended.returncode, ended.stderr) == (CODES[number], "weryai: stopped\n")


@EACH
def test_a_signal_after_the_end_of_a_command_does_not_change_how_it_ended(
    number: signal.Signals,
) -> None:
    script = """
class Late:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=number):
        kill(pid, number)

code = main()
Late()
late = Late()  # a global: its finalizer runs when the interpreter ends
sys.exit(code)
"""
    ended = process("--nonsense", str(int(number)), script=HEAD + script)
    words = "weryai: No such option: --nonsense\ntry: weryai --help\n"
    assert (ended.returncode, ended.stderr) == (2, words)


@EACH
def test_a_signal_while_a_paid_request_is_on_its_way_leaves_an_unknown_entry_and_says_so(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        signal.raise_signal(number)
        raise AssertionError

    monkeypatch.setattr(_setup, "make_client", made_with(interrupt))
    said = cli(*GENERATE, "--no-check-models", "--json")
    assert said.code == CODES[number]
    assert said.error["payload"]["prompt"] == "The sun sets"
    (job,) = jobs(cli)
    assert job["state"] == "unknown"
    said = cli(*GENERATE, "--no-check-models", "--model", "VEO_3_1")
    assert said.code == CODES[number]
    assert "https://weryai.com/api/history" in said.err


@EACH
@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_while_the_ids_are_written_down_ends_like_any_other_and_tells_them(
    cli: Cli,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    as_json: bool,
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(number)
        raise AssertionError

    monkeypatch.setattr(SQLiteJournal, "accept", interrupted)
    said = cli(*GENERATE, *(["--json"] if as_json else []))
    [task_id] = simulator.ledger[0].task_ids
    assert said.code == CODES[number]
    if as_json:
        assert said.error["task_ids"] == [task_id]
    else:
        assert "weryai: stopped\n" in said.err
        assert f"keep its ids: {task_id}\n" in said.err
        assert said.err.endswith(f"go on with:\n  weryai wait {task_id} --out .\n")


@EACH
def test_further_signals_cut_nothing_short_while_an_end_is_written_down_and_told(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def again(work: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*args: Any, **options: Any) -> Any:
            for further in CODES:
                signal.raise_signal(further)
            return work(*args, **options)

        return worked

    def interrupt(request: httpx.Request) -> httpx.Response:
        # The first one goes off here, the others wherever something is said or written down.
        monkeypatch.setattr(SQLiteJournal, "doubt", again(SQLiteJournal.doubt))
        monkeypatch.setattr(SQLiteJournal, "close", again(SQLiteJournal.close))
        monkeypatch.setattr(_output, "clean", again(_output.clean))
        signal.raise_signal(number)
        raise AssertionError

    monkeypatch.setattr(_setup, "make_client", made_with(interrupt))
    said = cli(*GENERATE, "--no-check-models")
    assert said.code == CODES[number]
    assert said.err.startswith("weryai: stopped while the request was on its way\n")
    assert said.err.count("https://weryai.com/api/history") >= 1
    monkeypatch.undo()


@EACH
def test_a_signal_while_a_failure_is_told_does_not_take_its_place(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    (task_id,) = submit(cli)
    say = _output.say

    def interrupted(*lines: str) -> None:
        signal.raise_signal(number)
        say(*lines)

    monkeypatch.setattr(_output, "say", interrupted)
    said = cli("download", task_id)
    assert (said.code, said.out) == (5, "")
    assert "go on with" in said.err


@EACH
def test_a_signal_during_a_download_tells_what_is_there_and_resume_goes_on(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    (task_id,) = submit(cli)
    simulator.clock.sleep(60)
    fetch = WeryAI.download

    def interrupted(*args: Any, **options: Any) -> Any:
        paths = fetch(*args, **options)
        signal.raise_signal(number)
        return paths

    with monkeypatch.context() as patch:
        patch.setattr(WeryAI, "download", interrupted)
        said = cli("resume")
    assert said.code == CODES[number]
    assert said.err.endswith("go on with:\n  weryai resume --out .\n")
    assert (Path(f"{task_id}.mp4").exists(), jobs(cli)[0]["state"]) == (True, "fetched")


@EACH
def test_a_signal_that_something_swallowed_comes_again(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    class Swallowing:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def balance(client: WeryAI, **options: Any) -> float:
        gc.disable()
        try:
            thing = Swallowing()
            alive = weakref.ref(thing)
            del thing
            assert alive() is None
        finally:
            gc.enable()
        time.sleep(patience.SECONDS)
        raise AssertionError

    monkeypatch.setattr(WeryAI, "balance", balance)
    said = cli("balance")
    assert (said.code, said.err) == (CODES[number], "weryai: stopped\n")


@EACH
def test_a_signal_ends_a_simulator_whose_server_has_ended(cli: Cli, number: signal.Signals) -> None:
    main, before = threading.get_ident(), servers()

    def interrupt() -> None:
        while not waits(main):
            time.sleep(0.001)
        os.kill(os.getpid(), number)

    stopping = threading.Thread(target=interrupt)
    stopping.start()
    said = cli("simulate", "--port", "0")
    stopping.join()
    assert said.code == 0
    assert servers() == before


def servers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "simulator"]


def waits(thread: int) -> bool:
    """Whether `weryai simulate` on this thread serves, and does nothing else."""
    frame, inner = sys._current_frames().get(thread), None
    while frame and frame.f_code is not wait.__code__:
        frame, inner = frame.f_back, frame
    return inner is not None and inner.f_code.co_filename == threading.__file__


@EACH
@pytest.mark.parametrize("handler", ["ignored", "of the program"])
def test_a_signal_that_is_taken_care_of_stays_with_who_does(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, handler: str
) -> None:
    heard: list[int] = []
    before = signal.getsignal(number)
    ours = signal.SIG_IGN if handler == "ignored" else lambda number, _: heard.append(number)
    balance = WeryAI.balance

    def interrupted(client: WeryAI, **options: Any) -> float:
        signal.raise_signal(number)
        return balance(client, **options)

    monkeypatch.setattr(WeryAI, "balance", interrupted)
    signal.signal(number, ours)
    try:
        said = cli("balance")
    finally:
        signal.signal(number, before)
    assert (said.code, heard) == (0, [] if handler == "ignored" else [number])
