"""The contract as mock servers and generators of others read it.

They answer with the examples, make constants of enums and a module of each tag, and take a part of
a form for text where nothing says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from contract_tests.support.clients import MakeClient
from contract_tests.support.contract import (
    CONTRACT,
    OPERATIONS,
    SCHEMAS,
    WEBHOOKS,
    fits,
    reply,
    resolved,
)
from contract_tests.support.examples import EXAMPLES


def schemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of the contract, whatever it is below, with its place."""
    if isinstance(node, dict):
        yield place, node
        for key, child in node.items():
            if key not in ("example", "examples", "value"):
                yield from schemas(child, f"{place}/{key}")
    if isinstance(node, list):
        for number, child in enumerate(node):
            yield from schemas(child, f"{place}/{number}")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_mock_server_answers_unasked_is_a_plain_success(operation: str) -> None:
    media = reply(operation)["content"]["application/json"]
    first = resolved(next(iter(media["examples"].values())))["value"]
    name = media["schema"]["$ref"].rpartition("/")[2].removesuffix("Reply")
    assert fits(SCHEMAS[f"{name}Ok"], first)
    assert first["data"] not in ({}, [])
    assert fits(SCHEMAS["BusinessError"], first) is False


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (operation, parameter["name"])
        for operation in OPERATIONS
        for parameter in OPERATIONS[operation].get("parameters", [])
        if parameter.get("in") == "path"
    ],
)
def test_an_id_in_a_path_has_an_example_which_a_submission_has_answered(
    operation: str, name: str
) -> None:
    (parameter,) = (
        each for each in OPERATIONS[operation]["parameters"] if each.get("name") == name
    )
    assert fits(parameter["schema"], parameter["example"])
    data = EXAMPLES["submit_multi_image_to_video.200.page"].value["data"]
    assert parameter["example"] in (*data["task_ids"], str(data["batch_id"]))


def test_the_tags_of_webhooks_are_those_of_no_operation() -> None:
    ours, theirs = (
        {tag for operation in side.values() for tag in operation["tags"]}
        for side in (OPERATIONS, WEBHOOKS)
    )
    assert theirs
    assert not ours & theirs


def test_every_array_says_what_is_in_it() -> None:
    arrays = [
        (place, schema) for place, schema in schemas(CONTRACT) if "array" in schema.get("type", ())
    ]
    assert len(arrays) > 10
    assert [place for place, schema in arrays if "items" not in schema] == []


def test_the_constants_of_an_enum_have_names_that_differ_in_more_than_case() -> None:
    alike = []
    for place, schema in schemas(CONTRACT):
        if "enum" in schema:
            names = schema.get("x-enum-varnames", list(map(str, schema["enum"])))
            assert len(names) == len(schema["enum"]), place
            alike += [place] if len({name.upper() for name in names}) < len(names) else []
    assert alike == []


def test_no_class_would_be_made_of_true_or_false() -> None:
    assert [name for name, schema in SCHEMAS.items() if schema.get("const") in (True, False)] == []


def test_who_answers_questions_is_the_service_and_no_person() -> None:
    contact = CONTRACT["info"]["contact"]
    assert contact.keys() == {"name", "url"}
    assert contact["url"].startswith("https://docs.weryai.com")


def test_an_image_is_uploaded_as_one_of_the_types_that_the_contract_lists(
    make_client: MakeClient, tmp_path: Path
) -> None:
    form = OPERATIONS["upload_file"]["requestBody"]["content"]["multipart/form-data"]
    assert form["encoding"].keys() == {"file"}
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content.partition(b"Content-Type: ")[2].partition(b"\r\n")[0].decode())
        return httpx.Response(200, json=EXAMPLES["upload_file.200.address"].value)

    client = make_client(handler=answer)
    for kind in ("JPEG", "PNG", "WEBP"):
        path = tmp_path / f"image.{kind.lower()}"
        Image.new("RGB", (32, 18)).save(path, kind)
        client.upload(path)
    assert form["encoding"]["file"]["contentType"].split(", ") == sent
