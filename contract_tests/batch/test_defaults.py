"""Defaults stand where a row has nothing, and what is wrong with one is told once."""

from __future__ import annotations

import pytest

from contract_tests.batch.reading import DEFAULTS, Read, payloads, told

A, B = "https://example.com/a.jpg", "https://example.com/b.jpg"


def test_a_default_fills_what_is_missing_and_nothing_else(read: Read) -> None:
    text = f"image1,duration,model\n{A},8,\n{A},,VEO_3_1\n"
    defaults = {
        **DEFAULTS,
        "generate_audio": True,
        "Aspect Ratio": "1:1",
        "resolution": "",
        "output": None,
    }
    del defaults["aspect_ratio"]
    first, second = payloads(read(text, defaults=defaults))
    assert (first["duration"], first["model"]) == (8, "KLING_O1")
    assert (second["duration"], second["model"]) == (5, "VEO_3_1")
    for sent in (first, second):
        assert (sent["generate_audio"], sent["aspect_ratio"]) == (True, "1:1")
        assert "resolution" not in sent


def test_the_endpoint_and_the_output_have_defaults(read: Read) -> None:
    defaults = {**DEFAULTS, "endpoint": "image-to-video", "output": "{id}"}
    text = f"id,image1,endpoint\na,{A},\nb,{A},multi-image-to-video\n"
    manifest = read(text, defaults=defaults)
    assert ["image" in sent for sent in payloads(manifest)] == [True, False]
    assert [row.output for row in manifest.rows] == ["{id}"] * 2


@pytest.mark.parametrize("images", [f"{A};{A}", [A, A], (A, A)])
def test_the_images_of_a_row_take_the_place_of_those_by_default(read: Read, images: object) -> None:
    text = f"prompt,image1,first_pic_url,end_pic_url\nA,,,\nB,{B},,\nC,,{A},{B}\n"
    first, second, third = payloads(read(text, defaults={**DEFAULTS, "images": images}))
    assert (first["images"], second["images"]) == ([A, A], [B])
    assert (third["first_pic_url"], third["end_pic_url"]) == (A, B)
    assert "images" not in third


def test_a_default_that_is_wrong_is_told_once_and_at_no_row(read: Read) -> None:
    text = "prompt,image1\n" + f"B,{A}\n" * 3
    defaults = {**DEFAULTS, "duration": "soon", "audio": "yes", "id": "a", "output": "{n}/{x}"}
    manifest = read(text, defaults=defaults)
    assert [(each.place, each.column) for each in manifest.faults] == [
        (0, None),
        (0, None),
        (0, "output"),
        (0, "duration"),
    ]
    assert told(manifest)[3] == (
        "renders.csv duration: must be a whole number of seconds, not 'soon' (the default)"
    )
    assert manifest.rows == ()


def test_a_row_that_has_its_own_is_not_touched_by_a_default_that_is_wrong(read: Read) -> None:
    manifest = read(f"image1,duration\n{A},5\n{A},x\n", defaults={**DEFAULTS, "duration": "soon"})
    assert [(each.place, each.column) for each in manifest.faults] == [(3, "duration")]
