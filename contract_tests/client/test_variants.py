"""Every disagreement that has been seen is read as the table under data/variants/ says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import weryai
from contract_tests.support.clients import TWO_MODES, Network
from contract_tests.support.contract import PAID
from contract_tests.support.requests import usual
from contract_tests.support.run.in_one import each, in_one
from contract_tests.support.run.turns import EVERY_MODE
from contract_tests.support.servers.simulator_http import fits
from contract_tests.support.variants import (
    BROKEN,
    ELSEWHERE,
    ENDED,
    PLAIN,
    WAITS,
    Row,
    call,
    plain,
    rows,
    success,
)
from weryai import (
    Result,
    SubmissionUnknownError,
    TaskFailedError,
    UnexpectedResponseError,
    WebhookError,
    WeryAIError,
    webhooks,
)

MakeClient = Callable[..., weryai.WeryAI]
ROWS = list(rows())
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOTES = (Path(__file__).parents[2] / "openapi" / "NOTES.md").read_text()
DISAGREEMENTS = {
    what: re.findall(r"[DVUI](?:-\w+)?", evidence)
    for what, evidence in re.findall(
        r"^\| [\d-]{10} \| (.+?) \| (.+?) \|.*\|$",
        NOTES.partition("\n## Disagreements")[2].partition("\n## ")[0],
        re.MULTILINE,
    )
}


REFUSALS = [row for row in ROWS if row.kind == "body"]
REPLIES = [row for row in ROWS if row.kind != "body"]
# Each mode takes every second row of a way.
IN_TURNS = pytest.mark.parametrize(
    ("make_client", "turn"), [*zip(TWO_MODES, (0, 1), strict=True)], indirect=["make_client"]
)


def ways(table: list[Row], *, wait: bool) -> pytest.MarkDecorator:
    """Each way to say what these rows say."""
    found = [way for row in table for way in row.ways() if (way in WAITS) == wait]
    return pytest.mark.parametrize("way", [*dict.fromkeys(found)])


def try_each(table: list[Row], way: str, turn: int, test: Callable[[Row], None]) -> None:
    """Run a test with the rows of a way whose turn it is; a failure names those that failed."""
    told = [row for row in table if way in row.ways()][turn::2]
    each(told, test)


@EVERY_MODE
@IN_TURNS
@ways(REPLIES, wait=False)
def test_each_way_to_say_it_means_what_the_table_says(
    make_client: MakeClient, pictures: tuple[Path, Path], way: str, turn: int
) -> None:
    def test(row: Row) -> None:
        answer, expected = row.answer(way), row.expected(way)
        if way == "webhook":
            assert plain(webhooks.parse(answer.content)) == expected
            return
        client = make_client(handler=Network(answer))
        if expected != BROKEN:
            assert plain(call(client, way, pictures[0])) == expected
            return
        kind = SubmissionUnknownError if way in PAID else UnexpectedResponseError
        with pytest.raises(kind) as caught:
            call(client, way, pictures[0])
        assert getattr(caught.value, "raw", None) == answer.content

    try_each(REPLIES, way, turn, test)


@EVERY_MODE
@IN_TURNS
@ways(REPLIES, wait=True)
def test_a_wait_ends_with_what_the_table_says_or_goes_on(
    make_client: MakeClient, way: str, turn: int
) -> None:
    def test(row: Row) -> None:
        expected, seen = row.expected(way), list[Result]()
        broken = expected == BROKEN
        ids = ["a"] if broken else [told["id"] for told in expected]
        ended = not broken and all(told["state"] in ENDED for told in expected)
        made = ended and all(
            told["state"] == "succeeded" and told.get("videos") for told in expected
        )
        short = ended and not made  # which is looked at again for a minute
        network = Network(row.answer(way), *([] if short else [success(way, ids)]))
        failed = False
        try:
            result = make_client(handler=network).wait(WAITS[way], on_update=seen.append)
        except TaskFailedError as error:
            result, failed = error.result, True
        if not ended:
            assert (len(network.seen), failed) == (2, False)
            assert broken or plain(seen[0]) == expected
        else:
            assert (len(network.seen) > 2, failed) == (short, short)
            assert plain(result) == expected

    try_each(REPLIES, way, turn, test)


@EVERY_MODE
@IN_TURNS
@ways(REFUSALS, wait=False)
def test_each_refusal_is_the_error_that_the_table_says(
    make_client: MakeClient, pictures: tuple[Path, Path], way: str, turn: int
) -> None:
    def test(row: Row) -> None:
        answer = row.answer(way)
        with pytest.raises(WeryAIError) as caught:
            call(make_client(handler=Network(answer), retry_budget=0), way, pictures[0])
        error: Any = caught.value
        if way in PAID and row.expect.get("submit") == "unknown":
            assert type(error) is SubmissionUnknownError
            error = error.__cause__
        assert type(error).__name__ == row.expect["error"]
        assert (error.code, error.http_status) == (row.expect["code"], row.http)
        assert row.expect["words"] in str(error)
        assert error.raw == answer.content

    try_each(REFUSALS, way, turn, test)


@EVERY_MODE
@IN_TURNS
@pytest.mark.parametrize("operation", PAID)
def test_a_paid_submission_is_sent_again_only_where_the_table_says(
    make_client: MakeClient, operation: str, turn: int
) -> None:
    def test(row: Row) -> None:
        network = Network(row.answer(operation), success(operation, ["a"]))
        client = make_client(handler=network)
        if row.expect.get("submit") == "again":
            assert plain(client.submit(usual(operation))) == PLAIN[operation][2]
            assert len(network.seen) == 2
            return
        with pytest.raises(WeryAIError):
            client.submit(usual(operation))
        assert len(network.seen) == 1

    each(REFUSALS[turn::2], test)


@in_one(REFUSALS)
def test_a_refusal_is_no_notice_of_a_task(row: Row) -> None:
    with pytest.raises(WebhookError):
        webhooks.parse(row.answer("status").content)


@EVERY_MODE
@IN_TURNS
@ways(REFUSALS, wait=True)
def test_a_refusal_that_cannot_change_ends_a_wait_and_no_other_does(
    make_client: MakeClient, way: str, turn: int
) -> None:
    def test(row: Row) -> None:
        network = Network(row.answer(way), success(way, ["a"]))
        client, job = make_client(handler=network), evolve(WAITS[way], submitted_at=LONG_AGO)
        if row.expect.get("wait") != "ends":
            assert plain(client.wait(job)) == PLAIN[way][2]
            assert len(network.seen) == 2
            return
        with pytest.raises(getattr(weryai, row.expect["error"])) as caught:
            client.wait(job)
        assert len(network.seen) == 1
        assert caught.value.job is job

    try_each(REFUSALS, way, turn, test)


# The table itself


def test_every_disagreement_is_in_the_table_or_concerns_no_reply() -> None:
    replies = {row.disagreement for row in ROWS}
    others = [each for group in ELSEWHERE.values() for each in group]
    found = Counter(
        what for start in [*replies, *others] for what in DISAGREEMENTS if what.startswith(start)
    )
    assert {what for what in DISAGREEMENTS if found[what] != 1} == set()
    assert found.total() == len(replies) + len(others)


def test_each_row_has_evidence_that_its_disagreement_names() -> None:
    named = {what: set(keys) for what, keys in DISAGREEMENTS.items()}
    for row in ROWS:
        (keys,) = (keys for what, keys in named.items() if what.startswith(row.disagreement))
        assert row.evidence in keys, row


@in_one(ROWS)
def test_the_contract_allows_what_the_table_can_read_and_nothing_else(row: Row) -> None:
    for way in row.ways():
        body, broken = row.body(way), row.expected(way) == BROKEN
        if row.kind == "body" and row.http == 200:
            refused = row.expect["code"] is not None
            assert fits("BusinessError", body) == refused, body
        elif row.kind != "body":
            assert fits(PLAIN[way][0], body) == (not broken), body
