"""`make missing` names each file that a change of the contract leaves to be edited."""

from __future__ import annotations

import copy
import importlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.contract.breaking.changes_in_process import ROOT
from contract_tests.support.contract import read_yaml

missing: Any = importlib.import_module("missing")
FILES = [
    "openapi/weryai.yaml",
    "openapi/NOTES.md",
    "wrapper/weryai/__init__.py",
    missing.ENDPOINTS,
    missing.MODELS,
    missing.FORBIDDEN,
    missing.BEYOND,
]
Doc = dict[str, Any]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What it reads of a checkout, to be changed."""
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for folder in (missing.REQUESTS, missing.PAGES):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(checkout: Path, how: Callable[[Doc], object]) -> None:
    file = checkout / "openapi/weryai.yaml"
    contract = read_yaml(file.read_text())
    how(contract)
    file.write_text(json.dumps(contract))


def told(checkout: Path) -> list[str]:
    """The files of the lines, in their order."""
    return [line.partition(": ")[0] for line in missing.missing(checkout)]


def add_field(contract: Doc) -> None:
    fields = contract["components"]["schemas"]["ImageToVideoRequest"]["properties"]
    fields["seed"] = {"type": "integer"}


def add_endpoint(contract: Doc) -> None:
    paths, schemas = contract["paths"], contract["components"]["schemas"]
    twin = copy.deepcopy(paths["/v1/generation/image-to-video"])
    twin["post"]["operationId"] = "submit_video_extend"
    schema = twin["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["$ref"] = "#/components/schemas/VideoExtendRequest"
    paths["/v1/generation/video-extend"] = twin
    schemas["VideoExtendRequest"] = schemas["ImageToVideoRequest"]


def test_nothing_is_left_to_be_edited_in_this_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    assert missing.main([]) == 0
    assert capsys.readouterr().out == "nothing is left to be edited by hand\n"


def test_a_field_that_is_added_leaves_three_files_beside_the_contract(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(checkout, add_field)
    assert told(checkout) == [f"{missing.REQUESTS}/", missing.BEYOND, missing.FORBIDDEN]
    assert missing.main([str(checkout)]) == 1
    assert capsys.readouterr().out.count("seed") == 3


def test_a_field_that_is_gone_is_named(checkout: Path) -> None:
    request = "ImageToVideoRequest"
    change(
        checkout,
        lambda contract: contract["components"]["schemas"][request]["properties"].pop("caller_id"),
    )
    (line,) = missing.missing(checkout)
    assert line == f"{missing.REQUESTS}/: caller_id of ImageToVideo is not in the contract"


def test_an_endpoint_that_is_added_leaves_each_file_that_has_to_know_it(checkout: Path) -> None:
    change(checkout, add_endpoint)
    assert told(checkout) == [
        f"{missing.PAGES}/",
        "openapi/NOTES.md",
        f"{missing.REQUESTS}/_videos.py",
        missing.ENDPOINTS,
        missing.FORBIDDEN,
        missing.FORBIDDEN,
        missing.MODELS,
    ]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("openapi/NOTES.md", r"submit_image_to_video"),
        (missing.ENDPOINTS, r"submit_image_to_video"),
        (missing.MODELS, r'"image_to_video"'),
        ("wrapper/weryai/__init__.py", r'"ImageToVideo"'),
        (f"{missing.REQUESTS}/_videos.py", r'"ImageToVideo"'),
    ],
)
def test_each_of_these_files_is_named_where_it_does_not_know_an_endpoint(
    checkout: Path, file: str, pattern: str
) -> None:
    path = checkout / file
    path.write_text(re.sub(pattern, "gone", path.read_text()))
    assert file in told(checkout)


@pytest.mark.parametrize("table", ["REQUIRED", "BAD"])
def test_each_table_of_the_judges_is_named_where_it_does_not_know_an_endpoint(
    checkout: Path, table: str
) -> None:
    path = checkout / missing.FORBIDDEN
    head, mark, rest = path.read_text().partition(f"\n{table}")
    path.write_text(head + mark + rest.replace('"submit_image_to_video":', '"gone":', 1))
    (line,) = missing.missing(checkout)
    assert line.startswith(f"{missing.FORBIDDEN}: {table}['submit_image_to_video']")


def test_an_endpoint_without_a_page_is_named(checkout: Path) -> None:
    (checkout / missing.PAGES / "image-to-video.md").unlink()
    assert told(checkout) == [f"{missing.PAGES}/"]
