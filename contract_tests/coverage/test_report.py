"""The report names every cell and how each side stands to it, and may be published."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from contract_tests.coverage.cells import Cell, Contract
from contract_tests.coverage.record import Seen
from contract_tests.coverage.report import junit, markdown, summary
from contract_tests.coverage.verdict import OPEN, SIDES, WANTED, Verdict, excuses, judge

SHOUT = Cell("speak", "request", "keyword", "Words.say maxLength")
TOO_LONG = Cell("speak", "request", "keyword", "Words.say maxLength", wrong=True)
EITHER = Cell("speak", "request", "value", "Words.tone = a|b")
HEARD = Cell("speak", "reply 200", "status")
WRONG = Cell("speak", "reply 200", "keyword", "Heard type", wrong=True)
GOOD = Verdict(
    {
        "client": dict.fromkeys([SHOUT, TOO_LONG, HEARD, WRONG], "") | {EITHER: "why not"},
        "simulator": {SHOUT: "", TOO_LONG: "", EITHER: "", HEARD: "because"},
    },
    [],
)
BAD = Verdict(
    {
        "client": {**GOOD.states["client"], TOO_LONG: OPEN},
        "simulator": {**GOOD.states["simulator"], SHOUT: OPEN},
    },
    ["client: no such cell: <x>"],
)


@pytest.fixture(scope="module")
def empty() -> Verdict:
    """Of the contract and the excuses as they are, where nothing was exercised."""
    return judge(Seen(Contract.load()), excuses())


def cases(text: str) -> dict[tuple[str, str], Any]:
    """By class and name: what became of it, and the message."""
    return {
        (case.attrib["classname"], case.attrib["name"]): [
            (each.tag, each.attrib["message"]) for each in case
        ]
        for case in ElementTree.fromstring(text).iter("testcase")
    }


# Markdown


def test_each_cell_has_a_row_which_tells_of_right_and_wrong_values_on_both_sides() -> None:
    rows = [line for line in markdown(GOOD) if line.startswith("| ")]
    assert "| keyword | `Words.say maxLength` | yes | yes | yes | yes |" in rows
    assert "| keyword | `Heard type` | - | yes | - | - |" in rows
    assert "| value | `Words.tone = a\\|b` | excused (1) | - | yes | - |" in rows
    assert "| status |  | yes | - | excused (2) | - |" in rows
    told = list(markdown(GOOD))
    assert {"1. excused, client, 1 cells: why not", "2. excused, simulator, 1 cells: because"} <= {
        *told
    }
    assert [line for line in told if line.startswith("##")] == [
        "## speak, reply 200",
        "## speak, request",
    ]


def test_what_is_open_or_stale_is_told_first() -> None:
    told = list(markdown(BAD))
    start = told.index("## To be mended")
    assert told[start + 2 : start + 5] == [
        f"- open, client: `{TOO_LONG}`",
        f"- open, simulator: `{SHOUT}`",
        "- stale excuse, client: no such cell: <x>",
    ]
    assert "| keyword | `Words.say maxLength` | yes | open | open | yes |" in told
    assert "## To be mended" not in list(markdown(GOOD))


def test_the_numbers_add_up() -> None:
    assert "| speak | 5 | 3 | 1 | 1 | 4 | 2 | 1 | 1 |" in list(markdown(BAD))
    assert "| all | 5 | 4 | 1 | 0 | 4 | 3 | 1 | 0 |" in list(markdown(GOOD))


def test_every_cell_of_the_contract_is_in_the_report(empty: Verdict) -> None:
    told = {part.strip() for line in markdown(empty) for part in line.split(" | ")}
    assert {f"`{cell.name}`" for cell in empty.states["client"] if cell.name} <= told


# JUnit


def test_each_cell_of_a_side_is_a_case_that_passed_was_excused_or_failed() -> None:
    assert cases(junit(BAD)) == {
        ("client.speak", "request keyword Words.say maxLength"): [],
        ("client.speak", "request keyword Words.say maxLength wrong"): [("failure", WANTED)],
        ("client.speak", "request value Words.tone = a|b"): [("skipped", "why not")],
        ("client.speak", "reply 200 status"): [],
        ("client.speak", "reply 200 keyword Heard type wrong"): [],
        ("simulator.speak", "request keyword Words.say maxLength"): [("failure", WANTED)],
        ("simulator.speak", "request keyword Words.say maxLength wrong"): [],
        ("simulator.speak", "request value Words.tone = a|b"): [],
        ("simulator.speak", "reply 200 status"): [("skipped", "because")],
        ("excuses", "client: no such cell: <x>"): [
            ("failure", "this excuse is out of date"),
        ],
    }


def test_its_sums_are_those_of_its_cases(empty: Verdict) -> None:
    for verdict in (GOOD, BAD, empty):
        for suite in ElementTree.fromstring(junit(verdict)):
            assert int(suite.attrib["tests"]) == len(suite)
            for name, tag in (("failures", "failure"), ("skipped", "skipped")):
                assert int(suite.attrib.get(name, 0)) == len(suite.findall(f"*/{tag}"))
        failed = ElementTree.fromstring(junit(verdict)).findall(".//failure")
        assert (failed == []) == verdict.good


# The screen


def test_the_screen_has_a_table_that_fits_it_and_names_what_is_to_be_mended(
    empty: Verdict,
) -> None:
    lines = list(summary(empty))
    missing = [f"open, {side}: {cell}" for side in SIDES for cell in empty.open(side)]
    assert missing
    assert [line for line in lines if line.startswith("open")] == missing
    assert lines[-1] == WANTED
    unasked = len(empty.states["client"]) - len(empty.states["simulator"])
    assert f"not asked, simulator: {unasked} cells: " in " ".join(lines)
    assert max(len(line) for line in lines if not line.startswith("open")) <= 80
    assert list(summary(BAD))[-1] == "stale excuse, client: no such cell: <x>"
    assert WANTED not in list(summary(GOOD))


def test_every_excuse_is_told_with_the_number_of_its_cells() -> None:
    assert {"excused, client: 1 cells: why not", "excused, simulator: 1 cells: because"} <= {
        *summary(GOOD)
    }
