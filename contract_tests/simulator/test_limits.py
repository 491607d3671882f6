"""The simulated service keeps every documented limit, and charges for nothing it refuses.

Called over raw HTTP, so that no check of our own client can stand in for one of the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract_tests.support.contract import PAID, PLACES, SCHEMAS, request, success
from contract_tests.support.forbidden_values import ADDRESS, BAD, REQUIRED, rows
from contract_tests.support.recorded_pages import PAGES
from contract_tests.support.requests import body
from contract_tests.support.run.in_one import each
from contract_tests.support.servers.simulator_http import (
    MODELS,
    REQUEST,
    SUBMIT,
    ask,
    assert_fits,
    fits,
    raw,
    submit,
)
from weryai.testing import ManualClock, Simulator, Variant
from weryai.testing._wire.models import rows_of

CREDITS = 1000

# By field, for each operation that has it.
GOOD: dict[str, list[Any]] = {
    "prompt": ["x", "é" * 2000, "🦊" * 2000, " "],
    "image": ["http://127.0.0.1:8000/a.png"],
    "first_pic_url": ["https://user:word@example.com:8443/a%20b.png?x=%5B1%5D&y=1#top"],
    "end_pic_url": [ADDRESS],
    "images": [
        ["http://127.0.0.1:8000/a.png"],
        ["https://user:word@example.com:8443/a%20b.png?x=%5B1%5D&y=1#top"],
        [ADDRESS] * 3,
    ],
    "duration": [5, 10, 5.0],
    "negative_prompt": ["", "é" * 1000],
    "video_number": [1, 2, 3, 4, 4.0],
    "resolution": ["480p", "720p"],
    "generate_audio": [True, False, "true", "false"],
    "webhook_url": ["https://example.com/hook", "http://127.0.0.1:8000"],
    "caller_id": [0, -(2**63), 2**63 - 1, 7.0],
    "unknown": [{"nested": [None]}, None],
}
ALLOWED = {
    operation: {
        name: GOOD[name]
        for name in GOOD
        if name in {*SCHEMAS[request(operation)]["properties"], "unknown"}
    }
    for operation in PAID
}
NO_ADDRESSES = [
    "",
    "a.jpg",
    "https://",
    "https:/a",
    "//example.com/a",
    "ftp://example.com/a.jpg",
    "data:image/png;base64,AAAA",
    "HTTPS://example.com/a.jpg",
    "https://example.com/a b",
    "https://example.com/a\n",
    "https://example.com/é",
    "https://[",
    "https://[1]/",
    "https://example.com:port/",
    "https://example.com/%zz",
    "https://a@b@c/",
]
# Right by the contract, and yet no row of the registry has them.
UNLISTED: list[dict[str, Any]] = [
    {"duration": 6},
    {"duration": 1e300},
    {"duration": 10**400},
    {"duration": 4},
    {"aspect_ratio": "4:3"},
    {"aspect_ratio": ""},
    {"resolution": "1080p"},
    {"resolution": ""},
]
UNLISTED_OF_OTHERS: list[dict[str, Any]] = [
    {"model": "WERYDANCE_2_0_FAST", "resolution": "1080p"},
    {"model": "WERYDANCE_2_0", "duration": 16},
    {"model": "VEO_3_1", "duration": 5, "aspect_ratio": "16:9"},
    {"model": "PIKA_2_2", "aspect_ratio": "wide"},
    {"model": "PIKA_2_2", "aspect_ratio": "0:1"},
    {"model": "PIKA_2_2", "aspect_ratio": "17:1", "resolution": "720p"},
]


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


def assert_refused(simulator: Simulator, told: Any, code: int) -> None:
    assert_fits("BusinessError", told)
    assert told["status"] == code
    assert told["message"]
    assert (simulator.ledger, simulator.credits) == ([], CREDITS)


def success_of(operation: str) -> str:
    """The name of the schema of a success."""
    name: str = success(operation)["$ref"].rpartition("/")[2]
    return name.replace("Reply", "Ok")


def named(operation: str) -> set[str]:
    """The models that an operation's page names."""
    return {*PAGES[operation].models.values(), PAGES[operation].example["model"]}


def test_what_the_contract_allows_is_accepted() -> None:
    def test(operation: str, name: str, value: Any) -> None:
        sent = body(operation, **{name: value})
        assert fits(request(operation), sent)
        with Simulator() as simulator, raw(simulator) as http:
            told = ask(http, operation, **{name: value})
        assert_fits(success_of(operation), told)
        (line,) = simulator.ledger
        assert line.payload == sent
        assert simulator.credits == CREDITS - line.credits

    each(rows(ALLOWED), test)


def test_what_the_contract_forbids_is_refused(simulator: Simulator, http: httpx.Client) -> None:
    def test(operation: str, name: str, value: Any) -> None:
        assert not fits(request(operation), body(operation, **{name: value}))
        assert_refused(simulator, ask(http, operation, **{name: value}), 1002)

    each(rows(BAD), test)


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused(simulator: Simulator, http: httpx.Client, url: str) -> None:
    assert not fits("ImageAddress", url)
    assert_refused(simulator, submit(http, images=[ADDRESS, url]), 1002)


@pytest.mark.usefixtures("quick_videos")
def test_a_ratio_may_be_left_out_where_a_model_lists_none_and_a_variant_says_so(
    simulator: Simulator, http: httpx.Client
) -> None:
    bare = {name: value for name, value in REQUEST.items() if name != "aspect_ratio"}
    rows = listed(http, PAID[0]).values()
    row = next(row for row in rows if not row["aspect_ratios"])
    asked = bare | {"model": row["model_key"]}
    assert_refused(simulator, http.post(SUBMIT, json=asked).json(), 1002)
    simulator.variant = Variant(aspect_ratio="optional")
    for sent in (bare, asked | {"aspect_ratio": ""}, asked | {"aspect_ratio": None}):
        assert_refused(simulator, http.post(SUBMIT, json=sent).json(), 1002)
    (task_id,) = http.post(SUBMIT, json=asked).json()["data"]["task_ids"]
    assert [line.payload for line in simulator.ledger] == [asked]
    simulator.clock.sleep(30)
    assert http.get(f"/results/{task_id}-1.mp4").content[4:8] == b"ftyp"


@pytest.mark.parametrize("ratio", [1, ["1:1"], None, {}])
def test_a_ratio_is_text_where_a_model_lists_none(
    simulator: Simulator, http: httpx.Client, ratio: Any
) -> None:
    assert submit(http, model="PIKA_2_2", aspect_ratio="3:2")["status"] == 0
    assert submit(http, model="PIKA_2_2", aspect_ratio=ratio)["status"] == 1002
    assert len(simulator.ledger) == 1


@pytest.mark.parametrize(
    ("operation", "name"), [(operation, name) for operation in PAID for name in REQUIRED[operation]]
)
def test_each_required_field_is_required(
    simulator: Simulator, http: httpx.Client, operation: str, name: str
) -> None:
    sent = {key: value for key, value in body(operation).items() if key != name}
    assert_refused(simulator, http.post(PLACES[operation][0], json=sent).json(), 1002)


@pytest.mark.parametrize("operation", PAID)
@pytest.mark.parametrize("fields", UNLISTED, ids=lambda fields: str(fields)[:60])
def test_what_the_registry_does_not_list_is_refused(
    simulator: Simulator, http: httpx.Client, fields: dict[str, Any], operation: str
) -> None:
    assert fits(request(operation), body(operation, **fields))
    assert_refused(simulator, ask(http, operation, **fields), 1002)


@pytest.mark.parametrize("fields", UNLISTED_OF_OTHERS, ids=lambda fields: str(fields)[:60])
def test_what_the_registry_does_not_list_for_another_model_is_refused(
    simulator: Simulator, http: httpx.Client, fields: dict[str, Any]
) -> None:
    assert fits("MultiImageToVideoRequest", REQUEST | fields)
    assert_refused(simulator, submit(http, **fields), 1002)


def listed(http: httpx.Client, operation: str) -> dict[str, Any]:
    """The rows of the models that an operation takes, by key. The registry has no table of first
    and last frames: of those it is the simulator's own word."""
    tables = http.get(MODELS).json()
    assert_fits("ModelsOk", tables)
    rows = tables["data"].get(operation.removeprefix("submit_"), rows_of(operation).values())
    return {row["model_key"]: row for row in rows}


@pytest.mark.parametrize(
    ("operation", "model"), [(name, model) for name in PAID for model in sorted(named(name))]
)
def test_the_registry_is_served_and_all_that_it_lists_is_accepted(
    operation: str, model: str
) -> None:
    clock = ManualClock()
    with Simulator(credits=1e6, clock=clock) as simulator, raw(simulator) as http:
        row = listed(http, operation)[model]
        first = {"model": model, "duration": row["durations"][0]}
        first["aspect_ratio"] = (row["aspect_ratios"] or ["21:9"])[0]
        all_of_it = [{"duration": seconds} for seconds in row["durations"]]
        all_of_it += [{"aspect_ratio": ratio} for ratio in row["aspect_ratios"]]
        all_of_it += [{"resolution": resolution} for resolution in row["resolutions"]]
        for fields in all_of_it:
            assert ask(http, operation, **first | fields)["status"] == 0, fields
            clock.advance(30)


@pytest.mark.parametrize("operation", PAID)
def test_the_registry_lists_the_models_of_the_page_and_of_its_example(
    http: httpx.Client, operation: str
) -> None:
    unlisted = named(operation) ^ listed(http, operation).keys()
    assert unlisted == set(), "give each a row in wrapper/weryai/testing/_wire/models.py"


@pytest.mark.parametrize("model", ["", "kling_o1", "KLING_O1 ", "SORA", "é" * 500])
def test_a_model_that_is_not_there_is_refused_with_1006(
    simulator: Simulator, http: httpx.Client, model: str
) -> None:
    assert_refused(simulator, submit(http, model=model), 1006)


@pytest.mark.parametrize("operation", PAID)
def test_the_pages_own_example_is_accepted_word_for_word(
    simulator: Simulator, http: httpx.Client, operation: str
) -> None:
    page = PAGES[operation]
    told = http.post(page.path, json=page.example).json()
    assert_fits(success_of(operation), told)
    assert told.keys() == page.example_reply.keys()
    assert told["data"].keys() == page.example_reply["data"].keys()
    assert len(told["data"]["task_ids"]) == page.example["video_number"]
    assert [line.payload for line in simulator.ledger] == [page.example]


def test_whole_numbers_are_integers_however_they_are_written(
    simulator: Simulator, http: httpx.Client
) -> None:
    submit(http, duration=5.0, video_number=2.0, caller_id=7.0)
    (line,) = simulator.ledger
    numbers = [line.payload[name] for name in ("duration", "video_number", "caller_id")]
    assert [(number, type(number)) for number in numbers] == [(5, int), (2, int), (7, int)]
