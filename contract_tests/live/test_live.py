"""What `make live` promises, on a simulator: what it sends, what it says, and what it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from contract_tests.command_line.invoke import environment, process
from contract_tests.live.__main__ import main
from contract_tests.live.judge import differences
from contract_tests.live.recorder import Exchange, NotAllowedError, Recorder
from contract_tests.live.redact import redacted
from contract_tests.support.contract import PAID
from contract_tests.support.examples import REPLIES
from contract_tests.support.run import children, forked
from contract_tests.support.run.in_one import in_one
from contract_tests.support.servers.no_network import loopback_only
from contract_tests.support.servers.simulator_http import raw
from weryai.cli.simulate import serving
from weryai.testing import Answer, Lost, ManualClock, Outcome, Simulator, refusal

SUBMIT, BALANCE, STATUS = "submit_multi_image_to_video", "get_balance", "get_task_status"
SUBMISSIONS = "/v1/generation/multi-image-to-video"
KEY = "sk-live-0123456789abcdef"
FREE = [BALANCE, "list_video_models", STATUS, "get_batch_status"]
ROOT = Path(__file__).resolve().parents[2]


@frozen
class Said:
    code: int
    out: str
    err: str
    files: str  # the text of every file that was written


Live = Callable[..., Said]


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, api_key=KEY) as simulator:
        yield simulator


@pytest.fixture
def address(simulator: Simulator) -> Iterator[str]:
    with serving(simulator) as (url, _), loopback_only() as called:
        yield url
        assert called == []


@pytest.fixture
def live(
    simulator: Simulator,
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Live:
    """Run it on the simulator and on its clock, without a socket."""
    monkeypatch.setenv("WERYAI_API_KEY", KEY)
    monkeypatch.setenv("WERYAI_BASE_URL", "http://localhost")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Said:
        code = main([*arguments], clock, raw(simulator))
        files = [path.read_text() for path in sorted(Path("reports", "live").iterdir())]
        said = Said(code, *capsys.readouterr(), "".join(files))
        assert KEY not in said.out + said.err + said.files
        return said

    return run


def posts(simulator: Simulator) -> list[str]:
    return [request.path for request in simulator.received if request.method != "GET"]


# What is sent


def test_without_a_key_it_says_so_and_sends_nothing(address: str, simulator: Simulator) -> None:
    settings = environment(address, WERYAI_API_KEY="")
    start = forked.Popen
    done = process("--budget", "20", module="contract_tests.live", start=start, env=settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert "WERYAI_API_KEY" in done.stderr
    assert "nothing was sent" in done.stderr
    assert simulator.received == []


def test_without_a_budget_only_free_reads_are_sent(
    address: str, simulator: Simulator, tmp_path: Path
) -> None:
    settings = environment(address, WERYAI_API_KEY=KEY, PYTHONPATH=children.python_path(str(ROOT)))
    start = forked.Popen
    done = process(module="contract_tests.live", start=start, env=settings, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [request.method for request in simulator.received] == ["GET"] * 4
    assert [line.split()[0] for line in done.stdout.splitlines()[1:5]] == FREE
    assert "Nothing was submitted" in done.stdout
    assert len([*(tmp_path / "reports" / "live").iterdir()]) == 4


def test_without_a_budget_nothing_but_reads_can_leave(address: str, simulator: Simulator) -> None:
    with httpx.Client(base_url=address, transport=Recorder(paid=False)) as http:
        for method, path in [
            ("POST", SUBMISSIONS),
            ("POST", "/v1/generation/upload-file"),
            ("POST", "/v1/generation/balance"),
            ("PUT", SUBMISSIONS),
            ("DELETE", "/v1/generation/task_1"),
        ]:
            with pytest.raises(NotAllowedError, match="was not sent"):
                http.request(method, path, json={})
    assert simulator.received == []


def test_a_budget_lets_one_submission_leave_and_no_second(
    address: str, simulator: Simulator
) -> None:
    with httpx.Client(base_url=address, transport=Recorder(paid=True)) as http:
        assert http.post(SUBMISSIONS, json={}).status_code == 401
        with pytest.raises(NotAllowedError):
            http.post(SUBMISSIONS, json={})
    assert posts(simulator) == [SUBMISSIONS]


@pytest.mark.usefixtures("quick_videos")
def test_a_budget_pays_for_the_smallest_video_and_says_so_before(
    live: Live, simulator: Simulator
) -> None:
    said = live("--budget", "20")
    assert said.code == 0
    (paid,) = simulator.ledger
    assert paid.payload["duration"] == 4
    assert "video_number" not in paid.payload
    before, _, after = said.out.partition(paid.task_ids[0])
    assert "The budget is 20 credits and the balance 1000. No price is published" in before
    assert "went down by 4" in after
    assert Path("out", "live", f"{paid.task_ids[0]}.mp4").exists()


def test_a_budget_that_cannot_be_meant_pays_for_nothing(live: Live, simulator: Simulator) -> None:
    for budget in ["0", "-1", "nan", "inf", "many", ""]:
        with pytest.raises(SystemExit, match="2"):
            live(f"--budget={budget}")
    assert simulator.received == []
    said = live("--budget", "1001")
    assert (said.code, posts(simulator)) == (2, [])
    assert "the balance is 1000, less than the budget of 1001; nothing was submitted" in said.err


@pytest.mark.parametrize("operation", [BALANCE, "list_video_models"])
def test_what_cannot_be_weighed_is_not_paid_for(
    live: Live, simulator: Simulator, operation: str
) -> None:
    simulator.next(operation, Answer(500))
    said = live("--budget", "20")
    assert said.code == 2
    assert "nothing was submitted" in said.err
    assert posts(simulator) == []


def test_a_submission_that_costs_more_than_the_budget_is_told(
    live: Live, simulator: Simulator
) -> None:
    simulator.outcomes.append(Outcome("failed"))  # a failed task has no video to render
    said = live("--budget", "3")
    assert said.code == 1
    assert "4 credits, more than the budget of 3" in said.out


def test_a_lost_submission_is_told_and_not_sent_again(live: Live, simulator: Simulator) -> None:
    simulator.next(SUBMIT, Answer(504, "<html>gateway</html>", accepted=True))
    said = live("--budget", "20")
    assert said.code == 1
    assert "SubmissionUnknownError" in said.out
    assert posts(simulator).count(SUBMISSIONS) == len(simulator.ledger) == 1


# What is said


@pytest.mark.parametrize(
    ("operation", "answer", "told"),
    [
        (BALANCE, Answer(body={"status": 0, "data": 7, "plan": "x"}), "plan: undocumented"),
        (
            BALANCE,
            Answer(body={"status": 0, "data": {"balance": 7, "owner": 1}}),
            "data.owner: undocumented",
        ),
        (BALANCE, Answer(body={"status": 0, "data": "7"}), "data: it is not valid"),
        (BALANCE, Answer(418, {}), "HTTP 418 is undocumented"),
        (BALANCE, Answer(200, "<html>"), "no media type is undocumented for HTTP 200"),
        (
            BALANCE,
            Answer(200, "{", headers={"Content-Type": "application/json"}),
            "the body is not JSON",
        ),
        (BALANCE, Lost(), "no answer: ReadTimeout"),
        (BALANCE, refusal(1011), "InsufficientCreditsError, an answer was looked for"),
        (STATUS, Answer(body={"status": 4711, "message": "what?"}), "code 4711 is unknown"),
        (
            STATUS,
            Answer(body={"status": 0, "data": {"task_status": "reviewing"}}),
            "state 'reviewing' is unknown",
        ),
        (
            STATUS,
            Answer(body={"status": 0, "data": {"task_status": "waiting"}}),
            "it had an answer, NotFoundError was looked for",
        ),
        (
            "list_video_models",
            Answer(body={"status": 0, "data": {"image_to_video": [{"model_key": "A", "fps": 1}]}}),
            "data.image_to_video[].fps: undocumented",
        ),
    ],
)
def test_what_the_contract_does_not_have_is_told_in_one_line(
    live: Live, simulator: Simulator, operation: str, answer: Answer | Lost, told: str
) -> None:
    simulator.next(operation, answer)
    said = live()
    assert said.code == 1
    (line,) = (line for line in said.out.splitlines() if told in line)
    assert line.split()[0] == operation
    assert "DIFFERS" in line


# Examples of what a client must bear with though the contract does not explain it.
OPEN = {
    "get_task_status.200.images": ["data.images: undocumented"],
    "get_task_status.200.unknown-state": ["state 'reviewing' is unknown"],
} | {
    f"{operation}.200.code-{code}": [f"code {code} is unknown"]
    for operation in PAID
    for code in (429, 1004, 1005)
}


@in_one(REPLIES)
def test_no_example_of_the_contract_is_taken_for_a_difference(name: str) -> None:
    told = REPLIES[name]
    page = isinstance(told.value, str)
    headers = httpx.Headers({"Content-Type": "text/html" if page else "application/json"})
    exchange = Exchange(told.operation, b"", int(told.kind), headers, told.body)
    assert differences(exchange) == OPEN.get(name, [])


# What is kept


def test_the_key_is_kept_nowhere_though_the_service_sends_it_back(
    live: Live, simulator: Simulator
) -> None:
    echo = {"status": 1002, "desc": f"bad key {KEY}", "msg": KEY.upper(), KEY: KEY, "data": [KEY]}
    simulator.next(BALANCE, Answer(body=echo, headers={"Retry-After": KEY}))
    simulator.next(STATUS, Answer(500, f"<html>{KEY}", headers={"Content-Type": KEY}))
    row = {"model_key": KEY, "aspect_ratios": [KEY]}
    simulator.next(
        "list_video_models", Answer(body={"status": 0, "data": {"image_to_video": [row]}})
    )
    said = live()
    assert KEY.lower() not in (said.out + said.files).lower()
    assert "<key>" in said.files


def test_nothing_of_the_account_is_kept_but_its_shape(live: Live, simulator: Simulator) -> None:
    told = {"status": 0, "data": {"balance": 4242.5}, "msg": "jo@example.com", "user": {"id": 4243}}
    simulator.next(BALANCE, Answer(body=told))
    said = live()
    body = json.loads(Path("reports", "live", "01-get_balance.json").read_text())["body"]
    assert body == {
        "status": 0,
        "data": {"balance": "<number>"},
        "msg": "<mail>",
        "user": "<object of 1>",
    }
    assert "424" not in said.out + said.files


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (
            {"task_ids": ["task_a1-b2"], "batch_id": 123},
            {"task_ids": ["xxxx_x9-x9"], "batch_id": 999},
        ),
        ({"batch_id": {"id": 1}}, {"batch_id": {"id": "<integer>"}}),
        (
            {"videos": ["https://cdn.example.com/a/b.mp4?key=1"]},
            {"videos": ["https://cdn.example.com/…"]},
        ),
        ({"url": "secret"}, {"url": "<text of 6>"}),
        ({"prompt": "The sun sets slowly"}, {"prompt": "The sun sets…"}),
        (
            {"message": "task 1234567 at https://a.example.com/x"},
            {"message": "task 9999999 at https://a.example.com/…"},
        ),
        (
            {"task_status": "succeed", "unseen": [1]},
            {"task_status": "succeed", "unseen": "<array of 1>"},
        ),
        ({"model_key": "VEO_3_1", "durations": [8]}, {"model_key": "VEO_3_1", "durations": [8]}),
        ([1.5, None, True], ["<number>", None, True]),
    ],
)
def test_each_kind_of_value_is_kept_as_far_as_it_tells_nothing_of_a_person(
    value: Any, kept: Any
) -> None:
    assert redacted(value) == kept


def test_a_run_leaves_no_file_of_the_run_before(live: Live) -> None:
    old = Path("reports", "live", "05-upload_file.json")
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    live()
    assert not old.exists()
