"""The columns are the fields of the classes of requests, and each row is asked of the class that
takes what it gives; what a request refuses is told in its words, by row and column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from contract_tests.batch.reading import DEFAULTS, Read, payloads, told
from contract_tests.support.forbidden_values import BAD
from weryai import REQUESTS, FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo
from weryai.requests import Image

ADDRESS, OTHER = "https://example.com/a.jpg", "https://example.com/b.jpg"


@pytest.mark.parametrize("operation", REQUESTS)
def test_every_field_of_every_class_is_a_column(read: Read, operation: str) -> None:
    kind = REQUESTS[operation]
    cells: dict[str, tuple[str, Any]] = {}
    for field in kind.parameters():
        if field.annotation in (Image, Sequence[Image]):
            several = field.annotation != Image
            cells[field.name] = ADDRESS, [ADDRESS] if several else ADDRESS
        elif field.limits.format == "uri":
            cells[field.name] = ADDRESS, ADDRESS
        else:
            cells[field.name] = {int: ("2", 2), bool: ("yes", True), str: ("A", "A")}[
                field.annotation
            ]
    names, values = ",".join(cells), ",".join(text for text, _ in cells.values())
    manifest = read(f"{names}\n{values}\n", defaults=None)
    assert payloads(manifest) == [{name: value for name, (_, value) in cells.items()}]
    assert type(manifest.rows[0].request) is kind


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("images", ADDRESS, MultiImageToVideo),
        ("images", f'"{ADDRESS} ; {OTHER}"', MultiImageToVideo),
        ("image1,image2", f"{ADDRESS},{OTHER}", MultiImageToVideo),
        ("image", ADDRESS, ImageToVideo),
        ("first_pic_url,end_pic_url", f"{ADDRESS},{OTHER}", FirstLastFrameToVideo),
        ("endpoint,images", f"image-to-video,{ADDRESS}", ImageToVideo),
        ("endpoint,image1", f"Image-To-Video,{ADDRESS}", ImageToVideo),
        ("endpoint,image2", f"submit_image_to_video,{ADDRESS}", ImageToVideo),
        ("endpoint,image", f"multi-image-to-video,{ADDRESS}", MultiImageToVideo),
        ("image1,image,first_pic_url,end_pic_url", f",,{ADDRESS},{OTHER}", FirstLastFrameToVideo),
    ],
)
def test_what_a_row_gives_or_names_tells_its_class(
    read: Read, header: str, row: str, kind: type
) -> None:
    manifest = read(f"{header}\n{row}\n")
    assert told(manifest) == []
    assert type(manifest.rows[0].request) is kind
    assert manifest.rows[0].request.sources[0] == ADDRESS


def test_images_are_shown_in_the_order_of_their_numbers_and_gaps_are_none(read: Read) -> None:
    (sent,) = payloads(read(f"image3,image2,image1\n{ADDRESS},,{OTHER}\n"))
    assert sent["images"] == [OTHER, ADDRESS]


@pytest.mark.parametrize(
    ("header", "row", "fault"),
    [
        (
            "images,first_pic_url",
            f"{ADDRESS},{OTHER}",
            ": images and first_pic_url do not go together: leave one of them out",
        ),
        ("image2,image", f"{ADDRESS},{OTHER}", ": image2 and image do not go together: leave one"),
        ("endpoint,image1", f"image-to-vido,{ADDRESS}", " endpoint: 'image-to-vido' is not known;"),
        (
            "endpoint,images",
            f"image-to-video,{ADDRESS};{OTHER}",
            " images: image-to-video takes one image here, not 2",
        ),
        (
            "endpoint,first_pic_url,image1",
            f"image-to-video,{ADDRESS},{OTHER}",
            " first_pic_url: is nothing that image-to-video takes",
        ),
        ("first_pic_url", ADDRESS, " end_pic_url: is missing"),
        ("id", "a", " images: is missing"),
    ],
)
def test_what_goes_to_no_endpoint_is_told(read: Read, header: str, row: str, fault: str) -> None:
    (said,) = told(read(f"{header}\n{row}\n"))
    assert said.startswith(f"renders.csv:2{fault}")


def test_all_faults_of_all_rows_are_told_at_once_by_row_and_column(read: Read) -> None:
    text = (
        "prompt,image1,image2,duration,generate_audio,video_number\n"
        f"A,{ADDRESS},http://example.com/b.jpg,five,maybe,7\n"
        f"B,{ADDRESS},gone.png,0,yes,1\n"
        f",{ADDRESS},,5,no,1.0\n"
    )
    defaults = {"model": "KLING_O1", "aspect_ratio": "16:9"}
    manifest = read(text, defaults=defaults)
    assert [(each.place, each.column) for each in manifest.faults] == [
        (2, "image2"),
        (2, "duration"),
        (2, "video_number"),
        (2, "generate_audio"),
        (3, "duration"),
        (3, "image2"),
        (4, "prompt"),
    ]
    said = told(manifest)
    assert said[1] == "renders.csv:2 duration: must be a whole number of seconds, not 'five'"
    assert said[2] == "renders.csv:2 video_number: must be a whole number, 1 to 4, not 7"
    assert said[5].endswith("gone.png: there is no such file")
    assert said[6] == "renders.csv:4 prompt: is missing"
    assert manifest.rows == ()


def test_one_image_of_a_list_is_told_by_its_number(read: Read) -> None:
    (said,) = told(read(f"images\n{ADDRESS};http://example.com/b.jpg\n"))
    assert said.startswith("renders.csv:2 images: image 2 is plain http")


def test_what_is_forbidden_to_one_model_is_told_in_its_words(read: Read) -> None:
    said = told(read(f"model,resolution,image1\nWERYDANCE_2_0_FAST,1080p,{ADDRESS}\n"))
    assert said == ["renders.csv:2 resolution: Werydance 2.0 Fast does not support 1080p"]


def test_an_address_that_the_service_cannot_reach_is_told(read: Read) -> None:
    text = "image1\nhttps://10.0.0.1/a.jpg\n"
    (said,) = told(read(text))
    assert said.startswith("renders.csv:2 image1: points to this machine or to a private network")
    assert told(read(text, base_url="http://127.0.0.1:8765")) == []


@pytest.mark.parametrize("operation", BAD)
def test_whatever_a_request_refuses_a_row_of_json_refuses(read: Read, operation: str) -> None:
    good: dict[str, Any] = {
        field.name: ADDRESS for field in REQUESTS[operation].parameters() if field.required
    }
    good |= {"prompt": "A", "model": "M", "aspect_ratio": "1:1", "duration": 5}
    rows = [
        {**good, "endpoint": operation, name: value}
        for name, values in BAD[operation].items()
        for value in values
        if value not in (None, "", ADDRESS, [ADDRESS])
    ]
    manifest = read("".join(f"{json.dumps(row)}\n" for row in rows), defaults=None)
    assert {each.place for each in manifest.faults} == {*range(1, len(rows) + 1)}
    assert manifest.rows == ()


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("duration", "5", 5),
        ("duration", "5.0", 5),
        ("caller_id", "-9223372036854775808", -(2**63)),
        ("caller_id", "+7", 7),
        ("generate_audio", "TRUE", True),
        ("generate_audio", "Yes", True),
        ("generate_audio", "on", True),
        ("generate_audio", "1", True),
        ("generate_audio", "FALSE", False),
        ("generate_audio", "no", False),
        ("generate_audio", "Off", False),
        ("generate_audio", "0", False),
        ("resolution", "720", "720"),
        ("prompt", "5", "5"),
    ],
)
def test_a_cell_is_read_as_its_field_takes_it(
    read: Read, column: str, text: str, value: object
) -> None:
    (sent,) = payloads(read(f"{column},image1\n{text},{ADDRESS}\n"))
    assert sent[column] == value
    assert type(sent[column]) is type(value)


@pytest.mark.parametrize(
    "text", ["5s", "5.5", "5,0", "1e3", "1_0", "\u0665", "0x5", "", "9" * 5000]
)
def test_no_number_is_made_of_what_is_none(read: Read, text: str) -> None:
    defaults = {name: value for name, value in DEFAULTS.items() if name != "duration"}
    (fault,) = read(f'duration,image1\n"{text}",{ADDRESS}\n', defaults=defaults).faults
    assert (fault.place, fault.column) == (2, "duration")
