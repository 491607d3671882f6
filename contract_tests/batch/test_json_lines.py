"""JSON Lines: one object a line, values of their own types, nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_tests.batch.reading import Read, payloads, told

NAME = "renders.jsonl"


def lines(*rows: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_values_have_the_types_that_they_are_written_in(read: Read) -> None:
    row = {
        "prompt": "A",
        "images": ["sunrise.png", "night.png"],
        "duration": 5,
        "generate_audio": False,
        "caller_id": 2**62 + 1,
        "video_number": 2.0,
        "negative_prompt": None,
    }
    (sent,) = payloads(read(lines(row), name=NAME))
    assert [name.rpartition("/")[2] for name in sent["images"]] == ["sunrise.png", "night.png"]
    assert (sent["duration"], sent["generate_audio"]) == (5, False)
    assert (sent["caller_id"], sent["video_number"]) == (2**62 + 1, 2)
    assert "negative_prompt" not in sent


def test_a_text_is_no_number(read: Read) -> None:
    row = {"image1": "night.png", "duration": "5", "generate_audio": "yes", "prompt": 7}
    assert told(read(lines(row), name=NAME)) == [
        "renders.jsonl:1 prompt: must be a text, not 7",
        "renders.jsonl:1 duration: must be a whole number of seconds, not '5'",
        "renders.jsonl:1 generate_audio: must be True or False, not 'yes'",
    ]


def test_blank_lines_and_empty_values_are_passed_over(read: Read) -> None:
    row = lines({"prompt": "A", "images": ["night.png"]})
    manifest = read(
        f"\ufeff\n  \n{row}\n{{}}\n{lines({'prompt': None, 'model': ''})}\n{row}", name=NAME
    )
    assert [each.place for each in manifest.rows] == [3, 8]
    assert payloads(manifest)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"prompt": "A", "prompt": "B"}', "is no line of JSON: 'prompt' is there twice"),
        ('{"prompt": "A", "Prompt": "B"}', "is no line of JSON: 'prompt' is there twice"),
        ('{"prompt": NaN}', "is no line of JSON: NaN is no JSON"),
        ('{"prompt": "A"', "is no line of JSON: Expecting ',' delimiter at character 15"),
        ('{"prompt": ' + "[" * 100_000, "is no line of JSON: "),
        ('"prompt"', "is no JSON object"),
        ("5", "is no JSON object"),
    ],
)
def test_a_line_that_is_no_object_is_told_and_the_others_are_read(
    read: Read, line: str, fault: str
) -> None:
    good = lines({"images": ["night.png"]})
    manifest = read(f"{good}{line}\n{good}", name=NAME)
    (said,) = told(manifest)
    assert said.startswith(f"renders.jsonl:2: {fault}")
    assert [each.place for each in manifest.rows] == [1, 3]


def test_a_list_is_one_fault(read: Read) -> None:
    rows = json.dumps([{"prompt": "A", "images": ["night.png"]}] * 3, indent=1)
    assert told(read(rows, name=NAME)) == [
        "renders.jsonl:1: begins a list: write one JSON object a line"
    ]


def test_an_unknown_key_is_told_once_where_it_is_first(read: Read) -> None:
    good, other = {"images": ["night.png"]}, {"images": ["night.png"], "promt": "A"}
    assert told(read(lines(good, other, other), name=NAME)) == [
        "renders.jsonl:2: column 'promt' is not known; did you mean prompt?"
    ]


def test_the_content_tells_what_it_is_and_no_name_does(read: Read) -> None:
    row = {"images": ["night.png"], "prompt": "A"}
    csv = read("prompt,images\nA,night.png\n", name="renders.json")
    assert payloads(read(lines(row), name="renders.txt")) == payloads(csv)
