"""openapi/drift.py reads a page however it was saved, and says why where it cannot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
import respx

from contract_tests.contract.drift.drift_in_process import (
    FILES,
    MARKDOWN,
    TEXT,
    edited,
    in_step,
    report,
    tool,
)
from contract_tests.support.contract import CONTRACT, OPENAPI, read_yaml
from contract_tests.support.servers.no_network import loopback_only

pytestmark = in_step

# Forms of a page

ROW = re.compile(r"^((?:Veo|Werydance|Kling|Pika|Seedance) (?:O1|\d\.\d(?: [A-Z][a-z]+)?))", re.M)
NESTED = "Hide child attributes\ndata.batch_id\ninteger\ndata.task_ids\nstring[]"
COPIES = {
    "no blank lines": re.sub(r"\n+", "\n", TEXT),
    "blank lines everywhere": TEXT.replace("\n", "\n\n"),
    "carriage returns": TEXT.replace("\n", "\r\n"),
    "a foot": f"{TEXT}\n\nShow child attributes\n\nWas this page helpful?\n\nYesNo\n",
    "a menu": f"Guides\nAPI\nPOST\nSubmit\nGET\nQuery\n{TEXT}",
    "a table with tabs": ROW.sub(r"\1\t", TEXT.replace("NameModel", "Name\tModel")),
    "unseen spaces": edited(TEXT, ["Body\n", "\u200bBody\n"], ["Pika 2", "Pika\u00a02"]),
    "a path in one line": edited(
        TEXT, ["\n/\nv1\n/\ngeneration\n/\nmulti", "\n/v1/generation/multi"]
    ),
    "options in one line": edited(TEXT, [":\n1,\n2,\n3,\n4", ": 1, 2, 3, 4"]),
    "nested fields": f"{TEXT}\n{NESTED}",
    "titles of types": edited(TEXT, ["\nobject", "\nTask · object"]),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_page_may_be_copied_in_other_ways(name: str) -> None:
    assert COPIES[name] != TEXT
    assert report(COPIES[name])[:2] == (0, set())


BLOCK = re.compile(r"^`{4}yaml (.*)\n((?:.*\n)*?)`{4}\n", re.MULTILINE)
INFO, OPENAPI_BLOCK = BLOCK.findall(MARKDOWN)[0]
AS_JSON = json.dumps(read_yaml(OPENAPI_BLOCK), indent=2)
SAVED = {
    "front matter": f"---\ntitle: Submit\n---\n{MARKDOWN}",
    "other blocks": f"```bash\ncurl\n```\n\n```json\n{{}}\n```\n{MARKDOWN}",
    "three backticks": MARKDOWN.replace("````", "```"),
    "tildes": MARKDOWN.replace("````", "~~~"),
    "no end": MARKDOWN.rpartition("````")[0],
    "json": BLOCK.sub(lambda _: f"```json {INFO}\n{AS_JSON}\n```\n", MARKDOWN),
    "the name of a file": edited(MARKDOWN, ["yaml POST", "yaml openapi.json POST"]),
    "no name": edited(MARKDOWN, [f"yaml {INFO}", "yaml"]),
    "no summary": edited(MARKDOWN, ["      summary: Submit Multi-Image-to-Video Task\n", ""]),
    "bare ratios": MARKDOWN.replace("'16:9'", "16:9"),
    "a reply that extends another": edited(
        MARKDOWN,
        [
            "$ref: '#/components/schemas/TaskSubmitResponse'",
            "allOf: [{$ref: '#/components/schemas/TaskSubmitResponse'}]",
        ],
    ),
    "the operation's own security": edited(
        MARKDOWN,
        ["security:\n  - bearerAuth: []\n", ""],
        ["      requestBody:\n", "      security: [{bearerAuth: []}]\n      requestBody:\n"],
    ),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_page_may_hold_its_openapi_in_other_ways(name: str) -> None:
    assert SAVED[name] != MARKDOWN
    assert report(SAVED[name])[:2] == (0, set())


def test_a_key_is_told_apart_from_the_cells_that_it_has_run_together_with() -> None:
    wider = edited(
        TEXT,
        ["Model NameModel Key", "Model NameModel KeySupported Aspect Ratios"],
        ["VEO_3_1\n", "VEO_3_19:16 16:9\n"],
        ["WERYDANCE_2_0\n", "WERYDANCE_2_0-\n"],
        ["KLING_O1\n", "KLING_O116:9 1:1\n"],
    )
    assert report(wider)[:2] == (1, {"model words"})


def test_a_page_of_an_endpoint_that_the_contract_lacks_is_a_missing_operation() -> None:
    found = report(TEXT.replace("multi-image-to-video", "text-to-video"))
    assert (found.code, found.open) == (1, {"endpoint operation"})
    assert found.printed.startswith("page.txt: no such operation")
    assert "POST /v1/generation/text-to-video | - " in found.printed


def test_a_placeholder_of_a_path_may_have_another_name() -> None:
    endpoint = tool("pages.page").endpoint
    found = endpoint(CONTRACT, "get", "/v1/generation/{taskId}/status")
    assert found.operation["operationId"] == "get_task_status"
    assert endpoint(CONTRACT, "post", "/v1/generation/{taskId}/status") is None


# What cannot be read


@pytest.mark.parametrize(
    ("message", "page"),
    [
        ("looked for a fenced block of OpenAPI, and for a line such as POST", ""),
        ("add .md to its address", "<!doctype html><html><body>POST</body></html>"),
        ("is not a page of an endpoint", (OPENAPI / "NOTES.md").read_text()),
        ("no section 'Response'", TEXT.partition("Response")[0]),
        ("an example that is not JSON", edited(TEXT, ['"duration": 5,', '"duration": ,'])),
        ("'integer<int64' below 'caller_id'", edited(TEXT, ["<int64>", "<int64"])),
        ("not YAML or JSON in its line", edited(MARKDOWN, ["paths:\n", "paths: [\n"])),
        ("a block of OpenAPI without paths", edited(MARKDOWN, ["paths:\n", "routes:\n"])),
        ("0 operations: looked for one", edited(MARKDOWN, ["    post:\n", "    call:\n"])),
        ("which it does not have", edited(MARKDOWN, ["schemas/Task", "schemas/Job"])),
        ("not well-formed: KeyError('url')", edited(MARKDOWN, ["- url: ", "- address: "])),
        ("not well-formed: AttributeError", edited(MARKDOWN, ["'200':", "- '200':"])),
    ],
    ids=lambda value: str(value)[:40] if " " in str(value)[:40] else "page",
)
def test_a_page_that_cannot_be_read_is_exit_2_and_says_what_was_looked_for(
    message: str, page: str
) -> None:
    found = report(page)
    assert (found.code, found.open) == (2, set())
    assert found.printed.startswith("page.txt ")
    assert found.printed.count("\n") == 1
    assert message in found.printed


def test_a_file_that_cannot_be_opened_is_exit_2_and_the_other_pages_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    assert tool().main([str(tmp_path / "missing.txt"), str(picture), FILES[0]]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("missing.txt cannot be opened: ")
    assert "picture.png is not UTF-8 text" in printed.err
    assert " 0 unexplained, 0 stale" in printed.out


# Addresses


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_an_address_that_is_not_https_is_refused_unasked(
    capsys: pytest.CaptureFixture[str], scheme: str
) -> None:
    address = f"{scheme}://docs.weryai.com/page.md"
    with loopback_only() as called:
        assert tool().main([address]) == 2
    assert called == []
    assert f"{address} is not an https address" in capsys.readouterr().err


@respx.mock
def test_an_https_address_is_read_and_a_redirect_is_not_followed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, moved = (f"https://docs.weryai.com/{name}.md" for name in ("page", "new"))
    page = respx.get(address)
    page.respond(text=MARKDOWN)
    assert tool().main([address]) == 0
    page.respond(308, headers={"location": moved})
    assert tool().main([address]) == 2
    assert f"HTTP 308; it has moved to {moved}" in capsys.readouterr().err
    page.mock(side_effect=httpx.ConnectError("no route"))
    assert tool().main([address]) == 2
    assert "cannot be fetched: no route" in capsys.readouterr().err
