"""Whatever goes wrong: an exit code, a sentence with the next step, and no paid job lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import weryai
import weryai.cli
from contract_tests.command_line.invoke import (
    AGAIN,
    FIVE,
    GENERATE,
    HTTPS,
    KEY,
    REQUEST,
    SMALL,
    SUBMIT,
    Cli,
)
from weryai import ResponseError, WebhookError, WeryAI, WeryAIError
from weryai.cli import _errors, _explain, _report, _setup, main
from weryai.testing import Answer, Lost, ManualClock, Outcome, Simulator, refusal


def test_every_public_error_has_an_exit_code_of_its_own() -> None:
    unmapped: set[type] = {WeryAIError, WebhookError}  # the base, and one no command raises
    for name in weryai.__all__:
        kind = getattr(weryai, name)
        if isinstance(kind, type) and issubclass(kind, WeryAIError) and kind not in unmapped:
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


@pytest.mark.parametrize("amount", ["-1", "nan", "inf", "much"])
@pytest.mark.parametrize("option", ["--max-credits", "--max-price"])
def test_an_amount_that_limits_nothing_is_refused(cli: Cli, option: str, amount: str) -> None:
    said = cli("mcp", option, amount)
    assert (said.code, said.out) == (2, "")
    assert f"'{option}'" in said.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["generate"], "missing: IMAGES, --prompt, --model, --aspect-ratio, --duration"),
        (["generate", HTTPS, "--prompt", "x"], "missing: --model, --aspect-ratio, --duration"),
        (["submit", HTTPS, *REQUEST, "--duration", "five"], "not 'five'"),
        (["generate", HTTPS, *REQUEST, *FIVE, "--timeout", "nan"], "'--timeout'"),
        (["batch", "run", "m.csv", "--dry-run", "--max-credits", "nan"], "'--max-credits'"),
        (["batch", "run", "m.csv", "--dry-run", "--row-credits", "inf"], "'--row-credits'"),
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


@pytest.mark.parametrize("code", [1002, 1003, 1006, 1009, 1011, 1014, 2001, 6101])
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
    for kind, hint in _explain.HINTS.items():
        assert hint != kind.hint
    hints = [_explain.HINTS.get(kind, kind.hint) for kind in ResponseError.__subclasses__()]
    assert not [hint for hint in hints if re.search(r"\.raw|\w\(\)|retry_budget", hint)]


def test_an_answer_that_cannot_be_read_is_kept_short(cli: Cli, simulator: Simulator) -> None:
    simulator.next("get_balance", Answer(body="<html>" + "x" * 10_000))
    assert len(cli("balance", "--json").error["raw"]) == _report.LONGEST_RAW


def test_an_id_that_is_not_found_is_named(cli: Cli, submitted: str) -> None:
    said = cli("status", submitted, "task_gone")
    assert said.code == 3
    assert "the question was about task_gone\n" in said.err
    assert "weryai wait" not in said.err


def test_a_refused_key_after_the_submission_does_not_lose_the_job(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.next("get_batch_status", Answer(401, {"message": "Invalid API Key"}))
    said = cli(*GENERATE)
    assert said.code == 3
    assert said.err.endswith(
        f"go on with:\n  weryai wait {simulator.ledger[0].task_ids[0]} --out .\n"
    )


def test_no_connection_is_exit_3_and_soon(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    def unreachable(base_url: str | None, **options: Any) -> WeryAI:
        options |= {"transport": httpx.MockTransport(refuse), "clock": clock}
        return WeryAI(KEY, base_url=base_url, **options)

    monkeypatch.setattr(_setup, "make_client", unreachable)
    started = clock.now
    assert "trying again is safe" in cli("balance").err
    assert clock.now - started <= _setup.PATIENCE
    said = cli(*GENERATE, "--json")
    assert (said.code, said.error["type"]) == (3, "TransportError")


def test_a_download_that_fails_is_exit_3_with_the_command_that_tries_it_again(
    cli: Cli, submitted: str, tmp_path: Path
) -> None:
    cli("wait", submitted)
    (tmp_path / "out" / f".{submitted}.mp4.part").mkdir(parents=True)
    said = cli("download", submitted, "--out", "out")
    assert (said.code, said.out) == (3, "")
    assert said.err.endswith(f"go on with:\n  weryai download {submitted} --out out\n")
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
            assert f"weryai: 1 of 2 videos were made:\n  {bad}: Generation failed\n" in said.err
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
    assert said.err.endswith(f"go on with:\n  weryai wait {task_id} --out .\n")
    said = cli("wait", task_id, "--timeout", "0", "--json")
    assert (said.code, said.error["type"]) == (5, "WaitTimeoutError")
    assert said.error["task_ids"] == [task_id]
    assert cli("wait", task_id).code == 0


def test_a_download_of_what_still_runs_is_exit_5(cli: Cli, submitted: str) -> None:
    said = cli("download", submitted)
    assert (said.code, said.out) == (5, "")
    assert said.err.endswith(f"  weryai wait {submitted} --out .\n")
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
    assert said.error["operation"] == SUBMIT
    assert said.error["payload"] == simulator.ledger[-1].payload
    assert said.error["sent_at"].endswith("+00:00")
    assert said.error["caller_id"] == 7


@pytest.mark.parametrize("journal", ["kept", "none"])
def test_an_unknown_fate_names_its_entry_and_the_next_command_in_80_columns(
    cli: Cli, simulator: Simulator, journal: str
) -> None:
    options = ["--journal", "none"] if journal == "none" else []
    advice = Answer(500, {"status": 500, "message": "please try again later"})
    simulator.next(SUBMIT, advice)
    said = cli(*GENERATE, *options)
    assert said.code == 6
    told = said.err.splitlines()
    assert len(told) == 4
    assert all(len(line) <= 80 for line in told)
    assert "again" not in said.err
    simulator.next(SUBMIT, advice)
    kept = cli(*GENERATE, "--prompt", "another", *options, "--json").error
    assert (kept["payload"]["prompt"], kept["sent_at"][-6:]) == ("another", "+00:00")
    entries = [job["entry"] for job in cli("jobs", "--json").json["jobs"]]
    if journal == "kept":
        assert told[3] == f"then say what you found: weryai jobs settle {entries[0]} [TASK_ID...]"
        assert kept["entry"] == entries[1]
    else:
        assert (entries, "entry" in kept) == ([], False)


def test_what_arrived_of_an_answer_to_a_submission_is_shown(cli: Cli, simulator: Simulator) -> None:
    half = '{"status": 0, "data": {"task_ids": ["task_1'
    simulator.next(SUBMIT, Answer(200, half))
    said = cli(*GENERATE)
    assert (said.code, said.err.count(half)) == (6, 1)
    simulator.next(SUBMIT, Answer(200, half))
    assert cli(*AGAIN, "--json").error["raw"] == half
    simulator.next(SUBMIT, Lost())
    assert "what arrived" not in cli(*AGAIN).err


def test_ctrl_c_during_a_submission_says_that_its_fate_is_unknown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    monkeypatch.setattr(_setup, "make_client", made_with(interrupt))
    said = cli(*GENERATE, "--no-check-models")
    assert (said.code, said.out) == (130, "")
    assert "not known" in said.err
    assert "https://weryai.com/api/history" in said.err
    said = cli(*AGAIN, "--no-check-models", "--json")
    assert (said.code, said.error["type"]) == (130, "KeyboardInterrupt")
    assert said.error["payload"]["prompt"] == "The sun sets"
    assert said.error["sent_at"]
    assert [job["state"] for job in cli("jobs", "--json").json["jobs"]] == ["unknown"] * 2


def test_ctrl_c_during_an_upload_is_no_unknown_submission(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, pictures: tuple[Path, Path]
) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    monkeypatch.setattr(_setup, "make_client", made_with(interrupt))
    said = cli("generate", *pictures, *REQUEST, *FIVE)
    assert (said.code, said.out) == (130, "")
    assert said.err == "weryai: stopped\n`weryai jobs` lists what was paid for, if anything was\n"
    said = cli("generate", *pictures, *REQUEST, *FIVE, "--journal", "none")
    assert said.err == "weryai: stopped\n"
    assert cli("jobs", "--json").json["jobs"] == []


def made_with(handler: Callable[[httpx.Request], httpx.Response]) -> Callable[..., WeryAI]:
    """In the place of `make_client`: this answers instead of the network."""
    clock = ManualClock()

    def make(base_url: str | None, **options: Any) -> WeryAI:
        options |= {"transport": httpx.MockTransport(handler), "clock": clock}
        return WeryAI(KEY, base_url=base_url, **options)

    return make


def test_ctrl_c_during_a_download_tells_how_to_go_on_with_it(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = WeryAI.download

    def interrupted(client: WeryAI, videos: Any, out: Any, **options: Any) -> list[Path]:
        if videos[0].name == simulator.ledger[0].task_ids[1]:
            raise KeyboardInterrupt
        return fetch(client, videos, out, **options)

    monkeypatch.setattr(WeryAI, "download", interrupted)
    said = cli(*GENERATE, "--video-number", 2, "--out", "my videos")
    first, second = simulator.ledger[0].task_ids
    assert (said.code, said.out) == (130, f"my videos/{first}.mp4\n")
    assert said.err.endswith(f"  weryai download {first} {second} --out 'my videos'\n")


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
