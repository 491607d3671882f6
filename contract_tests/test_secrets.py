"""What is private stays here: the key, and in logs the prompts and the addresses."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.conftest import KEY, MakeClient, Network
from weryai import AsyncWeryAI, MultiImageToVideo, ResponseError, WeryAI, WeryAIError
from weryai.journal import SQLiteJournal

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]


def test_the_key_is_in_no_traceback_that_shows_local_variables(
    make_client: MakeClient, ask: Ask
) -> None:
    answers = Network(httpx.ReadError("broken"), httpx.Response(401), httpx.Response(200, text="x"))
    client = make_client(handler=answers, retry_budget=0)
    for call in (lambda: client.submit(ask(images=HTTPS)), client.balance, client.models):
        with pytest.raises(WeryAIError) as caught:
            call()
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        told = "".join(shown.format())
        assert "self = Calls(" in told, "the frames of the client are there"
        assert KEY not in told


def test_a_service_that_sends_the_key_back_in_no_http_at_all_puts_it_nowhere(
    make_client: MakeClient, ask: Ask, journal: SQLiteJournal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "weryai")
    # As h11 says it of such a line.
    broken = httpx.RemoteProtocolError(f"illegal header line: bytearray(b'X Key {KEY}')")
    client = make_client(handler=Network(broken), journal=journal)
    for call in (client.balance, lambda: client.submit(ask(images=HTTPS))):
        with pytest.raises(WeryAIError, match=r"X Key \[key\]") as caught:
            call()
        shown = traceback.TracebackException.from_exception(caught.value)
        assert KEY not in "".join(shown.format())
    (entry,) = journal.entries()
    assert "[key]" in str(entry.reason)
    assert KEY not in f"{entry} {caplog.text}"


def test_a_key_is_cut_out_however_json_spells_it(make_client: MakeClient) -> None:
    key = "sk-test/0123456789/abcdef"
    for spelled in (key, key.replace("/", "\\/")):
        told = f'{{"status": 1002, "message": "no {spelled}"}}'.encode()
        client = make_client(handler=Network(httpx.Response(200, content=told)), api_key=key)
        with pytest.raises(ResponseError, match=r"no \[key\]") as caught:
            client.balance()
        assert spelled.encode() not in caught.value.raw
        assert key not in str(caught.value)


@pytest.mark.parametrize(
    "given", [{"base_url": "http://example.com"}, {"timeout": -1}, {"journal": "."}, {"add": " x"}]
)
@pytest.mark.parametrize("colour", [WeryAI, AsyncWeryAI])
def test_a_client_that_cannot_be_made_shows_no_key_either(
    colour: Any, given: dict[str, Any]
) -> None:
    def made() -> None:
        options = dict(given)
        colour(KEY + options.pop("add", ""), **options)

    with pytest.raises(WeryAIError) as caught:
        made()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "/weryai/" in frame.filename]
    assert ours
    assert not [frame for frame in ours if KEY in str(frame.locals)]


def test_prompts_and_addresses_are_shortened_in_logs(
    client: WeryAI, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    long = {
        "images": ["https://example.com/" + "a" * 100],
        "prompt": "p" * 100,
        "negative_prompt": "n" * 100,
        "webhook_url": "https://example.com/" + "h" * 100,
    }
    client.submit(ask(**long))
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "KLING_O1" in told
    assert all(letter * 4 in told and letter * 30 not in told for letter in "apnh")


def test_the_package_is_quiet_unless_logging_is_set_up() -> None:
    script = "import logging, weryai; logging.getLogger('weryai').error('loud')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
