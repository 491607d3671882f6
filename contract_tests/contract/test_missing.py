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
from contract_tests.contract.generate_in_process import generate
from contract_tests.support.contract import read_yaml

missing: Any = importlib.import_module("missing")
drift: Any = importlib.import_module("drift")
FILES = [
    "openapi/weryai.yaml",
    "openapi/NOTES.md",
    "wrapper/weryai/__init__.py",
    missing.ENDPOINTS,
    missing.MODELS,
    missing.FORBIDDEN,
    missing.BEYOND,
    missing.SERVICE,
    missing.STATES,
    missing.CALLS,
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
    new, old = missing.missing(checkout)
    assert new.startswith(f"{missing.FORBIDDEN}: {table}['submit_image_to_video']")
    assert old == f"{missing.FORBIDDEN}: gone is not in the contract"


def requests_of(contract: Doc) -> Doc:
    found: Doc = contract["components"]["schemas"]["ImageToVideoRequest"]
    return found


CHANGES: dict[str, tuple[Callable[[Doc], object], list[str]]] = {
    "a field that is required now": (
        lambda doc: requests_of(doc)["required"].append("resolution"),
        [
            f"{missing.REQUESTS}/: resolution of ImageToVideo has no default: it is required now",
            f"{missing.FORBIDDEN}: REQUIRED['submit_image_to_video']: model, prompt, image,"
            " aspect_ratio, duration, resolution",
        ],
    ),
    "a field that is required no longer": (
        lambda doc: requests_of(doc)["required"].remove("duration"),
        [
            f"{missing.REQUESTS}/: duration of ImageToVideo has None as its default now",
            f"{missing.FORBIDDEN}: REQUIRED['submit_image_to_video']: model, prompt, image,"
            " aspect_ratio",
        ],
    ),
    "a field that another endpoint has": (
        lambda doc: requests_of(doc)["properties"].update(images={"type": "array"}),
        [
            f"{missing.REQUESTS}/: images of ImageToVideo or its base, with a docstring line",
            f"{missing.BEYOND}: submit_image_to_video: images, or record the page that has it in"
            f" {missing.PAGES}/",
            f"{missing.FORBIDDEN}: values of images that submit_image_to_video forbids",
        ],
    ),
    "a field of a type that no request has": (
        lambda doc: requests_of(doc)["properties"].update(caller_id={"type": ["number", "null"]}),
        [f"{missing.KINDS}: a row of KINDS for caller_id, which is of type ['number', 'null']"],
    ),
    "a state": (
        lambda doc: doc["components"]["schemas"]["KnownTaskStatus"]["enum"].append("Archived"),
        [f"{missing.STATES}: STATES['archived'], and an example TaskStatusOk.state-archived"],
    ),
    "a free operation": (
        lambda doc: doc["paths"].update({"/v1/quota": {"get": {"operationId": "get_quota"}}}),
        [
            f"{missing.SERVICE}: a call of get_quota; docs/maintaining.md has what follows from it",
            f"{missing.CALLS}: a row with get_quota",
        ],
    ),
    "a free operation that is gone": (
        lambda doc: doc["paths"].pop("/v1/generation/{task_id}/status"),
        [
            f"{missing.SERVICE}: get_task_status is not in the contract",
            f"{missing.CALLS}: get_task_status is not in the contract",
        ],
    ),
    "an endpoint that is gone": (
        lambda doc: doc["paths"].pop("/v1/generation/image-to-video"),
        [
            f"{missing.REQUESTS}/_videos.py: ImageToVideo is sent by no operation of the contract",
            f"{missing.PACKAGE}: ImageToVideo, in __all__ and in _HOMES, goes with its class",
            f"{missing.ENDPOINTS}: submit_image_to_video is not in the contract",
            f"{missing.FORBIDDEN}: submit_image_to_video is not in the contract",
            f"{missing.BEYOND}: submit_image_to_video is not in the contract",
        ],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_a_change_leaves_is_named_with_what_to_write(checkout: Path, case: str) -> None:
    how, lines = CHANGES[case]
    change(checkout, how)
    assert [*missing.missing(checkout)] == lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("paths: {}\n\tcomponents: {}\n", r"weryai.yaml:2: .*"),
        ("paths: *none\ncomponents: {}\n", r"weryai.yaml:1: .*alias"),
        (
            "paths: {}\ncomponents: {}\npaths: {}\n",
            r'weryai.yaml:3: "paths" stands twice in one place',
        ),
        ("", "weryai.yaml is no contract: it needs paths and components"),
        ("[1]", "weryai.yaml is no contract: .*"),
        (
            "paths: {/a: {post: {}}}\ncomponents: {}\n",
            "weryai.yaml: POST /a has no operationId, .*",
        ),
        (None, "weryai.yaml cannot be read: .*"),
    ],
)
def test_a_contract_that_nothing_can_be_made_of_is_told_in_one_line(
    checkout: Path, text: str | None, told: str
) -> None:
    file = checkout / "openapi/weryai.yaml"
    file.write_text(text) if text is not None else file.unlink()
    with pytest.raises(SystemExit, match=f"^{told}$"):
        missing.main([str(checkout)])
    code, said = generate("--check", "--contract", file)
    assert (code, re.fullmatch(told, said) is not None) == (1, True), said
    assert drift.main([str(ROOT / "README.md"), "--contract", str(file)]) == 2


def test_a_body_that_is_written_out_is_told_in_one_line(checkout: Path) -> None:
    def write_out(contract: Doc) -> None:
        media = contract["paths"]["/v1/generation/image-to-video"]["post"]["requestBody"]["content"]
        media["application/json"]["schema"] = {"type": "object"}

    change(checkout, write_out)
    with pytest.raises(
        SystemExit, match=r"yaml: the body of submit_image_to_video must be a \$ref"
    ):
        missing.main([str(checkout)])


def test_an_endpoint_without_a_page_is_named(checkout: Path) -> None:
    (checkout / missing.PAGES / "image-to-video.md").unlink()
    assert told(checkout) == [f"{missing.PAGES}/"]
