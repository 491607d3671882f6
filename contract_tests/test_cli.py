"""What the command line promises: streams, exit codes, JSON, and that no paid job is lost."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from attrs import frozen

import weryai
import weryai.cli
from weryai import MultiImageToVideo, ResponseError, WebhookError, WeryAI, WeryAIError
from weryai.cli import _app, _errors, main
from weryai.cli.simulate import make_simulator, serving
from weryai.testing import Answer, Lost, ManualClock, Outcome, Simulator, Variant, refusal

KEY = "sk-cli-0123456789abcdef"
SUBMIT = "submit_multi_image_to_video"
REQUEST = ["--prompt", "The sun sets", "--model", "KLING_O1", "--aspect-ratio", "1:1"]
SMALL = ["--resolution", "480p"]
FIVE = ["--duration", "5"]
HTTPS = "https://example.com/a.jpg"
GENERATE = ["generate", HTTPS, *REQUEST, *FIVE, *SMALL]
ESCAPE = "\x1b"
SOURCES = Path(weryai.cli.__file__).parent


@frozen
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["error"]
        assert list(self.json) == ["error"]
        return found


Cli = Callable[..., Said]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(api_key=KEY) as simulator:
        yield simulator


@pytest.fixture
def cli(
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    """Run a command on a simulator whose time is turned by waiting, and never see the key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        _app, "make_client", lambda base_url, **options: simulator.client(**options)
    )

    def run(*argv: object) -> Said:
        code = main([*map(str, argv)])
        said = Said(code, *capsys.readouterr())
        assert KEY not in said.out + said.err
        assert ESCAPE not in said.out + said.err
        return said

    return run


@pytest.fixture
def submitted(cli: Cli) -> str:
    """The id of a task that runs."""
    return cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL).out.strip()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A simulator behind a real socket, in real time."""
    with make_simulator(task_seconds=0.3) as simulator, serving(simulator) as (url, _):
        yield url


def environment(address: str = "", **more: str) -> dict[str, str]:
    """Of a process that speaks to the simulator at `address`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WERYAI_")}
    ours = {"WERYAI_API_KEY": "sk-simulator", "WERYAI_BASE_URL": address} if address else {}
    return kept | {"NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error"} | ours | more


def process(
    *argv: str, module: str = "weryai.cli", script: str = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    start = ["-c", script] if script else ["-m", module]
    piped: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    options = piped | {"env": environment(), "timeout": 60} | options
    argv = (sys.executable, *start, *argv)
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        argv, text=True, check=False, **options
    )
    return ended


# Each command, in words and as JSON


def test_generate_prints_the_paths_of_the_videos_alone(
    cli: Cli, simulator: Simulator, pictures: tuple[Path, Path]
) -> None:
    said = cli(
        "generate", *pictures, *REQUEST, *FIVE, *SMALL, "--video-number", 2, "--out", "my videos"
    )
    ids = simulator.ledger[0].task_ids
    assert said.code == 0
    assert said.out.splitlines() == [f"my videos/{task_id}.mp4" for task_id in ids]
    assert all(Path(line).stat().st_size > 1000 for line in said.out.splitlines())
    assert simulator.ledger[0].payload["prompt"] == "The sun sets"


def test_the_ids_of_a_paid_job_are_told_with_the_way_to_go_on(
    cli: Cli, simulator: Simulator
) -> None:
    said = cli(*GENERATE)
    [task_id] = simulator.ledger[0].task_ids
    assert f"submitted: {task_id} (batch {simulator.ledger[0].batch_id})\n" in said.err
    assert f"if this is interrupted:\n  weryai wait {task_id}\n" in said.err


def test_generate_as_json_is_one_document(cli: Cli, simulator: Simulator) -> None:
    said = cli(*GENERATE, "--json", "--caller-id", 7)
    [task_id] = simulator.ledger[0].task_ids
    assert (said.code, said.json["task_ids"]) == (0, [task_id])
    assert said.json["batch_id"] == str(simulator.ledger[0].batch_id)
    assert said.json["caller_id"] == 7
    assert [task["state"] for task in said.json["tasks"]] == ["succeeded"]
    assert said.json["tasks"][0]["videos"][0]["url"].endswith(".mp4")
    assert said.json["paths"] == [f"{task_id}.mp4"]


def test_every_option_of_a_request_arrives(cli: Cli, simulator: Simulator) -> None:
    options = {
        "--negative-prompt": "rain",
        "--video-number": "2",
        "--resolution": "480p",
        "--webhook-url": "https://example.com/hook",
        "--caller-id": "-7",
    }
    words = [word for pair in options.items() for word in pair]
    assert cli("submit", HTTPS, *REQUEST, *FIVE, *words, "--no-audio").code == 0
    assert simulator.ledger[0].payload == {
        "images": [HTTPS],
        "prompt": "The sun sets",
        "model": "KLING_O1",
        "aspect_ratio": "1:1",
        "duration": 5,
        "negative_prompt": "rain",
        "video_number": 2,
        "resolution": "480p",
        "generate_audio": False,
        "webhook_url": "https://example.com/hook",
        "caller_id": -7,
    }


def test_a_dry_run_prints_the_payload_and_needs_no_key(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, pictures: tuple[Path, Path]
) -> None:
    monkeypatch.setattr(_app, "make_client", lambda *_, **__: pytest.fail("a client was made"))
    for command in ("generate", "submit"):
        asked = [command, *pictures, *REQUEST, *FIVE, "--dry-run"]
        words, document = cli(*asked), cli(*asked, "--json")
        assert (words.code, document.code) == (0, 0)
        assert document.json == {"payload": words.json}
        assert words.json["images"] == [str(picture) for picture in pictures]
        assert "nothing was sent" in words.err
    assert not simulator.received


def test_a_dry_run_looks_at_the_local_images(cli: Cli) -> None:
    said = cli("generate", "gone.png", *REQUEST, *FIVE, "--dry-run")
    assert (said.code, said.out) == (2, "")
    assert "gone.png: there is no such file" in said.err


def test_submit_prints_ids_that_wait_takes(cli: Cli, simulator: Simulator) -> None:
    said = cli("submit", HTTPS, *REQUEST, *FIVE, "--video-number", 2)
    assert tuple(said.out.splitlines()) == simulator.ledger[0].task_ids
    assert cli("wait", *said.out.split()).code == 0


def test_submit_of_a_batch_without_task_ids_prints_what_wait_takes(
    cli: Cli, simulator: Simulator
) -> None:
    cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL)
    batch = simulator.ledger[0].batch_id
    simulator.next(SUBMIT, Answer(body={"status": 0, "data": {"batch_id": batch}}))
    said = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL)
    assert said.out.split() == ["--batch", str(batch)]
    assert f"weryai wait --batch {batch}" in said.err
    assert cli("wait", *said.out.split()).code == 0


def test_submit_as_json_tells_the_job(cli: Cli, simulator: Simulator) -> None:
    said = cli("submit", HTTPS, *REQUEST, *FIVE, "--json")
    assert said.json["task_ids"] == list(simulator.ledger[0].task_ids)
    assert said.json["submitted_at"].endswith("+00:00")
    assert "paths" not in said.json


def test_status_is_a_plain_table(cli: Cli, submitted: str) -> None:
    said = cli("status", submitted)
    assert said.code == 0
    assert said.out.splitlines()[0].split() == ["TASK", "STATE", "RESULT"]
    assert said.out.splitlines()[1].split() == [submitted, "waiting"]
    assert cli("status", submitted, "--json").json["tasks"] == [
        {"id": submitted, "state": "waiting", "message": None, "videos": []}
    ]


def test_status_of_a_batch_tells_each_task_once(cli: Cli, simulator: Simulator) -> None:
    ids = cli("submit", HTTPS, *REQUEST, *FIVE, "--video-number", 3).out.split()
    batch = simulator.ledger[0].batch_id
    assert [task["id"] for task in cli("status", "--batch", batch, "--json").json["tasks"]] == ids
    both = cli("status", ids[0], "--batch", batch, "--json").json["tasks"]
    assert [task["id"] for task in both] == ids
    assert len(simulator.received) == 1 + 2  # the batch has told each task already


def test_wait_ends_with_the_states_and_the_way_to_the_videos(cli: Cli, submitted: str) -> None:
    said = cli("wait", submitted)
    assert said.code == 0
    assert re.search(rf"{submitted}\s+succeeded\s+1 video\n", said.out)
    assert f"weryai download {submitted}\n" in said.err
    assert cli("wait", submitted, "--json").json["tasks"][0]["state"] == "succeeded"


def test_wait_takes_an_id_twice(cli: Cli, submitted: str) -> None:
    assert cli("wait", submitted, submitted).code == 0


def test_download_fetches_what_is_finished(cli: Cli, submitted: str, tmp_path: Path) -> None:
    cli("wait", submitted)
    said = cli("download", submitted, "--out", "new/folder")
    assert (said.code, said.out) == (0, f"new/folder/{submitted}.mp4\n")
    assert (tmp_path / said.out.strip()).stat().st_size > 1000
    assert cli("download", submitted, "--json").json["paths"] == [f"{submitted}.mp4"]


def test_upload_prints_addresses(cli: Cli, pictures: tuple[Path, Path]) -> None:
    assert [line[:23] for line in cli("upload", *pictures).out.splitlines()] == [
        "http://localhost/files/"
    ] * 2
    assert list(cli("upload", *pictures, "--json").json["uploads"]) == [*map(str, pictures)]


def test_an_upload_that_fails_keeps_the_addresses_before_it(
    cli: Cli, pictures: tuple[Path, Path]
) -> None:
    said = cli("upload", pictures[0], "gone.png", "--json")
    assert (said.code, said.error["type"]) == (2, "MediaError")
    assert list(said.error["uploads"]) == [str(pictures[0])]


def test_balance_is_a_number(cli: Cli) -> None:
    assert cli("balance").out == "1000 credits\n"
    assert cli("balance", "--json").json == {"balance": 1000}


def test_models_fit_a_terminal_and_are_whole_in_json(cli: Cli) -> None:
    lines = cli("models").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(r"KLING_O1 +5 10 +9:16 1:1 16:9 +480p 720p +3 +yes", lines[4])
    assert cli("models", "--json").json["models"][3]["durations"] == [5, 10]


def test_a_table_in_a_pipe_has_a_line_for_each_row_and_cuts_nothing(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed", message="why " * 100))
    task_id = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL).out.strip()
    cli("wait", task_id)
    _, row = cli("status", task_id).out.splitlines()
    assert row.endswith(("why " * 100).strip())


def test_version_and_help_need_no_key(cli: Cli) -> None:
    assert cli("--version").out == f"weryai {weryai.__version__}\n"
    assert cli().out == cli("--help").out
    assert "WERYAI_API_KEY" in cli("--help").out
    for command in ("generate", "submit", "status", "wait", "download", "upload", "simulate"):
        said = cli(command, "--help")
        assert said.code == 0
        assert max(map(len, said.out.splitlines())) <= 80


# Exit codes


def test_every_public_error_has_an_exit_code_of_its_own() -> None:
    unmapped: set[type] = {WeryAIError, WebhookError}  # the base, and one no command raises
    for name in weryai.__all__:
        kind = getattr(weryai, name)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind not in unmapped:
            near = next(each for each in kind.__mro__ if each in _errors.EXIT_CODES)
            assert near is not Exception, kind


def test_the_help_and_the_docstring_tell_every_exit_code(cli: Cli) -> None:
    codes = {0, *_errors.EXIT_CODES.values()}
    for text in (cli("--help").out, weryai.cli.__doc__ or ""):
        table = text[text.lower().index("exit code") :]
        assert {int(code) for code in re.findall(r"^ +(\d+)  ", table, re.M)} == codes


@pytest.mark.parametrize("command", [GENERATE, ["balance"], ["models"], ["status", "task_1"]])
def test_no_key_is_exit_2_with_where_it_comes_from(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert main(command) == 2
    assert "WERYAI_API_KEY" in capsys.readouterr().err


def test_all_faults_are_listed_at_once(cli: Cli, simulator: Simulator) -> None:
    asked = ["generate", "gone.png", *REQUEST, "--prompt", "", "--duration", "5.5"]
    said = cli(*asked, "--video-number", 5)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "weryai: 4 faults, nothing was charged:",
        "  prompt is empty",
        "  duration must be a whole number of seconds, not '5.5'",
        "  video_number must be a whole number, 1 to 4, not 5",
        "  gone.png: there is no such file",
    ]
    said = cli(*asked, "--json")
    assert (said.code, said.error["type"]) == (2, "InvalidRequestError")
    assert len(said.error["faults"]) == 3
    assert not simulator.received


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["generate"], "missing: IMAGES, --prompt, --model, --aspect-ratio, --duration"),
        (["generate", HTTPS, "--prompt", "x"], "missing: --model, --aspect-ratio, --duration"),
        (["submit", HTTPS, *REQUEST, "--duration", "five"], "not 'five'"),
        (["generate", HTTPS, *REQUEST, *FIVE, "--timeout", "nan"], "'--timeout'"),
        (["wait"], "give the id of a task"),
        (["status", ".."], "is not an id"),
        (["balance", "--api-key", KEY[:3]], "No such option: --api-key"),
        (["nonsense"], "No such command 'nonsense'"),
        (["upload"], "FILES"),
    ],
)
def test_a_wrong_command_line_is_exit_2_and_one_document_with_json(
    cli: Cli, simulator: Simulator, argv: list[str], words: str
) -> None:
    said = cli(*argv)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("weryai: ")
    assert words in said.err
    said = cli(*argv, "--json")
    assert (said.code, said.err) == (2, "")
    assert words in said.error["message"]
    assert not simulator.ledger


def test_a_folder_that_cannot_be_is_refused_before_anything_is_paid(
    cli: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for out in ("file", "file/below"):
        assert cli(*GENERATE, "--out", out).code == 2
    assert not simulator.received


@pytest.mark.parametrize("code", [1002, 1003, 1006, 1009, 1011, 1014, 2001, 6003, 6101, 7777])
def test_a_refusal_is_exit_3_in_the_words_of_the_service(
    cli: Cli, simulator: Simulator, code: int
) -> None:
    simulator.next(SUBMIT, refusal(code, "so it is"), refusal(code, "so it is"))
    said = cli(*GENERATE)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"weryai: so it is (code {code})")
    said = cli(*GENERATE, "--json")
    assert (said.code, said.error["code"], said.error["http_status"]) == (3, code, 200)


def test_hints_speak_of_commands_and_not_of_python(cli: Cli, simulator: Simulator) -> None:
    simulator.next("get_balance", Answer(body="<html>"))
    said = cli("balance", "--json")
    assert (said.error["type"], said.error["raw"]) == ("UnexpectedResponseError", "<html>")
    for kind, hint in _errors.HINTS.items():
        assert hint != kind.hint
    hints = [_errors.HINTS.get(kind, kind.hint) for kind in ResponseError.__subclasses__()]
    assert not [hint for hint in hints if re.search(r"\.raw|\w\(\)|retry_budget", hint)]


def test_an_answer_that_cannot_be_read_is_kept_short(cli: Cli, simulator: Simulator) -> None:
    simulator.next("get_balance", Answer(body="<html>" + "x" * 10_000))
    assert len(cli("balance", "--json").error["raw"]) == _errors.LONGEST_RAW


def test_an_id_that_is_not_found_is_named(cli: Cli, submitted: str) -> None:
    said = cli("status", submitted, "task_gone")
    assert said.code == 3
    assert "the question was about task_gone\n" in said.err
    assert "weryai wait" not in said.err


def test_a_refused_key_after_the_submission_does_not_lose_the_job(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.next("get_task_status", Answer(status=401))
    said = cli(*GENERATE)
    assert said.code == 3
    assert said.err.endswith(f"go on with:\n  weryai wait {simulator.ledger[0].task_ids[0]}\n")


def test_no_connection_is_exit_3_and_soon(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    def unreachable(base_url: str | None, **options: Any) -> WeryAI:
        options |= {"transport": httpx.MockTransport(refuse), "clock": clock}
        return WeryAI(KEY, base_url=base_url, **options)

    monkeypatch.setattr(_app, "make_client", unreachable)
    started = clock.now
    assert "trying again is safe" in cli("balance").err
    assert clock.now - started <= _app.PATIENCE
    said = cli(*GENERATE, "--json")
    assert (said.code, said.error["type"]) == (3, "TransportError")


def test_a_download_that_fails_is_exit_3_with_the_command_that_tries_it_again(
    cli: Cli, submitted: str, tmp_path: Path
) -> None:
    cli("wait", submitted)
    (tmp_path / "out" / f"{submitted}.mp4").mkdir(parents=True)
    said = cli("download", submitted, "--out", "out")
    assert (said.code, said.out) == (3, "")
    assert said.err.endswith(f"go on with:\n  weryai download --out out {submitted}\n")
    said = cli("download", submitted, "--out", "out", "--json")
    assert (said.error["type"], said.error["task_ids"]) == ("DownloadError", [submitted])


def test_a_failed_task_is_exit_4_and_the_other_videos_are_fetched_all_the_same(
    cli: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    for as_json in (False, True):
        simulator.outcomes.extend([Outcome("failed", message="Generation failed"), Outcome()])
        said = cli(*GENERATE, "--video-number", 2, *(["--json"] if as_json else []))
        bad, good = simulator.ledger[-1].task_ids
        assert said.code == 4
        assert (tmp_path / f"{good}.mp4").exists()
        if as_json:
            assert said.error["type"] == "TaskFailedError"
            assert said.error["paths"] == [f"{good}.mp4"]
            assert [task["state"] for task in said.error["tasks"]] == ["failed", "succeeded"]
        else:
            assert said.out == f"{good}.mp4\n"
            assert f"weryai: 1 of 2 tasks failed:\n  {bad}: Generation failed\n" in said.err
            assert "can be fetched" not in said.err


def test_wait_and_download_of_a_failed_task_are_exit_4(cli: Cli, simulator: Simulator) -> None:
    simulator.outcomes.append(Outcome("failed"))
    task_id = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL).out.strip()
    assert cli("wait", task_id).code == 4
    assert cli("download", task_id).code == 4
    simulator.outcomes.extend([Outcome("failed"), Outcome()])
    ids = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL, "--video-number", 2).out.split()
    said = cli("wait", *ids)
    assert said.err.endswith(f"1 video can be fetched:\n  weryai download {' '.join(ids)}\n")


def test_a_wait_that_runs_out_is_exit_5_with_the_command_that_goes_on(
    cli: Cli, simulator: Simulator
) -> None:
    said = cli(*GENERATE, "--timeout", 4)
    [task_id] = simulator.ledger[0].task_ids
    assert (said.code, said.out) == (5, "")
    assert said.err.endswith(f"go on with:\n  weryai wait {task_id}\n")
    said = cli("wait", task_id, "--timeout", "0", "--json")
    assert (said.code, said.error["type"]) == (5, "WaitTimeoutError")
    assert said.error["task_ids"] == [task_id]
    assert cli("wait", task_id).code == 0


def test_a_download_of_what_still_runs_is_exit_5(cli: Cli, submitted: str) -> None:
    said = cli("download", submitted)
    assert (said.code, said.out) == (5, "")
    assert said.err.endswith(f"  weryai wait {submitted}\n")
    assert cli("download", submitted, "--json").error["tasks"][0]["state"] == "waiting"


def test_an_unknown_submission_is_exit_6_and_never_sent_again(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    said = cli(*GENERATE)
    assert (said.code, said.out, len(simulator.ledger)) == (6, "", 1)
    assert "https://weryai.com/api/history" in said.err
    simulator.next(SUBMIT, Lost(accepted=True))
    said = cli(*GENERATE, "--caller-id", 7, "--json")
    assert (said.code, said.error["type"]) == (6, "SubmissionUnknownError")
    assert said.error["payload"] == simulator.ledger[-1].payload
    assert said.error["sent_at"].endswith("+00:00")
    assert said.error["caller_id"] == 7


def test_ctrl_c_during_a_submission_says_that_its_fate_is_unknown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(WeryAI, "submit", interrupted)
    said = cli(*GENERATE)
    assert (said.code, said.out) == (130, "")
    assert "not known" in said.err
    assert "https://weryai.com/api/history" in said.err
    said = cli(*GENERATE, "--json")
    assert (said.code, said.error["type"]) == (130, "KeyboardInterrupt")
    assert said.error["payload"]["prompt"] == "The sun sets"


def test_ctrl_c_during_a_download_tells_how_to_go_on_with_it(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = WeryAI.download

    def interrupted(client: WeryAI, videos: Any, out: Any) -> list[Path]:
        if videos[0].name == simulator.ledger[0].task_ids[1]:
            raise KeyboardInterrupt
        return fetch(client, videos, out)

    monkeypatch.setattr(WeryAI, "download", interrupted)
    said = cli(*GENERATE, "--video-number", 2, "--out", "my videos")
    first, second = simulator.ledger[0].task_ids
    assert (said.code, said.out) == (130, f"my videos/{first}.mp4\n")
    assert said.err.endswith(f"  weryai download --out 'my videos' {first} {second}\n")


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_during_a_wait_keeps_the_job(address: str, tmp_path: Path, as_json: bool) -> None:
    # A test run in the background would hand down that Ctrl-C is ignored.
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from weryai.cli import main; sys.exit(main())"
    )
    argv = [*GENERATE, "--base-url", address, *(["--json"] if as_json else [])]
    running = subprocess.Popen(
        [sys.executable, "-c", script, *argv],
        env=environment(address),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    line = running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    [task_id] = re.findall(r"submitted: (\S+)", line)
    assert running.returncode == 130
    if as_json:
        assert json.loads(out)["error"]["task_ids"] == [task_id]
    else:
        assert out == ""
        assert err.endswith(f"  weryai wait --base-url {address} {task_id}\n")
    assert "Traceback" not in err


def test_a_bug_is_exit_1_without_a_traceback_unless_asked(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WeryAI, "balance", lambda _: 1 / 0)
    said = cli("balance")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("weryai: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in said.err
    assert cli("balance", "--json").error["type"] == "ZeroDivisionError"
    assert "Traceback" in cli("-v", "balance").err


# Streams


def test_what_a_service_wrote_cannot_drive_the_terminal_or_look_like_a_command(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed", message="\x1b[2Jbad\n  rm -rf ~\r"))
    said = cli(*GENERATE)  # the fixture looks for escapes
    assert ": " + "\x1b[2Jbad\n  rm -rf ~\r".translate(dict.fromkeys(b"\x1b\n\r", " ")) in said.err
    task_id = simulator.ledger[0].task_ids[0]
    assert len(cli("status", task_id).out.splitlines()) == 2


def test_ids_in_a_command_to_copy_are_quoted(cli: Cli, simulator: Simulator) -> None:
    body = {"status": 0, "data": {"task_ids": ["x; rm -rf ~\x1b"]}}
    simulator.next(SUBMIT, Answer(body=body))
    said = cli("submit", HTTPS, *REQUEST, *FIVE, *SMALL)
    assert shlex.split(said.err.splitlines()[-1]) == ["weryai", "wait", "x; rm -rf ~ "]


def test_verbose_tells_each_change_once_and_a_pipe_hears_nothing_else(cli: Cli) -> None:
    lines = cli("-v", *GENERATE).err.splitlines()
    states = [line for line in lines if line.startswith("1 task: ")]
    assert states == ["1 task: waiting", "1 task: processing", "1 task: succeeded"]
    assert not [line for line in cli(*GENERATE).err.splitlines() if line.startswith("1 task")]


def on_terminal(argv: list[str], folder: Path, **settings: str) -> tuple[int, bytes, str]:
    """Run a command whose stderr is a terminal: its exit code, its stdout, what was shown."""
    master, slave = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "weryai.cli", *argv],
        cwd=folder,
        env=environment(**{"TERM": "xterm", "COLUMNS": "80"} | settings),
        stdout=subprocess.PIPE,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    with open(master, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
        while data := terminal.read(65536):  # Linux ends with an error where others end empty
            shown += data
    out, _ = running.communicate(timeout=20)
    return running.returncode, out, shown.decode()


def test_a_terminal_sees_one_live_line_and_the_paths_stay_on_stdout(
    address: str, tmp_path: Path
) -> None:
    code, out, shown = on_terminal(GENERATE, tmp_path, address=address)
    assert code == 0
    assert re.fullmatch(rb"task_\w+\.mp4\n", out)
    assert re.search(r"(waiting|processing|succeeded)  0:\d\d", shown)
    assert "downloading video 1 of 1" in shown
    last = shown.splitlines()[-1]
    assert last.endswith("\x1b[2K")  # the line is gone in the end
    code, out, shown = on_terminal(["balance", "--json"], tmp_path, address=address)
    assert (code, json.loads(out), shown) == (0, {"balance": ANY}, "")


def test_sentences_are_wrapped_on_a_terminal_and_commands_to_copy_are_not(
    address: str, tmp_path: Path
) -> None:
    ids = [f"task_{number:016}" for number in range(6)]
    code, _, shown = on_terminal(
        ["status", *ids, "--base-url", address], tmp_path, address=address, WERYAI_API_KEY="wrong"
    )
    lines = [line for line in shown.splitlines() if ESCAPE not in line]
    assert code == 3
    assert max(map(len, lines)) <= 80
    assert " ".join(shown.split()).count("check WERYAI_API_KEY against the WeryAI console") == 1
    code, _, shown = on_terminal(
        ["wait", *ids, "--timeout", "1", "--base-url", "http://127.0.0.1:9"], tmp_path, address="x"
    )
    assert code == 5
    assert "a poll failed, the wait goes on: no connection" in shown  # on the live line
    assert f"  weryai wait --base-url http://127.0.0.1:9 {' '.join(ids)}" in shown


def test_a_closed_pipe_ends_quietly(address: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = process(
        "models",
        env=environment(address, PYTHONUNBUFFERED=""),
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_any_file_name_and_any_encoding_will_do(
    pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    name = tmp_path / os.fsdecode(b"f\xffchs.png")
    name.write_bytes(pictures[0].read_bytes())
    for encoding, option in (("ascii", []), ("utf-8", []), ("ascii", ["--json"])):
        ended = process(
            *[
                "submit",
                str(name),
                *REQUEST,
                "--prompt",
                "狐\U0001f98a",
                *FIVE,
                "--dry-run",
                *option,
            ],
            env=environment(PYTHONIOENCODING=encoding),
        )
        assert ended.returncode == 0
        told = json.loads(ended.stdout)
        payload = told["payload"] if option else told
        assert (payload["prompt"], payload["images"]) == ("狐\U0001f98a", [str(name)])


def test_what_stands_behind_two_dashes_is_no_option(cli: Cli) -> None:
    assert cli("status", "--", "--json").err.startswith("weryai: ")
    assert cli("nonsense", "--", "--json").err.startswith("weryai: ")


# The pieces


def test_the_command_line_uses_public_names_alone() -> None:
    for path in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, path
                modules = [node.module or ""] if node.level == 0 else []
            else:
                modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.startswith("weryai"):
                    assert module in ("weryai", "weryai.testing"), (path, module)


def test_importing_it_loads_nothing_that_a_command_may_not_need() -> None:
    script = "import sys, weryai.cli; print(*sys.modules)"
    loaded = set(process(script=script).stdout.split())
    heavy = {"PIL", "av", "starlette", "typer", "uvicorn", "weryai.testing"}
    assert "weryai.cli" in loaded
    assert not loaded & heavy
    loaded = set(process(script=script.replace(".cli", ".cli._app")).stdout.split())
    assert not loaded & (heavy - {"typer"})


@pytest.mark.parametrize(
    ("module", "start", "extra"),
    [
        ("typer", "main(['balance'])", "weryai[cli]"),
        ("rich", "main(['balance'])", "weryai[cli]"),
        ("starlette", "main(['simulate'])", "weryai[testing]"),
        ("uvicorn", "main(['simulate'])", "weryai[testing]"),
        ("av", "demo()", "weryai[testing]"),
        ("typer", "demo()", "weryai[cli,testing]"),
    ],
)
def test_a_missing_extra_is_one_sentence(
    module: str, start: str, extra: str, tmp_path: Path
) -> None:
    script = f"import sys; sys.modules[{module!r}] = None\n"
    script += "from weryai.cli import main\nfrom weryai.cli.demo import demo\n"
    ended = process(script=script + f"sys.exit({start})", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert f"pip install '{extra}'" in ended.stderr
    assert not list(tmp_path.iterdir())


# The simulator and the demo


@pytest.mark.parametrize("ends_with", [signal.SIGTERM, signal.SIGINT])
def test_simulate_serves_this_machine_until_it_is_told_to_end(
    ends_with: signal.Signals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[..., MultiImageToVideo],
) -> None:
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from weryai.cli import main; sys.exit(main())"
    )
    argv = ["simulate", "--port", "0", "--credits", "7", "--variant", "success=200"]
    argv += ["--task-seconds", "60", "--speed", "10000"]
    running = subprocess.Popen(
        [sys.executable, "-c", script, *argv],
        env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    exports = dict(running.stdout.readline().split()[1].split("=") for _ in range(2))
    assert exports["WERYAI_BASE_URL"].startswith("http://127.0.0.1:")
    answer = httpx.get(
        f"{exports['WERYAI_BASE_URL']}/v1/generation/balance",
        headers={"Authorization": f"Bearer {exports['WERYAI_API_KEY']}"},
        trust_env=False,
    )
    assert answer.json() == {"status": 200, "msg": "Success", "data": 7}
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with WeryAI(exports["WERYAI_API_KEY"], base_url=exports["WERYAI_BASE_URL"]) as client:
        job = client.submit(ask(images=[HTTPS]))
        time.sleep(0.05)
        assert client.status(job.task_ids[0]).state == "succeeded"  # 60 s are 6 ms
    running.send_signal(ends_with)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Ctrl-C ends it" in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--variant", "succes=200"], ", ".join(Variant.choices())),
        (["--variant", "videos=none"], "videos is one of strings, objects"),
        (["--variant", "nulls"], "nulls is one of false, true"),
        (["--speed", "0"], "--speed must be more than 0"),
        (["--task-seconds", "nan"], "--task-seconds must be 0 or more"),
        (["--port", "65536"], "--port"),
        (["--host", "0.0.0.0"], "No such option: --host"),
    ],
)
def test_simulate_refuses_what_it_cannot_do(cli: Cli, argv: list[str], words: str) -> None:
    said = cli("simulate", *argv)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_port_that_is_taken_is_told(cli: Cli, address: str) -> None:
    said = cli("simulate", "--port", address.rpartition(":")[2])
    assert said.code == 2
    assert "0 takes a free one" in said.err


def test_the_demo_makes_a_video_in_seconds_without_a_key(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://127.0.0.1:9")
    settings = environment() | nowhere | {"no_proxy": "example.com"}
    ended = process(module="weryai.cli.demo", cwd=tmp_path, env=settings)
    assert ended.returncode == 0, ended.stderr
    [path] = ended.stdout.splitlines()
    assert (tmp_path / path).read_bytes()[4:8] == b"ftyp"
    assert sorted(each.suffix for each in (tmp_path / "out").iterdir()) == [".mp4", ".png", ".png"]
    assert max(map(len, ended.stderr.splitlines())) <= 80


def test_a_demo_that_cannot_write_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    ended = process(module="weryai.cli.demo", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.startswith("weryai: the images cannot be written")
