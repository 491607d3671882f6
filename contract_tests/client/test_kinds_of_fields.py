"""A request class checks each field as its annotation and its limits say, whatever the endpoint.

The requests of this file are made up: what no endpoint asks for yet must be refused rightly too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from weryai.requests._fields import Image, checks_of
from weryai_api.limits import Limits

COLOUR = Limits(kind="string", enum=("red", "green"))
NULLABLE = Limits(enum=("red", "green", None), any_of=(Limits(kind="string"), Limits(kind="null")))
OPEN = Limits(any_of=(COLOUR, Limits(kind="string", pattern="^[0-9]+k$")))
TENS = Limits(kind="integer", least=10)
HTTPS = "https://example.com/a.jpg"


def faults(annotation: Any, limits: Limits, value: object, **metadata: str) -> list[str]:
    """What a request class with one field of this kind finds wrong with a value."""
    made: Any = attrs.make_class("Made", {"it": attrs.field(type=annotation, metadata=metadata)})
    body = Limits(kind="object", fields={"it": limits}, required=("it",))
    (check,) = checks_of(made, body)
    assert (check.name, check.required) == ("it", True)
    return list(check.faults(value))


# An annotation, limits, a value that fits, one that does not, and how what is told of it begins.
CASES: list[tuple[Any, Limits, object, object, str]] = [
    (str, Limits(kind="string"), "", 5, "it must be a text, not 5"),
    (str, Limits(kind="string", shortest=1), "x", "", "it is empty"),
    (str, Limits(shortest=3), "xxx", "xx", "it has 2 characters, at least 3 are possible"),
    (str, Limits(longest=3), "xxx", "xxxx", "it has 4 characters, at most 3 are possible"),
    (str, Limits(shortest=1, longest=2), "x", "xxx", "it has 3 characters, at most 2 are pos"),
    (str, COLOUR, "red", "blue", "it must be one of red, green, not 'blue'"),
    (str, Limits(any_of=(Limits(kind="null"), COLOUR)), "red", "blue", "it must be one of"),
    (str, Limits(shortest=2, longest=3), "xx", "x", "it has 1 characters, 2 to 3 are possible"),
    (str, NULLABLE, "red", "blue", "it must be one of red, green, not 'blue'"),
    (str, OPEN, "4k", "k", "it must be one of red, green or a text that matches ^[0-9]+k$, not"),
    (str, OPEN, "red", "4k\n", "it must be one of red, green or a text that matches"),
    (str, Limits(pattern="^\\d+:\\d+$"), "16:9", "wide", "it must be a text that matches ^"),
    (str, Limits(pattern="^\\d+:\\d+$"), "16:9", "\u0661:9", "it must be a text that matches ^"),
    (str, Limits(any_of=(NULLABLE, Limits(kind="integer"))), "red", "blue", "it must be one of"),
    (str, Limits(enum=("red", "wide"), any_of=(COLOUR, COLOUR)), "red", "wide", "it must be one o"),
    (str, Limits(format="uri"), HTTPS, "fox.jpg", "it starts with no scheme"),
    (str, Limits(format="uri", longest=25), HTTPS, f"{HTTPS}?", "it must be a text of at most 25"),
    (int, Limits(kind="integer"), -(2**63), -(2**63) - 1, "it must be a whole number, of 64 b"),
    (int, Limits(kind="integer"), 2**63 - 1, 2**63, "it must be a whole number, of 64 bits,"),
    (int, Limits(least=0), 0, -1, "it must be a whole number, at least 0, not -1"),
    (int, Limits(most=0), -7, 1, "it must be a whole number, at most 0, not 1"),
    (int, Limits(least=5, most=7), 7, 8, "it must be a whole number, 5 to 7, not 8"),
    (int, Limits(enum=(5, 6, 7)), 7, 8, "it must be a whole number, 5 to 7, not 8"),
    (int, Limits(enum=(4, 8, 12)), 8, 5, "it must be a whole number, one of 4, 8, 12, not 5"),
    (int, Limits(any_of=(Limits(enum=(1, 2)), TENS)), 12, 3, "it must be one of 1, 2 or at least"),
    (int, Limits(enum=(0, 1)), 1, True, "it must be a whole number, not True"),
    (bool, Limits(kind="boolean"), False, 0, "it must be True or False, not 0"),
    (bool, Limits(kind="boolean", enum=(True,)), True, False, "it must be one of True, not False"),
    (bool, Limits(enum=(0, True)), True, False, "it must be one of 0, True, not False"),
    (Image, Limits(longest=25), HTTPS, f"{HTTPS}?", "it must be a text of at most 25 characters"),
    (Image, Limits(format="uri"), "fox.jpg", 5, "it must be a path or an https address, not 5"),
    (Image, Limits(format="uri"), HTTPS, "ftp://a.jpg", "it starts with ftp, not https"),
    (Image, Limits(format="uri"), HTTPS, f"{HTTPS}.gif", "it is a gif; the service takes"),
    (Sequence[Image], Limits(fewest=2), (HTTPS,) * 9, (HTTPS,), "it: 1 given, at least 2 are"),
    (Sequence[Image], Limits(most_items=1), (), (HTTPS,) * 2, "it: 2 given, 0 to 1 are poss"),
    (
        Sequence[Image],
        Limits(fewest=2),
        (HTTPS,) * 2,
        7,
        "it must be a list of at least 2 path",
    ),
    (Sequence[Image], Limits(), ("a",) * 9, ("b", None), "it[2] must be a path or an https"),
]


@pytest.mark.parametrize(
    ("annotation", "limits", "good", "bad", "fault"), CASES, ids=[case[-1] for case in CASES]
)
def test_a_value_is_checked_by_its_kind_and_its_limits(
    annotation: Any, limits: Limits, good: object, bad: object, fault: str
) -> None:
    for either in (annotation, annotation | None):
        assert faults(either, limits, good) == []
        (found,) = faults(either, limits, bad)
        assert found.startswith(fault), found


def test_a_unit_is_told() -> None:
    (found,) = faults(int, Limits(least=1), 0, unit="seconds")
    assert found == "it must be a whole number of seconds, at least 1, not 0"


def test_a_field_of_no_known_kind_is_refused_when_its_class_is_made() -> None:
    with pytest.raises(
        TypeError, match=r"^it: add its annotation, .*float.*, to KINDS of weryai\."
    ):
        faults(float, Limits(kind="number"), 5.0)
