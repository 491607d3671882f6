"""Every operation of the contract has its method; what charges is written down, and sent once."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

import weryai.testing
from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.contract import OPERATIONS, PAID
from contract_tests.support.operation_calls import REACHED, calls
from weryai import SubmissionUnknownError, WeryAIError
from weryai.journal import SQLiteJournal


def test_every_operation_of_the_contract_is_reached_by_a_method() -> None:
    unreached = OPERATIONS.keys() - REACHED
    assert unreached == set(), (
        "each needs a method of the client (_client.py), and a row in support/operation_calls.py"
    )


def test_every_operation_of_the_contract_is_simulated() -> None:
    unsimulated = OPERATIONS.keys() ^ set(weryai.testing.OPERATIONS)
    assert unsimulated == set(), "its reply: ANSWERS in wrapper/weryai/testing/_asgi.py"


@pytest.mark.parametrize("operation", REACHED)
@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("lost"),
        httpx.Response(500),
        httpx.Response(200, content=b""),
        httpx.Response(200, json={"status": 1001, "data": {"task_ids": ["a"]}}),
    ],
    ids=["lost", "500", "empty", "refused, with an id"],
)
def test_only_what_is_known_to_be_free_is_sent_again(
    make_client: MakeClient,
    pictures: tuple[Path, Path],
    journal: SQLiteJournal,
    tmp_path: Path,
    operation: str,
    answer: httpx.Response | Exception,
) -> None:
    network = Network(answer)
    picture = Path(shutil.copy(pictures[0], tmp_path / "picture.png"))
    with pytest.raises(WeryAIError) as caught:
        calls(make_client(handler=network, journal=journal), picture)[operation]()
    paid = operation in PAID
    unknown = isinstance(caught.value, SubmissionUnknownError)
    assert unknown == paid, (
        "cost= in _service/operations.py: Cost.PAID, unless FREE of support/contract.py names it"
    )
    assert len([*journal.entries()]) == paid, (
        "what is paid is in the journal: see submit in _flows/flows.py"
    )
    if paid:
        assert len(network.seen) == 1
    elif not isinstance(answer, httpx.Response) or answer.status_code == 500:
        assert len(network.seen) > 1
