"""What is private stays here: the key, and in logs the prompts and the addresses."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient, Network
from contract_tests.support.servers.scripted_file_server import Stream
from weryai import (
    ConfigError,
    MultiImageToVideo,
    ResponseError,
    SubmissionUnknownError,
    WeryAI,
    WeryAIError,
)
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
    # h11 quotes a bad header line in its error, key and all.
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


ODD_KEY = "sk-test/0123=456789+abcdef"


def escaped(key: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in key)


SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda key: key.replace("/", "\\/"),
    escaped,
    lambda key: escaped(key).upper().replace("U", "u"),
    lambda key: key.replace("=", "\\u003d"),
    lambda key: escaped(key).replace("\\", "\\\\"),
    lambda key: json.dumps(json.dumps(escaped(key)))[1:-1],
    lambda key: key.replace("/", "%2F").replace("=", "%3d"),
]


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-32-be"])
def test_a_key_is_cut_out_however_json_spells_it(
    make_client: MakeClient, spell: Callable[[str], str], coding: str
) -> None:
    told = f'{{"status": 1002, "message": "no {spell(ODD_KEY)} é", "{spell(ODD_KEY)}": 1}}'
    answer = Network(httpx.Response(200, content=told.encode(coding)))
    client = make_client(handler=answer, api_key=ODD_KEY)
    with pytest.raises(ResponseError, match=r"no \S*\[key\]\S* é") as caught:
        client.balance()
    kept = caught.value.raw.decode(coding)
    assert '{"status": 1002, "message": "no ' in kept, "nothing else is spoiled"
    assert kept.count("[key]") == 2
    for shown in (kept, str(caught.value), repr(vars(caught.value))):
        assert ODD_KEY not in shown
        assert spell(ODD_KEY) not in shown


def test_the_key_is_in_no_value_that_a_reply_gives(make_client: MakeClient) -> None:
    key = escaped(ODD_KEY)
    task = f'{{"task_id": "{key}", "task_status": "{key}", "videos": ["https://e.com/{key}"]}}'
    answer = httpx.Response(200, content=f'{{"status": 0, "data": {task}}}'.encode())
    told = make_client(handler=Network(answer), api_key=ODD_KEY).batch_status("9")[0]
    assert (told.id, told.raw_state, told.videos[0].url) == (
        "[key]",
        "[key]",
        "https://e.com/[key]",
    )


def test_half_an_answer_ends_in_no_half_of_the_key(make_client: MakeClient, ask: Ask) -> None:
    for key in (KEY, escaped(KEY)):
        half = b'{"by": "' + key[: 3 * len(key) // 4].encode()
        stream = Stream(half, httpx.ReadError("reset"))
        client = make_client(handler=lambda _, stream=stream: httpx.Response(200, stream=stream))
        with pytest.raises(SubmissionUnknownError) as caught:
            client.submit(ask(images=HTTPS))
        assert caught.value.raw == b'{"by": "[key]'


@BOTH_CLASSES
@pytest.mark.parametrize("key", ["data", "status", "sk-1234"])
def test_a_key_that_could_be_a_word_of_a_reply_is_refused(client_class: Any, key: str) -> None:
    with pytest.raises(ConfigError, match="fewer than 8 characters") as caught:
        client_class(key)
    assert key not in str(caught.value).replace("API key", "")


@pytest.mark.parametrize(
    "given", [{"base_url": "http://example.com"}, {"timeout": -1}, {"journal": "."}, {"add": " x"}]
)
@BOTH_CLASSES
def test_a_client_that_cannot_be_made_shows_no_key_either(
    client_class: Any, given: dict[str, Any]
) -> None:
    def made() -> None:
        options = dict(given)
        client_class(KEY + options.pop("add", ""), **options)

    with pytest.raises(WeryAIError) as caught:
        made()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "/weryai/" in frame.filename]
    assert ours
    assert not [frame for frame in ours if KEY in str(frame.locals)]


def test_logs_name_the_fields_that_are_safe_and_nothing_else(
    client: WeryAI, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "weryai")
    private = {
        "images": ["https://example.com/aaaa.jpg?token=secret"],
        "prompt": "pppp",
        "negative_prompt": "nnnn",
        "webhook_url": "https://example.com/hhhh?token=secret",
        "caller_id": 7654321,
    }
    client.submit(ask(**private, video_number=2, resolution="720p"))
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert all(safe in told for safe in ("KLING_O1", "720p", "16:9", "'video_number': 2"))
    sent = next(line for line in told.splitlines() if line.startswith("submitting"))
    for secret in ("aaaa", "pppp", "nnnn", "hhhh", "secret", "7654321"):
        assert secret not in sent
    assert "'prompt': '4 characters'" in sent


@pytest.mark.parametrize("first", ["from weryai import WeryAI", "from weryai import webhooks"])
def test_the_package_is_quiet_unless_logging_is_set_up(first: str) -> None:
    script = f"import logging; {first}; logging.getLogger('weryai').error('loud')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.parametrize("spelled", [KEY, KEY.replace("-", "\\u002d"), KEY.replace("-", "%2D")])
def test_a_success_that_repeats_the_key_is_read_without_it(
    make_client: MakeClient, spelled: str
) -> None:
    task = '{"task_id": "t", "task_status": "PROCESSING", "msg": "it was %s", "videos": []}'
    body = '{"status": 0, "data": %s}' % (task % spelled)
    network = Network(httpx.Response(200, content=body.encode()))
    assert make_client(handler=network).status("t").message == "it was [key]"
