"""A row is known by its id and by what it asks for, wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_tests.batch.reading import DEFAULTS, Read, told
from contract_tests.support.clients import MakeClient
from weryai.batch import Manifest
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator, sample

A, B, C = ("A,night.png\n", "B,night.png\n", "C,sunrise.png\n")
HEADER = "prompt,images\n"


def ids(manifest: Manifest) -> dict[str, str]:
    """The prompt of each id."""
    assert told(manifest) == []
    return {row.id: row.request.prompt for row in manifest.rows}


def test_ids_are_those_of_the_rows(read: Read) -> None:
    manifest = read("id,prompt,images\n7,A,night.png\nb c,A,night.png\n,A,night.png\n")
    first, second, third = ids(manifest)
    assert (first, second) == ("7", "b c")
    assert third == manifest.rows[2].digest[:16]


def test_an_id_that_is_made_stays_when_rows_are_put_between_or_change_places(read: Read) -> None:
    before = ids(read(HEADER + A + B + C))
    assert len(before) == 3
    assert ids(read(HEADER + C + A + B)) == before
    after = ids(read(HEADER + A + "New,night.png\n" + B + C))
    assert after.items() > before.items()


def test_rows_that_ask_for_the_same_are_numbered(read: Read) -> None:
    one = ids(read(HEADER + A + B))
    several = ids(read(HEADER + A + B + A + A))
    (first,) = [key for key, prompt in one.items() if prompt == "A"]
    assert several.keys() - one.keys() == {f"{first}-2", f"{first}-3"}


def test_an_id_twice_is_a_fault_even_beside_another(read: Read) -> None:
    manifest = read(
        'id,prompt,images,duration\na,A,night.png,x\n"a ",B,night.png,5\nA,C,night.png,5\n'
    )
    assert told(manifest)[1] == "renders.csv:3 id: 'a' is the id of line 2 too"
    assert [row.id for row in manifest.rows] == ["A"]
    made = read(HEADER + A).rows[0].id
    for text in (
        f"id,prompt,images\n,A,night.png\n{made},B,night.png\n",
        f"id,prompt,images\n{made},B,night.png\n,A,night.png\n",
    ):
        assert told(read(text)) == [f"renders.csv:3 id: '{made}' is the id of line 2 too"]


@pytest.mark.parametrize("given", ["x" * 129, "a\tb", "\u200b", True, 1.5, ["a"]])
def test_an_id_that_cannot_be_one_is_told(read: Read, given: object) -> None:
    row = {"id": given, "images": ["night.png"]}
    manifest = read(json.dumps(row))
    assert [(each.place, each.column) for each in manifest.faults] == [(1, "id")]
    assert manifest.rows == ()


def test_the_digest_tells_what_is_asked_for_and_nothing_else(read: Read, folder: Path) -> None:
    def digest(text: str, header: str = "prompt,image1") -> str:
        manifest = read(f"{header}\n{text}\n")
        assert told(manifest) == []
        return manifest.rows[0].digest

    same = digest("A,night.png")
    (folder / "deep").mkdir()
    (folder / "deep" / "copy.jpg").write_bytes((folder / "night.png").read_bytes())
    assert digest("A,deep/copy.jpg") == same
    assert digest(f"A,{folder / 'night.png'}") == same
    assert digest("A,night.png,a,{id}", "prompt,images,id,output") == same
    assert digest("A,5,night.png", "prompt,duration,images") == same
    others = [
        digest("B,night.png"),
        digest("A,sunrise.png"),
        digest("A,6,night.png", "prompt,duration,images"),
        digest("A,night.png", "prompt,image"),
        digest("A,7,night.png", "prompt,caller_id,images"),
        digest("A,night.png,sunrise.png", "prompt,image1,image2"),
        digest("A,sunrise.png,night.png", "prompt,image1,image2"),
        digest("A,https://example.com/night.png"),
    ]
    assert len({same, *others}) == 9
    (folder / "night.png").write_bytes(sample("night", (160, 90)))
    assert digest("A,night.png") not in {same, *others}


def test_the_digest_is_the_fingerprint_of_the_entry_in_the_journal(
    read: Read, simulator: Simulator, journal: SQLiteJournal, make_client: MakeClient
) -> None:
    """So that a row can be told from a job that was paid for without a manifest."""
    text = "prompt,image1,image,first_pic_url,end_pic_url\nA,night.png,,,\nB,,night.png,,\n"
    text += "C,,,night.png,https://example.com/a.jpg\n"
    manifest = read(text, defaults={**DEFAULTS, "model": "WERYDANCE_2_0"})
    assert len(manifest.rows) == 3
    client = make_client(simulator, journal=journal)
    for row in manifest.rows:
        client.submit(row.request)
    assert [entry.fingerprint for entry in journal.entries()] == [
        row.digest for row in manifest.rows
    ]


def test_a_default_is_part_of_what_is_asked_for(read: Read) -> None:
    first = read(HEADER + A).rows[0]
    other = read(HEADER + A, defaults={**DEFAULTS, "duration": 6}).rows[0]
    assert first.digest != other.digest
    named = read(HEADER + A, defaults={**DEFAULTS, "output": "{id}"}).rows[0]
    assert (named.id, named.digest) == (first.id, first.digest)
