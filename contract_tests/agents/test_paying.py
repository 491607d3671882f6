"""`submit`: agreed to by somebody, paid once, and never lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp_types import ElicitResult

from contract_tests.agents.conftest import REQUEST, Agent, Between, Connect, answer
from weryai import Limits, Purse
from weryai.journal import SQLiteJournal, Turn
from weryai.mcp import _paying
from weryai.testing import Answer, Simulator

YES = ElicitResult(action="accept", content={"pay": True})
ERAS = pytest.mark.parametrize("era", ["legacy", "auto"])
SUBMIT = {"request": REQUEST, "idempotency_key": "one"}
POST = "/v1/generation/multi-image-to-video"


def posts(simulator: Simulator) -> int:
    """How often a submission arrived."""
    return sum(each.path == POST for each in simulator.received)


@ERAS
def test_somebody_is_asked_before_anything_is_paid(
    connect: Connect, simulator: Simulator, era: str
) -> None:
    agent = connect(era, YES)
    agent("submit", **SUBMIT)
    [question] = agent.asked
    assert "Pay for 1 video of 5 s, 16:9 with KLING_O1?" in question
    assert REQUEST["prompt"] in question
    assert "https://example.com/a.jpg" in question
    assert "Cost: not known" in question
    simulator.assert_paid(1)


def test_the_question_says_what_may_be_wrong_and_what_the_last_one_has_cost(
    connect: Connect, simulator: Simulator
) -> None:
    agent = connect(says=YES, check_models=True)
    agent("balance")
    agent("submit", **SUBMIT)
    agent("balance")
    wrong = {"request": REQUEST | {"model": "KLING_O2"}, "idempotency_key": "two"}
    agent.start("submit", **wrong).result()
    agent("submit", **SUBMIT | {"idempotency_key": "three"})
    _, doubtful, last = agent.asked
    assert "Perhaps wrong: " in doubtful
    assert "KLING_O1" in doubtful, "which may be meant"
    assert "Cost: 5 credits, as the last one of its kind" in last
    assert "Perhaps wrong" not in last


@ERAS
@pytest.mark.parametrize(
    "says",
    [
        ElicitResult(action="decline"),
        ElicitResult(action="cancel"),
        ElicitResult(action="accept", content={"pay": False}),
    ],
    ids=["decline", "cancel", "no"],
)
def test_the_word_of_the_agent_does_not_stand_for_that_of_the_user(
    connect: Connect, simulator: Simulator, era: str, says: ElicitResult
) -> None:
    agent = connect(era, says)
    said = agent.refused("submit", **SUBMIT, confirm=True)
    assert "the user does not want to pay for it: this call sent nothing" in said
    assert len(agent.asked) == 1
    assert posts(simulator) == 0


@ERAS
def test_where_nobody_can_be_asked_the_agent_has_to_confirm(
    connect: Connect, simulator: Simulator, era: str
) -> None:
    agent = connect(era)
    said = agent.refused("submit", **SUBMIT)
    assert "not confirmed: this call sent nothing" in said
    assert "confirm=true: Pay for 1 video of 5 s" in said
    assert posts(simulator) == 0
    agent("submit", **SUBMIT, confirm=True)
    simulator.assert_paid(1)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"seed": 1, "prompt": None}, ["seed is nothing that", "prompt is missing"]),
        ({"prompt": "", "duration": "5"}, ["prompt is empty", "duration must be a whole number"]),
        ({"duration": 7}, ["duration is 7, and the model takes 5, 10"]),
        ({"images": ["/no/such/file.png"]}, ["no such file"]),
        ({"images": []}, ["images: 0 given, 1 to 3 are possible"]),
        ({"endpoint": "first-last-image-to-video"}, ["2: first_pic_url, end_pic_url"]),
        ({"endpoint": "video-to-text"}, ["endpoint is one of multi-image-to-video, image-to"]),
    ],
    ids=lambda each: "",
)
def test_what_would_be_refused_is_told_at_once_and_asks_nobody(
    connect: Connect, simulator: Simulator, changes: dict[str, Any], faults: list[str]
) -> None:
    agent = connect(says=YES, check_models=True)
    said = agent.refused("submit", request=REQUEST | changes, idempotency_key="one")
    for fault in [*faults, "this call sent nothing and paid nothing"]:
        assert fault in said
    assert agent.asked == []
    assert {each.method for each in simulator.received} <= {"GET"}


@pytest.mark.parametrize(
    ("endpoint", "images"),
    [("image-to-video", ["a"]), ("first-last-image-to-video", ["a", "b"])],
)
def test_each_endpoint_gets_its_images_in_their_order(
    agent: Agent, simulator: Simulator, endpoint: str, images: list[str]
) -> None:
    addresses = [f"https://example.com/{name}.jpg" for name in images]
    agent.submit(endpoint=endpoint, images=addresses, model="VEO_3_1", duration=8)
    [line] = simulator.ledger
    fields = ["image"] if len(images) == 1 else ["first_pic_url", "end_pic_url"]
    assert [line.payload[name] for name in fields] == addresses


def test_a_call_that_is_repeated_is_paid_once_and_asks_once(
    connect: Connect, simulator: Simulator
) -> None:
    agent = connect(says=YES)
    first = agent("submit", **SUBMIT)
    assert agent("submit", **SUBMIT) == first
    other = {"request": REQUEST | {"prompt": "Rain"}, "idempotency_key": "one"}
    assert "'one' stands for another request" in agent.refused("submit", **other)
    assert len(agent.asked) == 1
    assert posts(simulator) == 1


def test_what_was_agreed_to_and_refused_is_tried_again_without_a_question(
    connect: Connect, simulator: Simulator
) -> None:
    agent = connect(says=YES)
    simulator.refuse("insufficient_credits")
    assert "code 1011" in agent.refused("submit", **SUBMIT)
    agent("submit", **SUBMIT)
    assert len(agent.asked) == 1
    simulator.assert_paid(1)


def test_an_id_that_was_told_is_answered_after_a_restart(
    connect: Connect, simulator: Simulator
) -> None:
    before, after = connect(), connect()
    told = before.submit()
    for name in (told["job"], "one", *told["task_ids"]):
        assert after("status", job=name) == told
    assert after("submit", **SUBMIT) == told, "a repeat needs no consent: it pays nothing"
    assert after("jobs")["jobs"] == [told]
    assert posts(simulator) == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_a_submission_of_unknown_fate_is_told_and_never_sent_again(
    agent: Agent, simulator: Simulator, accepted: bool
) -> None:
    simulator.lose_answer(accepted=accepted)
    for _ in range(2):
        said = agent.refused("submit", **SUBMIT, confirm=True)
        assert "its fate is not known" in said
    told = agent("status", job="one")
    assert told["state"] == "unknown"
    assert f"weryai jobs settle {told['job']}" in said
    assert f"weryai jobs settle {told['job']}" in told["next"]
    assert posts(simulator) == 1


@ERAS
def test_a_client_that_gives_up_and_repeats_its_call_pays_once(
    connect: Connect, simulator: Simulator, era: str
) -> None:
    """As one does whose time limit is over: in both eras that cancels the call."""
    arrived, let_go = threading.Event(), threading.Event()

    def held(path: str, response: httpx.Response) -> httpx.Response:
        if path == POST:
            arrived.set()
            assert let_go.wait(60)
        return response

    agent = connect(era, transport=Between(simulator, held))
    given_up = agent.start("submit", **SUBMIT, confirm=True)
    assert arrived.wait(60)
    given_up.cancel()
    again = agent.start("submit", **SUBMIT)
    let_go.set()
    assert answer(again.result())["state"] == "running"
    assert posts(simulator) == 1
    simulator.assert_paid(1)


def test_agents_of_all_processes_keep_to_one_cap_and_are_told_of_it(
    connect: Connect, simulator: Simulator
) -> None:
    limits = Limits(interval=0, purse=Purse("mcp", 12))
    one, other = connect(limits=limits), connect(limits=limits)
    one.submit("one")
    other.submit("two")
    for agent in (one, other):
        said = agent.refused("submit", **SUBMIT | {"idempotency_key": "three"}, confirm=True)
        assert "this call sent nothing and paid nothing: 10 of 12 credits are spent" in said
        assert "may cost 5. Only the user can allow more" in said
    assert one.submit("two")["state"] == "running", "what was paid is answered"
    assert connect(limits=Limits(purse=Purse("mcp", 15))).submit("three")["state"] == "running"
    assert sum(line.credits for line in simulator.ledger) == 15


@pytest.mark.parametrize(
    ("limits", "refused", "why"),
    [
        (Limits(running=1, interval=0), False, "as many tasks run as the account may have"),
        (Limits(interval=600), False, "the last one was a moment ago"),
        (Limits(interval=0), True, "the service asked for patience"),
        (Limits(interval=0, purse=Purse("mcp", 50)), False, "another one shows what such videos"),
    ],
    ids=["running", "interval", "refused", "price"],
)
def test_what_would_wait_for_long_is_not_sent_and_the_agent_calls_again(
    connect: Connect,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    place: Path,
    limits: Limits,
    refused: bool,
    why: str,
) -> None:
    agent, journal = connect(limits=limits), SQLiteJournal(place)
    if limits.purse:  # which is not done with the first one
        journal.begin("first", "http://localhost", {}, datetime.now(UTC), turn=Turn(limits))
    else:
        agent.submit("first")
    if refused:
        later = Answer(429, {"status": 6010, "msg": "later"}, headers={"Retry-After": "9"})
        simulator.next("submit_multi_image_to_video", later)
    with monkeypatch.context() as patience:
        patience.setattr(_paying, "PATIENCE", 1e-9)
        said = agent.refused("submit", **SUBMIT, confirm=True)
    assert f"not yet, as {why}" in said
    assert "this call sent nothing and paid nothing. Call again in " in said
    assert journal.earlier("http://localhost", idempotency_key="one") is None
    simulator.assert_paid(0 if limits.purse else 1)
    journal.refuse("first")
    simulator.clock.sleep(3600)
    agent("status", job="first") if not limits.purse else None
    assert agent("submit", **SUBMIT)["state"] == "running", "and is not asked again"
    journal.close()
