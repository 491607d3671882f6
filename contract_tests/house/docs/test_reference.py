"""The page of requests is what their classes and the contract say."""

from __future__ import annotations

from contract_tests.house.docs import reference
from weryai import REQUESTS


def test_the_page_of_requests_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run `make reference`"


def test_the_page_has_every_field_of_every_class_and_what_it_may_be() -> None:
    sections = reference.page().split("\n## ")[1:]
    assert [each.partition("\n")[0] for each in sections] == [
        kind.__name__ for kind in REQUESTS.values()
    ]
    for section, kind in zip(sections, REQUESTS.values(), strict=True):
        rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
        assert {row[0].strip("| `") for row in rows} == {each.name for each in kind.parameters()}
        assert all(len(row) == 4 and all(row) for row in rows)
    table = sections[0].splitlines()
    for told in (
        "| `images` | `IMAGES` | 1 to 3 images | **Required.** ",
        "| `prompt` | `--prompt` | text, 1 to 2000 characters | **Required.** ",
        "| `duration` | `--duration` | whole number, at least 1 | **Required.** ",
        "| `negative_prompt` | `--negative-prompt` | text, at most 1000 characters | ",
        "| `video_number` | `--video-number` | 1, 2, 3, 4 | ",
        "| `generate_audio` | `--audio` | true or false | ",
        "| `webhook_url` | `--webhook-url` | https address | ",
        "| `caller_id` | `--caller-id` | whole number, 64 bits | ",
    ):
        assert any(line.startswith(told) for line in table), told
