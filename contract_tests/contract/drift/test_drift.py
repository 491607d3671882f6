"""openapi/drift.py sees every change of the page and of the contract, and knows what is meant.

data/pages/changes.yaml plants one change at a time and says what must then be reported, no more.
"""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.contract.drift.drift_in_process import (
    FILES,
    FORMS,
    MARKDOWN,
    NOTES,
    PAGES,
    TEXT,
    edited,
    in_step,
    report,
    tool,
)
from contract_tests.support.contract import CONTRACT, OPENAPI, read_yaml

SUBMIT = "submit_multi_image_to_video"
CHANGES = read_yaml((PAGES / "changes.yaml").read_text())
# Of the part that is the operation's own, and of the one that it shares.
PARTS = [part for part in NOTES.split("\n### ") if SUBMIT in part.partition("\n")[0].split(", ")]
ROWS = [line for part in PARTS for line in part.splitlines() if line.startswith("| 20")]
# Prose around the page, what is told twice, and the words of the reply.
UNNOTICED = [
    "Skip to main content",
    "  --header 'Content-Type: application/json' \\",
    "'",
    "Documentation Index",
    "Fetch the complete documentation index at: https://docs.weryai.com/llms.txt",
    "Use this file to discover all available pages before exploring further.",
    "header",
    "Authenticate using Bearer token. Get your API Key from the WeryAI Console.",
    "Example: Authorization: Bearer sk-xxxxxxxxxxxxxxxx",
    "application/json",
    "Task submitted successfully",
    "Business status code (0 indicates success)",
    "Status description",
    "Multi-language message",
]


def cells(row: str) -> list[str]:
    return row.removeprefix("| ").removesuffix(" |").split(" | ")


def with_row(row: str) -> str:
    """The notes with one more row."""
    return NOTES.replace(ROWS[-1], f"{ROWS[-1]}\n{row}")


MEANT = sum(len(cells(row)[1].split(", ")) for row in ROWS)


# The given page


@pytest.mark.parametrize("form", FORMS)
def test_every_difference_of_the_page_is_explained_and_every_explanation_is_needed(
    form: str,
) -> None:
    found = report(FORMS[form])
    assert found.open == set(), "explain these in openapi/NOTES.md, or record the page as it is now"
    assert found.code == 0
    assert found.printed.endswith(
        f"{MEANT} differences: {MEANT} explained, 0 unexplained, 0 stale\n"
    )


@in_step
def test_the_command_reads_several_pages_and_names_no_path_of_the_machine() -> None:
    command = [sys.executable, str(OPENAPI / "drift.py"), *FILES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(f": {SUBMIT} (the page | the contract)") == 2
    assert str(OPENAPI.parent) not in done.stdout


def test_both_forms_of_the_page_tell_the_same() -> None:
    facts = tool("pages.facts").facts_of
    assert facts(tool("pages.page").read(TEXT)) == facts(tool("pages.page").read(MARKDOWN))


# Changes of the page


@in_step
@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name, change in CHANGES["page"].items() for form in FORMS if form in change],
)
def test_a_change_of_the_page_is_reported_where_it_is_and_nowhere_else(
    name: str, form: str
) -> None:
    change = CHANGES["page"][name]
    expected = change["unexplained"] + (change.get("in_text_also", []) if form == "text" else [])
    found = report(edited(FORMS[form], change[form]))
    assert (found.code, found.open) == (1, set(expected))


@in_step
def test_a_field_that_is_new_is_told_with_its_limits() -> None:
    zest = "        zest:\n          type: integer\n          minimum: 0\n          maximum: 7\n"
    found = report(edited(MARKDOWN, ["        webhook_url:\n", f"{zest}        webhook_url:\n"]))
    assert found.open == {"zest field"}
    assert "  zest field: integer, minimum 0, maximum 7 | - " in found.printed


@in_step
def test_no_line_of_the_text_can_go_unnoticed() -> None:
    lines = TEXT.splitlines()
    pages = {
        at: "\n".join([*lines[:at], *lines[at + 1 :]]) for at, line in enumerate(lines) if line
    }
    assert [lines[at] for at, page in pages.items() if report(page).code == 0] == UNNOTICED


# Changes of the contract


def changed(change: Any) -> Any:
    """The contract with another value in one place, or with none."""
    contract = node = copy.deepcopy(CONTRACT)
    *steps, last = change["place"]
    for step in steps:
        node = node[step]
    if "value" not in change:
        del node[last]
    elif isinstance(node, list):
        node.insert(last, change["value"])
    else:
        node[last] = change["value"]
    return contract


@in_step
@pytest.mark.parametrize("name", CHANGES["contract"])
def test_a_change_of_the_contract_is_reported_where_it_is_and_nowhere_else(name: str) -> None:
    change = CHANGES["contract"][name]
    found = report(TEXT, contract=changed(change))
    assert (found.code, found.open) == (1, set(change["unexplained"]))


@in_step
def test_an_operation_that_the_contract_lacks_is_the_one_difference() -> None:
    contract = copy.deepcopy(CONTRACT)
    del contract["paths"]["/v1/generation/multi-image-to-video"]
    found = report(TEXT, contract, NOTES.partition("## Differences")[0])
    assert (found.code, found.open) == (1, {"endpoint operation"})
    assert "POST /v1/generation/multi-image-to-video | - " in found.printed
    assert found.printed.endswith("1 difference: 0 explained, 1 unexplained, 0 stale\n")


# Explanations


@in_step
@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(cells(row)[1:3]))
def test_a_row_explains_what_it_names_and_no_other_value(row: str) -> None:
    day, fields, kind, page, ours, why = cells(row)
    names = {f"{field} {kind}" for field in fields.split(", ")}
    assert report(TEXT, notes=NOTES.replace(f"{row}\n", ""))[:2] == (1, names)
    for told in [(f"{kind}x", page, ours), (kind, f"{page}1", ours), (kind, page, f"{ours}1")]:
        other = f"| {' | '.join([day, fields, *told, why])} |"
        assert names <= report(TEXT, notes=NOTES.replace(row, other)).open


@in_step
def test_a_row_that_explains_nothing_is_stale() -> None:
    row = "| 2026-11-23 | prompt, model | maxLength | 1999 | 2000 | it was so |"
    found = report(TEXT, notes=with_row(f"{row}\n{ROWS[0]}"))
    assert found.code == 1
    assert found.open == {"prompt maxLength", "model maxLength", "endpoint replies"}
    assert found.printed.endswith(f" {MEANT} explained, 0 unexplained, 3 stale\n")


@in_step
@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("| 2026-11-23 | prompt | maxLength | 1 | 2 |  |", "looked for date, field"),
        ("| 2026-11-23 | prompt | maxLength | 1 | 2 |", "looked for date, field"),
        ("\n### submit_anything\n", "'submit_anything', which is no operationId"),
    ],
    ids=["no reason", "a cell too few", "another operation"],
)
def test_notes_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, message: str
) -> None:
    notes = tmp_path / "NOTES.md"
    notes.write_text(with_row(more))
    assert tool().main(["--notes", str(notes), *FILES]) == 2
    error = capsys.readouterr().err
    assert error.startswith("NOTES.md: ")
    assert message in error


@in_step
def test_the_rows_that_are_offered_explain_everything_once_they_have_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, page = tmp_path / "NOTES.md", tmp_path / "page.md"
    head = NOTES[: NOTES.index(ROWS[0])]
    notes.write_text(head)
    edits = [CHANGES["page"][name]["markdown"] for name in ("pattern", "model added")]
    page.write_text(edited(MARKDOWN, *edits))
    arguments = ["--notes", str(notes), str(page)]
    assert tool().main(["--rows", *arguments]) == 1
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert len(rows) == MEANT + 3
    notes.write_text(head + "".join(f"{row[:-3]} meant |\n" for row in rows))
    assert tool().main(arguments) == 0


@in_step
def test_of_long_values_the_part_that_differs_is_shown() -> None:
    found = report(edited(TEXT, ["com/v1/generation/multi", "com/v2/generation/multi"]))
    assert "endpoint call: …2/generation/multi-" in found.printed
    assert " | …1/generation/multi-" in found.printed


@in_step
def test_a_line_has_at_most_80_columns_and_its_verdict_at_the_end() -> None:
    long = ["Positive text prompt", "A prompt that is longer than any line is wide. " * 3]
    for edit in (long, CHANGES["page"]["model added"]["text"]):
        lines = report(edited(TEXT, edit)).printed.splitlines()
        assert max(map(len, lines)) == 80
        assert all(
            re.fullmatch(r"  \S.{65} (?:[\d-]{10}|UNEXPLAINED)", line) for line in lines[1:-1]
        )
