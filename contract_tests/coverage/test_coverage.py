"""What counts as exercised of the contract, and that a hole or an old excuse cannot hide."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests.coverage import plugin
from contract_tests.coverage.cells import CONTRACT, Cell, Contract
from contract_tests.coverage.record import Seen
from contract_tests.coverage.report import summary
from contract_tests.coverage.verdict import OPEN, SIDES, Excuse, Verdict, excuses, judge
from contract_tests.support.contract import read_yaml
from contract_tests.support.servers.simulator_http import OPERATIONS, REQUEST, SUBMIT

DOCUMENT = read_yaml(CONTRACT.read_text())
PAID = "submit_multi_image_to_video"
JSON = {"Content-Type": "application/json"}
# As pytest names what -k, -m, --deselect, --ignore, --ignore-glob, --lf and --collect-only set.
LEFT_OUT = ["keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly"]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(DOCUMENT)


@pytest.fixture
def seen(contract: Contract) -> Seen:
    return Seen(contract)


def names(cells: Any) -> set[str]:
    return {str(cell) for cell in cells}


def posted(seen: Seen, name: str, **fields: Any) -> None:
    seen.request(name, "POST", SUBMIT, JSON, json.dumps(REQUEST | fields).encode())


# Cells


def test_every_operation_status_property_and_value_is_a_cell(contract: Contract) -> None:
    told = names(contract.cells)
    for operation in OPERATIONS:
        assert f"{operation} request operation" in told
    for path in DOCUMENT["paths"].values():
        for operation in (path[method] for method in ("get", "post") if method in path):
            for status in operation["responses"]:
                assert f"{operation['operationId']} reply {status} status" in told
    for component, schema in DOCUMENT["components"]["schemas"].items():
        fields = {cell.name for cell in contract.cells if cell.kind == "field"}
        assert {f"{component}.{name}" for name in schema.get("properties", {})} <= fields
        values = {cell.name for cell in contract.cells if cell.kind == "value"}
        assert {f"{component} = {value}" for value in schema.get("enum", [])} <= values
    assert "task_completed notice webhook" in told
    assert {cell.name for cell in contract.cells if cell.kind == "link"} == {
        "taskStatus",
        "batchStatus",
    }


def planted() -> Any:
    """A copy of the contract with more in it."""
    document = copy.deepcopy(DOCUMENT)
    schemas = document["components"]["schemas"]
    schemas["MultiImageToVideoRequest"]["properties"]["zest"] = {"type": "integer", "maximum": 9}
    schemas["VideoNumber"]["enum"].append(99)
    schemas["HttpError"]["properties"]["trace"] = {"description": "anything"}
    document["paths"]["/v1/zest"] = {
        "post": {"operationId": "zest", "responses": {"200": {"description": "Done."}}}
    }
    return document


def test_what_is_added_to_the_contract_is_open_until_it_is_exercised(contract: Contract) -> None:
    new = Contract(planted())
    added = names(new.cells) - names(contract.cells)
    assert {
        f"{PAID} request field MultiImageToVideoRequest.zest",
        f"{PAID} request keyword MultiImageToVideoRequest.zest maximum wrong",
        f"{PAID} request value VideoNumber = 99",
        f"{PAID} reply 401 field HttpError.trace",
        "zest request operation",
        "zest reply 200 status",
    } <= added
    seen = Seen(new)
    assert added <= names(judge(seen, []).open("client"))
    posted(seen, "sent", zest=9, video_number=99)
    assert {
        f"{PAID} request field MultiImageToVideoRequest.zest",
        f"{PAID} request value VideoNumber = 99",
    } & names(judge(seen, []).open("client")) == set()


# What counts


def test_a_value_counts_only_where_it_was_there(seen: Seen) -> None:
    posted(seen, "sent", video_number=3)
    told = names(seen.touched["sent"])
    assert f"{PAID} request value VideoNumber = 3" in told
    assert f"{PAID} request value VideoNumber = 2" not in told
    assert f"{PAID} request field MultiImageToVideoRequest.prompt" in told
    assert f"{PAID} request field MultiImageToVideoRequest.caller_id" not in told
    assert f"{PAID} request operation" in told
    assert "get_balance request operation" not in told


@pytest.mark.parametrize(("allowed", "refused"), [("accepted", "refused"), ("sent", "withheld")])
def test_a_limit_counts_where_it_was_kept_and_accepted_and_where_it_was_broken_and_refused(
    seen: Seen, allowed: str, refused: str
) -> None:
    side = "simulator" if allowed == "accepted" else "client"
    right = f"{PAID} request keyword MultiImageToVideoRequest.prompt maxLength"
    posted(seen, refused, prompt="x" * 2000)
    posted(seen, allowed, prompt="x" * 2001)
    assert {right, f"{right} wrong"} <= names(judge(seen, []).open(side))
    posted(seen, allowed, prompt="x" * 2000)
    assert {right, f"{right} wrong"} & names(judge(seen, []).open(side)) == {f"{right} wrong"}
    posted(seen, refused, prompt="x" * 2001)
    assert {right, f"{right} wrong"} & names(judge(seen, []).open(side)) == set()


def test_a_reply_counts_for_its_own_operation_and_status(seen: Seen) -> None:
    body = b'{"status": 1002, "message": "no"}'
    seen.reply("read", "get_balance", "reply 401", {"Content-Type": "application/json"}, body)
    assert "get_balance reply 401 field HttpError.message" in names(seen.touched["read"])
    assert {cell.operation for cell in seen.touched["read"]} == {"get_balance"}
    assert {cell.place for cell in seen.touched["read"]} == {"reply 401"}


def test_what_one_process_saw_reaches_another(seen: Seen, contract: Contract) -> None:
    posted(seen, "sent", video_number=3)
    seen.links["client"] |= {contract.links[0].cell}
    other = Seen(contract)
    posted(other, "sent", video_number=2)
    other.merge(seen.export())
    values = {cell.name for cell in other.touched["sent"] if cell.kind == "value"}
    assert values == {"VideoNumber = 2", "VideoNumber = 3"}
    assert other.links == seen.links


# Excuses and the verdict


def test_each_excuse_has_a_side_a_reason_and_cells_that_exist(seen: Seen) -> None:
    verdict = judge(seen, excuses())
    assert verdict.stale == []
    for excuse in excuses():
        assert excuse.side in SIDES
        assert len(excuse.why) > 20


def test_an_excuse_for_what_is_exercised_or_does_not_exist_is_told(seen: Seen) -> None:
    posted(seen, "sent", video_number=3)
    cells = (f"{PAID} request value VideoNumber = ?", "get_balance request operation", "no such *")
    verdict = judge(seen, [Excuse("client", cells, "a reason")])
    assert verdict.stale == [
        f"client: exercised, and excused by {cells[0]}: {PAID} request value VideoNumber = 3",
        "client: no such cell: no such *",
    ]
    assert not verdict.good
    assert f"{PAID} request value VideoNumber = 2" not in names(verdict.open("client"))
    assert any("a reason" in line for line in summary(verdict))


def test_what_only_a_scenario_can_say_must_have_been_said_by_one(seen: Seen) -> None:
    excuse = Excuse("simulator", ("get_balance reply 429 *",), "a reason", scripted=True)
    status = "get_balance reply 429 status"
    assert status in names(judge(seen, [excuse]).open("simulator"))
    seen.reply("scripted", "get_balance", "reply 429", JSON, b"{}")
    assert status not in names(judge(seen, [excuse]).open("simulator"))
    assert status in names(judge(seen, []).open("simulator"))


def run(folder: Path, verdict: Verdict, *asked: str, **options: Any) -> tuple[int, str]:
    """The exit status and the output of a run of these tests that saw what the verdict says."""
    lines: list[str] = []
    config: Any = SimpleNamespace(
        stash={plugin.SEEN: None}, rootpath=folder, args=list(asked), getoption=options.get
    )
    session: Any = SimpleNamespace(config=config, exitstatus=0)
    terminal: Any = SimpleNamespace(
        config=config, write_sep=lambda *_: None, write_line=lines.append
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugin, "judge", lambda *_: verdict)
        plugin.pytest_sessionfinish(session)
    plugin.pytest_terminal_summary(terminal)
    return session.exitstatus, "\n".join(lines)


def test_a_whole_run_fails_where_a_cell_is_open_or_an_excuse_is_stale_and_a_part_is_not_judged(
    seen: Seen, tmp_path: Path
) -> None:
    tests = str(Path(__file__).parents[1])
    cell = Cell("get_balance", "request", "operation")
    good = Verdict({side: {cell: ""} for side in SIDES}, [])
    assert run(tmp_path, good, tests)[0] == 0
    for name in ("contract.md", "contract.xml"):
        assert "get_balance" in (tmp_path / "reports" / name).read_text()
    for bad in (
        Verdict({"client": {cell: OPEN}, "simulator": {}}, []),
        Verdict({"client": {cell: ""}, "simulator": {}}, ["client: no such cell"]),
    ):
        assert run(tmp_path, bad, tests)[0] == 1
        parts = [run(tmp_path, bad, __file__)]
        parts += [run(tmp_path, bad, tests, **{option: "some"}) for option in LEFT_OUT]
        for code, text in parts:
            assert code == 0
            assert "not judged" in text
