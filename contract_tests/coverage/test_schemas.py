"""What is counted of a schema: every keyword by itself, and nothing that was not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contract_tests.coverage.bodies import read
from contract_tests.coverage.cells import CONTRACT, LONGEST, Contract
from contract_tests.coverage.record import Seen
from contract_tests.coverage.schemas import FORM, JSON, TEXT, Mark, Node, Schemas, marks_of
from contract_tests.support import replies
from contract_tests.support.contract import read_yaml
from contract_tests.support.servers.simulator_http import OPERATIONS

DOCUMENT = read_yaml(CONTRACT.read_text())
BOUNDARIES = json.loads((Path(__file__).parents[1] / "data" / "boundaries.json").read_text())
SCHEMAS = Schemas(DOCUMENT)
CONTRACT_CELLS = Contract(DOCUMENT)
PAID = "submit_multi_image_to_video"
KINDS = [None, True, 0, 1, 1.0, 1.5, 10**30, "", "1", "\ud800", [], [1], {}, {"a": 1}]
FORM_TYPE = "multipart/form-data; boundary=b"
# By keyword: its value, then values that keep it, that break it, and that it says nothing of.
CASES: dict[str, tuple[Any, list[Any], list[Any], list[Any]]] = {
    "type": (["string", "integer"], ["a", 1, 1.0], [None, True, 1.5, [], {}], []),
    "enum": ([1, "a"], [1, 1.0, "a"], [True, "1", "b", None, [1], {}], []),
    "const": (True, [True], [1, "true", None, [True]], []),
    "minimum": (1, [1, 1.5], [0, -1.5], ["0", True, [0], None]),
    "maximum": (1, [1, 0.5], [2, 1.5], ["2", True, [2], None]),
    "exclusiveMinimum": (1, [1.5], [1, 0], ["0", False]),
    "exclusiveMaximum": (1, [0.5], [1, 2], ["2", True]),
    "minLength": (2, ["ab", "éé"], ["a", "é", "🌄"], [1, ["a"], None, "\ud800"]),
    "maxLength": (2, ["ab", "🌄🌄"], ["abc"], [100, ["abc"], None]),
    "pattern": ("^a+$", ["a", "aa"], ["b", ""], [1, None, ["b"]]),
    "minItems": (1, [[1]], [[]], ["", {}, 0]),
    "maxItems": (1, [[1], []], [[1, 2]], ["ab", {"a": 1, "b": 1}, 3]),
    "required": (["a"], [{"a": None}, {"a": 1, "b": 1}], [{}, {"b": 1}], [[], "a", None]),
    "allOf": ([{"type": "string"}, {"minLength": 1}], ["a"], ["", 1], []),
    "anyOf": ([{"type": "string"}, {"type": "number"}], ["a", 1], [None], []),
    "oneOf": ([{"type": "integer"}, {"type": "number"}], [1.5], [1, "a"], []),
    "items": ({"type": "string"}, [["a"], ["a", "b"]], [["a", 1]], [[], "a", {"a": 1}]),
    "properties": ({"a": {"type": "string"}}, [{"a": "a"}], [{"a": 1}], [{}, {"b": 1}, [], "a"]),
    "$ref": ("#/components/schemas/TaskId", ["a"], ["", 1], []),
}
FORMATS: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "uri": (["https://example.com/a"], ["a b", ""], [1, None]),
    "int64": ([2**63 - 1, -(2**63), 1.0], [2**63, -(2**63) - 1], ["9", 1.5, True]),
    "binary": (["a"], [], [1]),
}


def counted(schema: dict[str, Any], value: Any) -> tuple[bool, Set[Mark]]:
    good, right, wrong = SCHEMAS.node(schema).told(value)
    return good, marks_of(right, wrong)


@pytest.mark.parametrize(
    ("schema", "allowed", "forbidden", "other"),
    [
        *(({keyword: wanted, "title": "x"}, *told) for keyword, (wanted, *told) in CASES.items()),
        *(({"format": name, "title": "x"}, *told) for name, told in FORMATS.items()),
    ],
    ids=[*CASES, *FORMATS],
)
def test_a_keyword_counts_where_it_is_kept_where_it_is_broken_and_nowhere_else(
    schema: dict[str, Any], allowed: list[Any], forbidden: list[Any], other: list[Any]
) -> None:
    (keyword, *_) = schema
    for values, told in ((allowed, {False}), (forbidden, {True}), (other, set())):
        for value in values:
            good, marks = counted(schema, value)
            found = {wrong for kind, name, wrong in marks if (kind, name) == ("keyword", keyword)}
            assert found == told, value
            assert good == (True not in told), value


def bodies() -> Iterator[tuple[str, list[Any]]]:
    """By schema: values that fit it, and values that break it in one place."""
    for operation in OPERATIONS:
        whole = replies.whole(operation)
        broken = [body for _, body in replies.broken(whole, lambda _: False)]
        yield replies.SCHEMAS[operation]["$ref"], [*whole, *broken]
    notices = [{"status": 0, "data": form} for form in replies.forms()]
    broken = [body for _, body in replies.broken(notices, lambda _: False)]
    yield "#/components/schemas/TaskNotice", [*notices, *broken]
    for name in DOCUMENT["components"]["schemas"]:
        told = BOUNDARIES.get(name, {"accepts": [], "refuses": []})
        yield f"#/components/schemas/{name}", [*KINDS, *told["accepts"], *told["refuses"]]


def test_values_are_right_where_an_independent_validator_says_so_and_all_marks_are_cells() -> None:
    verdicts = set()
    for name, values in bodies():
        cells = set(SCHEMAS.node({"$ref": name}).marks(JSON))
        judge = Draft202012Validator(
            {"$ref": name, "components": DOCUMENT["components"]}, validate_formats=True
        )
        for value in values:
            right, marks = counted({"$ref": name}, value)
            assert marks <= cells
            if value != "\ud800":
                assert judge.is_valid(value) == right, (name, value)
            verdicts.add((name, right))
    for operation in OPERATIONS:
        assert {(replies.SCHEMAS[operation]["$ref"], right) for right in (True, False)} <= verdicts


# Forms


FORMS = {
    "oneOf": [
        {"title": "Done", "type": "object", "properties": {"ok": {"enum": [1]}, "say": {}}},
        {"title": "Lost", "type": "object", "required": ["code"], "properties": {"say": {}}},
    ]
}


def test_what_is_right_in_a_form_that_a_value_does_not_have_shows_nothing_of_that_form() -> None:
    marks = counted(FORMS, {"ok": 2, "say": "why", "code": 5})[1]
    assert {name for kind, name, _ in marks if kind == "field"} == {"/oneOf/1.say"}
    assert ("keyword", "/oneOf/0 type", False) not in marks
    assert ("keyword", "/oneOf/0.ok enum", True) in marks
    assert ("keyword", "/oneOf/1 required", False) in marks


def test_a_field_counts_where_it_is_there_and_right() -> None:
    schema = {"properties": {"a": {"type": "string", "minLength": 2}, "b": {}}}
    for value, told in (
        ({"a": "ab"}, {".a"}),
        ({"a": "a"}, set()),  # right by one keyword of two is not right
        ({"b": None}, {".b"}),
        ({}, set()),
    ):
        marks = counted(schema, value)[1]
        assert {name for kind, name, _ in marks if kind == "field"} == told


def test_each_value_of_an_enum_counts_where_it_is_met() -> None:
    for value, told in ((1.0, {" = 1"}), (True, set()), ("b", {" = b"}), ("c", set())):
        marks = counted({"enum": [1, "b"]}, value)[1]
        assert {name for kind, name, _ in marks if kind == "value"} == told


def test_a_schema_that_is_in_itself_comes_to_an_end() -> None:
    tree = {"properties": {"leaf": {"$ref": "#/tree"}, "size": {"minimum": 1}}}
    node = Schemas({"tree": tree}).node({"$ref": "#/tree"})
    good, right, wrong = node.told({"leaf": {"leaf": {"size": 0}}})
    assert not good
    marks = marks_of(right, wrong)
    assert ("keyword", "tree.size minimum", True) in marks
    assert marks <= set(node.marks(JSON))


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}},
        {"additionalProperties": False},
        {"format": "date"},
        {"enum": [[1]]},
        {"const": {}},
    ],
    ids=str,
)
def test_what_nobody_has_said_how_to_count_ends_the_run_and_says_where_to(schema: Any) -> None:
    for at in (schema, {"items": schema}, {"anyOf": [{"properties": {"a": schema}}]}):
        with pytest.raises(ValueError, match=r"say in coverage/keywords\.py what keeps"):
            SCHEMAS.node(at)


# What a place can carry


@pytest.mark.parametrize(
    ("carries", "schema", "broken"),
    [
        (JSON, {"type": "string"}, True),
        (TEXT, {"type": "string"}, False),
        (TEXT, {"type": ["string", "null"]}, False),
        (TEXT, {"type": "integer"}, True),
        (TEXT, {"pattern": "a"}, True),
        (FORM, {"type": "object"}, False),
        (FORM, {"required": ["a"]}, True),
        (FORM, {"properties": {"a": {"type": "string"}}}, True),
        (JSON, {"format": "binary"}, False),
        (JSON, {"format": "uri"}, True),
    ],
    ids=str,
)
def test_a_wrong_value_is_a_cell_where_there_can_be_one(
    carries: str, schema: dict[str, Any], broken: bool
) -> None:
    (keyword,) = schema
    assert (("keyword", keyword, True) in SCHEMAS.node(schema).marks(carries)) == broken


def test_the_fields_of_a_form_are_texts() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/flag"}}}
    node = Schemas({"flag": {"type": "boolean"}}).node(schema)
    assert ("keyword", ".a type", True) not in node.marks(FORM)
    assert ("keyword", "flag type", True) in node.marks(FORM)
    for text, right in (("true", True), ("1", False), ("yes", False), ("NaN", False)):
        assert node.told(node.read_fields({"a": "true", "b": text, "c": "1"}))[0] == right


# Bodies


def node(name: str) -> Node:
    return SCHEMAS.node({"$ref": f"#/components/schemas/{name}"})


def test_a_form_is_read_as_its_fields_and_a_file_as_what_is_in_it() -> None:
    fields = [
        b'name="fixed"\r\n\r\ntrue',
        b'name="batch_no"\r\n\r\n7',
        b'name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\xff\r\n\x00true',
    ]
    parts = [b"--b\r\nContent-Disposition: form-data; " + field + b"\r\n" for field in fields]
    told = read(FORM_TYPE, b"".join(parts) + b"--b--\r\n", node("UploadForm"))
    assert told == {"fixed": True, "batch_no": "7", "file": "\xff\r\n\x00true"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[NaN]"),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 40_000 + b"]" * 40_000),
        ("text/html", b"\xff"),
        ("multipart/form-data", b"--b--"),
        (FORM_TYPE, b""),
        ("application/json", b'{"status": 0, "data": 1, "msg": "%s"}' % (b"x" * LONGEST)),
    ],
    ids=["cut", "no number", "no text", "deep", "no page", "no boundary", "empty", "long"],
)
def test_a_body_that_is_not_what_it_says_it_is_or_too_long_exercises_nothing(
    content_type: str, body: bytes
) -> None:
    place = {"application/json": ("get_balance", "reply 200"), "text/html": (PAID, "reply 504")}
    operation, name = place.get(content_type, ("upload_file", "request"))
    found = CONTRACT_CELLS.places[operation, name].touched({"Content-Type": content_type}, body, {})
    assert {cell.kind for cell in found} <= {"status", "operation"}


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonp"])
def test_a_body_of_a_type_that_is_not_documented_exercises_nothing(content_type: str) -> None:
    place = CONTRACT_CELLS.places["get_balance", "reply 401"]
    assert {str(cell) for cell in place.touched({"Content-Type": content_type}, b"{}", {})} == {
        "get_balance reply 401 status"
    }


def test_a_header_counts_however_it_is_spelled_and_a_path_as_what_it_stands_for() -> None:
    def told(operation: str, name: str, *args: Any) -> set[str]:
        cells = CONTRACT_CELLS.places[operation, name].touched(*args)
        return {str(cell).removeprefix(f"{operation} {name} ") for cell in cells}

    limited = told("get_balance", "reply 429", {"retry-AFTER": "7"}, b"", {})
    assert limited == {"status", "parameter header Retry-After", "keyword Retry-After: type"}
    path = {"operation", "parameter path task_id", "keyword task_id: PathId maxLength"}
    path |= {"keyword task_id: PathId type"}
    for text, wrong in (("a%2Bb", ""), ("a%2Fb", " wrong")):
        asked = told("get_task_status", "request", {}, b"", {"task_id": text})
        assert asked == path | {f"keyword task_id: PathId pattern{wrong}"}


def test_what_was_counted_once_is_counted_for_each_deed_and_place() -> None:
    seen = Seen(CONTRACT_CELLS)
    body = json.dumps({"status": 7}).encode()
    for deed, operation in (("read", "get_balance"), ("said", "get_balance"), ("read", PAID)):
        for _ in range(2):
            seen.reply(deed, operation, "reply 401", {"Content-Type": "application/json"}, body)
    assert {name: len(cells) for name, cells in seen.touched.items() if cells}.keys() == {
        "read",
        "said",
    }
    assert {cell.operation for cell in seen.touched["read"]} == {"get_balance", PAID}
    seen.reply("read", "get_balance", "reply 418", {}, b"")
    assert "reply 418" not in {cell.place for cell in seen.touched["read"]}
