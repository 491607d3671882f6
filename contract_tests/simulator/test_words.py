"""What the simulated service says of a wrong parameter: which field, what it may hold, and nothing
of what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract_tests.support.forbidden_values import ADDRESS, BAD, rows
from contract_tests.support.run.in_one import each
from contract_tests.support.servers.simulator_http import REQUEST, SUBMIT, ask, raw, submit
from weryai.testing import Simulator

SECRET = "s3cret"
SECRETS: list[Any] = [SECRET * 1000, [SECRET], {SECRET: SECRET}, [{"x": SECRET}]]
NESTED: list[Any] = []
for _ in range(900):
    NESTED = [NESTED]
AUDIO = 'generate_audio is not of type "boolean" and is not one of "true", "false"'
# By what is sent: what is said of it, behind "Parameter error: ".
TOLD: list[tuple[dict[str, Any], str]] = [
    ({"prompt": ""}, "prompt is shorter than 1 character"),
    ({"prompt": "x" * 2001}, "prompt is longer than 2000 characters"),
    ({"prompt": NESTED}, "a field is nested too deep"),
    ({"model": 5}, 'model is not of type "string"'),
    ({"images": []}, "images has less than 1 item"),
    ({"images": [ADDRESS] * 4}, "images has more than 3 items"),
    ({"images": [ADDRESS, 5]}, 'images[1] is not of type "string"'),
    ({"images": [ADDRESS, "https://["]}, 'images[1] is not a "uri"'),
    ({"images": ["a.jpg"]}, 'images[0] does not match "^https?://[^\\s/?#]\\S*$"'),
    ({"duration": 0}, "duration is less than the minimum of 1"),
    ({"duration": 5.5}, 'duration is not of type "integer"'),
    ({"duration": 6}, "duration must be one of 5, 10"),
    ({"video_number": 5}, "video_number is not one of 1, 2, 3, 4"),
    ({"generate_audio": "yes"}, AUDIO),
    ({"generate_audio": 1}, AUDIO),
    ({"caller_id": 2**63}, "caller_id is greater than the maximum of 9223372036854775807"),
    ({"resolution": "1080p"}, "resolution must be one of 480p, 720p"),
    ({"aspect_ratio": "4:3"}, "aspect_ratio must be one of 9:16, 1:1, 16:9"),
]


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


@pytest.mark.parametrize(("fields", "words"), TOLD, ids=lambda value: f"{value}"[:40])
def test_a_refusal_names_the_field_and_what_it_may_hold(
    http: httpx.Client, fields: dict[str, Any], words: str
) -> None:
    assert submit(http, **fields)["message"] == f"Parameter error: {words}"


def test_all_fields_that_are_missing_are_named_at_once(http: httpx.Client) -> None:
    told = http.post(SUBMIT, json={"model": "KLING_O1", "images": [ADDRESS]}).json()
    words = "prompt, aspect_ratio, duration is required"
    assert told["message"] == f"Parameter error: {words}"
    told = http.post(SUBMIT, json=[REQUEST]).json()
    assert told["message"] == 'Parameter error: the body is not of type "object"'


def test_every_refusal_names_the_field(http: httpx.Client) -> None:
    def test(operation: str, name: str, value: Any) -> None:
        told = ask(http, operation, **{name: value})
        assert told["message"].startswith(f"Parameter error: {name}")

    each(rows(BAD), test)


def test_no_refusal_repeats_what_was_sent(http: httpx.Client) -> None:
    def test(operation: str, name: str, value: Any) -> None:
        told = ask(http, operation, **{name: value})
        assert (told["status"], SECRET in str(told)) == (1002, False)

    # The key of a model that is not there is told with 1006.
    named = {operation: sorted(fields.keys() - {"model"}) for operation, fields in BAD.items()}
    secrets = {operation: dict.fromkeys(names, SECRETS) for operation, names in named.items()}
    each(rows(secrets), test)
