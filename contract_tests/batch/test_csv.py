"""CSV as people and spreadsheets write it is read; what cannot be told for sure is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.batch.reading import Read, payloads, told
from weryai.batch import read_manifest


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_delimiter_and_line_end_is_read_with_and_without_a_byte_order_mark(
    read: Read, delimiter: str, end: str, mark: str
) -> None:
    cells = [["id", "prompt", "image1"], ["a", '"One; two, three\tfour"', "night.png"]]
    text = end.join(delimiter.join(row) for row in cells)
    manifest = read(f"{mark}{text}{end}")
    assert [each["prompt"] for each in payloads(manifest)] == ["One; two, three\tfour"]
    assert [row.id for row in manifest.rows] == ["a"]


def test_the_header_decides_what_parts_the_cells_and_no_prompt_does(read: Read) -> None:
    text = "prompt;images\nOne, two, three, four, five;night.png\n"
    assert payloads(read(text))[0]["prompt"] == "One, two, three, four, five"
    (said,) = told(read("prompt;images;red, green, or blue\nA;night.png;\n"))
    assert "column 'red,_green,_or_blue' is none of" in said


def test_a_header_of_one_column_is_one(read: Read) -> None:
    assert len(payloads(read("image1\nnight.png\nsunrise.png\n"))) == 2


def test_a_quoted_cell_holds_lines_quotes_and_delimiters(read: Read) -> None:
    manifest = read('prompt,images\n"A ""fox"",\r\nand an owl",night.png\nB,night.png\n')
    assert [each["prompt"] for each in payloads(manifest)] == ['A "fox",\nand an owl', "B"]
    assert [row.place for row in manifest.rows] == [2, 4]


def test_the_line_break_of_a_program_changes_no_row(read: Read) -> None:
    rows = [
        read(f'prompt,images\n"A{end}B",night.png\n').rows[0].digest for end in ("\n", "\r\n", "\r")
    ]
    assert len({*rows}) == 1


def test_empty_rows_and_columns_are_passed_over(read: Read) -> None:
    manifest = read("\n,,,\nprompt,images,,\nA,night.png,,\n,,,\n\n  ,\t,,\nB,night.png,,,,\n,,,\n")
    assert [row.place for row in manifest.rows] == [4, 8]
    assert [each["prompt"] for each in payloads(manifest)] == ["A", "B"]


def test_an_empty_cell_is_missing_and_spaces_around_a_value_are_none_of_it(read: Read) -> None:
    manifest = read("prompt,model,negative_prompt,images\n, ,,night.png\n A , VEO_3_1 ,,night.png")
    first, second = payloads(manifest)
    assert (first["prompt"], first["model"]) == ("The sun sets", "KLING_O1")
    assert (second["prompt"], second["model"]) == ("A", "VEO_3_1")
    assert "negative_prompt" not in first


@pytest.mark.parametrize("row", ["A", "A,night.png", "A,night.png,5,x", '"A,night.png,5'])
def test_a_row_with_another_number_of_cells_is_a_fault_and_never_guessed(
    read: Read, row: str
) -> None:
    manifest = read(f"prompt,images,duration\nB,night.png,5\n{row}\n")
    assert [each.place for each in manifest.faults] == [3]
    assert [each.place for each in manifest.rows] == [2]


def test_the_number_of_cells_is_told(read: Read) -> None:
    assert told(read("prompt,images\nA,night.png,x\n")) == [
        "renders.csv:2: 3 cells where the header has 2"
    ]


def test_broken_quotes_are_told_where_they_begin_and_the_rest_is_read(read: Read) -> None:
    manifest = read('prompt,images\n"A" B,night.png\nC,night.png\n"D,night.png\n')
    assert [each.place for each in manifest.faults] == [2, 4]
    assert all("its quotes cannot be read" in each for each in told(manifest))
    assert [each.place for each in manifest.rows] == [3]


def test_a_cell_without_a_column_is_told(read: Read) -> None:
    manifest = read("prompt,images,\nA,night.png,x\nB,night.png,\n")
    assert told(manifest) == ["renders.csv:2: has a cell in a column without a name"]
    assert [row.place for row in manifest.rows] == [3]


def test_columns_are_told_in_any_spelling_and_once(read: Read) -> None:
    manifest = read("Prompt,IMAGE1,Aspect Ratio,negative-prompt\nA,night.png,1:1,B\n")
    assert payloads(manifest)[0]["aspect_ratio"] == "1:1"
    assert payloads(manifest)[0]["negative_prompt"] == "B"
    assert told(read("prompt,Prompt,images\nA,B,night.png\n")) == [
        "renders.csv:1: column 'prompt' is there twice"
    ]


def test_an_unknown_column_is_told_once_and_with_what_was_meant(read: Read) -> None:
    header, row = "prompt,images,duraton,colour\n", "A,night.png,5,red\n"
    first, second = told(read(header + row * 3))
    assert first == "renders.csv:1: column 'duraton' is not known; did you mean duration?"
    assert second.startswith("renders.csv:1: column 'colour' is none of id, output, endpoint, ")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_another_encoding_is_one_fault_at_its_line(read: Read, encoding: str) -> None:
    text = "prompt,images\nA,night.png\nCafé,night.png\nCafé,night.png\n"
    (fault,) = read(text.encode(encoding)).faults
    assert fault.place == (1 if encoding == "utf-16" else 3)
    assert "is not UTF-8 (byte 0x" in fault.words
    assert "save it as UTF-8" in fault.words


def test_a_line_without_end_is_one_fault(read: Read) -> None:
    (said,) = told(read("prompt,images," + "x" * 200_000))
    assert "cannot be read" in said


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "prompt,images\n", "prompt,images\n,\n"])
def test_a_manifest_without_rows_says_so(read: Read, content: str) -> None:
    assert told(read(content)) == ["renders.csv: has no rows"]


def test_a_manifest_that_cannot_be_read_is_one_fault(folder: Path) -> None:
    assert told(read_manifest(folder / "gone.csv")) == [
        "gone.csv: cannot be read (No such file or directory)"
    ]
    (fault,) = read_manifest(folder).faults
    assert fault.place == 0
