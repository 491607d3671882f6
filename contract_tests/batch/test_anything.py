"""Whatever a file holds, reading it ends in rows and faults, and a row has what its cells held."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.batch.reading import DEFAULTS, payloads
from weryai.batch import Manifest, read_manifest

ADDRESS = "https://example.com/a.jpg"
# What manifests are made of, so that more than the first line of one is reached.
PIECES = [
    *("id", "prompt", "images", "image1", "image", "endpoint", "output", "duration", "a.png"),
    *(",", ";", "\t", "\n", "\r\n", "\r", '"', "'", "\\", "\ufeff", "é", "{id}", "{n}", "..", "/"),
    *("{", "}", "[", "]", ":", "null", "true", "5", "5.0", "1e999", "NaN", '"prompt":'),
    *(ADDRESS, "image-to-video"),
]
TEXTS = st.lists(st.sampled_from(PIECES)).map("".join)
PROMPTS = st.lists(st.text(min_size=1, max_size=40).filter(str.strip), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything") / "renders"


def read(path: Path, content: bytes) -> Manifest:
    path.write_bytes(content)
    return read_manifest(path, defaults={**DEFAULTS, "images": ADDRESS})


@given(st.binary() | TEXTS.map(str.encode) | TEXTS.map(lambda text: f"prompt,id\n{text}".encode()))
def test_any_file_is_read_to_rows_and_faults(path: Path, content: bytes) -> None:
    manifest = read(path, content)
    assert manifest.rows or manifest.faults
    assert len({row.id for row in manifest.rows}) == len(manifest.rows)
    for fault in manifest.faults:
        assert str(fault).startswith("renders")
        assert 0 <= fault.place <= len(re.findall(rb"\r\n?|\n", content)) + 1


@given(PROMPTS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_as_csv_is_read(
    path: Path, prompts: list[str], delimiter: str, end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["prompt", "duration"], *([prompt, 5] for prompt in prompts)])
    sent = [each["prompt"] for each in payloads(read(path, text.getvalue().encode()))]
    assert sent == [re.sub("\r\n?", "\n", prompt.strip()) for prompt in prompts]


@given(PROMPTS, st.booleans())
def test_what_was_written_as_json_is_read(path: Path, prompts: list[str], ascii: bool) -> None:
    lines = [json.dumps({"prompt": prompt}, ensure_ascii=ascii) for prompt in prompts]
    sent = [each["prompt"] for each in payloads(read(path, "\n".join(lines).encode()))]
    assert sent == prompts
