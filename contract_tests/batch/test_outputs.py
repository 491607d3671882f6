"""No video leaves the output folder, and no two are called the same."""

from __future__ import annotations

import csv
import io

import pytest

from contract_tests.batch.reading import Read, told
from weryai.batch import Manifest


def table(*rows: tuple[str, ...], header: str = "id,output,video_number,image1") -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue()


def manifest_of(read: Read, *rows: tuple[str, str, str]) -> Manifest:
    return read(table(*((*row, "night.png") for row in rows)))


def test_a_template_names_each_video_of_a_row(read: Read) -> None:
    manifest = manifest_of(
        read, ("fox", "films/{model}/{id}-{n} {task}.mp4", "2"), ("owl", "", "1")
    )
    fox, owl = manifest.rows
    assert fox.output == "films/{model}/{id}-{n} {task}"
    assert fox.name(2, "task_1") == "films/KLING_O1/fox-2 task_1"
    assert (owl.output, owl.name(1, "task_2")) == (None, None)


@pytest.mark.parametrize(
    "template",
    ["../{id}", "/{id}", "a/../../{id}", "{id}/..", "./{id}", "a//{id}", "{id}/", ".{id}", " / ",
     ".mp4", "a\\{id}", "a\nb", "a\0b", "x" * 141, "é" * 71],
)  # fmt: skip
def test_a_template_that_leaves_the_folder_or_names_no_file_is_refused(
    read: Read, template: str
) -> None:
    manifest = manifest_of(read, ("fox", template, "1"))
    assert [(each.place, each.column) for each in manifest.faults] == [(2, "output")]
    assert manifest.rows == ()


@pytest.mark.parametrize(
    "field", ["{prompt}", "{}", "{0}", "{id", "id}", "{id!r}", "{n:03}", "{id.x}"]
)
def test_a_template_knows_four_fields_and_no_more(read: Read, field: str) -> None:
    manifest = manifest_of(read, ("fox", f"a{field}", "1"))
    assert [(each.place, each.column) for each in manifest.faults] == [(2, "output")]


@pytest.mark.parametrize("template", ["{id}", "{id}/{task}", "films/{id}/{n}"])
@pytest.mark.parametrize("row_id", ["../fox", "/fox", "..", "a\\b", "a//b", "\u00e9" * 71])
def test_no_id_leads_out_of_the_folder(read: Read, template: str, row_id: str) -> None:
    manifest = manifest_of(read, (row_id, template, "1"))
    assert [each.column for each in manifest.faults] == ["output"]
    assert manifest.rows == ()


def test_no_model_leads_out_of_the_folder(read: Read) -> None:
    text = table(("../../M", "{model}", "night.png"), header="model,output,image1")
    assert [each.column for each in read(text).faults] == ["output"]


def test_two_rows_never_write_the_same_file(read: Read) -> None:
    manifest = manifest_of(
        read,
        ("fox", "{id}-{n}", "2"),
        ("owl", "FOX-2", "1"),
        ("e", "caf\u00e9", "1"),
        ("f", "cafe\u0301.mp4", "1"),
    )
    assert told(manifest) == [
        "renders.csv:3 output: makes 'FOX-2', as line 2 does",
        "renders.csv:5 output: makes 'cafe\u0301', as line 4 does",
    ]
    assert [row.id for row in manifest.rows] == ["fox", "e"]


def test_a_row_gives_each_of_its_videos_a_name_of_its_own(read: Read) -> None:
    (said,) = told(manifest_of(read, ("fox", "{id}", "3"), ("owl", "{id}", "1")))
    assert said == "renders.csv:2 output: calls all of its 3 videos 'fox': put {n} into it"
    rows = ("fox", "{task}", "3"), ("owl", "{task}", "3"), ("elk", "{id} {n}", "3")
    assert told(manifest_of(read, *rows)) == []


def test_a_wrong_template_is_told_beside_other_faults(read: Read) -> None:
    manifest = manifest_of(read, ("fox", "../{id}", "7"))
    assert [each.column for each in manifest.faults] == ["output", "video_number"]
