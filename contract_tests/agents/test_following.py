"""What was paid for is followed, fetched and listed by tools that are free."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from contract_tests.agents.conftest import REQUEST, Agent, Between, Connect
from contract_tests.support.contract import PAID
from weryai import REQUESTS, Job, Result, WeryAI
from weryai.journal import open_journal
from weryai.mcp._following import AT_ONCE
from weryai.requests import endpoint_of
from weryai.testing import Simulator


def test_a_job_is_waited_for_in_short_calls_and_fetched_into_the_folder_of_the_server(
    agent: Agent, folder: Path
) -> None:
    told = agent.submit(video_number=2)
    states = []
    while told["state"] == "running":
        assert "call `wait` again" in told["next"]
        told = agent("wait", job=told["job"])
        states.append(told["state"])
    assert states[-2:] == ["running", "ready"]
    fetched = agent("download", job="one")
    assert fetched["state"] == "fetched"
    files = [Path(video["file"]) for video in fetched["videos"]]
    assert {file.parent for file in files} == {folder}
    assert sorted(folder.glob("*.mp4")) == sorted(files)
    assert len(files) == 2


def test_what_is_here_is_not_fetched_again_and_what_was_deleted_is(
    agent: Agent, simulator: Simulator
) -> None:
    agent.submit()
    simulator.clock.sleep(3600)
    [video] = agent("download", job="one")["videos"]
    before = simulator.received_count
    agent("download", job="one")
    assert simulator.received_count == before
    Path(video["file"]).unlink()
    assert agent("download", job="one")["videos"] == [video]
    assert Path(video["file"]).exists()


def test_a_wait_is_never_longer_than_a_client_waits_for_a_call(agent: Agent) -> None:
    agent.submit()
    assert "less than or equal to 20" in agent.refused("wait", job="one", seconds=21)


def test_why_a_task_failed_is_told(agent: Agent, simulator: Simulator) -> None:
    simulator.fail_task("Content moderation")
    told = agent.submit()
    simulator.clock.sleep(3600)
    assert agent("status", job="one")["state"] == "incomplete", "it may turn out to be none"
    simulator.clock.sleep(120)
    after = agent("status", job="one")
    assert after["failed"] == {told["task_ids"][0]: "Content moderation"}
    assert after["state"] == "failed"


def test_what_another_process_is_fetching_is_left_to_it(
    agent: Agent, place: Path, simulator: Simulator
) -> None:
    told = agent.submit()
    simulator.clock.sleep(3600)
    other = open_journal(place)
    assert other.claim(told["job"])
    assert "another process is at it" in agent.refused("download", job="one")
    assert agent("resume") == {"jobs": []}
    other.close()
    assert [job["state"] for job in agent("resume")["jobs"]] == ["fetched"]


def test_resume_fetches_all_that_is_open_some_jobs_a_call(
    connect: Connect, simulator: Simulator, folder: Path
) -> None:
    agent = connect()
    for number in range(AT_ONCE + 2):
        agent.submit(str(number))
        simulator.clock.sleep(3600)
    agent = connect()
    first = agent("resume")
    assert len(first["jobs"]) == AT_ONCE
    second = agent("resume", after=first["after"])
    assert len(second["jobs"]) == 2
    assert "after" not in second
    assert {job["state"] for job in first["jobs"] + second["jobs"]} == {"fetched"}
    assert len([*folder.glob("*.mp4")]) == AT_ONCE + 2
    assert agent("resume") == {"jobs": []}


def test_a_job_that_cannot_be_fetched_stops_no_other(
    connect: Connect, simulator: Simulator
) -> None:
    def gone(path: str, response: httpx.Response) -> httpx.Response:
        missing = path.startswith(f"/results/{simulator.ledger[0].task_ids[0]}")
        return httpx.Response(404) if missing else response

    agent = connect(transport=Between(simulator, gone))
    agent.submit("one")
    agent.submit("two")
    simulator.clock.sleep(3600)
    first, second = agent("resume")["jobs"]
    assert "HTTP 404" in first["failure"]
    assert (first["state"], second["state"]) == ("ready", "fetched")
    assert "HTTP 404" in agent.refused("download", job="one")


def test_jobs_are_listed_the_latest_first_a_page_at_a_time(
    agent: Agent, simulator: Simulator, place: Path
) -> None:
    told = []
    for number in range(3):
        told.append(agent.submit(str(number)))
        simulator.clock.sleep(1)
    other = open_journal(place)
    other.begin("elsewhere", "https://other.example", {}, datetime.now(UTC))
    other.close()
    page = agent("jobs", limit=2)
    assert page == {"jobs": [told[2], told[1]], "after": told[1]["job"]}
    assert agent("jobs", limit=2, after=page["after"]) == {"jobs": [told[0]]}
    simulator.clock.sleep(3600)
    agent("download", job="1")
    assert [job["job"] for job in agent("jobs", only_open=True)["jobs"]] == [
        told[2]["job"],
        told[0]["job"],
    ]
    for name in ("elsewhere", "", "nobody"):
        assert "there is no job" in agent.refused("status", job=name)


def test_a_wait_is_made_of_short_ones_between_which_the_process_can_end(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, wait = list[float](), WeryAI.wait

    def waited(client: WeryAI, job: Job, *, timeout: float) -> Result:
        waits.append(timeout)
        return wait(client, job, timeout=timeout)

    monkeypatch.setattr(WeryAI, "wait", waited)
    agent.submit()
    assert agent("wait", job="one", seconds=10)["state"] == "running"
    assert waits == [4, 4, 2]


def test_what_such_a_request_has_cost_is_told(agent: Agent, simulator: Simulator) -> None:
    request = REQUEST | {"images": ["/no/such/file.png"]}
    assert agent("estimate", request=request) == {"cost": "not known", "payments": 0}
    agent("balance")
    agent.submit()
    agent("balance")
    received = simulator.received_count
    told = agent("estimate", request=request)
    assert (told["credits"], told["payments"]) == (5, 1)
    assert told["cost"].startswith("5 credits: measured by 1 payment of this kind")
    assert "prompt is missing" in agent.refused("estimate", request=request | {"prompt": None})
    assert simulator.received_count == received


def test_the_account_is_told(agent: Agent, simulator: Simulator) -> None:
    assert agent("balance") == {"credits": simulator.credits}
    row = next(row for row in agent("models")["models"] if row["key"] == "KLING_O1")
    assert row["durations"] == [5, 10]
    assert "endpoint is one of multi-image" in agent.refused("models", endpoint="text-to-video")


def test_a_client_can_tell_which_tools_pay_and_which_change_nothing(agent: Agent) -> None:
    tools = {tool.name: tool for tool in agent.portal.call(agent.client.list_tools).tools}
    assert {name for name, tool in tools.items() if (tool.meta or {})["paid"]} == {"submit"}
    hints = {name: tool.annotations for name, tool in tools.items()}
    assert {name for name, hint in hints.items() if hint and hint.read_only_hint} == {
        *("estimate", "status", "wait", "jobs", "balance", "models")
    }
    assert {name for name, hint in hints.items() if hint and hint.destructive_hint} == {"submit"}
    assert {name for name, hint in hints.items() if hint and hint.idempotent_hint} == {
        *("submit", "download", "resume")
    }
    for name, tool in tools.items():
        assert ("free" in str(tool.description)) != (name == "submit")
        assert ("PAID" in str(tool.description)) == (name == "submit")


def test_a_request_can_be_asked_for_with_every_field_that_a_class_has(agent: Agent) -> None:
    tools = {tool.name: tool for tool in agent.portal.call(agent.client.list_tools).tools}
    schema = tools["submit"].input_schema["properties"]["request"]
    assert set(schema["properties"]["endpoint"]["enum"]) == {endpoint_of(name) for name in PAID}
    fields = {each.name for kind in REQUESTS.values() for each in kind.parameters()}
    pictures = {"image", "first_pic_url", "end_pic_url"}
    assert set(schema["properties"]) == fields - pictures | {"endpoint", "images"}
    assert set(schema["required"]) == set(REQUEST)
    assert schema["properties"]["prompt"]["maxLength"] == 2000
    assert schema["properties"]["video_number"]["enum"] == [1, 2, 3, 4]
