"""Faults that are planted at a place of a YAML document change that place and no other."""

from __future__ import annotations

import copy
import operator
import re
from collections.abc import Iterator
from functools import cache, reduce
from typing import Any, cast

import pytest

from contract_tests.mutants.running import ROOT
from contract_tests.mutants.table import DoesNotApplyError, Mutant, load
from contract_tests.support.contract import read_yaml

MUTANTS = load()


def mutant(**given: Any) -> Mutant:
    """A fault; what a test does not care about is filled in."""
    return Mutant(name="x", room="contract", breaks="", tests=[], **given)


DOCUMENT = """\
# of the whole
open: 3.1.0
flow: {a: 1, "b": [x, y, {c: null}], "no": {}}  # of flow

paths:
  /one:
    # of get
    get:
      text: |
        first: line

        second

    put: {}
  /two: {"get": {"text": "é, 中文"}}
  # of nothing
list:
- a
-   - b
    - c: 1
      d: >-
        folded
        # text
# of e
- e: [1]
  f:
- [one]
last: end"""
DATA = read_yaml(DOCUMENT)


def places(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place below the root."""
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for step, child in entries:
        yield (*place, step)
        if isinstance(child, (dict, list)):
            yield from places(child, (*place, step))


PLACES = list(places(DATA))


def after(data: Any, change: Mutant) -> Any:
    """The data with a change, made apart from any text."""
    data = copy.deepcopy(data)
    way, last = change.at[:-1], cast(Any, change.at[-1])
    parent: Any = reduce(operator.getitem, way, data)
    if change.remove:
        del parent[last]
    elif change.rename:
        fields = {change.rename if name == last else name: parent[name] for name in parent}
        parent.clear()
        parent.update(fields)
    elif change.insert is not None and isinstance(parent, list):
        parent.insert(last, change.insert)
    else:
        parent[last] = change.value if change.insert is None else change.insert
    return data


COMMENTS_WITHIN: dict[tuple[str | int, ...], str] = {("paths",): "# of get", ("list",): "# of e"}
VALUES: dict[str, Any] = {
    "number": {"value": 5},
    "text": {"value": "it's: a, {text} # or 2"},
    "value": {"value": {"a b": [1, {"c": "中"}], "yes": True}},
    "nothing": {"value": []},
}
CHANGES: dict[str, Any] = VALUES | {
    "insert": {"insert": {"new": ["yes", 1.5]}},
    "rename": {"rename": "re: named"},
    "remove": {"remove": True},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_at_a_place_is_made_there_and_nowhere_else(change: str) -> None:
    for place in PLACES:
        if change == "rename" and isinstance(place[-1], int):
            with pytest.raises(DoesNotApplyError, match="has no name"):
                mutant(at=place, **CHANGES[change]).planted(DOCUMENT)
            continue
        in_front = change == "insert" and isinstance(place[-1], str)
        made_there_alone((*place[:-1], "in front") if in_front else place, change)


def made_there_alone(place: tuple[str | int, ...], change: str) -> None:
    fault = mutant(at=place, **CHANGES[change])
    faulty = fault.planted(DOCUMENT)
    assert read_yaml(faulty) == after(DATA, fault), place
    assert [*read_yaml(faulty)] == [*after(DATA, fault)] or change == "insert", place
    if change != "remove":
        within = COMMENTS_WITHIN.get(place, "none") if change in VALUES else "none"
        comments = re.findall(r"# of .*", DOCUMENT)
        lost = [comment for comment in comments if comment not in faulty]
        assert lost == comments.count(within) * [within], place


@cache
def read(file: str) -> tuple[str, Any]:
    """The text of a document, and what it says."""
    text = (ROOT / file).read_text()
    return text, read_yaml(text)


@pytest.mark.parametrize("each", [each for each in MUTANTS if each.at], ids=lambda each: each.name)
def test_a_mutant_changes_its_place_of_the_contract_and_no_other(each: Mutant) -> None:
    text, data = read(each.file)
    changed = after(data, each)
    assert read_yaml(each.planted(text)) == changed
    assert changed != data


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"at": ["gone"], "value": 5}, "there is no ['gone']"),
        (
            {"at": ["paths", "/one", "gone", "text"], "value": 5},
            "there is no ['paths', '/one', 'gone']",
        ),
        ({"at": ["list", 4], "value": 5}, "there is no ['list', 4]"),
        ({"at": ["list", -1], "remove": True}, "there is no ['list', -1]"),
        ({"at": ["list", "0"], "remove": True}, "there is no ['list', '0']"),
        ({"at": ["open", "further"], "remove": True}, "there is no ['open', 'further']"),
        ({"at": ["flow"], "insert": 5}, "there is a ['flow'] already"),
        ({"at": ["list", 4], "insert": 5}, "there is no ['list', 4]"),
        ({"at": ["open"], "rename": "flow"}, "there is a ['flow'] already"),
        ({"at": ["last"], "value": "end"}, "it changes nothing"),
    ],
    ids=str,
)
def test_what_is_at_a_place_that_is_not_there_does_not_apply(
    given: dict[str, Any], told: str
) -> None:
    with pytest.raises(DoesNotApplyError, match=re.escape(told)):
        mutant(**given).planted(DOCUMENT)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"find": "a", "at": ["a"], "value": 5},
        {"find": "a", "value": 5},
        {"at": ["a"]},
        {"at": ["a"], "value": 5, "remove": True},
        {"at": ["a"], "rename": "b", "insert": {}},
    ],
    ids=str,
)
def test_a_mutant_says_one_way_in_which_it_is_planted(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="say find, or at and one of"):
        mutant(**given)
